// The root DSE of a directory server: the record without a DN, in which the server speaks about itself
// (RFC 4512 section 5.1, MS-ADTS 3.1.1.3.2).
#pragma once

#include <optional>
#include <string>

#include "facts/record.h"

namespace exaudit::facts {

struct RootDse {
  // dnsHostName, else the name of the server's object below CN=Sites, from serverName or dsServiceName; ""
  // when none of them can be read.
  std::string host;
};

// Nothing when the record has no attribute of a root DSE. `record` has no DN; values that cannot be decoded
// come back with `failed` set.
std::optional<RootDse> read_root_dse(Record& record);

}  // namespace exaudit::facts
