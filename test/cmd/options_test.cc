#include "options.h"

#include <set>

#include <doctest/doctest.h>

using exaudit::cmd::Command;
using exaudit::cmd::command_table;
using exaudit::cmd::help_text;
using exaudit::cmd::Option;
using exaudit::cmd::option_table;

TEST_CASE("options: the table is well-formed") {
  std::set<std::string_view> names;
  std::string_view category;
  std::set<std::string_view> categories;
  for (const Option& option : option_table()) {
    const std::string name(option.name);
    CAPTURE(name);
    CHECK(names.insert(option.name).second);
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos);
    CHECK_FALSE(option.help.empty());
    CHECK_FALSE(option.help.ends_with('.'));
    CHECK(option.commands != 0);
    CHECK_FALSE((option.repeatable && option.is_switch()));
    // --help prints a heading whenever the category changes.
    if (option.category != category) CHECK(categories.insert(option.category).second);
    category = option.category;
  }
}

TEST_CASE("options: the help of a command has its options, all of them and no others, within the width") {
  for (const auto& info : command_table()) {
    const std::string help = help_text(info.command, 80);
    for (const Option& option : option_table()) {
      const std::string line = "\n  --" + std::string(option.name) + (option.is_switch() ? "  " : " ");
      CAPTURE(line);
      CHECK((help.find(line) != std::string::npos) == option.applies_to(info.command));
    }
  }
  const std::string help = help_text(std::nullopt, 80);
  const std::string options = help.substr(help.find("\nRules and exit code:"));
  for (std::size_t at = 0; at < options.size();) {
    const std::size_t end = options.find('\n', at);
    CHECK(end - at <= 85);  // the longest choices stand in the first column
    at = end + 1;
  }
}

TEST_CASE("options: names in the environment") {
  CHECK(exaudit::cmd::environment_name(*exaudit::cmd::find_option("fail-on")) == "EXAUDIT_FAIL_ON");
  CHECK(exaudit::cmd::find_option("fail") == nullptr);
}

TEST_CASE("options: what a word may have meant") {
  using exaudit::cmd::did_you_mean;
  CHECK(did_you_mean("ruls", {"rules", "list", "audit"}) == "; did you mean 'rules'?");
  CHECK(did_you_mean("gateway", {"KB828938.gateway-class", "KB828938.gateway-missing", "other"}) ==
        "; did you mean 'KB828938.gateway-class' or 'KB828938.gateway-missing'?");
  CHECK(did_you_mean("rules", {"rules"}) == "");
  CHECK(did_you_mean("", {"rules"}) == "");
  CHECK(did_you_mean(std::string(100'000, 'r'), {"rules"}) == "");
}
