// Dates and times of rendered event logs. Event Viewer writes them in the locale of whoever saved the log and
// does not name it, so the order of day and month is decided over the whole log.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "facts/event.h"
#include "facts/input.h"
#include "readers/event_words.h"

namespace exaudit::readers {

// Three numbers of a date in the order written, and the time of day.
struct WrittenTime {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
  bool year_first = false;
  bool dots = false;          // 31.1.2004
  bool twelve_hours = false;  // AM or PM
  std::int32_t seconds = 0;   // since midnight
};

// Dates: 1/31/2004, 31.1.2004, 31-01-04, 2004-01-31, 20040131 (WMI). Two-digit years are 1970 to 2069.
// Times: 10:11:12, 10:11, 10.11.12, 10:11:12 PM, 10:11:12 p.m., with fractions and zones, which are ignored:
// the result is local time. `time` may be empty when `date` holds both. Nothing when either cannot be read.
std::optional<WrittenTime> parse_written_time(std::string_view date, std::string_view time);

// Seconds since 1970-01-01 in the writer's local time; nothing when there is no such day. `month_first`
// counts where the date itself leaves it open: neither year first, nor dots, nor a number above 12.
std::optional<std::int64_t> to_seconds(const WrittenTime& time, bool month_first);

// True when `text` begins like a date or is a time of day; cheap tests for finding rows.
bool looks_like_date(std::string_view text);
bool looks_like_time(std::string_view text);

// Collects the times of a log's events, in their order, and sets Event::time when all are known.
class EventTimes {
 public:
  // `line` for messages; `type_word` tells the language.
  void add(std::string_view date, std::string_view time, std::string_view type_word, std::uint32_t line);
  // Sets the times of `log.events` (one add() each) and log.newest. Notes what was unreadable or ambiguous.
  void resolve(facts::EventLog& log, facts::Input& input);

 private:
  bool month_first(facts::Input& input) const;

  std::vector<std::optional<WrittenTime>> times_;
  std::uint32_t first_unreadable_line_ = 0;
  std::size_t unreadable_ = 0;
  std::size_t english_ = 0;
  std::size_t shared_ = 0;
  std::size_t foreign_ = 0;
};

}  // namespace exaudit::readers
