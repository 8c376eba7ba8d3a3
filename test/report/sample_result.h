// A result with one of everything that reports have to show.
#pragma once

#include <string>

#include "audit/result.h"

namespace exaudit::test {

audit::Result sample_result();

// The finding of sample_result() with this rule; fails the test when there is none.
const findings::Finding& finding_of(const audit::Result& result, const std::string& rule);

}  // namespace exaudit::test
