#include "rules/recipient_verdicts.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "facts/dn.h"

namespace exaudit::rules {

using findings::Need;
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
                                std::vector<Verdict>& verdicts) {
  ViewCounts::Counts counts{};
  verdicts.assign(recipients.groups.size(), Verdict::pass);
  for (std::size_t i = 0; i < recipients.groups.size(); ++i) {
    const model::RecipientGroup& group = recipients.groups[i];
    facts::Recipient row;
    row.input = group.input;
    row.placement = group.placement;
    row.flags = group.flags;
    const Verdict verdict = judge(case_of(recipients, row));
    counts[index(verdict)] += group.count;
    verdicts[i] = verdict;
  }
  return counts;
}

void report_failed(const model::ViewRecipients& recipients, const std::vector<Verdict>& verdicts,
                   Verdicts& out, const ReportRecipient& report) {
  if (std::find(verdicts.begin(), verdicts.end(), Verdict::fail) == verdicts.end()) return;
  recipients.view->each_recipient([&](std::uint32_t, const facts::Recipient& row) {
    if (out.stopped() || verdicts[recipients.group_of(row)] != Verdict::fail) return;
    const auto copy = recipients.view->read(row);
    if (!copy) return;
    FailedRecipient one(recipients.organization, copy->entry, out);
    report(case_of(recipients, row), one);
  });
}

}  // namespace

void ViewCounts::add(std::vector<std::string> places, const Counts& counts) {
  Part mine{std::move(places), sum(counts), counts[index(Verdict::not_evaluated)],
            counts[index(Verdict::not_applicable)]};
  for (auto at = parts_.begin(); at != parts_.end();) {
    const bool common = std::any_of(at->places.begin(), at->places.end(), [&](const std::string& place) {
      return std::find(mine.places.begin(), mine.places.end(), place) != mine.places.end();
    });
    if (!common) {
      ++at;
      continue;
    }
    if (at->all > mine.all) mine.not_applicable = at->not_applicable;
    mine.all = std::max(mine.all, at->all);
    mine.not_evaluated = std::max(mine.not_evaluated, at->not_evaluated);
    mine.places.insert(mine.places.end(), at->places.begin(), at->places.end());
    at = parts_.erase(at);
  }
  parts_.push_back(std::move(mine));
}

ViewCounts::Counts ViewCounts::total(std::uint64_t failed) const {
  Counts out{};
  std::uint64_t all = 0;
  for (const Part& part : parts_) {
    all += part.all;
    out[index(Verdict::not_evaluated)] += part.not_evaluated;
    out[index(Verdict::not_applicable)] += part.not_applicable;
  }
  out[index(Verdict::fail)] = failed;
  all -= std::min(all, sum(out));
  out[index(Verdict::pass)] = all;
  return out;
}

namespace {

// Not evaluated: of groups whose own lines could not be read, more of the recipients would tell.
void note_needs(const model::ViewRecipients& recipients, const std::vector<Verdict>& verdicts, Asks asks,
                std::set<Need>& needs) {
  constexpr std::uint32_t kUnreadable = facts::Recipient::unreadable_mdb | facts::Recipient::unreadable_mta |
                                        facts::Recipient::unreadable_server | facts::Recipient::damaged;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i] != Verdict::not_evaluated) continue;
    const bool own = asks == Asks::recipients || (recipients.groups[i].flags & kUnreadable) != 0;
    needs.insert(own ? Need::directory_recipients : Need::directory);
  }
}

}  // namespace

void each_recipient(const model::Case& c, Verdicts& out, Asks asks, const JudgeGroup& judge,
                    const ReportRecipient& report, const JudgeObject& object) {
  if (c.recipients.empty()) return;
  ViewCounts total;
  std::set<Need> needs;
  std::vector<Verdict> verdicts;
  for (const model::ViewRecipients& recipients : c.recipients) {
    if (recipients.count == 0) continue;
    out.in_view(recipients.view->name);
    total.add(recipients.view->domains, judge_groups(recipients, judge, verdicts));
    note_needs(recipients, verdicts, asks, needs);
    report_failed(recipients, verdicts, out, report);
  }
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
    total.add({"organization " + org->identity}, counts);
  }
  std::set<std::string_view> failed;
  for (const findings::Finding& finding : out.findings) failed.insert(finding.fingerprint);
  if (needs.empty()) needs.insert(Need::directory_recipients);
  out.counted(total.total(failed.size()), {needs.begin(), needs.end()}, "no recipients are in the evidence");
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
  const bool has_guid = entry.guid && !entry.guid->is_zero();
  if (has_guid) out.guid = entry.guid->text();
  out.identity = has_guid ? out.guid : entry.key;
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
