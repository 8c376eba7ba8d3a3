// Causes and consequences: every row of the table, the lifted severity, and what counts for the exit code.
#include "audit/causes.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "audit/exit_code.h"
#include "rules/audit_fixture.h"

using exaudit::audit::exit_code;
using exaudit::findings::Finding;
using exaudit::findings::fingerprint;
using exaudit::findings::Severity;
using exaudit::findings::SubjectKind;
using exaudit::test::audit_files;
using exaudit::test::edited;
using exaudit::test::findings_of;
using exaudit::test::kConfiguration;
using exaudit::test::kConnections;
using exaudit::test::kGroup;
using exaudit::test::kGuid;
using exaudit::test::kServer;
using exaudit::test::only_finding;
using exaudit::test::record;
using exaudit::test::small_site;

namespace {

Finding finding(const std::string& rule, const std::string& reason, SubjectKind kind,
                const std::string& name) {
  Finding out;
  out.rule = rule;
  out.reason = reason;
  out.severity = Severity::high;
  out.subject.kind = kind;
  out.subject.name = out.subject.identity = name;
  out.subject.organization = "{00000000-0000-0000-0000-000000000001}";
  if (kind == SubjectKind::virtual_server) out.subject.machine = "MAIL1";
  if (kind == SubjectKind::store || kind == SubjectKind::gateway) {
    out.subject.server = "MAIL1";
    out.subject.guid = kGuid;
  }
  out.fingerprint = fingerprint(rule, out.subject);
  return out;
}

Finding machine(const std::string& rule, const std::string& reason = "x") {
  return finding(rule, reason, SubjectKind::machine, "MAIL1");
}
Finding store(const std::string& rule, const std::string& reason = "x") {
  return finding(rule, reason, SubjectKind::store, "two");
}
Finding gateway(const std::string& rule, const std::string& reason = "x") {
  return finding(rule, reason, SubjectKind::gateway, "SMTP (MAIL1-" + kGuid + ")");
}
Finding sinks(const std::string& reason) {
  Finding out = finding("KB822939.sinks-missing", reason, SubjectKind::virtual_server, "SmtpSvc/1");
  out.subject.part = "XEXCH50";
  out.fingerprint = fingerprint(out.rule, out.subject);
  return out;
}

// A case without evidence joins machines and servers by their names alone.
void link_causes(std::vector<Finding>& findings) {
  const exaudit::facts::Snapshot nothing;
  exaudit::audit::link_causes(exaudit::model::Case(nothing, {}), findings);
}

Finding service(const std::string& rule, const std::string& name, const std::string& reason = "x") {
  Finding out = machine(rule, reason);
  out.subject.part = name;
  out.fingerprint = fingerprint(out.rule, out.subject);
  return out;
}
// The transport cannot log on to the store of all these findings.
Finding logon_failure(const std::string& code = "0x80040148") {
  Finding out = store("KB828938.store-logon-failure", code);
  out.subject.part = code;
  out.fingerprint = fingerprint(out.rule, out.subject);
  return out;
}
// The same when no directory shows the store.
Finding unseen_logon_failure(const std::string& reason = "0x80040148") {
  Finding out = finding("KB828938.store-logon-failure", reason, SubjectKind::legacy_dn,
                        "/o=Contoso/cn=Connections/cn=SMTP (EXV1)/cn=" + kGuid);
  out.subject.server = "EXV1";
  out.subject.machine = "MAIL1";
  out.subject.guid = kGuid;
  out.subject.organization.clear();
  out.subject.part = "0x80040148";
  out.fingerprint = fingerprint(out.rule, out.subject);
  return out;
}

// Rule of the immediate cause of the last finding, "" for a headline; in whatever order the findings come.
std::string cause_of_last(std::vector<Finding> findings) {
  const std::string effect = findings.back().fingerprint;
  std::string cause;
  for (int order = 0; order < 2; ++order) {
    auto linked = findings;
    if (order == 1) std::ranges::reverse(linked);
    link_causes(linked);
    const auto at = std::ranges::find(linked, effect, &Finding::fingerprint);
    const auto named = std::ranges::find(linked, at->explained_by, &Finding::fingerprint);
    const std::string rule = at->explained_by.empty() ? "" : named->rule;
    if (order == 1) CHECK(rule == cause);
    cause = rule;
  }
  return cause;
}

}  // namespace

