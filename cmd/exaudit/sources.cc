#include "sources.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::cmd {

namespace {

namespace po = boost::program_options;
using base::Error;
using base::ErrorCode;

using Given = std::vector<std::pair<std::string, Value>>;  // option name, value; in the order of the source

constexpr std::size_t kMaxConfigBytes = 1U << 20;  // a hundred options fit many times; /dev/zero does not

Error usage(std::string message) { return {ErrorCode::usage, std::move(message), 0}; }

po::options_description boost_options() {
  po::options_description out;
  for (const Option& option : option_table()) {
    const std::string name(option.name);
    if (option.is_switch()) {
      out.add_options()(option.name == "help" ? "help,h" : name.c_str(), "");
    } else {
      out.add_options()(name.c_str(), po::value<std::string>(), "");
    }
  }
  return out;
}

std::vector<std::string> option_names() {
  std::vector<std::string> out;
  for (const Option& option : option_table()) out.push_back("--" + std::string(option.name));
  return out;
}

Error translated(const po::error& error) {
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
    std::string name = unknown->get_option_name();
    name = name.substr(0, name.find('='));
    return usage("unknown option '" + base::visible(name) + "'" + did_you_mean(name, option_names()));
  }
  return usage(base::visible(error.what()));
}

// One source gives a scalar once.
base::Result<Given> checked(Given given) {
  std::vector<std::string> seen;
  for (const auto& [name, value] : given) {
    const Option* option = find_option(name);
    const bool again = std::find(seen.begin(), seen.end(), name) != seen.end();
    if (again && option != nullptr && !option->repeatable && !option->is_switch()) {
      return usage(value.origin + " is given twice");
    }
    seen.push_back(name);
  }
  return given;
}

// Event logs print error codes as signed numbers: -2147219168 is a word, no row of options.
std::vector<po::option> negative_number(std::vector<std::string>& rest) {
  if (rest.empty() || rest.front().size() < 2 || rest.front().front() != '-') return {};
  if (!base::is_digits(std::string_view(rest.front()).substr(1))) return {};
  po::option word;
  word.value = {rest.front()};
  word.original_tokens = {rest.front()};
  rest.erase(rest.begin());
  return {word};
}

struct CommandLine {
  Given given;
  std::vector<std::string> words;
  std::size_t words_before_end = 0;  // those before `--`
};

base::Result<CommandLine> read_command_line(const std::vector<std::string>& arguments) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  CommandLine out;
  try {
    namespace style = po::command_line_style;
    const po::options_description options = boost_options();
    po::positional_options_description words;
    words.add("words", -1);
    // Abbreviations would turn every new option into a possible break of somebody's script.
    const auto parsed =
        po::command_line_parser(std::vector<std::string>(arguments.begin(), end))
            .options(options)
            .positional(words)
            .extra_style_parser(negative_number)
            .style(static_cast<int>(style::unix_style) & ~static_cast<int>(style::allow_guessing))
            .run();
    for (const auto& option : parsed.options) {
      if (option.position_key >= 0) {
        out.words.insert(out.words.end(), option.value.begin(), option.value.end());
      } else {
        out.given.emplace_back(option.string_key, Value{option.value.empty() ? "on" : option.value.front(),
                                                        "--" + option.string_key});
      }
    }
  } catch (const po::error& error) {
    return translated(error);
  }
  out.words_before_end = out.words.size();
  if (end != arguments.end()) out.words.insert(out.words.end(), end + 1, arguments.end());
  auto given = checked(std::move(out.given));
  if (!given) return given.error();
  out.given = std::move(*given);
  return out;
}

Given read_environment(std::vector<std::string>& warnings) {
  const auto name_of = [&warnings](const std::string& variable) -> std::string {
    if (!variable.starts_with("EXAUDIT_") || variable == "EXAUDIT_CONFIG") return "";
    for (const Option& option : option_table()) {
      if (option.settable && environment_name(option) == variable) return std::string(option.name);
    }
    warnings.push_back("the variable " + base::visible(variable) + " names no option and is ignored");
    return "";
  };
  Given out;
  for (const auto& option : po::parse_environment(boost_options(), name_of).options) {
    // An empty variable is how a shell unsets one for a single command.
    if (option.value.empty() || option.value.front().empty()) continue;
    out.emplace_back(option.string_key,
                     Value{option.value.front(), environment_name(*find_option(option.string_key))});
  }
  return out;
}

