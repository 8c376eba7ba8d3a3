// The list of rules, made from rules.def.
#include "rules/rule.h"

namespace exaudit::rules {

#define EXAUDIT_RULE(name) extern const Rule name;
#include "rules/rules.def"
#undef EXAUDIT_RULE

namespace {

const Rule* const kRules[] = {
#define EXAUDIT_RULE(name) &name,
#include "rules/rules.def"
#undef EXAUDIT_RULE
};

}  // namespace

std::span<const Rule* const> all_rules() { return kRules; }

const Rule* find_rule(std::string_view id) {
  for (const Rule* rule : kRules) {
    if (rule->id == id) return rule;
  }
  return nullptr;
}

}  // namespace exaudit::rules
