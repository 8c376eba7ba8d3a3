#include "report/sample_result.h"

#include <stdexcept>

namespace exaudit::test {

namespace {

using findings::Evidence;
using findings::Finding;
using findings::Need;
using findings::Severity;
using findings::Subject;
using findings::SubjectKind;
using findings::Verdict;
using findings::VerdictRow;

constexpr const char* kOrganization =
    "CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";
constexpr const char* kGuid = "{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}";
const std::string kGateway = std::string("CN=SMTP (MAIL1-") + kGuid + "),CN=Connections," + kOrganization;
const std::string kMail1 =
    std::string("CN=MAIL1,CN=Servers,CN=First Administrative Group,CN=Administrative Groups,") +
    kOrganization;

facts::Input input(facts::InputKind kind, std::string path, std::string view, std::string machine,
                   std::uint64_t n) {
  facts::Input out;
  out.kind = kind;
  out.path = std::move(path);
  out.view = std::move(view);
  out.machine = std::move(machine);
  out.records = n;
  return out;
}

std::vector<facts::Input> inputs() {
  std::vector<facts::Input> out = {
      input(facts::InputKind::ldif, "directory/dc1/configuration.ldf", "dc1", "", 412),
      input(facts::InputKind::ldif, "directory/dc2/configuration.ldf", "dc2", "", 399),
      input(facts::InputKind::event_log_text, "servers/MAIL1/application.txt", "", "MAIL1", 18'211),
      input(facts::InputKind::registry_export, "servers/MAIL1/services.reg", "", "MAIL1", 2'310),
      input(facts::InputKind::smtp_greeting, "ehlo.txt", "", "", 1),
      input(facts::InputKind::unknown, "notes \x1b[31mred.txt", "", "", 0),
      input(facts::InputKind::exaudit_output, "report.json", "", "", 0),
  };
  out[1].skipped_record(88, "the line has no colon and is skipped: \"mail\x07nickname\"");
  out[1].more_problems = 7;
  out[3].note(0, "the export is of a loaded hive");
  out[4].unattributed = true;
  out[4].note(0, "nothing says which machine this is from; write --machine NAME=ehlo.txt");
  return out;
}

Finding base_finding(std::string rule, std::string article, std::string area, Severity severity,
                     std::string reason, Subject subject) {
  Finding out;
  out.rule = std::move(rule);
  out.article = std::move(article);
  out.area = std::move(area);
  out.severity = severity;
  out.reason = std::move(reason);
  out.subject = std::move(subject);
  out.fingerprint = findings::fingerprint(out.rule, out.subject);
  if (!out.article.empty()) out.remedy.article_url = "https://support.microsoft.com/kb/" + out.article;
  return out;
}

Subject subject(SubjectKind kind, std::string name, std::string server = "", std::string machine = "",
                std::string part = "", std::string dn = "", std::string guid = "") {
  Subject out;
  out.kind = kind;
  out.name = std::move(name);
  out.server = std::move(server);
  out.machine = std::move(machine);
  out.part = std::move(part);
  out.dn = std::move(dn);
  out.guid = std::move(guid);
  out.identity = out.guid.empty() ? out.name : out.guid;
  return out;
}

Finding home_mta() {
  Finding out = base_finding("KB828938.gateway-home-mta", "828938", "directory", Severity::high, "deleted",
                             subject(SubjectKind::gateway, std::string("SMTP (MAIL1-") + kGuid + ")", "MAIL1",
                                     "", "", kGateway, kGuid));
  out.views = {"dc1", "dc2"};
  out.message = "The SMTP gateway of store \"Mailbox Store (MAIL1)\" names a deleted MTA as its homeMTA.";
  Evidence evidence;
  evidence.at = {0, 301, 0, 0};
  evidence.dn = kGateway;
  evidence.attribute = "homeMTA";
  evidence.actual = {
      "CN=Microsoft MTA\nDEL:5d0e2a5c-9f5b-4f0e-8a3e-0c1f7f0a6b11,CN=Deleted Objects,DC=contoso,DC=test"};
  evidence.expected = {"CN=Microsoft MTA," + kMail1};
  out.evidence = {evidence};
  out.remedy.summary = "Set homeMTA to the expected value, on the global catalog that Exchange uses.";
  out.remedy.steps = {"Back up the object: ldifde -f gateway.ldf -d \"" + kGateway + "\".",
                      "Set homeMTA with ADSI Edit to CN=Microsoft MTA," + kMail1 + ".",
                      "Dismount and mount the store."};
  return out;
}

Finding logon_failure(const Finding& cause) {
  Finding out = base_finding(
      "KB828938.store-logon-failure", "828938", "events", Severity::high, "0x80040148",
      subject(SubjectKind::store, "Mailbox Store (MAIL1)", "MAIL1", "", "0x80040148", "", kGuid));
  out.message = "Event 326: the SMTP transport cannot log on to the store (0x80040148).";
  Evidence evidence;
  evidence.at = {2, 17, 0, 0};
  evidence.actual = {"Failed to log on to the mailbox /o=Contoso/... 0x80040148"};
  out.evidence = {evidence};
  out.count = 12;
  out.first = 1'078'135'200;  // 2004-03-01 10:00:00
  out.last = 1'078'480'800;   // 2004-03-05 10:00:00
  out.explained_by = cause.fingerprint;
  out.remedy.summary = "Repair the gateway first.";
  return out;
}

Finding interface_failure(const Finding& cause) {
  Finding out = base_finding("KB828938.smtp-interface-failure", "828938", "events", Severity::medium,
                             "0x80004005", subject(SubjectKind::machine, "MAIL1"));
  out.message = "Event 1194: the SMTP interface could not be started (0x80004005).";
  Evidence evidence;
  evidence.at = {2, 29, 0, 0};
  out.evidence = {evidence};
  out.explained_by = cause.fingerprint;
  return out;
}

Finding duplicate_proxy() {
  Finding out = base_finding("recipients.proxy-duplicate", "", "recipients", Severity::high, "duplicate",
                             subject(SubjectKind::value, "smtp:anna@contoso.test"));
  out.views = {"dc1"};
  out.message = "12 recipients share the address smtp:anna@contoso.test.";
  for (std::uint32_t i = 0; i < 12; ++i) {
    Evidence evidence;
    evidence.at = {0, 1000 + i * 40, 0, 0};
    evidence.dn = "CN=Anna " + std::to_string(i) + ",OU=Sales,DC=contoso,DC=test";
    evidence.attribute = "proxyAddresses";
    evidence.actual = {"SMTP:anna@contoso.test", "X400:c=US;a= ;p=Contoso;s=Anna;"};
    out.evidence.push_back(evidence);
  }
  return out;
}

// Bytes that are not UTF-8, and a metabase path without a file.
Finding sink() {
  Finding out = base_finding("KB822939.sink-disabled", "822939", "iis", Severity::medium, "disabled",
                             subject(SubjectKind::virtual_server, "1", "", "MAIL1", "Exchange Router"));
  out.message = "The event binding \"Exchange Router\" is disabled.";
  Evidence evidence;
  evidence.path = "/LM/EventManager/EventTypes/{283430C9-1850-11D2-9E03-00C04FA322BA}";
  evidence.attribute = "Enabled";
  evidence.actual = {"Fal\xFFse"};
  evidence.expected = {"True"};
  out.evidence = {evidence};
  return out;
}

VerdictRow verdict(std::string rule, Subject subject, Verdict verdict, std::vector<Need> needs = {},
                   std::string why = "") {
  VerdictRow out;
  out.rule = std::move(rule);
  out.subject = std::move(subject);
  out.verdict = verdict;
  out.needs = std::move(needs);
  out.why = std::move(why);
  return out;
}

std::vector<VerdictRow> verdicts() {
  const Subject mail1 = subject(SubjectKind::machine, "MAIL1");
  const Subject mail2 = subject(SubjectKind::machine, "MAIL2");
  std::vector<VerdictRow> out = {
      verdict("KB277770.service-host", subject(SubjectKind::machine, "MAIL1", "", "", "SMTPSVC"),
              Verdict::pass),
      verdict("KB822939.no-bindings", mail1, Verdict::not_evaluated, {Need::metabase}),
      verdict("KB822939.no-bindings", mail2, Verdict::not_evaluated, {Need::metabase}),
      verdict("KB822939.sink-disabled", mail1, Verdict::fail),
      verdict("KB822939.verbs-missing", mail1, Verdict::not_evaluated, {Need::ehlo}),
      verdict("KB828938.gateway-home-mta", subject(SubjectKind::gateway, "SMTP (MAIL1-...)", "MAIL1"),
              Verdict::fail),
      verdict("KB828938.mailbox-missing", subject(SubjectKind::store, "Public Store", "MAIL1"),
              Verdict::not_applicable),
      verdict("KB840469.mta-disabled", mail1, Verdict::error, {}, "an invariant broke"),
      verdict("KB840469.mta-start-failure", mail2, Verdict::not_evaluated, {}, "the product is not known"),
  };
  VerdictRow recipients = verdict("recipients.proxy-duplicate", subject(SubjectKind::organization, "Contoso"),
                                  Verdict::fail, {Need::directory_recipients});
  recipients.counts = {{1'234'567, 1, 20, 3, 0}};
  out.push_back(recipients);
  return out;
}

}  // namespace

audit::Result sample_result() {
  audit::Result out;
  out.organizations = {{"Contoso", "{0F0B7C4A-7C1B-4B0D-9C0E-1B2A3C4D5E6F}", kOrganization}};
  out.inputs = inputs();
  const Finding mta = home_mta();
  const Finding logon = logon_failure(mta);
  out.findings = {mta, logon, duplicate_proxy(), sink(), interface_failure(logon)};
  out.verdicts = verdicts();
  out.directory_servers.push_back({"MAIL1",
                                   "",
                                   "dc1.contoso.test",
                                   "dc1",
                                   exaudit::model::DirectoryServerSource::registry,
                                   {},
                                   std::nullopt});
  out.details = {"third-party event binding \"Fabrikam Scanner\" on MAIL1"};
  return out;
}

const findings::Finding& finding_of(const audit::Result& result, const std::string& rule) {
  for (const auto& finding : result.findings) {
    if (finding.rule == rule) return finding;
  }
  throw std::logic_error("no finding of " + rule);
}

}  // namespace exaudit::test
