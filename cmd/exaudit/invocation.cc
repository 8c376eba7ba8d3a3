#include "invocation.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "base/buffer.h"
#include "base/text.h"
#include "sources.h"

namespace exaudit::cmd {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::array<std::string_view, 6> kListed = {"servers",  "storage-groups", "stores",
                                                     "gateways", "machines",       "all"};

// Reads values by name and keeps the first complaint, so that the reading code is a plain list.
class ValueReader {
 public:
  explicit ValueReader(const Sources& sources) : sources_(sources) {}

  const std::optional<Error>& error() const { return error_; }

  std::string text(std::string_view name) {
    const Value* value = first(name);
    return value == nullptr ? "" : value->text;
  }

  bool flag(std::string_view name) {
    const Value* value = first(name);
    if (value == nullptr) return false;
    const std::string word = base::ascii_lowered(value->text);
    for (const std::string_view yes : {"", "on", "yes", "true", "1"}) {
      if (word == yes) return true;
    }
    for (const std::string_view no : {"off", "no", "false", "0"}) {
      if (word == no) return false;
    }
    complain(*value, "takes on or off");
    return false;
  }

  // One of the choices that the option's value name lists; "" when not given.
  std::string choice(std::string_view name) {
    const Value* value = first(name);
    if (value == nullptr) return "";
    const auto choices = base::split(find_option(name)->value_name, '|');
    if (std::find(choices.begin(), choices.end(), value->text) != choices.end()) return value->text;
    complain(*value, fmt::format("takes one of {}", fmt::join(choices, ", ")));
    return "";
  }

  int number(std::string_view name, int initial, int least, int most) {
    const Value* value = first(name);
    if (value == nullptr) return initial;
    std::int64_t number = 0;
    if (base::parse_int(value->text, number) && number >= least && number <= most)
      return static_cast<int>(number);
    complain(*value, fmt::format("takes a number from {} to {}", least, most));
    return initial;
  }

  // "512M": a number, and K, M, G or T for powers of 1024.
  std::uint64_t size(std::string_view name) {
    const Value* value = first(name);
    if (value == nullptr) return 0;
    constexpr std::string_view kUnits = "KMGT";
    std::string_view digits = value->text;
    if (base::ascii_lowered(digits).ends_with('b')) digits.remove_suffix(1);
    const std::size_t unit =
        digits.empty() ? std::string_view::npos : kUnits.find(base::ascii_upper(digits.back()));
    if (unit != std::string_view::npos) digits.remove_suffix(1);
    const unsigned shift = unit == std::string_view::npos ? 0 : 10 * (static_cast<unsigned>(unit) + 1);
    std::uint64_t number = 0;
    if (base::parse_uint(digits, number) && number > 0 && number <= (UINT64_MAX >> shift))
      return number << shift;
    complain(*value, "takes a size, such as 512M or 2G");
    return 0;
  }

  // NAME=VALUE, split at the first '='.
  std::vector<std::pair<std::string, std::string>> pairs(std::string_view name) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const Value& value : all(name)) {
      const std::size_t at = value.text.find('=');
      if (at == std::string::npos || at == 0 || at + 1 == value.text.size()) {
        complain(value, fmt::format("takes {}", find_option(name)->value_name));
      } else {
        out.emplace_back(value.text.substr(0, at), value.text.substr(at + 1));
      }
    }
    return out;
  }

  std::vector<ReportTarget> reports(std::string_view name) {
    std::vector<ReportTarget> out;
    for (const Value& value : all(name)) {
      const std::size_t at = value.text.find(':');
      const std::string format = value.text.substr(0, at);
      if (at == std::string::npos || at + 1 == value.text.size() || (format != "text" && format != "json")) {
        complain(value, "takes text:FILE or json:FILE");
      } else if (value.text.substr(at + 1) == "-") {
        complain(value, "writes files only; --format is for standard output");
      } else {
        out.push_back({format == "json" ? Format::json : Format::text, value.text.substr(at + 1)});
      }
    }
    return out;
  }

  // Each server once.
  std::vector<collectors::SmtpTarget> smtp_targets(std::string_view name) {
    std::vector<collectors::SmtpTarget> out;
    for (const Value& value : all(name)) {
      auto target = collectors::parse_smtp_target(value.text);
      if (!target) {
        complain(value, target.error().message);
      } else if (std::find(out.begin(), out.end(), *target) == out.end()) {
        out.push_back(std::move(*target));
      }
    }
    return out;
  }

  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> out;
    for (const Value& value : all(name)) out.push_back(value.text);
    return out;
  }

  // The contents of a file that an option names.
  std::string file(std::string_view name) {
    const Value* value = first(name);
    if (value == nullptr) return "";
    const auto bytes = base::read_file(value->text);
    if (bytes && !(*bytes)->view().empty()) return std::string((*bytes)->view());
    complain(*value, bytes ? "names an empty file" : "names a file that " + bytes.error().message);
    return "";
  }

 private:
  const std::vector<Value>& all(std::string_view name) const {
    static const std::vector<Value> kNone;
    const auto found = sources_.values.find(name);
    return found == sources_.values.end() ? kNone : found->second;
  }

  const Value* first(std::string_view name) const { return all(name).empty() ? nullptr : &all(name).front(); }

  void complain(const Value& value, std::string_view what) {
    if (error_) return;
    error_ = Error{ErrorCode::usage,
                   fmt::format("{} {}, not '{}'", value.origin, what, base::visible(value.text)), 0};
  }

  const Sources& sources_;
  std::optional<Error> error_;
};

