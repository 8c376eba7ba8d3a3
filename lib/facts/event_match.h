// What rules want to know of single events, read from their numbers and names, never from translated words.
// Which event is which, and where its insertion strings stand, says facts/event_catalogue.h.
//
// Records of binary logs have insertion strings, rendered ones a text; both give the same answer. Each
// function gives nothing for other events, and when what it is about cannot be told.
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
std::optional<StoreLogonFailure> store_logon_failure(const Event& event);

// MSExchangeTransport 324 (KB 840469): "Instance %1 failed to initialize. Error code : %2".
struct InstanceFailure {
  std::string instance;     // of the virtual server: "1"; "" when the text names none
  std::uint32_t error = 0;  // 0x80040148
};
std::optional<InstanceFailure> instance_failure(const Event& event);

// MSExchangeIS 1194 (KB 828938, KB 836565): "Accept clients on external interface %1 failed with error %2".
struct InterfaceFailure {
  std::string interface_name;  // "SMTP", "POP3", "NNTP", "MAPIRPC"; "" when the text names none of them
  std::uint32_t error = 0;     // 0x80004005
};
std::optional<InterfaceFailure> interface_failure(const Event& event);

// MSExchangeMTA 9405 (KB 840469, KB 247130): "... Error: Init Routing API returned error -2147219168".
struct MtaUnexpectedError {
  bool is_init_routing_api = false;    // false: another error, of which nothing more is known
  std::optional<std::uint32_t> error;  // of Init Routing API: 0x80040920; nothing when the text has no number
};
std::optional<MtaUnexpectedError> mta_unexpected_error(const Event& event);

// MSExchangeMTA 9321 (KB 279415): "An attempt to listen over RPC has failed. NT Error: %1".
struct RpcListenFailure {
  std::uint32_t error = 0;  // 11004
};
std::optional<RpcListenFailure> rpc_listen_failure(const Event& event);

// EXOLEDB 116 (KB 316622): "... unable to initialize event system correctly. ... HRESULT = %1".
struct EventSinksFailure {
  std::uint32_t error = 0;  // 0x8004010f
};
std::optional<EventSinksFailure> event_sinks_failure(const Event& event);

// Service Control Manager 7000 (KB 277770): "The %1 service failed to start due to the following error: %2";
// or what the Services console shows (KB 822939): "Could not start the %1 service on ... Error %2: ...".
struct ServiceStartFailure {
  std::string service;      // display name; "" when it cannot be told from the text
  std::uint32_t error = 0;  // Win32 error: 1083 = the executable does not implement the service
};
// The error is known as "%%n", in binary logs and in the console's message as any number, and 1083 also as a
// number or by its English text.
std::optional<ServiceStartFailure> service_start_failure(const Event& event);
// An event 7000 in another language than English, without a number: nobody can tell which error it was.
bool is_untold_start_failure(const Event& event);

// Service Control Manager 7023: "The %1 service terminated with the following error: %2". The error is known
// as above, but for 1083.
std::optional<ServiceStartFailure> service_end_failure(const Event& event);

// Service Control Manager 7000 or 7023 with error 2140, an internal Windows error: what KB 279415 says that
// the service shows when the MTA cannot listen. Other faults have it too (KB 185154): it proves nothing
// alone.
bool is_internal_service_error(const Event& event);

}  // namespace exaudit::facts
