#include "commands.h"

namespace exaudit::cmd {

int run_version() { return print("", "exaudit " EXAUDIT_VERSION "\n"); }

}  // namespace exaudit::cmd
