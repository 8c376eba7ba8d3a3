#include "audit/repair_order.h"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

using exaudit::audit::repair_order;
using exaudit::audit::RepairItem;
using exaudit::audit::RepairPlace;
using exaudit::audit::Result;
using exaudit::findings::Finding;
using exaudit::findings::Severity;
using exaudit::findings::SubjectKind;

namespace {

Finding finding(const std::string& rule, SubjectKind kind, const std::string& name, const std::string& owner,
                Severity severity = Severity::high) {
  Finding out;
  out.rule = rule;
  out.severity = severity;
  out.subject.kind = kind;
  out.subject.name = name;
  (kind == SubjectKind::virtual_server ? out.subject.machine : out.subject.server) = owner;
  out.fingerprint = rule + name;
  return out;
}

// "MAIL1: smtp-component 1, smtp-mailbox-objects 2; ..."
std::string shown(const Result& result) {
  std::string out;
  for (const RepairPlace& place : repair_order(result)) {
    out += fmt::format("{}{}:", out.empty() ? "" : "; ", place.name);
    for (const RepairItem& item : place.items)
      out += fmt::format(" {} {}", item.step->id, item.findings.size());
  }
  return out;
}

}  // namespace

TEST_CASE("repair order: place by place, the gravest first, and in each the steps in their order") {
  Result result;
  result.findings = {
      finding("KB828938.gateway-missing", SubjectKind::store, "two", "MAIL2"),
      finding("KB828938.gateway-home-mta", SubjectKind::gateway, "SMTP (MAIL2-{...})", "MAIL2"),
      finding("KB822939.no-bindings", SubjectKind::machine, "mail2", ""),
      finding("KB822939.sinks-missing", SubjectKind::virtual_server, "SmtpSvc/1", "MAIL3"),
      finding("KB247130.mta-routing-group", SubjectKind::server, "MAIL1", "", Severity::medium),
      finding("KB828938.dc-divergence", SubjectKind::gateway, "SMTP (MAIL3-{...})", "MAIL3",
              Severity::medium),
  };
  CHECK(shown(result) ==
        ": replication 1; MAIL2: smtp-extensions 1 smtp-mailbox-objects 2; MAIL3: smtp-extensions 1; MAIL1: "
        "mta-object 1");
}

TEST_CASE("repair order: consequences and information are no steps") {
  Result result;
  result.findings = {
      finding("KB822939.no-bindings", SubjectKind::machine, "MAIL1", ""),
      finding("KB822939.verbs-missing", SubjectKind::machine, "MAIL1", ""),
      finding("KB822939.auth-verbs", SubjectKind::machine, "MAIL2", "", Severity::info),
  };
  result.findings[1].explained_by = result.findings[0].fingerprint;
  CHECK(shown(result) == "MAIL1: smtp-extensions 1");
  CHECK(repair_order({}).empty());
}

TEST_CASE("repair order: a rule that no step names comes last, at its place or the organization's") {
  Result result;
  result.findings = {finding("KB000000.new", SubjectKind::machine, "MAIL1", ""),
                     finding("KB828938.gateway-orphan", SubjectKind::gateway, "SMTP (MAIL1-{...})", "MAIL1"),
                     finding("recipients.proxy-duplicate", SubjectKind::value, "smtp:a@contoso.test", "")};
  CHECK(shown(result) == ": recipients 1; MAIL1: left-overs 1 rest 1");
}
