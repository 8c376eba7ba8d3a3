#include "facts/service_states.h"

#include <algorithm>

#include "base/text.h"

namespace exaudit::facts {

const Service* ServiceTable::find(std::string_view name) const {
  const auto it = std::find_if(services.begin(), services.end(), [&](const Service& service) {
    return !service.name.empty() && base::fold_equals(service.name, name);
  });
  return it == services.end() ? nullptr : &*it;
}

}  // namespace exaudit::facts
