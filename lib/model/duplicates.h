// Values that two or more objects share and only one may have: legacyExchangeDN and proxy addresses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "facts/directory_view.h"

namespace exaudit::model {

struct ValueOwner {
  facts::Location at;  // of the value
  std::string dn;
  std::string value;  // as this object has it
  std::size_t view = 0;
};

struct SharedValue {
  std::string name;                // in lower case; of several spellings the smallest
  std::vector<ValueOwner> owners;  // two or more, by input and line
};

struct SharedValues {
  std::vector<SharedValue> values;  // by name
  std::uint64_t distinct = 0;       // values of this kind that there are, shared or not
};

// Over all views of one organization. Every object counts once, however often a view shows it. Objects of two
// views are compared when the views show different domains: of one domain, two directory servers may have
// been asked before and after an address moved from one object to another. Values that only have the same
// hash are told apart.
SharedValues shared_values(const std::vector<const facts::DirectoryView*>& views, facts::ValueKind kind);

}  // namespace exaudit::model
