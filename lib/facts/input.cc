#include "facts/input.h"

namespace exaudit::facts {

std::string_view kind_name(InputKind kind) {
  switch (kind) {
    case InputKind::ldif:
      return "ldif";
    case InputKind::metabase_xml:
      return "metabase-xml";
    case InputKind::mbschema_xml:
      return "mbschema-xml";
    case InputKind::registry_export:
      return "registry-export";
    case InputKind::registry_query:
      return "registry-query";
    case InputKind::event_log_text:
      return "event-log-text";
    case InputKind::event_blocks:
      return "event-blocks";
    case InputKind::smtp_greeting:
      return "smtp-greeting";
    case InputKind::mailbox_table:
      return "mailbox-table";
    case InputKind::metabase_dump:
      return "metabase-dump";
    case InputKind::sink_listing:
      return "sink-listing";
    case InputKind::service_states:
      return "service-states";
    case InputKind::file_versions:
      return "file-versions";
    case InputKind::program_file:
      return "program-file";
    case InputKind::tracking_history:
      return "tracking-history";
    case InputKind::folder_listing:
      return "folder-listing";
    case InputKind::metabase_backup:
      return "metabase-backup";
    case InputKind::registry_hive:
      return "registry-hive";
    case InputKind::event_log_evt:
      return "event-log-evt";
    case InputKind::event_log_evtx:
      return "event-log-evtx";
    case InputKind::metabase_binary:
      return "metabase-binary";
    case InputKind::exaudit_output:
      return "exaudit-output";
    case InputKind::empty:
      return "empty";
    case InputKind::unknown:
      return "not-evidence";
  }
  return "";
}

void Input::note(std::uint32_t line, std::string message) {
  if (problems.size() < kMaxProblems) {
    problems.push_back({line, std::move(message)});
  } else {
    ++more_problems;
  }
}

void Input::skipped_value(std::uint32_t line, std::string message) {
  complete = false;
  note(line, std::move(message));
}

void Input::skipped_record(std::uint32_t line, std::string message) {
  complete = false;
  lost_records = true;
  note(line, std::move(message));
}

}  // namespace exaudit::facts
