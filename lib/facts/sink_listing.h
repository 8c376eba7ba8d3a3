// Event bindings as `cscript smtpreg.vbs /enum` lists them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

struct ListedBinding {
  std::string id;        // {GUID} of the binding
  std::string event;     // {GUID} of the event type (CATID); "" in the old form
  std::string source;    // display name of the source, "smtpsvc 1"
  std::string instance;  // "1"; "" when the source names none
  std::string display_name;
  std::string sink_class;
  std::optional<bool> enabled;  // nothing: the word was not understood (localised), so not known
  std::uint32_t line = 0;
};

struct SinkListing {
  std::vector<ListedBinding> bindings;
  std::vector<std::string> instances;  // virtual servers that the listing names, also those without a binding
  // The old form of the script lists OnArrival sinks only: command-verb sinks are not observable in it.
  bool arrival_only = false;
  bool complete = true;
  Location location;
};

}  // namespace exaudit::facts
