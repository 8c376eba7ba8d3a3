// Headings of events as articles, mails and notes print them, without the labels of Event Viewer:
//
//   MSEXCHANGEMTA 9321
//   9321
//   * Event ID 326 (MSExchangeTransport): Service Account failed to logon ...
//
// A heading alone says little: prose begins lines so, too. What follows must have the event's shape
// (facts/event_shape.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace exaudit::readers {

struct EventHeading {
  std::string_view source;  // as the catalogue spells it; "" when the heading names none
  std::uint32_t id = 0;
  std::size_t length = 0;  // bytes of the line; the event's text may follow on it
};

// A source of the catalogue with any number, or a number of the catalogue alone, at the beginning of `line`.
// Words like "Event ID" in front of the number, signs between the two and marks of lists are passed over.
std::optional<EventHeading> event_heading(std::string_view line);

// "Could not start the X service on Local Computer. Error 1083: ...", as the Services console says it: does
// `line` begin so? It may be wrapped anywhere behind.
bool begins_start_message(std::string_view line);
// The computer of such a message; "" when it is the one on which the console ran.
std::string_view start_message_computer(std::string_view message);

// Does `text` begin with a source of the catalogue, behind blanks?
bool begins_with_event_source(std::string_view text);

}  // namespace exaudit::readers
