// In which order the headlines of a result are repaired: place by place, step by step (rules/repair_order.h).
//
// Consequences need no step of their own, and information needs no repair: neither is listed.
#pragma once

#include <string>
#include <vector>

#include "audit/result.h"
#include "rules/repair_order.h"

namespace exaudit::audit {

struct RepairItem {
  const rules::RepairStep* step = nullptr;
  std::vector<const findings::Finding*> findings;  // of the result, in its order; never empty
};

struct RepairPlace {
  std::string name;               // server or machine as the evidence spells it; "" = the organization
  std::vector<RepairItem> items;  // in the order of repair; never empty
};

// The organization first, then the places with the gravest findings, then by name. Valid as long as the
// result is.
std::vector<RepairPlace> repair_order(const Result& result);

}  // namespace exaudit::audit
