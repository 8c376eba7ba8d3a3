#include "facts/event_shape.h"

#include <algorithm>

#include "base/text.h"
#include "facts/event_match.h"
#include "facts/event_numbers.h"

namespace exaudit::facts {

namespace {

constexpr std::size_t kMaxBeforeWords = 256;  // the name of a service, or of a user
constexpr std::size_t kMaxLocatorBytes = 80;  // "[ BASE IL MAIN BASE 1 504]", with room for longer names

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Components, a thread and numbers: at least two words, one of them a number.
bool is_locator(std::string_view inside) {
  bool number = false;
  std::size_t words = 0;
  bool in_word = false;
  for (const char c : inside) {
    const char lower = base::ascii_lower(c);
    const bool letter = (lower >= 'a' && lower <= 'z') || c == '_';
    if (!letter && !is_digit(c) && !is_space(c)) return false;
    if (!is_space(c) && !in_word) ++words;
    in_word = !is_space(c);
    number = number || is_digit(c);
  }
  return number && words >= 2;
}

// Offset behind "(14)" with blanks in front; npos when something else stands there.
std::size_t after_number(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  if (at == text.size() || text[at] != '(') return std::string_view::npos;
  const std::size_t close = text.substr(0, at + 4).find(')', at);
  const bool number = close != std::string_view::npos && base::is_digits(text.substr(at + 1, close - at - 1));
  return number ? close + 1 : std::string_view::npos;
}

}  // namespace

std::size_t locator_end(std::string_view text) {
  for (std::size_t open = text.find('['); open != std::string_view::npos; open = text.find('[', open + 1)) {
    const std::size_t close = text.substr(0, open + kMaxLocatorBytes).find(']', open);
    if (close == std::string_view::npos || !is_locator(text.substr(open + 1, close - open - 1))) continue;
    const std::size_t end = after_number(text, close + 1);
    if (end != std::string_view::npos) return end;
  }
  return std::string_view::npos;
}

bool has_shape(const CataloguedEvent& known, std::string_view text) {
  if (known.source == kMtaSource) return locator_end(text) != std::string_view::npos;
  Event event;
  event.source = known.source;
  event.id = known.id;
  event.description = unwrap(text);
  if (known.kind == EventKind::store_logon_failure) {
    const auto failure = store_logon_failure(event);
    return failure && failure->store;
  }
  if (known.kind == EventKind::service_start_message) return service_start_failure(event).has_value();
  return find_ignoring_case(event.description, known.words) <= kMaxBeforeWords;
}

}  // namespace exaudit::facts
