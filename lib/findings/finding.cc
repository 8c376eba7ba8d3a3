#include "findings/finding.h"

#include <array>

#include "base/sha256.h"
#include "base/text.h"

namespace exaudit::findings {

namespace {
constexpr std::array<std::string_view, 4> kSeverities = {"info", "low", "medium", "high"};
}  // namespace

std::string_view severity_name(Severity severity) { return kSeverities[static_cast<std::size_t>(severity)]; }

std::optional<Severity> parse_severity(std::string_view name) {
  for (std::size_t i = 0; i < kSeverities.size(); ++i) {
    if (kSeverities[i] == name) return static_cast<Severity>(i);
  }
  return std::nullopt;
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::fail:
      return "fail";
    case Verdict::not_applicable:
      return "not-applicable";
    case Verdict::not_evaluated:
      return "not-evaluated";
    case Verdict::error:
      return "error";
  }
  return "";
}

std::string_view need_name(Need need) {
  switch (need) {
    case Need::directory:
      return "directory";
    case Need::directory_recipients:
      return "directory-recipients";
    case Need::global_catalog:
      return "global-catalog";
    case Need::ehlo:
      return "ehlo";
    case Need::metabase:
      return "metabase";
    case Need::metabase_backup:
      return "metabase-backup";
    case Need::registry_services:
      return "registry-services";
    case Need::registry_network:
      return "registry-network";
    case Need::events_application:
      return "events-application";
    case Need::events_system:
      return "events-system";
    case Need::service_states:
      return "service-states";
    case Need::mailbox_table:
      return "mailbox-table";
    case Need::file_versions:
      return "file-versions";
  }
  return "";
}

std::string_view subject_kind_name(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::store:
      return "store";
    case SubjectKind::gateway:
      return "gateway";
    case SubjectKind::server:
      return "server";
    case SubjectKind::machine:
      return "machine";
    case SubjectKind::virtual_server:
      return "virtual-server";
    case SubjectKind::recipient:
      return "recipient";
    case SubjectKind::organization:
      return "organization";
    case SubjectKind::value:
      return "value";
    case SubjectKind::legacy_dn:
      return "legacy-dn";
  }
  return "";
}

// Fields are separated by NUL, which none of them contains; the subject's kind keeps a server and a machine
// of one name apart.
std::string fingerprint(std::string_view rule, const Subject& subject) {
  std::string text;
  for (const std::string_view field :
       {std::string_view(subject.organization), rule, subject_kind_name(subject.kind),
        std::string_view(subject.identity), std::string_view(subject.part)}) {
    text += field;
    text += '\0';
  }
  return base::sha256_hex(text).substr(0, 32);
}

}  // namespace exaudit::findings
