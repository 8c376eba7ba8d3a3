// KB 828938: of several directory views that of the global catalog counts which the server itself uses.
#pragma once

#include <vector>

#include "findings/finding.h"
#include "model/case.h"

namespace exaudit::audit {

// Where an organization has several views, and a finding of KB 828938 is about what some of them show and
// others do not, its message says whether the view that counts for its server is among them. `findings` are
// merged: Finding::views is complete. Nothing else of a finding changes.
void name_counting_views(const model::Case& c, std::vector<findings::Finding>& findings);

}  // namespace exaudit::audit
