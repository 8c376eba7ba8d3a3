// Recipients: values that only one object of the forest may have.
#include <fmt/format.h>

#include "base/text.h"
#include "facts/dn.h"
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

void report(const model::ViewRecipients& recipients, const model::SharedValue& shared,
            std::string_view attribute, Verdicts& out) {
  auto& finding =
      out.fail_counted(subject_of_value(recipients.organization, shared.name), "duplicate",
                       fmt::format("{} objects have the {} {}", shared.owners.size(),
                                   attribute == "proxyAddresses" ? "proxy address" : "legacyExchangeDN",
                                   shared.owners.front().value));
  for (const model::ValueOwner& owner : shared.owners) {
    findings::Evidence evidence;
    evidence.at = owner.at;
    evidence.dn = owner.dn;
    evidence.attribute = attribute;
    evidence.actual = {owner.value};
    finding.evidence.push_back(std::move(evidence));
  }
}

void each_value(const model::Case& c, Verdicts& out, facts::ValueKind kind, std::string_view attribute) {
  if (c.recipients.empty()) return;
  ViewCounts total;
  for (const model::ViewRecipients& recipients : c.recipients) {
    if (recipients.count == 0) continue;
    out.in_view(recipients.view->name);
    const model::SharedValues found = model::shared_values(*recipients.view, kind);
    ViewCounts::Counts counts{};
    counts[static_cast<std::size_t>(Verdict::fail)] = found.values.size();
    counts[static_cast<std::size_t>(Verdict::pass)] =
        found.distinct - std::min<std::uint64_t>(found.distinct, found.values.size());
    total.add(*recipients.view, counts);
    for (const model::SharedValue& shared : found.values) {
      if (out.stopped()) break;
      report(recipients, shared, attribute, out);
    }
  }
  out.counted(total.total(), "no recipient of the evidence has such a value");
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
