// What rules want to know of single events, read from their numbers and names, never from translated words.
//
// Copied descriptions are wrapped anywhere ("cn=SMTP" line break "(MAIL1)", "( MAIL1)"): blanks inside a name
// are repaired before it is used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/guid.h"
#include "facts/event.h"

namespace exaudit::facts {

// MSExchangeTransport 326 (KB 828938, KB 840469): "%1 failed to logon to the store as %2. Error code : %3".
struct StoreLogonFailure {
  std::string legacy_dn;  // "/o=Contoso/ou=.../cn=Connections/cn=SMTP (MAIL1)/cn={GUID}", wrapping undone
  std::string server;     // "MAIL1"; "" when the name has no "SMTP (...)" component
  std::optional<base::Guid> store;  // of its last component
  std::uint32_t error = 0;          // 0x80040148
};
// Nothing for other events, and when the name or the error code is missing.
std::optional<StoreLogonFailure> store_logon_failure(const Event& event);

// Service Control Manager 7000 (KB 277770): "The %1 service failed to start due to the following error: %2".
struct ServiceStartFailure {
  std::string service;      // display name; "" when it cannot be told from the text
  std::uint32_t error = 0;  // Win32 error: 1083 = the executable does not implement the service
};
// Nothing for other events, and when the error cannot be told: it is known as "%%n", and 1083 also as a
// number or by its English text.
std::optional<ServiceStartFailure> service_start_failure(const Event& event);

}  // namespace exaudit::facts
