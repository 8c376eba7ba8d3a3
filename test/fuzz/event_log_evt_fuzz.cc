#include <cstdlib>

#include "facts/discovered_servers.h"
#include "facts/event_catalogue.h"
#include "facts/event_match.h"
#include "fuzz/targets.h"
#include "readers/readers.h"

void exaudit::fuzz::event_log_evt(std::string_view bytes) {
  facts::Input input;
  const facts::EventLog log = readers::read_event_log_evt(bytes, 0, input);
  if (log.records != input.records || (input.lost_records && input.complete)) std::abort();
  if (log.events.size() * 60 > bytes.size()) std::abort();
  for (const facts::Event& event : log.events) {
    if (!facts::is_catalogued(event.source, event.id) || event.location.offset >= bytes.size()) std::abort();
    static_cast<void>(facts::store_logon_failure(event));
    static_cast<void>(facts::discovered_servers(event));
    static_cast<void>(facts::mta_unexpected_error(event));
    static_cast<void>(facts::service_start_failure(event));
    if (!event.recovered && event.time > log.newest) std::abort();
  }
}
