#include "audit/exit_code.h"

#include <algorithm>

namespace exaudit::audit {

bool is_evidence(facts::InputKind kind) {
  switch (kind) {
    case facts::InputKind::ldif:
    case facts::InputKind::metabase_xml:
    case facts::InputKind::mbschema_xml:
    case facts::InputKind::registry_export:
    case facts::InputKind::registry_query:
    case facts::InputKind::event_log_text:
    case facts::InputKind::event_blocks:
    case facts::InputKind::smtp_greeting:
    case facts::InputKind::mailbox_table:
    case facts::InputKind::metabase_dump:
    case facts::InputKind::sink_listing:
    case facts::InputKind::service_states:
    case facts::InputKind::file_versions:
    case facts::InputKind::program_file:
    case facts::InputKind::tracking_history:
    case facts::InputKind::folder_listing:
    case facts::InputKind::metabase_backup:
    case facts::InputKind::registry_hive:
    case facts::InputKind::event_log_evt:
    case facts::InputKind::event_log_evtx:
      return true;
    case facts::InputKind::metabase_binary:
    case facts::InputKind::exaudit_output:
    case facts::InputKind::empty:
    case facts::InputKind::unknown:
      return false;
  }
  return false;
}

bool anything_audited(const Result& result) {
  return std::any_of(result.inputs.begin(), result.inputs.end(), [](const facts::Input& input) {
    return is_evidence(input.kind) && (!input.live || input.records > 0);
  });
}

std::uint64_t findings_at_or_above(const Result& result, Threshold fail_on) {
  if (!fail_on) return 0;
  const auto counts = result.headlines();
  std::uint64_t sum = 0;
  for (auto i = static_cast<std::size_t>(*fail_on); i < counts.size(); ++i) sum += counts[i];
  return sum;
}

int exit_code(const Result& result, Threshold fail_on, bool strict) {
  if (!anything_audited(result)) return kExitUsage;
  if (findings_at_or_above(result, fail_on) > 0) return kExitFindings;
  const bool unknown = result.verdict_count(findings::Verdict::not_evaluated) > 0;
  return result.incomplete() || (strict && unknown) ? kExitIncomplete : kExitDone;
}

}  // namespace exaudit::audit
