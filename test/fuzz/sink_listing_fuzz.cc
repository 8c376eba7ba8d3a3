#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "fuzz/targets.h"
#include "readers/readers.h"
#include "readers/sink_listing.h"

// Every binding of a virtual server has its server in the list, and something to know it by.
void exaudit::fuzz::sink_listing(std::string_view bytes) {
  facts::Input input;
  const facts::SinkListing listing = readers::read_sink_listing(bytes, 1, input);
  if (listing.complete == input.lost_records) std::abort();
  for (const facts::ListedBinding& binding : listing.bindings) {
    if (binding.line == 0 || (binding.display_name.empty() && binding.sink_class.empty())) std::abort();
    const auto& known = listing.instances;
    if (!binding.instance.empty() && std::find(known.begin(), known.end(), binding.instance) == known.end())
      std::abort();
  }
  static_cast<void>(readers::looks_like_sink_listing(base::decode_text(bytes).text));
}