TEST_CASE("causes: the left-over key explains what the missing SMTP service explains") {
  const Finding removed = machine("KB822939.imc-key", "present-smtp-removed");
  for (const std::string rule :
       {"KB822939.smtp-service-absent", "KB822939.verbs-missing", "KB822939.no-bindings"}) {
    CAPTURE(rule);
    CHECK(cause_of_last({removed, machine(rule)}) == "KB822939.imc-key");
    CHECK(cause_of_last({machine("KB822939.imc-key", "present"), machine(rule)}) == "");
  }
  CHECK(cause_of_last({removed, sinks("family-missing")}) == "KB822939.imc-key");
  // The first row that applies: the key, although the missing service would explain the verbs as well.
  CHECK(cause_of_last({machine("KB822939.smtp-service-absent"), removed,
                       machine("KB822939.verbs-missing")}) == "KB822939.imc-key");
}

TEST_CASE("causes: no SMTP service, no verbs and no bindings") {
  const Finding absent = machine("KB822939.smtp-service-absent", "metabase");
  for (const std::string rule : {"KB822939.verbs-missing", "KB822939.no-bindings"})
    CHECK(cause_of_last({absent, machine(rule)}) == absent.rule);
  CHECK(cause_of_last({absent, sinks("family-missing")}) == absent.rule);
  CHECK(cause_of_last({absent, machine("KB822939.service-disabled")}) == "");
}

TEST_CASE("causes: a service that is not installed neither runs nor starts") {
  for (const std::string effect : {"KB822939.service-stopped", "KB277770.service-start-failure"}) {
    CAPTURE(effect);
    for (const Finding& cause : {machine("KB822939.smtp-service-absent", "registry"),
                                 machine("KB822939.imc-key", "present-smtp-removed")}) {
      CHECK(cause_of_last({cause, service(effect, "SMTPSVC")}) == cause.rule);
      CHECK(cause_of_last({cause, service(effect, "RESvc")}) == "");
    }
    CHECK(cause_of_last({machine("KB822939.imc-key", "present"), service(effect, "SMTPSVC")}) == "");
  }
}

TEST_CASE("causes: a service registered elsewhere, or not dispatched, does not start") {
  for (const std::string cause : {"KB277770.dispatch-entries", "KB277770.service-host"}) {
    for (const std::string effect : {"KB822939.service-stopped", "KB277770.service-start-failure"}) {
      CAPTURE(cause);
      CAPTURE(effect);
      CHECK(cause_of_last({service(cause, "Smtpsvc"), service(effect, "SMTPSVC")}) == cause);
      CHECK(cause_of_last({service(cause, "RESvc"), service(effect, "RESvc")}) == cause);
      CHECK(cause_of_last({service(cause, "RESvc"), service(effect, "SMTPSVC")}) == "");
    }
    const Finding refused = machine("KB828938.smtp-interface-failure", "0x80004005");
    CHECK(cause_of_last({service(cause, "Smtpsvc"), refused}) == cause);
    CHECK(cause_of_last({service(cause, "RESvc"), refused}) == "");
  }
}

TEST_CASE("causes: without bindings there are no verbs") {
  CHECK(cause_of_last({machine("KB822939.no-bindings"), machine("KB822939.verbs-missing")}) ==
        "KB822939.no-bindings");
  CHECK(cause_of_last({sinks("family-missing"), machine("KB822939.verbs-missing")}) ==
        "KB822939.sinks-missing");
  CHECK(cause_of_last({sinks("family-incomplete"), machine("KB822939.verbs-missing")}) == "");
  // Optional families, and exports that are only partial, are no cause.
  Finding remark = sinks("family-missing");
  remark.severity = Severity::info;
  CHECK(cause_of_last({remark, machine("KB822939.verbs-missing")}) == "");
  Finding partial = machine("KB822939.no-bindings");
  partial.severity = Severity::info;
  CHECK(cause_of_last({partial, machine("KB822939.verbs-missing")}) == "");
}

TEST_CASE("causes: a missing MTA object explains links to its deleted self") {
  const Finding missing = finding("KB247130.mta-missing", "missing", SubjectKind::server, "mail1");
  CHECK(cause_of_last({missing, gateway("KB828938.gateway-home-mta", "deleted")}) == missing.rule);
  CHECK(cause_of_last({missing, gateway("KB828938.gateway-home-mta", "other-server")}) == "");
  const Finding other = finding("KB247130.mta-missing", "missing", SubjectKind::server, "MAIL2");
  CHECK(cause_of_last({other, gateway("KB828938.gateway-home-mta", "deleted")}) == "");
}

