#include "audit/repair_order.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"

namespace exaudit::audit {

namespace {

using findings::Finding;
using findings::SubjectKind;

std::string_view place_of(const Finding& finding, const rules::RepairStep& step) {
  const findings::Subject& subject = finding.subject;
  if (step.scope == rules::RepairStep::Scope::organization) return {};
  if (subject.kind == SubjectKind::machine || subject.kind == SubjectKind::server) return subject.name;
  return subject.machine.empty() ? std::string_view(subject.server) : std::string_view(subject.machine);
}

struct Place {
  std::string_view name;
  findings::Severity worst = findings::Severity::info;
  std::map<std::size_t, std::vector<const Finding*>> steps;  // by index of the step
};

}  // namespace

std::vector<RepairPlace> repair_order(const Result& result) {
  std::map<std::string_view, std::size_t> steps;  // of each rule; there may be many findings of one
  std::map<std::string, Place> places;            // by folded name
  for (const Finding& finding : result.findings) {
    if (!finding.explained_by.empty() || finding.severity == findings::Severity::info) continue;
    const auto [at, fresh] = steps.try_emplace(finding.rule, 0);
    if (fresh) at->second = rules::repair_step_of(finding.rule);
    const std::string_view name = place_of(finding, rules::repair_steps()[at->second]);
    Place& place = places[base::fold(name)];
    if (place.name.empty()) place.name = name;
    place.worst = std::max(place.worst, finding.severity);
    place.steps[at->second].push_back(&finding);
  }
  std::vector<const Place*> order;
  for (const auto& [key, place] : places) order.push_back(&place);
  std::stable_sort(order.begin(), order.end(), [](const Place* a, const Place* b) {
    return std::make_tuple(!a->name.empty(), b->worst) < std::make_tuple(!b->name.empty(), a->worst);
  });
  std::vector<RepairPlace> out;
  for (const Place* place : order) {
    RepairPlace& to = out.emplace_back();
    to.name = place->name;
    for (const auto& [step, findings] : place->steps)
      to.items.push_back({&rules::repair_steps()[step], findings});
  }
  return out;
}

}  // namespace exaudit::audit
