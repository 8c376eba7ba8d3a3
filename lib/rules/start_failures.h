// Service Control Manager 7000 with error 1083 (KB 277770), by service.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "rules/occurrences.h"

namespace exaudit::rules {

// Key name (SMTPSVC, RESvc, ...) -> its failures with error 1083. The event names services by their display
// name, which is looked up in the machine's registry and listings, then among the English names; one that is
// not found stands under the name that the event has.
std::map<std::string, Occurrences> all_start_failures(const model::Case& c, const model::Machine& machine);
// Of one service; empty when there are none.
Occurrences start_failures(const model::Case& c, const model::Machine& machine, std::string_view service);

}  // namespace exaudit::rules
