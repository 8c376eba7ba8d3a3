// THE option table. Everything that knows an option by name is derived from it: the command line parser,
// --help, the config file, and the EXAUDIT_* variables.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exaudit::cmd {

enum class Command { audit, list, collect, rules, explain, version };

struct CommandInfo {
  Command command = Command::audit;
  std::string_view name;
  std::string_view arguments;  // as in the usage line
  std::string_view help;       // one line
};
std::span<const CommandInfo> command_table();
std::string_view command_name(Command command);
std::optional<Command> find_command(std::string_view name);

struct Option {
  std::string_view name;        // "fail-on": --fail-on, `fail-on =` in a config file, EXAUDIT_FAIL_ON
  std::string_view value_name;  // "" = a switch; "a|b|c" = exactly these values are accepted
  std::string_view category;
  unsigned commands = 0;  // bits, 1 << Command
  bool repeatable = false;
  bool settable = true;      // also by config file and environment
  std::string_view help;     // one line
  std::string_view details;  // more, for `exaudit COMMAND --help`; may be empty

  bool is_switch() const { return value_name.empty(); }
  bool has_choices() const { return value_name.find('|') != std::string_view::npos; }
  bool applies_to(Command command) const { return (commands >> static_cast<unsigned>(command) & 1U) != 0; }
};

// In the order of --help: by category.
std::span<const Option> option_table();
const Option* find_option(std::string_view name);
std::string environment_name(const Option& option);  // "EXAUDIT_FAIL_ON"

// The program's help (nothing), or that of one command, for a terminal of `width` columns.
std::string help_text(std::optional<Command> command, std::size_t width);

// Up to three of `candidates` that `word` may have meant, best first.
std::vector<std::string> near_matches(std::string_view word, const std::vector<std::string>& candidates);
// "; did you mean 'a' or 'b'?", or "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace exaudit::cmd
