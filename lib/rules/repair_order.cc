#include "rules/repair_order.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace exaudit::rules {

namespace {

#define REPAIR_STEP(id, scope, text, rules) RepairStep{id, RepairStep::Scope::scope, text, rules},
constexpr std::array kSteps = {
#include "rules/repair_order.def"
};
#undef REPAIR_STEP

bool names(std::string_view pattern, std::string_view rule) {
  return pattern.ends_with('*') ? rule.starts_with(pattern.substr(0, pattern.size() - 1)) : pattern == rule;
}

}  // namespace

std::span<const RepairStep> repair_steps() { return kSteps; }

std::size_t repair_step_of(std::string_view rule) {
  const auto* const found = std::find_if(kSteps.begin(), kSteps.end(), [&](const RepairStep& step) {
    const auto patterns = base::split(step.rules, ' ');
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](std::string_view pattern) { return names(pattern, rule); });
  });
  return static_cast<std::size_t>(found - kSteps.begin());
}

}  // namespace exaudit::rules
