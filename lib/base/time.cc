#include "base/time.h"

#include <chrono>

#include "base/text.h"

namespace exaudit::base {

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
  return std::int64_t{days.count()} * 86400 + number(8, 2) * 3600 + number(10, 2) * 60 + number(12, 2);
}

}  // namespace exaudit::base
