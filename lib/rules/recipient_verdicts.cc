#include "rules/recipient_verdicts.h"

#include <algorithm>
#include <numeric>

#include "facts/dn.h"

namespace exaudit::rules {

using findings::Verdict;

namespace {

std::uint64_t sum(const ViewCounts::Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::size_t index(Verdict verdict) { return static_cast<std::size_t>(verdict); }

RecipientCase case_of(const model::ViewRecipients& recipients, const facts::Recipient& row) {
  const facts::Placement& written = recipients.view->recipients().placements()[row.placement];
  return {*recipients.view, recipients.organization, row, recipients.placements[row.placement],
          written.home_mta, written.home_server};
}

ViewCounts::Counts judge_groups(const model::ViewRecipients& recipients, const JudgeGroup& judge,
                                std::vector<bool>& failed) {
  ViewCounts::Counts counts{};
  failed.assign(recipients.groups.size(), false);
  for (std::size_t i = 0; i < recipients.groups.size(); ++i) {
    const model::RecipientGroup& group = recipients.groups[i];
    facts::Recipient row;
    row.input = group.input;
    row.placement = group.placement;
    row.flags = group.flags;
    const Verdict verdict = judge(case_of(recipients, row));
    counts[index(verdict)] += group.count;
    failed[i] = verdict == Verdict::fail;
  }
  return counts;
}

void report_failed(const model::ViewRecipients& recipients, const std::vector<bool>& failed, Verdicts& out,
                   const ReportRecipient& report) {
  if (std::find(failed.begin(), failed.end(), true) == failed.end()) return;
  recipients.view->each_recipient([&](std::uint32_t, const facts::Recipient& row) {
    if (out.stopped() || !failed[recipients.group_of(row)]) return;
    const auto copy = recipients.view->read(row);
    if (!copy) return;
    FailedRecipient one(recipients.organization, copy->entry, out);
    report(case_of(recipients, row), one);
  });
}

}  // namespace

void ViewCounts::add(const facts::DirectoryView& view, const Counts& counts) {
  Part mine{view.domains, counts};
  for (auto at = parts_.begin(); at != parts_.end();) {
    const bool common = std::any_of(at->domains.begin(), at->domains.end(), [&](const std::string& domain) {
      return std::binary_search(view.domains.begin(), view.domains.end(), domain);
    });
    if (!common) {
      ++at;
      continue;
    }
    if (sum(at->counts) > sum(mine.counts)) mine.counts = at->counts;
    mine.domains.insert(mine.domains.end(), at->domains.begin(), at->domains.end());
    at = parts_.erase(at);
  }
  parts_.push_back(std::move(mine));
}

ViewCounts::Counts ViewCounts::total() const {
  Counts out{};
  for (const Part& part : parts_) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += part.counts[i];
  }
  return out;
}

void each_recipient(const model::Case& c, Verdicts& out, const JudgeGroup& judge,
                    const ReportRecipient& report, const JudgeObject& object) {
  if (c.recipients.empty()) return;
  ViewCounts total;
  std::vector<bool> failed;
  for (const model::ViewRecipients& recipients : c.recipients) {
    if (recipients.count == 0) continue;
    out.in_view(recipients.view->name);
    total.add(*recipients.view, judge_groups(recipients, judge, failed));
    report_failed(recipients, failed, out, report);
  }
  ViewCounts objects;
  for (const auto& org : c.organizations) {
    if (!object) break;
    out.in_view(org->view->name);
    ViewCounts::Counts counts{};
    for (const facts::Entry& entry : org->view->descendants(org->key)) {
      if (entry.deleted) continue;
      FailedRecipient one(org.get(), entry, out);
      const Verdict verdict = object(*org, entry, one);
      if (verdict != Verdict::not_applicable) ++counts[index(verdict)];
    }
    objects.add(*org->view, counts);
  }
  ViewCounts::Counts counts = total.total();
  const ViewCounts::Counts more = objects.total();
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += more[i];
  out.counted(counts, "no recipients are in the evidence");
}

std::string FailedRecipient::name() const {
  const auto dn = facts::parse_dn(entry_.dn);
  return dn ? std::string(dn->name()) : std::string(entry_.dn);
}

findings::Subject subject_of(const model::Organization* organization, const facts::Entry& entry) {
  findings::Subject out;
  out.kind = findings::SubjectKind::recipient;
  const auto dn = facts::parse_dn(entry.dn);
  out.name = dn ? dn->name() : entry.dn;
  out.server = model::server_of_legacy_dn(entry.first("msExchHomeServerName"));
  out.dn = entry.dn;
  if (entry.guid) out.guid = entry.guid->text();
  out.identity = entry.guid ? out.guid : entry.key;
  if (organization != nullptr) out.organization = organization->identity;
  return out;
}

void FailedRecipient::report(std::string_view reason, std::string_view attribute, std::string message,
                             std::string_view expected) {
  auto& finding = out_.fail_counted(subject_of(organization_, entry_), reason, std::move(message));
  finding.evidence = {about(entry_, attribute)};
  if (expected.empty()) return;
  finding.evidence[0].expected = {std::string(expected)};
  finding.values = {{std::string(attribute), std::string(expected)}};
}

}  // namespace exaudit::rules
