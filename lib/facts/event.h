// Windows event records, from rendered logs (Event Viewer text and csv, pasted blocks); binary logs later
// feed the same type.
//
// Rendered descriptions come in the server's language: rules match source, id and the numbers in the text,
// never words alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

enum class EventType { unknown, error, warning, information, audit_success, audit_failure };

struct Event {
  std::string source;    // "MSExchangeTransport"
  std::uint32_t id = 0;  // the 16-bit number that Event Viewer shows
  EventType type = EventType::unknown;
  std::optional<std::int64_t> time;  // seconds since 1970-01-01, in the log's own local time; nothing for
                                     // pasted text without a readable date
  std::string category;
  std::string computer;
  std::string description;           // one string, line breaks as LF, blanks as written
  std::vector<std::string> strings;  // insertion strings, when the source has them (binary logs)
  Location location;
};

struct EventLog {
  std::vector<Event> events;           // in the order of the input
  std::optional<std::int64_t> newest;  // newest time in the log, over all its records
  bool pasted = false;                 // blocks copied out of a log: no completeness, no age
  std::string log_name;                // "Application", "System" when known
  InputId input = kNoInput;
};

}  // namespace exaudit::facts
