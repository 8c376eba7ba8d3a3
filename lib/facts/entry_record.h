// From a record to the object it describes.
#pragma once

#include <string_view>

#include "facts/arena.h"
#include "facts/entry.h"
#include "facts/record.h"

namespace exaudit::facts {

// `key` is the record's (facts::dn_key). Values that had to be decoded go to `arena`, the others stay where
// the record has them; those that could not be decoded come back with `failed` set.
Entry entry_of(Record& record, std::string_view key, Arena& arena);

}  // namespace exaudit::facts
