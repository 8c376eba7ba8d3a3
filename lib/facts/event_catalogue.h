// The events that some rule or the model reads, and where the interesting words stand in them. The only place
// that knows event numbers: binary logs are filtered by it, and rendered ones understood through it.
//
// Sources: the event texts of KB 828938, 840469, 277770, 279415, 279537, 316300, 316622, 322308, 841576,
// 951558. Insertion strings are what the message text calls %1, %2, ...; a rendered log has the text only.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "facts/event.h"

namespace exaudit::facts {

enum class EventKind {
  store_logon_failure,    // %1 failed to logon to the store as %2. Error code : %3.
  instance_failure,       // Instance %1 failed to initialize. Error code : %2.
  store_call_failure,     // The following call : %1 to the store failed. Error code : %2 ...
  exps_failure,           // EXPS ... "%1". "%2" called "%3" which failed with error code %4
  interface_failure,      // Accept clients on external interface %1 failed with error %2.
  mailbox_sd_failure,     // Unable to update Mailbox SD in the DS. Mailbox GUID: %1. Error Code %2
  mta_unexpected_error,   // An unexpected error has occurred ... Error: %1. [...] (16)
  mta_directory_error,    // A fatal directory error occurred.
  mta_no_monitor_memory,  // There is not enough Performance Monitor memory ...
  mta_recovery,           // The MTA is running recovery on the internal message database ...
  mta_recovery_queue,     // ... is now checking queue: %1 ...
  mta_recovery_done,      // The MTA database recovery operation has completed successfully.
  rpc_listen_failure,     // An attempt to listen over RPC has failed. NT Error: %1. [...] (14)
  mta_fatal_error,        // A fatal system error occurred while initializing the MTA.
  rpc_bind_failure,       // Unable to bind over RPC. ... index: %1, NT/MTA error code: %2 ...
  rpc_bind_back_failure,  // MtaBindBack over RPC failed
  event_sinks_failure,    // ... unable to initialize event system correctly. ... HRESULT = %1.
  service_start_failure,  // The %1 service failed to start due to the following error: %2
  service_error,          // a service ended with an error
  service_crash,          // a service ended unexpectedly
  directory_topology,     // ... discovered the following servers ... (facts/discovered_servers.h)
};

struct CataloguedEvent {
  EventKind kind;
  std::string_view source;  // compared without regard to letter case
  std::uint32_t id;
  // Positions of insertion strings, from 1; 0 = not known or not used.
  std::uint32_t subject = 0;  // whom or what it is about: a name, an instance, a service
  std::uint32_t code = 0;     // the error
};

std::span<const CataloguedEvent> event_catalogue();

// Null for every event that no rule knows.
const CataloguedEvent* find_catalogued(std::string_view source, std::uint32_t id);
bool is_catalogued(std::string_view source, std::uint32_t id);
// Whatever its source; cheap, for readers that would have to decode the source first.
bool is_catalogued_id(std::uint32_t id);
bool is_kind(const Event& event, EventKind kind);

}  // namespace exaudit::facts
