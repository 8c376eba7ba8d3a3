// Choosing between two records of one object, by what they say and never by their order.
#pragma once

#include <string>

#include "facts/entry.h"

namespace exaudit::facts {

// Names and values in one spelling: equal for records that say the same.
std::string content_of(const Entry& entry);

// Is `a` the better record? The one changed last, then the smaller name, then the fuller one, then the
// smaller text.
bool better(const Entry& a, const Entry& b);

}  // namespace exaudit::facts
