#include "report/local_time.h"

#include <chrono>

#include <fmt/format.h>

namespace exaudit::report {

std::string local_time(std::int64_t seconds, char separator) {
  constexpr std::int64_t kSecondsPerDay = 86'400;
  constexpr std::int64_t kYear1 = -62'135'596'800;
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  if (seconds < kYear1 || seconds >= kYear10000) return "";
  const std::int64_t rest = ((seconds % kSecondsPerDay) + kSecondsPerDay) % kSecondsPerDay;
  const std::chrono::sys_days day{std::chrono::days{(seconds - rest) / kSecondsPerDay}};
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), separator,
                     rest / 3600, rest / 60 % 60, rest % 60);
}

}  // namespace exaudit::report
