// Which Windows services run on a machine, and how they start: sc query, net start, or csv of Win32_Service.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

enum class ServiceState {
  running,
  stopped,
  other,
  not_observed
};  // other: paused, or starting or stopping at that moment
enum class StartMode { automatic, manual, disabled, other, not_observed };  // other: boot and system drivers

struct Service {
  std::string name;          // key name, "SMTPSVC"; "" when the listing shows only display names (net start)
  std::string display_name;  // "Simple Mail Transfer Protocol (SMTP)", in the server's language; "" when the
                             // listing has none
  ServiceState state = ServiceState::not_observed;
  StartMode start = StartMode::not_observed;
  std::uint32_t line = 0;
};

struct ServiceTable {
  std::vector<Service> services;
  // What a service that is not in the table means. sc query without "state= all" and net start list running
  // services only.
  enum class Covers { all, running, some } covers = Covers::some;
  bool complete = true;
  std::string machine_hint;  // the Node column of a csv; "" when there is none
  Location location;

  const Service* find(std::string_view name) const;  // by key name, case-insensitive
};

}  // namespace exaudit::facts
