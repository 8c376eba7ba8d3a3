#include "report/text.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/text.h"
#include "report/advice.h"
#include "report/sample_result.h"

using exaudit::audit::Result;
using exaudit::findings::Finding;
using exaudit::report::text_report;
using exaudit::report::TextOptions;
using exaudit::report::VerdictFilter;
using exaudit::test::finding_of;
using exaudit::test::sample_result;

namespace {

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

bool contains(const std::string& text, const std::string& part) { return occurrences(text, part) != 0; }

}  // namespace

TEST_CASE("text report: a finding begins with where, severity, message and rule") {
  const std::string text = text_report(sample_result(), {});
  CHECK(text.starts_with(
      "directory/dc1/configuration.ldf:301: high: The SMTP gateway of store "
      "\"Mailbox Store (MAIL1)\" names a deleted MTA as its homeMTA. [KB828938.gateway-home-mta]\n"));
  CHECK(contains(text, "\n    attribute: homeMTA\n    found:     CN=Microsoft MTA\\x0ADEL:"));
  CHECK(contains(text, "\n    expected:  CN=Microsoft MTA,CN=MAIL1,"));
  CHECK(contains(text, "\n    views:     dc1, dc2\n"));
  CHECK(contains(text, "\n    remedy:    Set homeMTA to the expected value"));
  CHECK(contains(text, "\n               3. Dismount and mount the store.\n"));
}

TEST_CASE("text report: without a file, the place is the object or the subject with its owner") {
  Result result = sample_result();
  CHECK(contains(text_report(result, {}), "\nMAIL1 virtual-server 1: medium: "));
  for (Finding& finding : result.findings) {
    for (auto& evidence : finding.evidence) evidence.at = {};
  }
  const std::string text = text_report(result, {});
  CHECK(text.starts_with("CN=SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}),CN=Connections,"));
  CHECK_FALSE(contains(text, "object:    CN=SMTP (MAIL1"));  // said already
}

TEST_CASE("text report: consequences stand below their cause, in depth, and only there") {
  const std::string text = text_report(sample_result(), {});
  CHECK(contains(text,
                 "\n    also explains:\n"
                 "        servers/MAIL1/application.txt:17: high: Event 326"));
  CHECK(contains(text, "\n            servers/MAIL1/application.txt:29: medium: Event 1194"));
  CHECK(occurrences(text, "[KB828938.store-logon-failure]\n") == 1);
  CHECK(occurrences(text, "[KB828938.smtp-interface-failure]\n") == 1);
  CHECK(contains(text, "Findings: 2 high, 1 medium, 0 low, 0 info; 2 more explained by them\n"));
}

TEST_CASE("text report: a finding is never lost, even when causes form a circle or are missing") {
  Result result = sample_result();
  result.findings[0].explained_by = result.findings[1].fingerprint;
  result.findings[2].explained_by = "00000000000000000000000000000000";
  const std::string text = text_report(result, {});
  for (const Finding& finding : result.findings) {
    CAPTURE(finding.rule);
    CHECK(contains(text, "[" + finding.rule + "]"));
  }
}

TEST_CASE("text report: the order of repair follows the findings, when there are at least two to repair") {
  const std::string gateway = sample_result().findings[0].subject.name;
  const std::string text = text_report(sample_result(), {});
  CHECK(contains(
      text,
      "\n\nOrder of repair (look after each step whether mail flows; consequences need no step of their "
      "own):\n"
      "  the organization\n"
      "    1. Repair the recipients: smtp:anna@contoso.test (recipients.proxy-duplicate)\n"
      "  MAIL1\n"
      "    1. Put the SMTP extensions of Exchange back: Exchange Router (KB822939.sink-disabled)\n"
      "    2. Repair the objects of the SMTP mailboxes, and mount the stores anew: " +
          gateway + " (KB828938.gateway-home-mta)\n\nFindings: "));
  Result one = sample_result();
  one.findings.resize(1);
  CHECK_FALSE(contains(text_report(one, {}), "Order of repair"));
}

