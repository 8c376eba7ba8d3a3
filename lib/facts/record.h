// One directory record on its way from a reader into a ViewBuilder: the shape that LDIF and LDAP share.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

struct RecordValue {
  std::string_view name;   // attribute description as written, options included
  std::string_view bytes;  // decoded value
  std::uint32_t line = 0;
  bool copied = false;     // `bytes` lives only until the next record
  bool readable = true;    // false: damaged or a URL; the attribute is not observed
};

struct Record {
  std::string_view dn;
  bool dn_copied = false;
  std::vector<RecordValue> values;
  Location location;
};

}  // namespace exaudit::facts
