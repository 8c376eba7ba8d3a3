// What the user asked for, with types: the option values of sources.h, checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "audit/exit_code.h"
#include "base/result.h"
#include "collectors/folder.h"
#include "collectors/smtp_probe.h"
#include "live_directory.h"
#include "options.h"
#include "report/report.h"

namespace exaudit::cmd {

enum class Format { text, json };
enum class ColorMode { automatic, always, never };

struct ReportTarget {
  Format format = Format::text;
  std::string file;  // "" or "-" = standard output
};

struct Invocation {
  Command command = Command::audit;
  bool command_named = false;
  bool help = false;
  bool version = false;
  std::vector<std::string>
      words;  // of list: what; of explain: rule, article or symptom; evidence is in folder.paths
  audit::Options audit;
  collectors::FolderOptions folder;  // without paths: there are no files
  unsigned threads = 1;              // --threads
  std::uint64_t max_memory = 0;      // --max-memory, in bytes; 0 = no limit
  collectors::SmtpProbeOptions smtp;
  LdapOptions ldap;
  bool asks_servers() const { return !smtp.targets.empty() || ldap.any(); }
  audit::Threshold fail_on = findings::Severity::medium;
  bool strict = false;
  bool coverage = false;              // --coverage: report what the audit rests on, not what it found
  bool print_commands = false;        // of collect
  std::vector<std::string> servers;   // of collect: --server
  ReportTarget report;                // --format, --output
  std::vector<ReportTarget> reports;  // --report
  std::optional<report::VerdictFilter> verdicts;
  bool timestamp = false;
  ColorMode color = ColorMode::automatic;
  bool quiet = false;
  bool verbose = false;
  std::vector<std::string> warnings;
};

// `arguments` without the program's name. Errors are usage errors.
base::Result<Invocation> read_invocation(const std::vector<std::string>& arguments);

}  // namespace exaudit::cmd