TEST_CASE("text report: the order of repair is short, whatever there is to repair") {
  Result result;
  Finding finding = sample_result().findings[0];
  for (int i = 0; i < 500; ++i) {
    finding.subject.server = "MAIL" + std::to_string(i / 10);
    finding.subject.name = "SMTP (" + std::to_string(i) + ")";
    finding.fingerprint = std::to_string(i);
    result.findings.push_back(finding);
  }
  const std::string text = text_report(result, {});
  CHECK(contains(text, "anew: SMTP (0), SMTP (1), SMTP (2) and 7 more (KB828938.gateway-home-mta)\n"));
  CHECK(contains(text, "\n  ... and 30 more servers; --verbose prints them.\n"));
  TextOptions verbose;
  verbose.verbose = true;
  CHECK(contains(text_report(result, verbose), "SMTP (8), SMTP (9) (KB828938.gateway-home-mta)\n"));
}

TEST_CASE("text report: steps that an earlier finding has are not printed again") {
  Result result = sample_result();
  result.findings.resize(1);
  Finding other = result.findings[0];
  other.fingerprint = "other";
  other.remedy.steps[1] = "Set homeMTA with ADSI Edit to CN=Microsoft MTA,CN=MAIL2.";
  result.findings.push_back(other);
  other.fingerprint = "same steps, another rule";
  other.rule = "KB828938.gateway-home-mdb";
  result.findings.push_back(other);
  const std::string text = text_report(result, {});
  CHECK(occurrences(text, "Back up the object") == 1);
  CHECK(contains(text,
                 "               1. as above\n"
                 "               2. Set homeMTA with ADSI Edit to CN=Microsoft MTA,CN=MAIL2.\n"
                 "               3. as above\n"));
  CHECK(contains(text, "               steps as above for [KB828938.gateway-home-mta]\n"));
  result.findings[1].remedy.steps = result.findings[0].remedy.steps;
  result.findings[1].remedy.steps[2] = "Restart.";
  CHECK(contains(text_report(result, {}), "               1. to 2. as above\n               3. Restart.\n"));
}

TEST_CASE("text report: times are the log's, or UTC where the log has that") {
  Result result = sample_result();
  TextOptions options;
  options.verbose = true;
  CHECK(contains(text_report(result, options),
                 "12 times, 2004-03-01 10:00:00 to 2004-03-05 10:00:00 (local time of the log)\n"));
  result.findings[1].clock = exaudit::findings::Clock::utc;
  CHECK(contains(text_report(result, options), " to 2004-03-05 10:00:00 (UTC)\n"));
}

TEST_CASE("text report: a very long chain of causes is printed without exhausting the stack") {
  Result result = sample_result();
  Finding link = result.findings[1];
  result.findings.resize(1);
  for (int i = 0; i < 200'000; ++i) {
    link.explained_by = result.findings.back().fingerprint;
    link.fingerprint = std::to_string(i);
    result.findings.push_back(link);
  }
  CHECK(contains(text_report(result, {}), "... and 199,980 more; --verbose prints them."));
}

