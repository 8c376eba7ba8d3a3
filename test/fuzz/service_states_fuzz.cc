#include <cstdlib>

#include "base/text.h"
#include "fuzz/targets.h"
#include "readers/readers.h"
#include "readers/service_states.h"

// Every service has a name of one kind or the other; a list of all has some that run and some that do not.
void exaudit::fuzz::service_states(std::string_view bytes) {
  facts::Input input;
  const facts::ServiceTable table = readers::read_service_states(bytes, 1, input);
  bool stopped = false;
  for (const facts::Service& service : table.services) {
    if (service.line == 0 || (service.name.empty() && service.display_name.empty())) std::abort();
    stopped = stopped || service.state == facts::ServiceState::stopped;
  }
  if (table.covers == facts::ServiceTable::Covers::all && !stopped) std::abort();
  if (table.covers == facts::ServiceTable::Covers::running && stopped) std::abort();
  if (table.complete && !input.complete && input.lost_records) std::abort();
  static_cast<void>(readers::looks_like_service_states(base::decode_text(bytes).text));
}