void read_rules(ValueReader& values, Invocation& out) {
  out.audit.rules = values.text("rules");
  out.audit.area = values.text("area");
  out.audit.min_severity = findings::parse_severity(values.choice("min-severity"));
  const std::string fail_on = values.choice("fail-on");
  if (!fail_on.empty()) out.fail_on = findings::parse_severity(fail_on);  // "none" is no severity
  out.strict = values.flag("strict");
  constexpr int kCentury = 36'500;
  constexpr int kMostThreads = 256;
  const auto processors = static_cast<int>(std::thread::hardware_concurrency());
  out.threads = static_cast<unsigned>(
      values.number("threads", std::clamp(processors, 1, kMostThreads), 1, kMostThreads));
  out.max_memory = values.size("max-memory");
  out.audit.event_window_days = values.number("event-window", out.audit.event_window_days, 0, kCentury);
  out.audit.sink_catalogue = values.file("sink-catalogue");
}

void read_evidence(ValueReader& values, Invocation& out) {
  out.folder.machines = values.pairs("machine");
  out.folder.views = values.pairs("view");
  out.folder.hash_inputs = values.flag("hash-inputs");
  out.audit.gc = values.pairs("gc");
  out.audit.internal_networks = values.texts("internal-network");
  for (const auto& [machine, servers] : values.pairs("hosts")) {
    std::vector<std::string> names;
    for (const std::string_view server : base::split(servers, ',')) {
      if (!base::trim(server).empty()) names.emplace_back(base::trim(server));
    }
    out.audit.hosts.emplace_back(machine, std::move(names));
  }
}

// Takes --machine NAME=smtp://HOST:PORT out of `pairs`, the others being paths of files.
std::vector<std::pair<std::string, collectors::SmtpTarget>> machines_of_targets(
    const std::vector<collectors::SmtpTarget>& targets,
    std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<std::pair<std::string, collectors::SmtpTarget>> out;
  std::erase_if(pairs, [&](const auto& pair) {
    if (!pair.second.starts_with(collectors::kSmtpScheme)) return false;
    auto target = collectors::parse_smtp_target(pair.second.substr(collectors::kSmtpScheme.size()));
    if (!target || std::find(targets.begin(), targets.end(), *target) == targets.end()) return false;
    out.emplace_back(pair.first, std::move(*target));
    return true;
  });
  return out;
}

// A config file may ask servers, but only for commands that do.
void read_live(ValueReader& values, Invocation& out) {
  constexpr int kHour = 3600;
  const auto initial = static_cast<int>(out.smtp.timeout.count());
  out.smtp.timeout = std::chrono::seconds(values.number("timeout", initial, 1, kHour));
  if (find_option("smtp")->applies_to(out.command)) {
    out.smtp.targets = values.smtp_targets("smtp");
    out.smtp.machines = machines_of_targets(out.smtp.targets, out.folder.machines);
    out.smtp.hash_inputs = out.folder.hash_inputs;
  }
  if (!find_option("ldap")->applies_to(out.command)) return;
  out.ldap.uris = values.texts("ldap");
  out.ldap.domain = values.text("domain");
  out.ldap.bind_dn = values.text("bind-dn");
  out.ldap.password_file = values.text("password-file");
  out.ldap.sasl = values.choice("sasl");
  out.ldap.ca_file = values.text("ca-file");
  out.ldap.start_tls = values.flag("start-tls");
  out.ldap.allow_cleartext_bind = values.flag("allow-cleartext-bind");
  out.ldap.anonymous = values.flag("anonymous");
  out.ldap.timeout_seconds = static_cast<int>(out.smtp.timeout.count());
}

void read_collect(ValueReader& values, Invocation& out) {
  out.print_commands = values.flag("print-commands");
  out.servers = values.texts("server");
}

void read_report(ValueReader& values, Invocation& out) {
  out.report = {values.choice("format") == "json" ? Format::json : Format::text, values.text("output")};
  out.reports = values.reports("report");
  const std::string verdicts = values.choice("verdicts");
  if (verdicts == "none") out.verdicts = report::VerdictFilter::none;
  if (verdicts == "problems") out.verdicts = report::VerdictFilter::problems;
  if (verdicts == "all") out.verdicts = report::VerdictFilter::all;
  out.timestamp = values.flag("timestamp");
  out.coverage = values.flag("coverage");
  const std::string color = values.choice("color");
  if (color == "always") out.color = ColorMode::always;
  if (color == "never") out.color = ColorMode::never;
  out.quiet = values.flag("quiet");
  out.verbose = values.flag("verbose");
}

