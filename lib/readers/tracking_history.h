// Recognition of tracking histories; read_tracking_history is declared in readers/readers.h.
#pragma once

#include <string_view>

namespace exaudit::readers {

// True when at least one line of a message's history is in the text that the articles name, in front of it a
// time or nothing. `head` is decoded UTF-8.
bool looks_like_tracking_history(std::string_view head);

}  // namespace exaudit::readers
