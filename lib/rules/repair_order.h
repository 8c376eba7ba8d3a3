// What is repaired before what: the steps of repair_order.def, and the step of a rule. The reasons stand in
// that file.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace exaudit::rules {

struct RepairStep {
  enum class Scope : std::uint8_t { organization, server };

  std::string_view id;  // "smtp-extensions"; part of the JSON contract
  Scope scope;
  std::string_view text;   // what to do, without a full stop
  std::string_view rules;  // ids, blank-separated; "*" at the end of one stands for anything
};

// In the order of repair.
std::span<const RepairStep> repair_steps();

// Index of the first step that names the rule; every rule has one, because the last step takes all.
std::size_t repair_step_of(std::string_view rule);

}  // namespace exaudit::rules
