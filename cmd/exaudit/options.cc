#include "options.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace exaudit::cmd {

namespace {

constexpr unsigned bit(Command command) { return 1U << static_cast<unsigned>(command); }

constexpr unsigned kAudit = bit(Command::audit);
constexpr unsigned kCollect = bit(Command::collect);
constexpr unsigned kEvidence = bit(Command::audit) | bit(Command::list) | kCollect;
constexpr unsigned kRead = bit(Command::audit) | bit(Command::list);
constexpr unsigned kSelect = bit(Command::audit) | bit(Command::rules) | kCollect;
constexpr unsigned kSeverity = bit(Command::audit) | bit(Command::rules);
constexpr unsigned kFormats =
    bit(Command::audit) | bit(Command::list) | bit(Command::rules) | bit(Command::explain);
constexpr unsigned kReports = kFormats | kCollect;
constexpr unsigned kLiveCommands = kEvidence;
constexpr unsigned kSmtpCommands = bit(Command::audit) | kCollect;
constexpr unsigned kAll = kReports | bit(Command::version);

constexpr std::array kCommands = {
    CommandInfo{Command::audit, "audit", "[--smtp HOST[:PORT]]... EVIDENCE...",
                "judge the evidence and report faults (the default)"},
    CommandInfo{Command::list, "list", "servers|storage-groups|stores|gateways|machines|all EVIDENCE...",
                "what is there, and how it hangs together"},
    CommandInfo{
        Command::collect, "collect",
        "--output FOLDER [--ldap URI]... [--smtp HOST]... | --print-commands [--server NAME]... "
        "[EVIDENCE...]",
        "save what live servers say, to be audited later; or print a Windows command file that collects"},
    CommandInfo{Command::rules, "rules", "", "the catalogue of rules"},
    CommandInfo{
        Command::explain, "explain", "RULE|ARTICLE|SYMPTOM",
        "the page of a rule or of a KB article; or what an event, an error code or a complaint points to"},
    CommandInfo{Command::version, "version", "", "the version of this program"},
};

constexpr std::string_view kRules = "Rules and exit code";
constexpr std::string_view kSources = "Evidence";
constexpr std::string_view kLive = "Live evidence";
constexpr std::string_view kCollected = "What is collected";
constexpr std::string_view kReport = "Report";
constexpr std::string_view kMessages = "Messages and configuration";

constexpr std::array kOptions = {
    Option{"rules", "GLOB,...", kRules, kSelect, false, true,
           "only the rules that match; a '-' before a glob removes",
           "Example: --rules 'KB828938.*,-*.gateway-name'. The list is read from left to right; when it "
           "begins with a "
           "removal, it starts from all rules."},
    Option{"area", "AREA,...", kRules, kSelect, false, true, "only the rules of these areas",
           "directory, mailboxes, transport, iis, registry, services, events, recipients, files."},
    Option{"min-severity", "high|medium|low|info", kRules, kSeverity, false, true,
           "leave out findings below this severity", ""},
    Option{"fail-on", "high|medium|low|info|none", kRules, kAudit, false, true,
           "exit with 1 for findings at or above this severity (medium)", ""},
    Option{"strict", "", kRules, kAudit, false, true, "exit with 3 when a check could not be evaluated", ""},
    Option{"event-window", "DAYS", kRules, kAudit, false, true,
           "events this much older than the end of their log are old (14)", ""},
    Option{"sink-catalogue", "FILE", kRules, kAudit, false, true,
           "event sinks to expect, instead of the built-in list", ""},

    Option{"machine", "NAME=PATH", kSources, kEvidence, true, true,
           "files at or below PATH are from machine NAME",
           "PATH can also be what --smtp asks, as the report shows it: smtp://HOST:PORT."},
    Option{"view", "NAME=PATH", kSources, kEvidence, true, true,
           "LDIF at or below PATH is the directory view NAME", "A view is what one directory server said."},
    Option{"hosts", "MACHINE=SERVER,...", kSources, kEvidence, true, true,
           "this machine carries these Exchange servers (clusters)", ""},
    Option{"gc", "SERVER=VIEW", kSources, kEvidence, true, true,
           "the view of the global catalog that a server uses", ""},
    Option{"internal-network", "CIDR", kSources, kAudit, true, true,
           "addresses that count as internal, for the binding order of adapters",
           "Without it, private addresses (RFC 1918) count as internal where a machine has others too."},

    Option{"threads", "N", kSources, kRead, false, true,
           "read directory exports with N threads (as many as there are processors)",
           "The report does not depend on it."},
    Option{"max-memory", "SIZE", kSources, kRead, false, true,
           "give up, with advice, rather than take more memory than this: 512M, 2G",
           "Pages of the files that are read do not count: they are the system's."},

    Option{
        "smtp", "HOST[:PORT]", kLive, kSmtpCommands, true, true,
        "ask this SMTP server how it answers to EHLO (port 25)",
        "It is told EHLO and QUIT and nothing else. Write an IPv6 address with a port as [ADDRESS]:PORT. The "
        "machine is the one that the greeting names, or --machine NAME=smtp://HOST:PORT. A firewall on the "
        "way may hide verbs: what counts is the answer on the server itself (--smtp localhost)."},
    Option{
        "ldap", "URI", kLive, kLiveCommands, true, true,
        "ask this directory server: ldap://HOST[:PORT], ldaps:// or ldapi://",
        "Each server is a directory view of its own. Port 3268 or 3269 is its global catalog, which shows "
        "the "
        "recipients of all domains and less of each object. Only what the selected rules read is asked for."},
    Option{"domain", "NAME", kLive, kLiveCommands, false, true,
           "find a domain controller and a global catalog of this domain by DNS", ""},
    Option{"sasl", "gssapi|external", kLive, kLiveCommands, false, true,
           "bind with the Kerberos ticket of this user, or as who the connection says",
           "Outside TLS, Kerberos signs and encrypts the connection."},
    Option{"bind-dn", "NAME", kLive, kLiveCommands, false, true,
           "bind with a password as this distinguished name or user@domain",
           "The password comes from --password-file, or is asked for on the terminal."},
    Option{"password-file", "FILE", kLive, kLiveCommands, false, true,
           "the password is the first line of FILE", ""},
    Option{"anonymous", "", kLive, kLiveCommands, false, true, "bind as nobody", ""},
    Option{"start-tls", "", kLive, kLiveCommands, false, true, "encrypt ldap:// connections (StartTLS)", ""},
    Option{"ca-file", "FILE", kLive, kLiveCommands, false, true,
           "trust servers whose certificate these PEM certificates vouch for",
           "Certificates are always verified; without this option, by what the system trusts."},
    Option{"allow-cleartext-bind", "", kLive, kLiveCommands, false, true,
           "send a password over an unencrypted connection", ""},
    Option{"timeout", "SECONDS", kLive, kLiveCommands, false, true,
           "give up on a server after this time without a sign of life (30)",
           "An SMTP server has this time for everything."},

    Option{
        "print-commands", "", kCollected, kCollect, false, false,
        "print the commands; what is collected depends on --rules and --area",
        "The command file is for cmd.exe, uses the tools that Windows itself has, and makes the folders that "
        "an audit expects."},
    Option{"server", "NAME", kCollected, kCollect, true, false,
           "a server to collect from, beside those of the evidence", ""},

    Option{"coverage", "", kReport, kAudit, false, true,
           "instead of the findings, which rules could be judged on which server",
           "And the exact commands that collect what is missing, server by server. The exit code is 0, or 3 "
           "when "
           "the audit is incomplete; findings are not shown and do not count."},
    Option{"format", "text|json", kReport, kFormats, false, true, "format of the report (text)", ""},
    Option{"output", "FILE", kReport, kReports, false, true,
           "write the report to FILE instead of standard output; of collect: the new folder",
           "Written under a temporary name, then renamed: FILE is the old or the new report, never half of "
           "one. A folder must not exist yet."},
    Option{"report", "FORMAT:FILE", kReport, kAudit, true, true,
           "write another report, for example json:report.json", ""},
    Option{"verdicts", "none|problems|all", kReport, kAudit, false, true,
           "which verdicts to list (text: problems, json: all)",
           "problems: what failed, broke, or could not be evaluated."},
    Option{"timestamp", "", kReport, kAudit, false, true, "put the current time into the report",
           "Without it, the same evidence gives the same bytes."},
    Option{"hash-inputs", "", kReport, kAudit, false, true, "put the SHA-256 of every input into the report",
           ""},
    Option{"color", "auto|always|never", kReport, kReports, false, true, "colours in the text report (auto)",
           "auto: on a terminal, unless NO_COLOR is set or TERM is dumb; CLICOLOR_FORCE colours everywhere."},

    Option{"quiet", "", kMessages, kReports, false, true, "no messages but errors", ""},
    Option{"verbose", "", kMessages, kReports, false, true, "cut no list; print details and remarks", ""},
    Option{"config", "FILE", kMessages, kAll, false, false, "read options from FILE (or from EXAUDIT_CONFIG)",
           "Lines of `name = value` with the names of these options; # begins a comment. A switch takes on "
           "or off. The "
           "command line wins over EXAUDIT_* variables (--fail-on is EXAUDIT_FAIL_ON), and these over the "
           "file. No "
           "file is read unless it is named."},
    Option{"no-config", "", kMessages, kAll, false, false, "ignore EXAUDIT_CONFIG", ""},
    Option{"help", "", kMessages, kAll, false, false, "this help; after a command, its help", ""},
    Option{"version", "", kMessages, kAll, false, false, "the version of this program", ""},
};

constexpr std::size_t kHelpColumn = 40;

// `text` wrapped at `width`; lines after the first begin with `indent` blanks.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  for (const std::string_view word : base::split(text, ' ')) {
    if (!out.empty() && column + 1 + word.size() > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!out.empty()) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

std::string option_help(const Option& option, bool details, std::size_t width) {
  std::string out = "  --" + std::string(option.name);
  if (!option.is_switch()) out += ' ' + std::string(option.value_name);
  if (out.size() + 2 > kHelpColumn) {
    out += '\n' + std::string(kHelpColumn, ' ');
  } else {
    out.resize(kHelpColumn, ' ');
  }
  std::string text(option.help);
  if (option.repeatable) text += "; repeatable";
  if (details && !option.details.empty()) text += ". " + std::string(option.details);
  return out + wrapped(text, kHelpColumn, width) + '\n';
}

std::string options_help(std::optional<Command> command, std::size_t width) {
  std::string out;
  std::string_view category;
  for (const Option& option : kOptions) {
    if (command && !option.applies_to(*command)) continue;
    if (option.category != category) out += '\n' + std::string(option.category) + ":\n";
    category = option.category;
    out += option_help(option, command.has_value(), width);
  }
  return out;
}

constexpr std::string_view kIntroduction =
    "exaudit reads evidence about Exchange 2000/2003 servers and their Active Directory, and reports\n"
    "configuration faults with the Microsoft KB article behind each. It never changes what it audits.\n\n";

constexpr std::string_view kSymptomHelp =
    "\nSYMPTOM is an event id (326, event 9405), an error code in any notation (0x80040148, -2147221176, "
    "1083),\n"
    "or a complaint in a few words (outbox, local delivery queue, could not start).\n";

constexpr std::string_view kEvidenceHelp =
    "\nEVIDENCE is a file, a folder of files, or - for standard input. Files are recognised by content:\n"
    "LDIF, MetaBase.xml, .reg exports, Event Viewer text, EHLO transcripts, mailbox tables.\n"
    "Words after -- are never options.\n";

constexpr std::string_view kExitCodes =
    "\nExit codes:\n"
    "  0    audited, nothing at or above --fail-on\n"
    "  1    findings at or above --fail-on\n"
    "  2    usage error, or nothing could be audited\n"
    "  3    no such finding, but the audit is incomplete or a report could not be written\n"
    "       (--coverage: 0 or 3, findings do not count)\n"
    "  130  interrupted\n";

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change =
          diagonal + (base::ascii_lower(a[i - 1]) == base::ascii_lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

}  // namespace

std::span<const CommandInfo> command_table() { return kCommands; }

std::string_view command_name(Command command) { return kCommands[static_cast<std::size_t>(command)].name; }

std::optional<Command> find_command(std::string_view name) {
  for (const CommandInfo& info : kCommands) {
    if (info.name == name) return info.command;
  }
  return std::nullopt;
}

std::span<const Option> option_table() { return kOptions; }

const Option* find_option(std::string_view name) {
  for (const Option& option : kOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

std::string environment_name(const Option& option) {
  std::string out = "EXAUDIT_" + base::ascii_uppered(option.name);
  for (char& c : out) c = c == '-' ? '_' : c;
  return out;
}

std::string help_text(std::optional<Command> command, std::size_t width) {
  std::string out(kIntroduction);
  out += "Usage:\n";
  if (!command) out += "  exaudit [OPTION]... EVIDENCE...\n";
  for (const CommandInfo& info : kCommands) {
    if (command && *command != info.command) continue;
    out += "  exaudit " + std::string(info.name) + " [OPTION]...";
    if (!info.arguments.empty()) out += ' ' + std::string(info.arguments);
    out += '\n' + std::string(6, ' ') + std::string(info.help) + '\n';
  }
  const bool evidence = !command || (bit(*command) & kEvidence) != 0;
  if (evidence) out += kEvidenceHelp;
  if (!command || *command == Command::explain) out += kSymptomHelp;
  out += options_help(command, width);
  if (!command || (bit(*command) & (kAudit | bit(Command::list))) != 0) out += kExitCodes;
  return out;
}

std::vector<std::string> near_matches(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kMost = 3;
  constexpr std::size_t kLongestWord = 200;
  if (word.empty() || word.size() > kLongestWord) return {};
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const std::string& candidate : candidates) {
    if (candidate == word) continue;
    const bool part = word.size() >= kMost &&
                      base::ascii_lowered(candidate).find(base::ascii_lowered(word)) != std::string::npos;
    const std::size_t distance = part ? 1 : edit_distance(word, candidate);
    if (part || distance <= std::max<std::size_t>(1, candidate.size() / 4))
      found.emplace_back(distance, candidate);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (const auto& [distance, candidate] : found) {
    if (out.size() < kMost) out.push_back(candidate);
  }
  return out;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = near_matches(word, candidates);
  std::string out;
  for (std::size_t i = 0; i < near.size(); ++i) {
    out += i == 0 ? "; did you mean '" : i + 1 == near.size() ? " or '" : ", '";
    out += near[i] + "'";
  }
  return out.empty() ? out : out + "?";
}

}  // namespace exaudit::cmd
