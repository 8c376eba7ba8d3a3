#include "rules/repair_order.h"

#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "base/text.h"
#include "rules/rule.h"

using exaudit::rules::all_rules;
using exaudit::rules::repair_step_of;
using exaudit::rules::repair_steps;
using exaudit::rules::RepairStep;
using exaudit::rules::Rule;

namespace {

bool before(std::string_view first, std::string_view second) {
  return repair_step_of(first) < repair_step_of(second);
}

}  // namespace

TEST_CASE(
    "repair order: every rule that asks for a repair has a step of its own, and the last step takes the "
    "rest") {
  REQUIRE_FALSE(repair_steps().empty());
  for (const Rule* rule : all_rules()) {
    CAPTURE(std::string(rule->id));
    REQUIRE(repair_step_of(rule->id) < repair_steps().size());
    if (rule->severity != exaudit::findings::Severity::info)
      CHECK(repair_steps()[repair_step_of(rule->id)].id != "rest");
  }
  CHECK(repair_step_of("KB000000.not-written-yet") == repair_steps().size() - 1);
  CHECK(repair_step_of("organization.server-removed") < repair_steps().size() - 1);
}

TEST_CASE("repair order: steps have ids of their own, and name only rules that exist") {
  std::set<std::string_view> ids;
  for (const RepairStep& step : repair_steps()) {
    CAPTURE(std::string(step.id));
    CHECK(ids.insert(step.id).second);
    CHECK(step.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK_FALSE(step.text.empty());
    for (const std::string_view rule : exaudit::base::split(step.rules, ' ')) {
      CAPTURE(std::string(rule));
      CHECK((rule.ends_with('*') || rule == "organization.server-removed" ||
             exaudit::rules::find_rule(rule) != nullptr));
    }
  }
}

TEST_CASE("repair order: what would undo a repair, or what it needs, comes first") {
  CHECK(before("KB828938.dc-divergence", "KB828938.gateway-home-mta"));
  CHECK(before("KB822939.imc-key", "KB822939.smtp-service-absent"));
  CHECK(before("KB822939.imc-key", "KB840469.mta-start-failure"));
  CHECK(before("KB840469.mta-start-failure", "KB822939.no-bindings"));
  CHECK(before("KB822939.verbs-missing", "KB828938.gateway-missing"));
  CHECK(before("KB822939.smtp-service-absent", "KB277770.dispatch-entries"));
  CHECK(before("KB277770.dispatch-entries", "KB822939.service-stopped"));
  CHECK(before("KB247130.mta-missing", "KB840469.mta-not-running"));
  CHECK(before("KB247130.mta-missing", "KB828938.gateway-home-mta"));
  CHECK(before("KB828938.gateway-missing", "KB828938.mailbox-disconnected"));
  CHECK(before("KB279415.binding-order", "KB285350.mta-file-version"));
  CHECK(before("recipients.home-mdb-missing", "organization.server-removed"));
}
