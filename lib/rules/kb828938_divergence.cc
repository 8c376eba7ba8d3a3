// KB 828938: two domain controllers that tell different things about a gateway. Which one the server uses
// decides whether mail flows, so replication comes before repair.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/dn.h"
#include "model/change_history.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kDirectory[] = {Need::directory};
constexpr std::string_view kCompared[] = {"homeMTA", "homeMDB", "legacyExchangeDN", "deliveryMechanism"};

// One gateway as one view shows it.
struct Sight {
  const model::Organization* org = nullptr;
  const model::Gateway* gateway = nullptr;  // null: known not to be there
};

// What two views would have to agree on: DNs by their keys, text without regard to letter case.
std::string comparable(std::string_view attribute, const model::Field& field) {
  if (field.absent()) return "(absent)";
  if (attribute == "homeMTA" || attribute == "homeMDB")
    return facts::dn_key(field.value).value_or(base::fold(field.value));
  return base::fold(base::trim(field.value));
}

const model::Gateway* gateway_of(const model::Organization& org, const base::Guid& guid) {
  for (const model::Gateway& gateway : org.gateways) {
    if (gateway.guid == guid && gateway.copy == 0) return &gateway;
  }
  return nullptr;
}

std::vector<Sight> sights_of(const std::vector<const model::Organization*>& views, const base::Guid& guid) {
  std::vector<Sight> out;
  for (const model::Organization* org : views) {
    const model::Gateway* gateway = gateway_of(*org, guid);
    if (gateway != nullptr || org->connections_read) out.push_back({org, gateway});
  }
  return out;
}

void add_view(findings::Finding& finding, const model::Organization& org) {
  finding.views.push_back(org.view->name);
}

// True when the views agree on the presence of the gateway.
bool compare_presence(const std::vector<Sight>& sights, const findings::Subject& subject, Verdicts& out) {
  const auto there =
      std::find_if(sights.begin(), sights.end(), [](const Sight& sight) { return sight.gateway != nullptr; });
  const auto missing =
      std::find_if(sights.begin(), sights.end(), [](const Sight& sight) { return sight.gateway == nullptr; });
  if (missing == sights.end()) return true;
  out.in_view("");
  auto& finding = out.fail(with_part(subject, "presence"), "presence",
                           fmt::format("\"{}\" is in directory view {}, but not in {}", there->gateway->cn,
                                       there->org->view->name, missing->org->view->name));
  finding.evidence = {
      about(*there->gateway->entry, "cn"),
      container_evidence(*missing->org, missing->org->connections_key, "CN=" + there->gateway->cn)};
  for (const Sight& sight : sights) add_view(finding, *sight.org);
  return false;
}

// True when the views agree on the attribute, or too few of them show it.
bool compare_attribute(const std::vector<Sight>& sights, std::string_view attribute,
                       const findings::Subject& subject, Verdicts& out) {
  std::map<std::string, std::vector<const Sight*>> values;
  for (const Sight& sight : sights) {
    if (sight.gateway == nullptr) continue;
    const model::Field field = sight.org->field(*sight.gateway->entry, attribute);
    if (!field.not_observed()) values[comparable(attribute, field)].push_back(&sight);
  }
  if (values.size() < 2) return true;
  out.in_view("");
  auto& finding =
      out.fail(with_part(subject, attribute), attribute,
               fmt::format("directory views disagree on {} of \"{}\"", attribute,
                           sights.front().gateway != nullptr ? sights.front().gateway->cn : subject.name));
  for (const auto& [value, group] : values) {
    for (const Sight* sight : group) {
      finding.evidence.push_back(about(*sight->gateway->entry, attribute));
      add_view(finding, *sight->org);
      const auto change = model::originating_change(*sight->gateway->entry, attribute);
      if (!change) continue;
      finding.message += fmt::format("; in {} it was last changed at {}{}", sight->org->view->name,
                                     change->time, change->server.empty() ? "" : " on " + change->server);
    }
  }
  return false;
}

void dc_divergence(const model::Case& c, Verdicts& out) {
  std::set<std::string> done;
  for (const auto& first : c.organizations) {
    if (!done.insert(first->identity).second) continue;
    const auto views = c.views_of(first->identity);
    std::map<base::Guid, Sight> gateways;  // one sight of each, for its name
    for (const model::Organization* org : views) {
      for (const model::Gateway& gateway : org->gateways)
        gateways.try_emplace(gateway.guid, Sight{org, &gateway});
    }
    for (const auto& [guid, sight] : gateways) {
      const auto subject = subject_of(*sight.org, *sight.gateway);
      const auto sights = sights_of(views, guid);
      if (sights.size() < 2) {
        out.not_applicable(subject, "only one directory view shows the Connections container");
        continue;
      }
      bool agree = compare_presence(sights, subject, out);
      for (const std::string_view attribute : kCompared)
        agree = compare_attribute(sights, attribute, subject, out) && agree;
      if (agree) out.pass(subject);
    }
  }
}

}  // namespace

extern const Rule kb828938_dc_divergence = {
    "KB828938.dc-divergence",
    "All domain controllers tell the same about every SMTP mailbox object.",
    "828938",
    Severity::medium,
    "directory",
    "2000 2003",
    SubjectKind::gateway,
    kDirectory,
    "presence homeMTA homeMDB legacyExchangeDN deliveryMechanism",
    dc_divergence};

}  // namespace exaudit::rules
