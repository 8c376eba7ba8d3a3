// Event Viewer on a computer without the message file of an event's source (a log of an Exchange server on
// an administrator's desk) writes no message, but which event it was and the strings that it carries:
//
//   The description for Event ID ( 326 ) in Source ( MSExchangeTransport ) cannot be found. The local
//   computer may not have the necessary registry information or message DLL files to display messages from
//   a remote computer. The following information is part of the event: Service Account, /o=..., 0x80040148.
//
// Later versions write each string on a line of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "facts/event.h"

namespace exaudit::readers {

// The insertion strings of such a description; none when it is another one, or when it cannot be told where
// they end (facts/event_catalogue.h: how many there are). In every language: a message names its own source
// and number nowhere else.
std::vector<std::string> unrendered_strings(const facts::Event& event);

// Is `text` the beginning of such a description, and its strings are still to come? They may stand paragraphs
// below.
bool awaits_strings(std::string_view source, std::uint32_t id, std::string_view text);

}  // namespace exaudit::readers
