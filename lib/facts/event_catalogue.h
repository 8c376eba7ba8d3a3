// The events that some rule or the model reads, and where the interesting words stand in them. The only place
// that knows event numbers: binary logs are filtered by it, and rendered ones understood through it.
//
// Sources: the event texts of KB 828938, 840469, 277770, 279415, 279537, 316622, 322308, 841576 and 951558;
// of 2080 KB 316300. Insertion strings are what the message text calls %1, %2, ...; a rendered log has the
// text only. Texts of the MTA end with a locator and a number in every language: "[BASE MAIN BASE 1] (16)".
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
  service_error,          // The %1 service terminated with the following error: %2
  service_crash,          // a service ended unexpectedly
  directory_topology,     // ... discovered the following servers ... (facts/discovered_servers.h)
  // Not logged: "Could not start the %1 service on ... Error %2: ...", a message of the Services console.
  service_start_message,
};

// Every event of the MTA has it.
inline constexpr std::string_view kMtaSource = "MSExchangeMTA";
// What stands for the source of a message that was shown, not logged; its number is 0.
inline constexpr std::string_view kServicesConsole = "Services console";

struct CataloguedEvent {
  EventKind kind;
  std::string_view source;  // compared without regard to letter case
  std::uint32_t id;
  // Positions of insertion strings, from 1; 0 = not known or not used.
  std::uint32_t subject = 0;  // whom or what it is about: a name, an instance, a service
  std::uint32_t code = 0;     // the error
  std::uint32_t strings = 0;  // how many there are; 0 = not known
  // Words of the English text that no other event has, at its beginning or behind %1; "" when its numbers and
  // names tell it from all others.
  std::string_view words = {};
};

std::span<const CataloguedEvent> event_catalogue();

// Null for every event that no rule knows.
const CataloguedEvent* find_catalogued(std::string_view source, std::uint32_t id);
bool is_catalogued(std::string_view source, std::uint32_t id);
// Whatever its source; cheap, for readers that would have to decode the source first.
bool is_catalogued_id(std::uint32_t id);
bool is_kind(const Event& event, EventKind kind);
// The event of that number, when the catalogue has it under one source only; null otherwise.
const CataloguedEvent* find_catalogued_id(std::uint32_t id);

}  // namespace exaudit::facts
