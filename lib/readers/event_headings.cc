#include "readers/event_headings.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/words.h"
#include "facts/event_catalogue.h"
#include "facts/event_numbers.h"

namespace exaudit::readers {

namespace {

constexpr std::size_t kMaxDigits = 5;  // 65535
constexpr std::string_view kMarks = "*+.,:;#()[]/";
constexpr std::string_view kBullet = "\xE2\x80\xA2";

// Beside the number, in the languages whose labels we know.
constexpr std::array<std::string_view, 10> kWords = {
    "event", "id", "eventid", "error", "warning", "message", "ereignis", "source", "from", "information"};

// Blanks, dashes and signs.
std::string_view skip_signs(std::string_view text) {
  while (!text.empty()) {
    const bool bullet = text.starts_with(kBullet);
    const std::size_t length = bullet ? kBullet.size()
                               : kMarks.find(text.front()) != std::string_view::npos
                                   ? 1
                                   : std::max(base::blank_length(text), base::dash_length(text));
    if (length == 0) break;
    text.remove_prefix(length);
  }
  return text;
}

// Signs and words; the text itself when something else comes first.
std::string_view skip_words(std::string_view text) {
  while (true) {
    text = skip_signs(text);
    const auto* const word = std::find_if(kWords.begin(), kWords.end(), [&](std::string_view known) {
      return base::ascii_istarts_with(text, known) && !base::is_word_at(text, known.size());
    });
    if (word == kWords.end()) return text;
    text.remove_prefix(word->size());
  }
}

// Takes a source of the catalogue from the beginning of `text`; "" when there is none.
std::string_view take_source(std::string_view& text) {
  for (const facts::CataloguedEvent& event : facts::event_catalogue()) {
    if (event.id == 0 || !base::ascii_istarts_with(text, event.source) ||
        base::is_word_at(text, event.source.size()))
      continue;
    text.remove_prefix(event.source.size());
    return event.source;
  }
  return {};
}

std::optional<std::uint32_t> take_id(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::uint64_t id = 0;
  if (digits > kMaxDigits || !base::parse_uint(text.substr(0, digits), id) || id > 0xFFFF)
    return std::nullopt;
  // "326.5", "9321-9406", "326%" and "116th" are other numbers.
  const std::string_view rest = text.substr(digits);
  const std::size_t dash = base::dash_length(rest);
  const bool goes_on = base::is_word_at(rest, 0) || rest.starts_with('%') ||
                       ((dash > 0 || rest.starts_with('.') || rest.starts_with(',')) &&
                        base::is_word_at(rest, std::max<std::size_t>(dash, 1)));
  if (goes_on) return std::nullopt;
  text = rest;
  return static_cast<std::uint32_t>(id);
}

}  // namespace

std::optional<EventHeading> event_heading(std::string_view line) {
  std::string_view rest = skip_words(line);
  EventHeading out;
  out.source = take_source(rest);
  if (!out.source.empty()) rest = skip_words(rest);
  const auto id = take_id(rest);
  if (!id || (out.source.empty() && !facts::is_catalogued_id(*id))) return std::nullopt;
  out.id = *id;
  if (out.source.empty()) {  // it may stand behind the number
    std::string_view behind = skip_words(rest);
    out.source = take_source(behind);
    if (!out.source.empty()) rest = behind;
  }
  rest = skip_signs(rest);
  out.length = line.size() - rest.size();
  return out;
}

bool begins_start_message(std::string_view line) {
  return base::ascii_istarts_with(line, "Could not start the ");
}

std::string_view start_message_computer(std::string_view message) {
  constexpr std::string_view kOn = " service on ";
  const std::size_t on = facts::find_ignoring_case(message, kOn);
  if (on == std::string_view::npos) return {};
  std::string_view computer = message.substr(on + kOn.size());
  computer = computer.substr(0, computer.find_first_of(" \t\n"));
  if (base::ascii_iequals(computer, "Local")) return {};
  while (computer.starts_with('\\')) computer.remove_prefix(1);
  while (computer.ends_with('.')) computer.remove_suffix(1);
  return computer;
}

bool begins_with_event_source(std::string_view text) {
  while (const std::size_t blank = base::blank_length(text)) text.remove_prefix(blank);
  return !take_source(text).empty();
}

}  // namespace exaudit::readers