TEST_CASE("causes: without its MTA object, MTA Stacks of that server does not start") {
  const Finding missing = finding("KB247130.mta-missing", "missing", SubjectKind::server, "mail1");
  CHECK(cause_of_last({missing, machine("KB247130.mta-start-failure", "-1073478766")}) == missing.rule);
  CHECK(cause_of_last({missing, machine("KB840469.mta-start-failure", "-2147219168")}) == "");
  const Finding other = finding("KB247130.mta-missing", "missing", SubjectKind::server, "MAIL2");
  CHECK(cause_of_last({other, machine("KB247130.mta-start-failure", "-1073478766")}) == "");
}

TEST_CASE("causes: a broken gateway explains the mailbox of its store") {
  for (const std::string effect :
       {"KB828938.store-logon-failure", "KB828938.mailbox-missing", "KB828938.mailbox-disconnected"}) {
    CAPTURE(effect);
    CHECK(cause_of_last({store("KB828938.gateway-missing"), store(effect)}) == "KB828938.gateway-missing");
    for (const std::string cause : {"class", "home-mta", "home-mdb", "legacy-dn"}) {
      CAPTURE(cause);
      CHECK(cause_of_last({gateway("KB828938.gateway-" + cause), store(effect)}) ==
            "KB828938.gateway-" + cause);
    }
    for (const std::string harmless : {"name", "delivery-mechanism", "orphan"})
      CHECK(cause_of_last({gateway("KB828938.gateway-" + harmless), store(effect)}) == "");
    Finding other = store("KB828938.gateway-missing");
    other.subject.guid = "{00000000-0000-0000-0000-000000000009}";
    CHECK(cause_of_last({other, store(effect)}) == "");
  }
}

TEST_CASE("causes: healthy directory objects leave failed logons to the MTA or the missing verbs") {
  for (const std::string cause : {"KB840469.mta-start-failure", "KB822939.verbs-missing"}) {
    CAPTURE(cause);
    CHECK(cause_of_last({machine(cause), logon_failure()}) == cause);
    CHECK(cause_of_last({machine(cause), logon_failure("0x80040158")}) == "");
    CHECK(cause_of_last({machine(cause), machine("KB840469.mta-not-running")}) == cause);
    // The gateway, whatever its fault, comes first.
    for (const Finding& gone : {store("KB828938.gateway-missing"), gateway("KB828938.gateway-home-mta"),
                                gateway("KB828938.gateway-legacy-dn")})
      CHECK(cause_of_last({machine(cause), gone, logon_failure()}) == gone.rule);
    Finding elsewhere = logon_failure();
    elsewhere.subject.server = "MAIL2";
    CHECK(cause_of_last({machine(cause), elsewhere}) == "");
    // Without a directory the event belongs to the machine that logged it.
    CHECK(cause_of_last({machine(cause), unseen_logon_failure()}) == cause);
    CHECK(cause_of_last({machine(cause), unseen_logon_failure("stale")}) == "");
  }
  CHECK(cause_of_last({machine("KB247130.mta-start-failure"), logon_failure()}) == "");
  // Both there: that the MTA did not start says more than that verbs are missing.
  for (const Finding& effect : {logon_failure(), machine("KB840469.mta-not-running")})
    CHECK(cause_of_last({machine("KB822939.verbs-missing"), machine("KB840469.mta-start-failure"), effect}) ==
          "KB840469.mta-start-failure");
}

TEST_CASE("causes: a failed logon explains what the store and the queue then say") {
  for (const std::string effect : {"KB828938.smtp-interface-failure", "KB828938.delivery-retry"}) {
    CAPTURE(effect);
    CHECK(cause_of_last({logon_failure(), machine(effect)}) == "KB828938.store-logon-failure");
    CHECK(cause_of_last({logon_failure("0x80040158"), machine(effect)}) == "KB828938.store-logon-failure");
    CHECK(cause_of_last({unseen_logon_failure(), machine(effect)}) == "KB828938.store-logon-failure");
    Finding elsewhere = logon_failure();
    elsewhere.subject.server = "MAIL2";
    CHECK(cause_of_last({elsewhere, machine(effect)}) == "");
    CHECK(cause_of_last({machine("KB840469.mta-start-failure"), machine(effect)}) == "");
  }
}