std::optional<Error> usage(std::string message) { return Error{ErrorCode::usage, std::move(message), 0}; }

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::symlink_status(path, ignored).type() != std::filesystem::file_type::not_found;
}

std::optional<Error> read_evidence_words(const Sources& sources, std::size_t first, Invocation& out) {
  out.folder.paths.assign(out.words.begin() + static_cast<std::ptrdiff_t>(first), out.words.end());
  out.words.resize(first);
  if (out.folder.paths.empty()) {
    if (out.asks_servers()) return std::nullopt;
    return usage(sources.command_named
                     ? fmt::format("'{}' needs evidence: files or folders", command_name(out.command))
                     : "no evidence given: name files or folders, or - for standard input");
  }
  if (std::count(out.folder.paths.begin(), out.folder.paths.end(), "-") > 1)
    return usage("- (standard input) is given twice");
  const std::string& word = out.folder.paths.front();
  if (!sources.command_named && word != "-" && !exists(word)) {
    std::vector<std::string> names;
    for (const CommandInfo& info : command_table()) names.emplace_back(info.name);
    return usage("'" + base::visible(word) +
                 "' is neither a command of this version nor an existing file or folder" +
                 did_you_mean(word, names));
  }
  return std::nullopt;
}

// A live collection: from somewhere, into a folder of its own.
std::optional<Error> check_collect(const Invocation& out) {
  if (!out.asks_servers()) {
    return usage(
        "'collect' needs servers to ask (--ldap URI, --domain NAME, --smtp HOST), or --print-commands");
  }
  if (!out.words.empty())
    return usage("'collect' takes no files, but got '" + base::visible(out.words.front()) + "'");
  if (out.report.file.empty() || out.report.file == "-")
    return usage("'collect' needs --output FOLDER, the folder to be made");
  if (exists(out.report.file))
    return usage("'" + base::visible(out.report.file) + "' exists already; 'collect' makes a new folder");
  return std::nullopt;
}

std::optional<Error> read_words(const Sources& sources, Invocation& out) {
  switch (out.command) {
    case Command::audit:
      return read_evidence_words(sources, 0, out);
    case Command::list:
      if (out.words.empty() ||
          std::find(kListed.begin(), kListed.end(), out.words.front()) == kListed.end()) {
        return usage(
            fmt::format("'list' needs one of {} first{}", fmt::join(kListed, ", "),
                        out.words.empty() ? "" : ", not '" + base::visible(out.words.front()) + "'"));
      }
      return read_evidence_words(sources, 1, out);
    case Command::collect:
      if (!out.print_commands) return check_collect(out);
      if (out.asks_servers()) return usage("--print-commands prints commands and asks no server itself");
      if (!out.words.empty()) return read_evidence_words(sources, 0, out);
      if (out.servers.empty())
        return usage("'collect' needs servers: --server NAME, or evidence that names them");
      return std::nullopt;
    case Command::explain:
      if (out.words.empty())
        return usage(
            "'explain' needs one rule or article or a symptom, for example 'KB828938' or 'event 326'");
      return std::nullopt;
    case Command::rules:
    case Command::version:
      if (!out.words.empty()) {
        return usage(fmt::format("'{}' takes no argument, but got '{}'", command_name(out.command),
                                 base::visible(out.words.front())));
      }
      return std::nullopt;
  }
  return std::nullopt;
}

// Two reports in one file would be the later one only.
std::optional<Error> check_targets(const Invocation& out) {
  std::set<std::filesystem::path> files;
  if (!out.report.file.empty()) files.insert(std::filesystem::path(out.report.file).lexically_normal());
  for (const ReportTarget& target : out.reports) {
    if (!files.insert(std::filesystem::path(target.file).lexically_normal()).second) {
      return usage("two reports would be written to '" + base::visible(target.file) + "'");
    }
  }
  return std::nullopt;
}

}  // namespace

base::Result<Invocation> read_invocation(const std::vector<std::string>& arguments) {
  auto sources = read_sources(arguments);
  if (!sources) return sources.error();
  Invocation out;
  out.command = sources->command;
  out.command_named = sources->command_named;
  out.words = sources->words;
  out.warnings = sources->warnings;
  ValueReader values(*sources);
  out.help = values.flag("help");
  out.version = values.flag("version");
  if (out.help || out.version) return out;
  read_rules(values, out);
  read_evidence(values, out);
  read_live(values, out);
  read_collect(values, out);
  read_report(values, out);
  if (values.error()) return *values.error();
  out.ldap.quiet = out.quiet;
  if (const auto error = check(out.ldap)) return *error;
  if (const auto error = read_words(*sources, out)) return *error;
  if (const auto error = check_targets(out)) return *error;
  return out;
}

}  // namespace exaudit::cmd
