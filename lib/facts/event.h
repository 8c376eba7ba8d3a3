// Windows event records, from rendered logs (Event Viewer text and csv, pasted blocks) and binary ones (.evt,
// .evtx).
//
// Rendered descriptions come in the server's language: rules match source, id and the numbers in the text,
// never words alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

enum class EventType { unknown, error, warning, information, audit_success, audit_failure };

struct Event {
  std::string source;    // "MSExchangeTransport"
  std::uint32_t id = 0;  // the 16-bit number that Event Viewer shows
  EventType type = EventType::unknown;
  std::optional<std::int64_t>
      time;  // seconds since 1970-01-01, see EventLog::utc; nothing for pasted text without a readable date
  std::string category;
  std::string computer;
  std::string description;           // one string, line breaks as LF, blanks as written
  std::vector<std::string> strings;  // insertion strings, when the source has them: binary logs, and rendered
                                     // ones whose messages were missing where they were rendered
  bool recovered = false;            // found in the unused part of a dirty or wrapped binary log
  Location location;
};

// Which of the logs of Windows it is: told by its name, else by the sources that only write there.
enum class LogKind { unknown, application, system };
LogKind log_kind_of_name(std::string_view name);      // "Application", "System"
LogKind log_kind_of_source(std::string_view source);  // Exchange's sources write to the application log, the
                                                      // Service Control Manager to the system log

struct EventLog {
  LogKind kind = LogKind::unknown;
  std::vector<Event> events;  // in the order of the input; of binary logs only those that some rule reads
                              // (facts/event_catalogue.h)
  std::uint64_t records = 0;  // all records of the log
  std::optional<std::int64_t> newest;  // newest time in the log, over all its records
  bool pasted = false;                 // blocks copied out of a log: no completeness, no age
  // Times of binary logs are UTC, those of rendered ones the local time of the machine that rendered them:
  // ages are compared within one log.
  bool utc = false;
  std::string computer;  // of the newest record, for binary logs: most of their records are not kept
  std::string log_name;  // "Application", "System" when known
  InputId input = kNoInput;
};

// The kind that its name or its events tell; unknown when they are of several logs, as copied ones may be.
LogKind log_kind_of(const EventLog& log);

}  // namespace exaudit::facts
