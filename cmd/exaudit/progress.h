// Progress of a long collection, on a terminal only, and only once it has taken half a second.
#pragma once

#include "collectors/directory.h"

namespace exaudit::cmd {

// Empty when standard error is no terminal. The line is erased when the function and its copies end.
collectors::ProgressFunction show_progress();

}  // namespace exaudit::cmd