TEST_CASE("causes: without its system mailbox a store has no event system") {
  const Finding missing = store("KB316622.system-mailbox-missing", "missing");
  CHECK(cause_of_last({missing, service("KB316622.event-sinks-failure", "0x8004010f")}) == missing.rule);
  const Finding other = finding("KB316622.event-sinks-failure", "0x8004010f", SubjectKind::machine, "MAIL2");
  CHECK(cause_of_last({missing, other}) == "");
}

TEST_CASE("causes: what is over explains nothing that is seen now, but may be explained") {
  CHECK(cause_of_last({machine("KB840469.mta-start-failure", "old"), logon_failure()}) == "");
  CHECK(cause_of_last({machine("KB840469.mta-start-failure", "old"), machine("KB840469.mta-not-running")}) ==
        "");
  Finding past = logon_failure();
  past.reason = "old";
  CHECK(cause_of_last({past, machine("KB828938.smtp-interface-failure")}) == "");
  CHECK(cause_of_last({unseen_logon_failure("stale"), machine("KB828938.smtp-interface-failure")}) == "");
  CHECK(cause_of_last({machine("KB840469.mta-start-failure"), past}) == "KB840469.mta-start-failure");
  CHECK(cause_of_last({store("KB828938.gateway-missing"), past}) == "KB828938.gateway-missing");
}

TEST_CASE("causes: on a cluster the stores of a virtual server are those of the node that carries it") {
  const exaudit::facts::Snapshot nothing;
  exaudit::model::Case c(nothing, {});
  exaudit::model::Server server;
  server.name = "EXV1";
  c.machines.emplace_back();
  c.machines[0].name = "NODE1";
  c.machines[0].servers = {&server};
  std::vector<Finding> findings = {
      finding("KB840469.mta-start-failure", "-2147219168", SubjectKind::machine, "node1"), logon_failure(),
      finding("KB840469.mta-start-failure", "-2147219168", SubjectKind::machine, "EXV1")};
  findings[1].subject.server = "exv1";
  exaudit::audit::link_causes(c, findings);
  CHECK(findings[1].explained_by == findings[0].fingerprint);
}

TEST_CASE("causes: only of the same machine and the same organization") {
  const Finding effect = machine("KB822939.verbs-missing");
  Finding elsewhere = finding("KB822939.no-bindings", "none", SubjectKind::machine, "MAIL2");
  CHECK(cause_of_last({elsewhere, effect}) == "");
  Finding foreign = machine("KB822939.no-bindings");
  foreign.subject.organization = "{00000000-0000-0000-0000-000000000002}";
  CHECK(cause_of_last({foreign, effect}) == "");
  Finding spelled = finding("KB822939.no-bindings", "none", SubjectKind::machine, "mail1");
  CHECK(cause_of_last({spelled, effect}) == "KB822939.no-bindings");
}

TEST_CASE("causes: a headline takes the highest severity of what it explains, along the chain") {
  std::vector<Finding> findings = {finding("KB247130.mta-missing", "missing", SubjectKind::server, "MAIL1"),
                                   gateway("KB828938.gateway-home-mta", "deleted"),
                                   store("KB828938.mailbox-disconnected")};
  findings[0].severity = Severity::low;
  findings[1].severity = Severity::medium;
  link_causes(findings);
  CHECK(findings[2].explained_by == findings[1].fingerprint);
  CHECK(findings[1].explained_by == findings[0].fingerprint);
  CHECK(findings[0].severity == Severity::high);
  CHECK(findings[1].severity == Severity::high);
  CHECK(findings[2].severity == Severity::high);
}

TEST_CASE("causes: a cause is never lowered, and what is alone stays a headline") {
  std::vector<Finding> findings = {machine("KB822939.no-bindings"), machine("KB822939.verbs-missing"),
                                   machine("KB822939.service-disabled")};
  findings[1].severity = Severity::medium;
  link_causes(findings);
  CHECK(findings[0].severity == Severity::high);
  CHECK(findings[1].severity == Severity::medium);
  CHECK(findings[2].explained_by == "");
}

TEST_CASE("causes: only headlines count for the exit code") {
  exaudit::audit::Result result;
  result.inputs.resize(1);
  result.inputs[0].kind = exaudit::facts::InputKind::ldif;
  result.findings = {machine("KB822939.no-bindings"), machine("KB822939.verbs-missing")};
  result.findings[0].severity = Severity::low;
  result.findings[1].explained_by = result.findings[0].fingerprint;  // high, but a consequence
  CHECK(exit_code(result, Severity::medium, false) == 0);
  CHECK(exit_code(result, Severity::low, false) == 1);
  CHECK(result.explained() == 1);
  link_causes(result.findings);
  CHECK(exit_code(result, Severity::medium, false) == 1);  // through the headline that it lifted
}

