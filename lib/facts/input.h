// One input (usually a file) and what became of it: its kind, owner, completeness and every place where
// something had to be skipped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "facts/event.h"
#include "facts/location.h"

namespace exaudit::facts {

enum class InputKind {
  ldif,
  metabase_xml,
  mbschema_xml,
  registry_export,  // .reg
  registry_query,   // reg query /s
  event_log_text,   // Event Viewer .txt/.csv
  event_blocks,     // pasted "Event Type: ... Event ID: ..." blocks
  smtp_greeting,    // EHLO transcript
  mailbox_table,
  metabase_dump,     // mdutil enum_all
  sink_listing,      // smtpreg.vbs /enum
  service_states,    // sc query, net start, Win32_Service csv
  file_versions,     // csv of names and versions
  program_file,      // PE file with a version resource
  tracking_history,  // pasted from the Message Tracking Center
  folder_listing,    // dir
  metabase_backup,   // a file of inetsrv\\MetaBack or inetsrv\\History: shows that there is a backup, is not
                     // read
  registry_hive,
  event_log_evt,
  event_log_evtx,
  metabase_binary,  // IIS 5 metabase.bin, never readable
  exaudit_output,   // our own reports: never evidence
  empty,
  unknown,  // not evidence
};

// The name in the JSON result ("ldif", "metabase-xml", ...).
std::string_view kind_name(InputKind kind);

struct Problem {
  std::uint32_t line = 0;  // 0 = the input as a whole
  std::string message;     // one sentence; values from the input are included raw and escaped on output
};

inline constexpr std::size_t kMaxProblems =
    50;  // per input; more are counted, a hostile file must not fill the report

struct Input {
  InputKind kind = InputKind::unknown;
  std::string path;                // as the user named it, or relative to the folder he named
  std::string view;                // directory view, for LDIF
  std::string machine;             // owner of machine files; "" = none or not attributable
  LogKind log = LogKind::unknown;  // of event logs
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::string sha256;  // with --hash-inputs
  // False when anything was skipped: the end is missing, the search was cut off, a record or a value could
  // not be read.
  bool complete = true;
  // True when whole records (entries, keys, rows) may be missing, so that absence proves nothing. Implies
  // !complete.
  bool lost_records = false;
  // Asked of a server that is running: there is no file whose lines a person could look at.
  bool live = false;
  bool unattributed = false;  // machine evidence whose machine could not be told
  std::vector<Problem> problems;
  std::uint64_t more_problems = 0;  // beyond kMaxProblems

  // A remark; nothing was lost.
  void note(std::uint32_t line, std::string message);
  // Part of a record was skipped: the record is there, one of its values is not observed.
  void skipped_value(std::uint32_t line, std::string message);
  // A whole record, or the rest of the input, was skipped.
  void skipped_record(std::uint32_t line, std::string message);
};

}  // namespace exaudit::facts
