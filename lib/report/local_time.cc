#include "report/local_time.h"

#include <fmt/format.h>

#include "base/time.h"

namespace exaudit::report {

std::string local_time(std::int64_t seconds, char separator) {
  constexpr std::int64_t kSecondsPerDay = 86'400;
  const std::string date = base::date_text(seconds);
  if (date.empty()) return "";
  const std::int64_t rest = ((seconds % kSecondsPerDay) + kSecondsPerDay) % kSecondsPerDay;
  return fmt::format("{}{}{:02}:{:02}:{:02}", date, separator, rest / 3600, rest / 60 % 60, rest % 60);
}

}  // namespace exaudit::report