// ---- organization.server-removed -----------------------------------------------------------------

namespace {

std::string orphan(const std::string& server, const std::string& guid) {
  return record("CN=SMTP (" + server + "-" + guid + ")," + kConnections, "top msExchConnector mailGateway",
                {"deliveryMechanism: 2"});
}
const std::string kOne = "{0E2F8576-678B-429F-883B-343E22545246}";
const std::string kTwo = "{CCCF3BE6-219C-4379-985D-851B766EDDC7}";

std::string user(const std::string& name, const std::string& server) {
  return record(
      "CN=" + name + ",CN=Users,DC=contoso,DC=test", "top person organizationalPerson user",
      {"mailNickname: " + name,
       "msExchHomeServerName: /o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Servers/cn=" +
           server});
}

std::string audited(const std::string& ldif) {
  exaudit::audit::Options options;
  options.area = "directory";
  return findings_of(audit_files({{"directory/a.ldf", ldif}}, options));
}
std::string orphaned(const std::string& server, const std::string& guid) {
  return "low KB828938.gateway-orphan server-removed SMTP (" + server + "-" + guid + ")";
}
const std::string kHeadline = "\nmedium organization.server-removed removed OLD1";

}  // namespace

TEST_CASE("organization.server-removed: at least two objects point to it") {
  CHECK(audited(small_site() + orphan("OLD1", kOne)) == orphaned("OLD1", kOne));
  CHECK(audited(small_site() + user("devans", "OLD1")) == "");
  CHECK(audited(small_site() + orphan("OLD1", kOne) + orphan("OLD1", kTwo)) ==
        "  " + orphaned("OLD1", kOne) + "\n  " + orphaned("OLD1", kTwo) + kHeadline);
  CHECK(audited(small_site() + orphan("OLD1", kOne) + user("devans", "old1")) ==
        "  " + orphaned("OLD1", kOne) + kHeadline);
  CHECK(audited(small_site() + user("devans", "OLD1") + user("rtavares", "OLD1")) == kHeadline.substr(1));
  // Two servers with one object each.
  CHECK(audited(small_site() + orphan("OLD1", kOne) + orphan("OLD2", kTwo)) ==
        orphaned("OLD1", kOne) + "\n" + orphaned("OLD2", kTwo));
}

TEST_CASE("organization.server-removed: says how many objects, each counted once") {
  const std::string site =
      small_site() + orphan("OLD1", kOne) + user("devans", "OLD1") + user("rtavares", "OLD1");
  const std::string message =
      "server OLD1 does not exist any more, but 1 SMTP mailbox object and 2 recipients still point to it";
  const auto one = audit_files({{"directory/a.ldf", site}});
  CHECK(only_finding(one, "organization.server-removed").message == message);
  const auto two = audit_files({{"directory/dc1/a.ldf", site}, {"directory/dc2/a.ldf", site}});
  CHECK(only_finding(two, "organization.server-removed").message == message);
  CHECK(only_finding(two, "organization.server-removed").fingerprint ==
        only_finding(one, "organization.server-removed").fingerprint);
  CHECK(only_finding(one, "organization.server-removed").article == "");
  const auto objects =
      audit_files({{"directory/a.ldf", small_site() + orphan("OLD1", kOne) + orphan("OLD1", kTwo)}});
  CHECK(only_finding(objects, "organization.server-removed").message ==
        "server OLD1 does not exist any more, but 2 SMTP mailbox objects still point to it");
  const auto users =
      audit_files({{"directory/a.ldf", small_site() + user("devans", "OLD1") + user("rt", "OLD1")}});
  CHECK(only_finding(users, "organization.server-removed").message ==
        "server OLD1 does not exist any more, but 2 recipients still point to it");
}

TEST_CASE("organization.server-removed: not when the server may be where nobody looked") {
  const std::string site = small_site() + orphan("OLD1", kOne) + orphan("OLD1", kTwo);
  const std::string branch =
      record(edited(kGroup, "First Administrative Group", "Branch"), "top msExchAdminGroup");
  CHECK(findings_of(audit_files({{"directory/a.ldf", site}, {"directory/b.ldf", branch}})) == "");
  CHECK(audited(site + record(edited(kServer, "MAIL1", "old1"), "top server msExchExchangeServer"))
            .find("server-removed") == std::string::npos);
}
