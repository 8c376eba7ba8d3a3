// Joins findings that have one cause: the cause stays a headline, its consequences carry explained_by and do
// not count on their own.
#pragma once

#include <vector>

#include "findings/finding.h"
#include "model/case.h"

namespace exaudit::audit {

inline constexpr std::string_view kServerRemovedRule = "organization.server-removed";

// Adds the generated headline organization.server-removed where a removed server left at least two objects
// behind.
void add_removed_servers(const model::Case& c, std::vector<findings::Finding>& findings);

// Sets explained_by to the immediate cause of each consequence, and lifts a headline to the highest severity
// among itself and what it explains. The case knows which servers a machine carries. Findings about what is
// over (reasons `old` and `stale`) explain nothing.
void link_causes(const model::Case& c, std::vector<findings::Finding>& findings);

}  // namespace exaudit::audit
