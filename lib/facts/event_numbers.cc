#include "facts/event_numbers.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "base/words.h"

namespace exaudit::facts {

namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool stands_alone(std::string_view text, std::size_t at, std::size_t length) {
  return !base::is_word_before(text, at) && !base::is_word_at(text, at + length);
}

std::string_view trim_space(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// "error -5", but not "NT-5". Word processors turn the hyphen into a dash or a minus sign.
bool has_minus(std::string_view text, std::size_t at) {
  constexpr std::size_t kLongestDash = 3;
  for (std::size_t length = 1; length <= std::min(kLongestDash, at); ++length) {
    if (base::dash_length(text.substr(at - length, length)) == length)
      return !base::is_word_before(text, at - length);
  }
  return false;
}

// The decimal number at `at`; moves `at` behind its digits.
std::optional<std::uint32_t> take_number(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  const std::size_t end = std::min(text.find_first_not_of(kDigits, begin), text.size());
  at = end;
  std::uint64_t value = 0;
  if (!stands_alone(text, begin, end - begin) || !base::parse_uint(text.substr(begin, end - begin), value) ||
      value > std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  const auto number = static_cast<std::uint32_t>(value);
  return has_minus(text, begin) ? 0U - number : number;
}

}  // namespace

std::string unwrap(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_space(c)) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  return out;
}

std::size_t find_ignoring_case(std::string_view text, std::string_view what, std::size_t from) {
  const auto equal = [](char a, char b) { return base::ascii_lower(a) == base::ascii_lower(b); };
  const auto* const begin = text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size()));
  const auto* const at = std::search(begin, text.end(), what.begin(), what.end(), equal);
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

std::size_t find_word(std::string_view text, std::string_view word) {
  for (std::size_t at = find_ignoring_case(text, word); at != std::string_view::npos;
       at = find_ignoring_case(text, word, at + 1)) {
    if (stands_alone(text, at, word.size())) return at;
  }
  return std::string_view::npos;
}

bool has_word(std::string_view text, std::string_view word) {
  return find_word(text, word) != std::string_view::npos;
}

std::optional<std::uint32_t> find_hex(std::string_view text) {
  for (std::size_t at = find_ignoring_case(text, "0x"); at != std::string_view::npos;
       at = find_ignoring_case(text, "0x", at + 2)) {
    const std::string_view rest = text.substr(at + 2);
    const std::string_view digits = rest.substr(0, rest.find_first_not_of(kHexDigits));
    std::uint64_t value = 0;
    if (digits.size() <= 8 && base::parse_hex(digits, value)) return static_cast<std::uint32_t>(value);
  }
  return std::nullopt;
}

std::optional<std::uint32_t> find_inserted_error(std::string_view text) {
  for (std::size_t at = text.find("%%"); at != std::string_view::npos; at = text.find("%%", at + 2)) {
    std::string_view digits = text.substr(at + 2);
    digits = digits.substr(0, digits.find_first_not_of(kDigits));
    std::uint64_t value = 0;
    if (base::parse_uint(digits, value) && value <= std::numeric_limits<std::uint32_t>::max())
      return static_cast<std::uint32_t>(value);
  }
  return std::nullopt;
}

std::optional<std::uint32_t> first_number(std::string_view text) {
  for (std::size_t at = text.find_first_of(kDigits); at != std::string_view::npos;
       at = text.find_first_of(kDigits, at)) {
    if (const auto number = take_number(text, at)) return number;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> last_number(std::string_view text) {
  std::optional<std::uint32_t> last;
  for (std::size_t at = text.find_first_of(kDigits); at != std::string_view::npos;
       at = text.find_first_of(kDigits, at)) {
    if (const auto number = take_number(text, at)) last = number;
  }
  return last;
}

std::optional<std::uint32_t> error_number(std::string_view text) {
  text = trim_space(text);
  if (const auto inserted = find_inserted_error(text)) return inserted;
  if (const auto hex = find_hex(text)) return hex;
  std::uint64_t value = 0;
  const bool decimal = text.find_first_not_of(kDigits) == std::string_view::npos;
  if (text.size() == 8 && (!decimal || text.front() >= '8') && base::parse_hex(text, value))
    return static_cast<std::uint32_t>(value);
  return first_number(text);
}

}  // namespace exaudit::facts
