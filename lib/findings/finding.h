// What is wrong, in a form that every report renders: rule, subject, evidence, remedy. The JSON contract is
// docs/result.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/location.h"

namespace exaudit::findings {

enum class Severity { info, low, medium, high };  // ascending
std::string_view severity_name(Severity severity);
std::optional<Severity> parse_severity(std::string_view name);

enum class Verdict { pass, fail, not_applicable, not_evaluated, error };
std::string_view verdict_name(Verdict verdict);

// Kinds of evidence that a rule may need; global_catalog is what tells which of several directory views
// counts for a server, and no verdict waits for it.
enum class Need {
  directory,
  directory_recipients,
  global_catalog,
  ehlo,
  metabase,
  metabase_backup,
  registry_services,
  registry_network,
  events_application,
  events_system,
  service_states,
  mailbox_table,
  file_versions
};
inline constexpr std::size_t kNeeds = static_cast<std::size_t>(Need::file_versions) + 1;
std::string_view need_name(Need need);

enum class SubjectKind {
  store,
  gateway,
  server,
  machine,
  virtual_server,
  recipient,
  organization,
  value,
  legacy_dn
};
std::string_view subject_kind_name(SubjectKind kind);

struct Subject {
  SubjectKind kind = SubjectKind::organization;
  std::string name;
  std::string server;  // the server it belongs to, "" = none (so for the following)
  std::string machine;
  std::string part;  // family, binding, file, service, attribute or error code
  std::string dn;    // as the directory wrote it
  std::string guid;  // text form in braces
  // What the fingerprint hashes: a store's objectGUID, a gateway's GUID in the cn (further copies add their
  // own objectGUID), a lower-case name ...
  std::string identity;
  std::string organization;  // objectGUID of the organization in text form, else its normalised DN, else ""
};

struct Evidence {
  facts::Location at;
  std::string dn, attribute;  // directory facts
  std::string path;           // metabase path, or registry key and value
  // Absent (nullopt) is a finding too: "expected X, found nothing".
  std::optional<std::vector<std::string>> actual;
  std::optional<std::vector<std::string>> expected;
};

struct Remedy {
  std::string summary;
  std::vector<std::string> steps;
  std::string article_url;
};

// A named value that remedies and repair need: the six attributes of a gateway to be created, the value to be
// set.
struct NamedValue {
  std::string name, value;
};

// Of the times of events: rendered logs have the local time of their machine, binary ones UTC.
enum class Clock : std::uint8_t { local, utc, mixed };

struct Finding {
  std::string rule, article, area;  // article "" = none (generated headlines)
  Severity severity = Severity::medium;
  std::string reason;
  Subject subject;
  std::vector<std::string> views;  // directory views that show it, sorted
  std::string message;             // one sentence
  std::vector<Evidence> evidence;
  std::vector<NamedValue> values;  // fills the placeholders of the remedy
  std::uint64_t count = 1;
  std::optional<std::int64_t> first, last;  // findings from events: seconds since 1970-01-01 by `clock`
  Clock clock = Clock::local;
  std::string fingerprint;
  std::string explained_by;  // fingerprint of the immediate cause, "" = a headline
  Remedy remedy;
};

struct VerdictRow {
  std::string rule;
  Subject subject;
  Verdict verdict = Verdict::pass;
  std::vector<Need> needs;  // of not_evaluated: what would be needed
  std::string why;          // one short clause for people; may be empty
  // Recipient and value rules give one row per rule: how many subjects got each verdict, index = Verdict;
  // `verdict` is then the worst of them.
  std::optional<std::array<std::uint64_t, 5>> counts;
};

// 32 hex digits over organization, rule, part and identity. The reason is not in it: a fault that changes its
// shape stays the same finding.
std::string fingerprint(std::string_view rule, const Subject& subject);

}  // namespace exaudit::findings
