// Where option values come from: the command line, EXAUDIT_* variables, a config file; the first of these
// that names an option wins.
//
// Values are text here, each with the place it came from, so that every complaint can say which place to
// correct. invocation.h gives them types.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "options.h"

namespace exaudit::cmd {

struct Value {
  std::string text;    // of a switch: "on" or "off"
  std::string origin;  // "--fail-on", "EXAUDIT_FAIL_ON", "audit.conf:3: fail-on"
};

struct Sources {
  Command command = Command::audit;
  bool command_named = false;                                     // false: `exaudit EVIDENCE...` means audit
  std::vector<std::string> words;                                 // what is neither an option nor the command
  std::map<std::string, std::vector<Value>, std::less<>> values;  // by option name
  std::vector<std::string> warnings;
};

// `arguments` without the program's name. Errors are usage errors.
base::Result<Sources> read_sources(const std::vector<std::string>& arguments);

}  // namespace exaudit::cmd