TEST_CASE("text report: long lists are cut with their true count, verbose prints all") {
  Result result = sample_result();
  const Finding one = finding_of(result, "recipients.proxy-duplicate");
  for (int i = 1; i < 1'250; ++i) {
    result.findings.push_back(one);
    result.findings.back().fingerprint = std::to_string(i);
  }
  const std::string text = text_report(result, {});
  CHECK(occurrences(text, " [recipients.proxy-duplicate]\n") == 20);
  CHECK(contains(
      text, "... and 1,230 more of [recipients.proxy-duplicate], 1,250 in all; --verbose prints them.\n"));
  CHECK(contains(text, "    ... and 2 more places, 12 in all; --verbose prints them.\n"));
  CHECK(contains(text, "\n    also at:   directory/dc1/configuration.ldf:1040\n    object:    CN=Anna 1,"));
  CHECK(occurrences(text, "    found:     SMTP:anna@contoso.test\n") == 20);  // once for each finding
  TextOptions verbose;
  verbose.verbose = true;
  const std::string all = text_report(result, verbose);
  CHECK(occurrences(all, " [recipients.proxy-duplicate]\n") == 1'250);
  CHECK_FALSE(contains(all, "--verbose prints"));
}

TEST_CASE("text report: long values are cut between characters") {
  Result result = sample_result();
  std::string umlauts = "x";
  for (int i = 0; i < 1000; ++i) umlauts += "\xC3\xA4";
  result.findings[0].evidence[0].actual = {umlauts};
  const std::string text = text_report(result, {});
  CHECK(contains(text, "\xC3\xA4 ... (2,001 bytes)\n"));
  CHECK_FALSE(contains(text, "\\xC3"));
}

TEST_CASE("text report: nothing from the evidence reaches the terminal unescaped") {
  Result result = sample_result();
  const std::string hostile = "a\x1b[2J\nexaudit: all is well\r\xE2\x80\xAE\xFF";
  result.organizations[0].name = hostile;
  for (auto& input : result.inputs) {
    input.path += hostile;
    input.machine += hostile;
    for (auto& problem : input.problems) problem.message += hostile;
  }
  for (Finding& finding : result.findings) {
    finding.message += hostile;
    finding.subject.name += hostile;
    finding.views.push_back(hostile);
    finding.remedy.summary += hostile;
    for (std::string& step : finding.remedy.steps) step += hostile;
    for (auto& evidence : finding.evidence) {
      evidence.dn += hostile;
      evidence.attribute += hostile;
      evidence.path += hostile;
      evidence.actual = {hostile};
      evidence.expected = {hostile, hostile};
    }
  }
  for (auto& row : result.verdicts) {
    row.subject.name += hostile;
    row.subject.part += hostile;
    row.why += hostile;
  }
  result.directory_servers.push_back(
      {hostile, "", hostile, hostile, exaudit::model::DirectoryServerSource::event, {}, std::nullopt});
  result.directory_servers.push_back(
      {hostile, "", "", "", exaudit::model::DirectoryServerSource::none, {}, std::nullopt});
  result.details.push_back(hostile);
  for (const bool verbose : {false, true}) {
    TextOptions options;
    options.verbose = verbose;
    options.verdicts = VerdictFilter::all;
    const std::string text = text_report(result, options);
    CHECK(exaudit::base::is_valid_utf8(text));
    CHECK(text.find_first_of("\x1b\r\x07") == std::string::npos);
    CHECK_FALSE(contains(text, "\xE2\x80\xAE"));
    CHECK_FALSE(contains(text, "\nexaudit: all is well"));
  }
}

TEST_CASE(
    "text report: which global catalog counts is said where there is a choice, or where it is another one") {
  using exaudit::model::DirectoryServerSource;
  Result result;
  result.inputs.resize(2);
  for (auto& input : result.inputs) input.kind = exaudit::facts::InputKind::ldif;
  result.inputs[0].view = result.inputs[1].view = "dc1";
  const auto row = [](const char* server, const char* host, const char* view, DirectoryServerSource source) {
    return exaudit::model::DirectoryServer{server, "", host, view, source, {}, std::nullopt};
  };
  result.directory_servers = {row("MAIL1", "dc1.contoso.test", "dc1", DirectoryServerSource::registry),
                              row("MAIL2", "dc1.contoso.test", "dc1", DirectoryServerSource::registry),
                              row("MAIL3", "", "", DirectoryServerSource::none)};
  CHECK_FALSE(contains(text_report(result, {}), "Global catalogs"));
  TextOptions verbose;
  verbose.verbose = true;
  CHECK(contains(text_report(result, verbose), "\n  view dc1 (dc1.contoso.test): MAIL1, MAIL2 [registry]\n"));

  result.directory_servers.push_back(row("MAIL4", "dc9", "", DirectoryServerSource::event));
  const std::string elsewhere = text_report(result, {});
  CHECK(contains(elsewhere, "\n  dc9, of which no view is known: MAIL4 [event 2080]\n"));
  CHECK_FALSE(contains(elsewhere, "MAIL1"));
  CHECK_FALSE(contains(elsewhere, "dsaccess.reg"));

  result.inputs[1].view = "dc2";
  const std::string several = text_report(result, {});
  CHECK(contains(several, "\n  view dc1 (dc1.contoso.test): MAIL1, MAIL2 [registry]\n"));
  CHECK(contains(several,
                 "\n  not known: MAIL3\n    on MAIL3:\n      regedit /e servers\\MAIL3\\dsaccess.reg "));
}

TEST_CASE("text report: colours only around severity words, and only when asked for") {
  CHECK_FALSE(contains(text_report(sample_result(), {}), "\x1b"));
  TextOptions options;
  options.color = true;
  const std::string text = text_report(sample_result(), options);
  CHECK(contains(text, ": \x1b[1;31mhigh\x1b[0m: "));
  CHECK(occurrences(text, "\x1b[") == 2 * sample_result().findings.size());
}

TEST_CASE("text report: the end says what was counted, damaged, foreign and not looked at") {
  const std::string text = text_report(sample_result(), {});
  CHECK(contains(text,
                 "Checks (rules x subjects): 1,234,568 passed, 3 failed, 21 not applicable, 7 not evaluated, "
                 "1 broken\n"));
  CHECK(contains(text, "Audited: organization Contoso; 5 inputs, 2 directory views, 1 machine\n"));
  CHECK(contains(text,
                 "\n  directory/dc2/configuration.ldf:88: the line has no colon and is skipped: "
                 "\"mail\\x07nickname\"\n"));
  CHECK(contains(text, "\n  directory/dc2/configuration.ldf: ... and 7 more problems\n"));
  CHECK_FALSE(contains(text, "loaded hive"));  // a remark only
  CHECK(contains(text, "\nNot evidence (2 files): notes \\x1B[31mred.txt, report.json\n"));
  CHECK(contains(text, "\n  KB840469.mta-disabled: MAIL1: an invariant broke\n"));
  CHECK(contains(text, "\nNot evaluated (7 checks)."));
  CHECK(contains(text,
                 "(ehlo), for KB822939.verbs-missing\n    on MAIL1:\n      telnet -f "
                 "servers\\MAIL1\\ehlo.txt localhost 25\n"));
  CHECK(contains(text, "on each of MAIL1, MAIL2; for the first of them:\n      copy \"%SystemRoot%"));
  CHECK(contains(text, "ldifde -f recipients.ldf -d \"DC=contoso,DC=test\" -p subtree"));
}

TEST_CASE("text report: evidence that this version cannot read is named") {
  Result result = sample_result();
  result.inputs[3].kind = exaudit::facts::InputKind::metabase_binary;
  result.inputs[3].problems.clear();
  CHECK(contains(
      text_report(result, {}),
      "\n  servers/MAIL1/services.reg: is of the kind metabase-binary, which this version cannot read\n"));
}

TEST_CASE("text report: verdicts are listed as asked for, and counted always") {
  TextOptions options;
  options.verdicts = VerdictFilter::none;
  const std::string none = text_report(sample_result(), options);
  CHECK_FALSE(contains(none, "Not evaluated ("));
  CHECK(contains(none, "7 not evaluated"));
  options.verdicts = VerdictFilter::all;
  const std::string all = text_report(sample_result(), options);
  CHECK(contains(all, "\n  KB277770.service-host: machine MAIL1 (SMTPSVC): pass\n"));
  CHECK(contains(all, "organization Contoso: 1,234,567 pass, 1 fail, 20 not-applicable, 3 not-evaluated\n"));
}

TEST_CASE("text report: an empty result says so, a timestamp is shown only when given") {
  TextOptions options;
  CHECK(text_report({}, options).starts_with("No findings.\n"));
  CHECK_FALSE(contains(text_report({}, options), "Time:"));
  options.timestamp = "2026-01-02T03:04:05Z";
  CHECK(contains(text_report({}, options), "\nTime: 2026-01-02T03:04:05Z\n"));
}

TEST_CASE("advice: every kind of evidence has a command") {
  using exaudit::findings::Need;
  for (std::size_t i = 0; i < exaudit::findings::kNeeds; ++i) {
    const auto need = static_cast<Need>(i);
    CAPTURE(std::string(exaudit::findings::need_name(need)));
    CHECK(exaudit::report::advice_for(need).need == need);
    CHECK_FALSE(exaudit::report::advice_for(need).commands.empty());
  }
}

TEST_CASE("advice: names from evidence cannot smuggle anything into a command") {
  using exaudit::report::filled;
  CHECK(filled("copy a {machine}", {"MAIL1", ""}) == "copy a MAIL1");
  for (const char* name : {"", "M & del *", "$(reboot)", "-x", "a\nb", "{machine}", "..\\x", "%PATH%"}) {
    CAPTURE(name);
    CHECK(filled("copy a {machine}", {name, ""}) == "copy a MACHINE");
  }
  CHECK(
      filled("{domain}",
             {"", "CN=Contoso (UK),CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test"}) ==
      "DC=contoso,DC=test");
  CHECK(filled("{exchange}",
               {"", "CN=C,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=x\" & del,DC=test"}) ==
        "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=FOREST");
}
