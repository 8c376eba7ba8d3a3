// The same events in every form in which a log arrives.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/evt_writer.h"

namespace exaudit::test {

struct LoggedEvent {
  std::string source;
  std::uint32_t id = 0;
  std::string text;                  // as Event Viewer renders it
  std::vector<std::string> strings;  // as a binary log keeps it
};

namespace detail {

inline std::string row(const LoggedEvent& event, char separator) {
  std::string text;
  for (const char c : event.text) text += c == '"' && separator == ',' ? "\"\"" : std::string(1, c);
  if (separator == ',') text = '"' + text + '"';
  const std::string s(1, separator);
  return "2006-03-14" + s + "10:00:00" + s + event.source + s + "Error" + s + "None" + s +
         std::to_string(event.id) + s + "N/A" + s + "MAIL1" + s + text + "\r\n";
}

}  // namespace detail

// Name of the file and its content: Event Viewer's text and csv, copied events, the same quoted in a mail.
inline std::vector<std::pair<std::string, std::string>> rendered_forms(
    const std::vector<LoggedEvent>& events) {
  std::string tabs, commas, blocks, quoted;
  for (const LoggedEvent& event : events) {
    tabs += detail::row(event, '\t');
    commas += detail::row(event, ',');
    blocks += "Event Type:\tError\r\nEvent Source:\t" + event.source +
              "\r\nEvent Category:\tNone\r\nEvent ID:\t" + std::to_string(event.id) +
              "\r\nDate:\t\t2006-03-14\r\nTime:\t\t10:00:00\r\nUser:\t\tN/A\r\n" +
              "Computer:\tMAIL1\r\nDescription:\r\n" + event.text +
              "\r\n\r\nFor more information, see Help and Support Center.\r\n\r\n";
  }
  quoted = "> ";
  for (const char c : blocks) quoted += c == '\n' ? std::string("\n> ") : std::string(1, c);
  return {{"log.txt", tabs}, {"log.csv", commas}, {"copied.txt", blocks}, {"mail.txt", quoted}};
}

inline std::pair<std::string, std::string> binary_form(const std::vector<LoggedEvent>& events) {
  EvtWriter log;
  for (const LoggedEvent& event : events) log.add({event.source, event.id, event.strings});
  return {"log.evt", log.file()};
}

}  // namespace exaudit::test
