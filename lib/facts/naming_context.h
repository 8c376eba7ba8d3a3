// Which naming context an object belongs to, told by its key (facts::dn_key).
#pragma once

#include <string_view>

namespace exaudit::facts {

// The configuration naming context is CN=Configuration followed by nothing but DC= parts (or nothing at all,
// where an export left the root out).
bool in_configuration(std::string_view key);
bool in_schema(std::string_view key);
// Key of the domain naming context: the trailing DC= parts, "" when there are none.
std::string_view domain_of(std::string_view key);

}  // namespace exaudit::facts
