// One attribute of one object, with what is known about it: present, absent, or not observed.
#pragma once

#include <string_view>

#include "facts/entry.h"

namespace exaudit::model {

struct Field {
  facts::Observed state = facts::Observed::not_observed;
  std::string_view value;    // first value; "" unless present
  facts::Location location;  // of the value, else of the entry

  bool present() const { return state == facts::Observed::present; }
  bool absent() const { return state == facts::Observed::absent; }
  bool not_observed() const { return state == facts::Observed::not_observed; }
};

}  // namespace exaudit::model
