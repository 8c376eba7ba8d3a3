// Tells rendered event records by their shape; the readers themselves are declared in readers/readers.h.
#pragma once

#include <string_view>

namespace exaudit::readers {

// `head` is the beginning of the input as UTF-8.
bool looks_like_event_text(std::string_view head);    // Event Viewer, saved as text or csv
bool looks_like_event_blocks(std::string_view head);  // pasted "Event Type: ... Event ID: ..." blocks

}  // namespace exaudit::readers
