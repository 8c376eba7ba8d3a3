#include "commands.h"

#include <algorithm>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/text.h"
#include "output.h"
#include "terminal.h"

namespace exaudit::cmd {

int run_command(const Invocation& invocation) {
  if (invocation.help) return run_help(invocation);
  if (invocation.version) return run_version();
  if (!invocation.quiet) {
    for (const std::string& warning : invocation.warnings) message("warning: " + warning);
  }
  switch (invocation.command) {
    case Command::audit:
      return run_audit(invocation);
    case Command::list:
      return run_list(invocation);
    case Command::collect:
      return run_collect(invocation);
    case Command::rules:
      return run_rules(invocation);
    case Command::explain:
      return run_explain(invocation);
    case Command::version:
      return run_version();
  }
  return audit::kExitUsage;
}

int run_help(const Invocation& invocation) {
  constexpr std::size_t kNarrow = 72;  // below, the columns of the help have no room
  constexpr std::size_t kWide = 110;   // above, lines are hard to read
  const std::size_t width = std::clamp(terminal_width(), kNarrow, kWide);
  return print("",
               help_text(invocation.command_named ? std::optional(invocation.command) : std::nullopt, width));
}

std::string current_time() {
  const auto time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

int print(const std::string& file, std::string_view text) {
  auto output = open_output(file);
  std::optional<base::Error> error;
  if (output) {
    (*output)->write(text);
    error = (*output)->finish();
  } else {
    error = output.error();
  }
  if (!error) return audit::kExitDone;
  message(error->message);
  return audit::kExitIncomplete;
}

int usage_error(std::string_view what) {
  message(what);
  message("try 'exaudit --help'");
  return audit::kExitUsage;
}

}  // namespace exaudit::cmd
