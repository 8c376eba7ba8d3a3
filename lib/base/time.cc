#include "base/time.h"

#include <array>
#include <chrono>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::base {

namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

// 1 to 12, 0 for any other word.
unsigned month_number(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (ascii_iequals(word, kMonths[i])) return i + 1;
  }
  return 0;
}

// "1", "Mar", "2006", "10:00:00"; nothing when they are no time.
std::optional<std::int64_t> mail_time(std::string_view day, std::string_view month, std::string_view year,
                                      std::string_view clock) {
  std::uint64_t d = 0;
  std::uint64_t y = 0;
  std::array<std::uint64_t, 3> hms{};
  const auto parts = split(clock, ':');
  if (!parse_uint(day, d) || !parse_uint(year, y) || d > 31 || y > 9999 || year.size() != 4)
    return std::nullopt;
  if (parts.size() < 2 || parts.size() > hms.size()) return std::nullopt;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].size() != 2 || !parse_uint(parts[i], hms[i]) || hms[i] > (i == 0 ? 23U : 60U))
      return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(y)),
                                         std::chrono::month(month_number(month)),
                                         std::chrono::day(static_cast<unsigned>(d))};
  if (!date.ok()) return std::nullopt;
  const auto days = std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()};
  return days * kSecondsPerDay + static_cast<std::int64_t>(hms[0] * 3600 + hms[1] * 60 + hms[2]);
}

}  // namespace

std::optional<std::int64_t> parse_generalized_time(std::string_view text) {
  constexpr std::size_t kDigits = 14;
  if (text.size() < kDigits + 1 || text.back() != 'Z' || !is_digits(text.substr(0, kDigits)))
    return std::nullopt;
  const std::string_view fraction = text.substr(kDigits, text.size() - kDigits - 1);
  if (!fraction.empty() && (fraction.front() != '.' || !is_digits(fraction.substr(1)))) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) {
    std::uint64_t value = 0;
    return parse_uint(text.substr(at, length), value) ? static_cast<unsigned>(value) : 0U;
  };
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(number(0, 4))),
                                         std::chrono::month(number(4, 2)), std::chrono::day(number(6, 2))};
  if (!date.ok() || number(8, 2) > 23 || number(10, 2) > 59 || number(12, 2) > 60) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return std::int64_t{days.count()} * kSecondsPerDay + number(8, 2) * 3600 + number(10, 2) * 60 +
         number(12, 2);
}

std::optional<std::int64_t> find_mail_time(std::string_view text) {
  std::array<std::string_view, 4> last;  // the words up to here
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    last = {last[1], last[2], last[3], word};
    if (month_number(last[1]) == 0) continue;
    if (const auto time = mail_time(last[0], last[1], last[2], last[3])) return time;
  }
  return std::nullopt;
}

std::string date_text(std::int64_t seconds) {
  constexpr std::int64_t kYear1 = -62'135'596'800;
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  if (seconds < kYear1 || seconds >= kYear10000) return "";
  const std::int64_t rest = ((seconds % kSecondsPerDay) + kSecondsPerDay) % kSecondsPerDay;
  const std::chrono::sys_days day{std::chrono::days{(seconds - rest) / kSecondsPerDay}};
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

}  // namespace exaudit::base