base::Result<std::string> config_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxConfigBytes + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || (file.fail() && !file.eof())) {
    return usage("the config file '" + base::visible(path) + "' cannot be read");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxConfigBytes)
    return usage("'" + base::visible(path) + "' is too large for a config file");
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

// Lines of "name = value", in the order in which Boost gives their options; Boost itself tells no line
// numbers.
base::Result<std::vector<std::uint32_t>> config_lines(const std::string& text, const std::string& path) {
  std::vector<std::uint32_t> out;
  base::LineCursor lines(text);
  std::string_view line;
  while (lines.next(line)) {
    line = base::trim(line.substr(0, line.find('#')));
    if (line.empty() || (line.front() == '[' && line.back() == ']')) continue;
    if (line.find('=') == std::string_view::npos) {
      return usage(fmt::format("{}:{}: expected `name = value`", base::visible(path), lines.number()));
    }
    out.push_back(lines.number());
  }
  return out;
}

base::Result<Given> read_config(const std::string& path) {
  const auto text = config_text(path);
  if (!text) return text.error();
  const auto lines = config_lines(*text, path);
  if (!lines) return lines.error();
  Given out;
  std::string unknown;
  try {
    std::istringstream stream(*text);
    const auto parsed = po::parse_config_file(stream, boost_options(), true);
    for (std::size_t i = 0; i < parsed.options.size(); ++i) {
      const auto& option = parsed.options[i];
      const std::string place =
          fmt::format("{}:{}", base::visible(path), i < lines->size() ? (*lines)[i] : 0);
      const Option* known = find_option(option.string_key);
      if (known == nullptr || !known->settable) {
        unknown += fmt::format("{}{}: unknown option '{}'", unknown.empty() ? "" : "; ", place,
                               base::visible(option.string_key));
        continue;
      }
      const std::string value = option.value.empty() ? "" : option.value.front();
      out.emplace_back(option.string_key, Value{value, place + ": " + option.string_key});
    }
  } catch (const po::error& error) {
    return usage(base::visible(path) + ": " + base::visible(error.what()));
  }
  if (!unknown.empty()) return usage(unknown);
  return checked(std::move(out));
}

void merge(Given given, Sources& sources) {
  std::vector<std::string> known;  // named by an earlier source, which wins as a whole
  for (const auto& [name, values] : sources.values) known.push_back(name);
  for (auto& [name, value] : given) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      sources.values[name].push_back(std::move(value));
  }
}

base::Result<std::string> config_path(const Sources& sources) {
  const auto named = sources.values.find("config");
  const bool none = sources.values.count("no-config") != 0;
  if (named != sources.values.end()) {
    if (none) return usage("--config and --no-config contradict each other");
    return named->second.front().text;
  }
  const char* variable =
      none ? nullptr : std::getenv("EXAUDIT_CONFIG");  // NOLINT(concurrency-mt-unsafe): one thread
  return std::string(variable == nullptr ? "" : variable);
}

// Only the command line is held to the command: a config file may serve several.
base::Result<bool> check_applicable(const Sources& sources) {
  for (const auto& [name, values] : sources.values) {
    const Option* option = find_option(name);
    if (option != nullptr && !option->applies_to(sources.command)) {
      return usage("--" + name + " is no option of '" + std::string(command_name(sources.command)) + "'");
    }
  }
  return true;
}

}  // namespace

base::Result<Sources> read_sources(const std::vector<std::string>& arguments) {
  auto line = read_command_line(arguments);
  if (!line) return line.error();
  Sources out;
  out.words = std::move(line->words);
  if (line->words_before_end > 0) {
    if (const auto command = find_command(out.words.front())) {
      out.command = *command;
      out.command_named = true;
      out.words.erase(out.words.begin());
    }
  }
  merge(std::move(line->given), out);
  const auto applicable = check_applicable(out);
  if (!applicable) return applicable.error();
  if (out.values.count("help") != 0 || out.values.count("version") != 0)
    return out;  // a broken config file hides no help
  const auto path = config_path(out);
  if (!path) return path.error();
  merge(read_environment(out.warnings), out);
  if (!path->empty()) {
    auto config = read_config(*path);
    if (!config) return config.error();
    merge(std::move(*config), out);
  }
  return out;
}

}  // namespace exaudit::cmd
