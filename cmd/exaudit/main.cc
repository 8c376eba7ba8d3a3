// exaudit: the command line in, an exit code out.
#include <exception>
#include <new>

#include "base/text.h"
#include "commands.h"
#include "output.h"

int main(int argc, char** argv) {
  namespace cmd = exaudit::cmd;
  cmd::prepare_process();
  try {
    const auto invocation = cmd::read_invocation({argv + (argc > 0 ? 1 : 0), argv + argc});
    if (!invocation) return cmd::usage_error(invocation.error().message);
    return cmd::run_command(*invocation);
  } catch (const std::bad_alloc&) {
    cmd::message("out of memory");
  } catch (const std::exception& error) {
    cmd::message("internal error: " + exaudit::base::visible(error.what()));
  }
  return exaudit::audit::kExitUsage;
}
