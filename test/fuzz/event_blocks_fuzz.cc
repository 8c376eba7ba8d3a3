// Copied events; every event also goes through the matchers that rules use.
#include <cstdlib>

#include "base/text.h"
#include "facts/discovered_servers.h"
#include "facts/event_catalogue.h"
#include "facts/event_match.h"
#include "fuzz/targets.h"
#include "readers/event_text.h"
#include "readers/readers.h"

void exaudit::fuzz::event_blocks(std::string_view bytes) {
  facts::Input input;
  const facts::EventLog log = readers::read_event_blocks(bytes, 1, input);
  const auto decoded = base::decode_text(bytes);
  for (const facts::Event& event : log.events) {
    if (event.source.empty() || event.id > 0xFFFF || event.location.offset > decoded.text.size())
      std::abort();
    if (event.description.size() > readers::kMaxEventDescriptionBytes) std::abort();
    if (event.time && (!log.newest || *event.time > *log.newest)) std::abort();
    facts::Event copy = event;  // as if it were one that a rule looks at
    copy.source = "MSExchangeTransport";
    copy.id = 326;
    static_cast<void>(facts::store_logon_failure(copy));
    copy.source = "MSExchangeMTA";
    copy.id = 9405;
    static_cast<void>(facts::mta_unexpected_error(copy));
    copy.source = facts::kServicesConsole;
    copy.id = 0;
    static_cast<void>(facts::service_start_failure(copy));
    copy.source = "Service Control Manager";
    copy.id = 7000;
    static_cast<void>(facts::service_start_failure(copy));
    copy.source = "MSExchangeDSAccess";
    copy.id = 2080;
    if (const auto servers = facts::discovered_servers(copy))
      static_cast<void>(facts::global_catalogs_in_use(*servers));
  }
  if (!input.problems.empty() && input.lost_records && input.complete) std::abort();
  // What the reader finds at the beginning of a text is recognised by it.
  if (!log.events.empty() && bytes.size() < 4096 && !readers::looks_like_event_blocks(decoded.text))
    std::abort();
}
