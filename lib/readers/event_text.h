// Recognition of rendered event logs; read_event_text and read_event_blocks are declared in
// readers/readers.h.
#pragma once

#include <string_view>

namespace exaudit::readers {

// A Windows event's text is at most 31,839 characters (ReportEvent); longer ones are cut.
inline constexpr std::size_t kMaxEventDescriptionBytes = 128U << 10;

// True for a table of events: Event Viewer's "Save As" without a header (Date, Time, Source, Type, Category,
// Event, User, Computer, Description; tab, comma or semicolon), or any table whose header names an event ID
// and a source. `head` is decoded UTF-8.
bool looks_like_event_text(std::string_view head);

// True when at least one copied event ("Event Type: ... Event Source: ... Event ID: ...") is in the text.
// `head` is decoded UTF-8.
bool looks_like_event_blocks(std::string_view head);

}  // namespace exaudit::readers
