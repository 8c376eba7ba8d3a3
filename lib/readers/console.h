// What surrounds a program's output when it was copied out of a console window, or written there by the
// script host.
#pragma once

#include <string_view>

namespace exaudit::readers {

// A prompt, or a line of the banners of the command interpreter and of the script host.
bool is_console_line(std::string_view line);

}  // namespace exaudit::readers
