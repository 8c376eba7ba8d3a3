// Recipients: values that only one object of the forest may have.
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "model/duplicates.h"
#include "rules/recipient_verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;
using findings::Verdict;

namespace {

constexpr Need kRecipients[] = {Need::directory_recipients};

findings::Subject subject_of_value(const model::Organization* organization, const std::string& name) {
  findings::Subject out;
  out.kind = SubjectKind::value;
  out.name = out.identity = name;
  if (organization != nullptr) out.organization = organization->identity;
  return out;
}

using Views = std::vector<const facts::DirectoryView*>;

void report(const model::Organization* organization, const Views& views, const model::SharedValue& shared,
            std::string_view attribute, Verdicts& out) {
  auto& finding =
      out.fail_counted(subject_of_value(organization, shared.name), "duplicate",
                       fmt::format("{} objects have the {} {}", shared.owners.size(),
                                   attribute == "proxyAddresses" ? "proxy address" : "legacyExchangeDN",
                                   shared.owners.front().value));
  std::set<std::string> names;
  for (const model::ValueOwner& owner : shared.owners) {
    findings::Evidence evidence;
    evidence.at = owner.at;
    evidence.dn = owner.dn;
    evidence.attribute = attribute;
    evidence.actual = {owner.value};
    finding.evidence.push_back(std::move(evidence));
    names.insert(views[owner.view]->name);
  }
  finding.views.assign(names.begin(), names.end());
}

// The views of each organization together: two domains may have been exported by two directory servers.
void each_value(const model::Case& c, Verdicts& out, facts::ValueKind kind, std::string_view attribute) {
  if (c.recipients.empty()) return;
  struct Forest {
    const model::Organization* organization = nullptr;
    Views views;
    std::uint64_t recipients = 0;
  };
  std::map<std::string, Forest> forests;
  for (const model::ViewRecipients& recipients : c.recipients) {
    const model::Organization* organization = recipients.organization;
    Forest& forest = forests[organization == nullptr ? "" : organization->identity];
    forest.organization = organization;
    forest.views.push_back(recipients.view);
    forest.recipients += recipients.count;
  }
  std::array<std::uint64_t, 5> counts{};
  for (const auto& [identity, forest] : forests) {
    const model::SharedValues found = model::shared_values(forest.views, kind);
    counts[static_cast<std::size_t>(Verdict::fail)] += found.values.size();
    // Without recipients nobody has looked.
    if (forest.recipients > 0)
      counts[static_cast<std::size_t>(Verdict::pass)] += found.distinct - found.values.size();
    for (const model::SharedValue& shared : found.values) {
      if (out.stopped()) break;
      report(forest.organization, forest.views, shared, attribute, out);
    }
  }
  out.counted(counts, {Need::directory_recipients}, "no recipient of the evidence has such a value");
}

void legacy_dn_duplicate(const model::Case& c, Verdicts& out) {
  each_value(c, out, facts::ValueKind::legacy_dn, "legacyExchangeDN");
}

void proxy_duplicate(const model::Case& c, Verdicts& out) {
  each_value(c, out, facts::ValueKind::proxy_address, "proxyAddresses");
}

}  // namespace

extern const Rule recipients_legacy_dn_duplicate = {"recipients.legacy-dn-duplicate",
                                                    "No two recipients share a legacyExchangeDN.",
                                                    "",
                                                    Severity::high,
                                                    "recipients",
                                                    "2000 2003",
                                                    SubjectKind::value,
                                                    kRecipients,
                                                    "duplicate",
                                                    legacy_dn_duplicate};
extern const Rule recipients_proxy_duplicate = {"recipients.proxy-duplicate",
                                                "No two objects share a proxy address.",
                                                "",
                                                Severity::high,
                                                "recipients",
                                                "2000 2003",
                                                SubjectKind::value,
                                                kRecipients,
                                                "duplicate",
                                                proxy_duplicate};

}  // namespace exaudit::rules
