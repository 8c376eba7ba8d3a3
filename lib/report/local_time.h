// Times of an event log: seconds since 1970-01-01 by the log's own clock, local time or UTC
// (findings::Clock).
#pragma once

#include <cstdint>
#include <string>

namespace exaudit::report {

// "2004-03-01T10:00:00" with separator 'T'; "" for years outside 1..9999, which only a damaged log has.
std::string local_time(std::int64_t seconds, char separator);

}  // namespace exaudit::report
