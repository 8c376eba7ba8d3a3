// The terminal: whether there is one, how wide it is, and whether it gets colours.
#pragma once

#include <cstddef>

#include "invocation.h"

namespace exaudit::cmd {

enum class Stream { output, error };

bool is_terminal(Stream stream);
std::size_t terminal_width();  // columns of standard output; 100 when it is no terminal

// Decided for each stream: --color, then NO_COLOR, CLICOLOR_FORCE, TERM=dumb, and at last whether the stream
// is a terminal.
bool use_color(ColorMode mode, bool terminal);

}  // namespace exaudit::cmd
