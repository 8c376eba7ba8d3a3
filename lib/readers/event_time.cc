#include "readers/event_time.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::readers {

namespace {

using base::trim;

constexpr std::size_t kMaxDateBytes = 64;  // longer cells are no dates

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a number of at most `max` digits off the front.
std::optional<std::uint32_t> take_number(std::string_view& text, std::size_t max) {
  std::uint32_t value = 0;
  std::size_t n = 0;
  while (n < max && n < text.size() && is_digit(text[n]))
    value = value * 10 + static_cast<std::uint32_t>(text[n++] - '0');
  if (n == 0) return std::nullopt;
  text.remove_prefix(n);
  return value;
}

bool take_char(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

void take_blanks(std::string_view& text) {
  while (take_char(text, " \t")) {
  }
}

std::uint32_t full_year(std::uint32_t year, std::size_t digits) {
  if (digits > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

bool take_date(std::string_view& text, WrittenTime& out) {
  if (text.size() >= 14 && base::is_digits(text.substr(0, 14))) {  // WMI: 20040131101112.000000+060
    out.a = *take_number(text, 4);
    out.b = *take_number(text, 2);
    out.c = *take_number(text, 2);
    out.year_first = true;
    return true;
  }
  const std::size_t before = text.size();
  const auto a = take_number(text, 4);
  if (!a || text.empty()) return false;
  out.year_first = before - text.size() == 4;
  const char separator = text.front();
  if (!take_char(text, "/.-")) return false;
  take_blanks(text);  // "31. 1. 2004"
  const auto b = take_number(text, 2);
  if (!b || !take_char(text, std::string_view(&separator, 1))) return false;
  take_blanks(text);
  const std::size_t year_at = text.size();
  const auto c = take_number(text, 4);
  if (!c) return false;
  out.a = *a;
  out.b = *b;
  out.c = out.year_first ? *c : full_year(*c, year_at - text.size());
  out.dots = separator == '.';
  return true;
}

// AM, PM, a.m., p.m.; true when one was taken.
bool take_half(std::string_view& text, bool& pm) {
  constexpr std::array<std::pair<std::string_view, bool>, 4> kHalves = {
      {{"AM", false}, {"PM", true}, {"a.m.", false}, {"p.m.", true}}};
  for (const auto& [word, is_pm] : kHalves) {
    if (!base::ascii_istarts_with(text, word)) continue;
    text.remove_prefix(word.size());
    pm = is_pm;
    return true;
  }
  return false;
}

bool take_time(std::string_view text, WrittenTime& out) {
  const bool compact = text.size() >= 6 && base::is_digits(text.substr(0, 6));
  auto hour = take_number(text, 2);
  if (!hour || (!compact && !take_char(text, ":."))) return false;
  const auto minute = take_number(text, 2);
  if (!minute) return false;
  std::uint32_t second = 0;
  if (compact || take_char(text, ":.")) {
    const auto taken = take_number(text, 2);
    if (!taken) return false;
    second = *taken;
  }
  if (take_char(text, ".,")) take_number(text, 9);  // a fraction
  take_blanks(text);
  bool pm = false;
  out.twelve_hours = take_half(text, pm);
  if (out.twelve_hours) {
    if (*hour < 1 || *hour > 12) return false;
    hour = *hour % 12 + (pm ? 12 : 0);
  } else if (!text.empty() && std::string_view("+-Z").find(text.front()) == std::string_view::npos) {
    return false;  // a word we do not know might mean the afternoon
  }
  if (*hour > 23 || *minute > 59 || second > 59) return false;
  out.seconds = static_cast<std::int32_t>(*hour * 3600 + *minute * 60 + second);
  return true;
}

// Days since 1970-01-01 in the Gregorian calendar, nothing when there is no such day.
std::optional<std::int64_t> days_since_1970(std::int64_t year, std::uint32_t month, std::uint32_t day) {
  constexpr std::array<std::uint32_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1) return std::nullopt;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (day > kDays[month - 1] + (month == 2 && leap ? 1U : 0U)) return std::nullopt;
  std::int64_t days = (year - 1970) * 365 + (year - 1969) / 4 - (year - 1901) / 100 + (year - 1601) / 400;
  for (std::uint32_t m = 1; m < month; ++m) days += kDays[m - 1];
  return days + (month > 2 && leap ? 1 : 0) + day - 1;
}

}  // namespace

std::optional<std::int64_t> to_seconds(const WrittenTime& time, bool month_first) {
  std::optional<std::int64_t> days;
  if (time.year_first) {
    days = days_since_1970(time.a, time.b, time.c);
  } else if (time.b > 12 || (month_first && !time.dots && time.a <= 12)) {
    days = days_since_1970(time.c, time.a, time.b);
  } else {
    days = days_since_1970(time.c, time.b, time.a);
  }
  if (!days) return std::nullopt;
  return *days * 86'400 + time.seconds;
}

bool looks_like_date(std::string_view text) {
  WrittenTime ignored;
  text = trim(text.substr(0, kMaxDateBytes));
  return take_date(text, ignored);
}

bool looks_like_time(std::string_view text) {
  WrittenTime ignored;
  text = trim(text.substr(0, kMaxDateBytes));
  return text.find_first_of(":.") != std::string_view::npos && take_time(text, ignored);
}

std::optional<WrittenTime> parse_written_time(std::string_view date, std::string_view time) {
  WrittenTime out;
  date = trim(date.substr(0, kMaxDateBytes));
  time = trim(time.substr(0, kMaxDateBytes));
  if (!take_date(date, out)) return std::nullopt;
  if (time.empty()) {
    take_char(date, "T,");
    take_blanks(date);
    time = date;
  }
  if (!take_time(time, out)) return std::nullopt;
  return out;
}

void EventTimes::add(std::string_view date, std::string_view time, std::string_view type_word,
                     std::uint32_t line) {
  times_.push_back(parse_written_time(date, time));
  if (!times_.back()) {
    if (unreadable_++ == 0) first_unreadable_line_ = line;
  }
  switch (event_type_language(type_word)) {
    case WordLanguage::english:
      ++english_;
      break;
    case WordLanguage::shared:
      ++shared_;
      break;
    case WordLanguage::foreign:
      ++foreign_;
      break;
    case WordLanguage::unknown:
      break;
  }
}

// A field above 12 is a day and decides for the whole log. Else Americans are known by their words and
// clocks, and everybody else puts the day first.
bool EventTimes::month_first(facts::Input& input) const {
  std::size_t day_in_front = 0;
  std::size_t day_behind = 0;
  std::size_t either = 0;
  std::size_t twelve_hours = 0;
  for (const auto& time : times_) {
    if (!time || time->year_first || time->dots) continue;
    if (time->twelve_hours) ++twelve_hours;
    if (time->a > 12) {
      ++day_in_front;
    } else if (time->b > 12) {
      ++day_behind;
    } else if (time->a != time->b) {
      ++either;
    }
  }
  if (day_in_front > 0 && day_behind == 0) return false;
  if (day_behind > 0 && day_in_front == 0) return true;
  const bool english = english_ > 0 || (shared_ > 0 && foreign_ == 0);
  const bool american = foreign_ == 0 ? english || twelve_hours > 0 : english_ > 0;
  if (either > 0) {
    input.note(
        0,
        fmt::format("{} date{} can be read as day/month or as month/day; read as {} because the log looks {}",
                    either, either == 1 ? "" : "s", american ? "month/day" : "day/month",
                    american ? "English" : "not English"));
  }
  return american;
}

void EventTimes::resolve(facts::EventLog& log, facts::Input& input) {
  const bool american = month_first(input);
  for (std::size_t i = 0; i < times_.size() && i < log.events.size(); ++i) {
    if (!times_[i]) continue;
    facts::Event& event = log.events[i];
    event.time = to_seconds(*times_[i], american);
    if (!event.time) {
      if (unreadable_++ == 0) first_unreadable_line_ = event.location.line;
      continue;
    }
    log.newest = std::max(log.newest.value_or(*event.time), *event.time);
  }
  if (unreadable_ > 0) {
    input.note(first_unreadable_line_,
               fmt::format("{} event{} without a readable date", unreadable_, unreadable_ == 1 ? "" : "s"));
  }
}

}  // namespace exaudit::readers
