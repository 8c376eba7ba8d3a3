// KB 822939: the fixtures, verbs and services. The event bindings: kb822939_sinks_test.cc.
#include <string>

#include <doctest/doctest.h>

#include "rules/audit_fixture.h"

using exaudit::test::audit_files;
using exaudit::test::check_fixtures;
using exaudit::test::edited;
using exaudit::test::Files;
using exaudit::test::findings_of;
using exaudit::test::kServer;
using exaudit::test::only_finding;
using exaudit::test::small_site;
using exaudit::test::verdicts_of;
using exaudit::test::with_value;

namespace {

const std::string kVerbs = "KB822939.verbs-missing";
const std::string kBanner =
    "220 mail1.contoso.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready \r\n";

// A session of telnet; `keywords` with a blank between each other, "_" for a blank inside.
std::string session(const std::string& keywords, const std::string& client = "127.0.0.1",
                    const std::string& banner = kBanner) {
  std::string text = banner + "ehlo\r\n250-mail1.contoso.test Hello [" + client + "]\r\n250-";
  for (const char c : keywords) {
    if (c == ' ') {
      text += "\r\n250-";
    } else {
      text += c == '_' ? ' ' : c;
    }
  }
  return text + "\r\n250 OK\r\n";
}

const std::string kAll =
    "SIZE X-EXPS_GSSAPI_NTLM_LOGIN X-EXPS=LOGIN AUTH_GSSAPI_NTLM_LOGIN AUTH=LOGIN X-LINK2STATE XEXCH50";

auto heard(const std::string& transcript, const Files& more = {}) {
  Files files = {{"servers/MAIL1/ehlo.txt", transcript}};
  files.insert(files.end(), more.begin(), more.end());
  return audit_files(files);
}

std::string key(const std::string& name, const std::string& values = "") {
  return "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services" + name + "]\r\n" + values + "\r\n";
}
const std::string kInetinfo =
    "\"Start\"=dword:00000002\r\n\"ImagePath\"=\"C:\\\\WINDOWS\\\\inetinfo.exe\"\r\n";
const std::string kRouting = key("\\RESvc", kInetinfo);
const std::string kSmtp = key("\\SMTPSVC", kInetinfo);

auto exported(const std::string& keys, const Files& more = {}) {
  Files files = {{"servers/MAIL1/services.reg", "REGEDIT4\r\n\r\n" + keys}};
  files.insert(files.end(), more.begin(), more.end());
  return audit_files(files);
}

}  // namespace

TEST_CASE("KB822939: fixtures") {
  check_fixtures(
      "kb822939",
      {{"KB822939.auth-verbs", "info not-advertised MAIL1", "ehlo"},
       {"KB822939.imc-key", "medium present MAIL1", "registry-services"},
       {"KB822939.metabase-backup", "info old MAIL1", "metabase-backup"},
       {"KB822939.no-bindings", "high none MAIL1", "metabase"},
       {"KB822939.service-disabled", "high disabled MAIL1 IISADMIN", "registry-services service-states"},
       {"KB822939.service-stopped", "medium stopped MAIL1 RESvc", "service-states"},
       {"KB822939.sink-disabled",
        "medium disabled SmtpSvc/1 Exchange SMTP Protocol XEXCH50 RCPT Response Sink", "metabase",
        "info KB822939.sinks-missing family-incomplete SmtpSvc/1 XEXCH50"},
       {"KB822939.sinks-missing", "high family-missing SmtpSvc/1 router", "metabase"},
       {"KB822939.smtp-service-absent", "high registry MAIL1", "metabase registry-services"},
       {"KB822939.unroutable-report", "info sequence MAIL1", ""},
       {"KB822939.verbs-missing", "high windows-smtp-only MAIL1", "ehlo"}});
}

TEST_CASE("KB822939.verbs-missing: which keywords count") {
  CHECK(findings_of(heard(session(kAll))) == "");
  CHECK(findings_of(heard(
            session("size x-exps_gssapi x-exps=login auth_login auth=login x-link2state xexch50"))) == "");
  // AUTH is no sign of Exchange.
  CHECK(findings_of(heard(session("SIZE AUTH_GSSAPI_NTLM_LOGIN AUTH=LOGIN"))) ==
        "high " + kVerbs + " windows-smtp-only MAIL1");
  CHECK(findings_of(heard(session(edited(kAll, " XEXCH50", "")))) == "high " + kVerbs + " incomplete MAIL1");
  CHECK(findings_of(heard(session(edited(kAll, "X-LINK2STATE", "X-LINK2STATES")))) ==
        "high " + kVerbs + " incomplete MAIL1");
}

TEST_CASE("KB822939.verbs-missing: a firewall may hide verbs on the way") {
  const std::string far = "192.0.2.77";
  CHECK(findings_of(heard(session(edited(kAll, " XEXCH50", ""), far))) ==
        "medium " + kVerbs + " incomplete MAIL1");
  CHECK(findings_of(heard(session("SIZE", far))) == "high " + kVerbs + " windows-smtp-only MAIL1");
  // What was heard on the machine itself counts.
  CHECK(findings_of(heard(session("SIZE", far), {{"servers/MAIL1/local.txt", session(kAll)}})) == "");
  CHECK(findings_of(heard(session(kAll, far), {{"servers/MAIL1/local.txt", session("SIZE")}})) ==
        "high " + kVerbs + " windows-smtp-only MAIL1");
}

TEST_CASE("KB822939.verbs-missing: which machines are judged") {
  const std::string unknown = "MAIL1 not-evaluated (directory registry-services)";
  const auto from = [](const std::string& banner, const Files& more = {}) {
    return verdicts_of(
        heard(session("SIZE XEXCH50", "127.0.0.1", "220 mail1.contoso.test " + banner + " ready\r\n"), more),
        kVerbs);
  };
  const std::string five = "ESMTP Server (Microsoft Exchange Internet Mail Service 5.5.2653.13)";
  CHECK(from("Microsoft ESMTP MAIL Service, Version: 5.0.2195.6713") == "MAIL1 fail");
  CHECK(from("Microsoft ESMTP MAIL Service, Version: 8.0.1") == unknown);
  CHECK(from("ESMTP Postfix") == unknown);
  CHECK(from(five) == unknown);
  // The directory knows better than any banner.
  CHECK(from("ESMTP Scanner", {{"directory/a.ldf", small_site()}}) == "MAIL1 fail");
  const std::string old = with_value(small_site(), kServer, "serialNumber",
                                     "serialNumber: Version 5.5 (Build 2653.23: Service Pack 4)");
  CHECK(from(five, {{"directory/a.ldf", old}}) == "MAIL1 not-applicable");
  CHECK(from("Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959", {{"directory/a.ldf", old}}) ==
        "MAIL1 not-applicable");
  // A known server without a reply.
  CHECK(verdicts_of(audit_files({{"directory/a.ldf", small_site()}}), kVerbs) ==
        "MAIL1 not-evaluated (ehlo)");
}

TEST_CASE("KB822939.auth-verbs: names what is not advertised") {
  const std::string rule = "KB822939.auth-verbs";
  const auto lacking = [&](const std::string& keywords) {
    return only_finding(heard(session(keywords)), rule).evidence.at(0).expected.value();
  };
  CHECK(lacking(edited(kAll, " AUTH=LOGIN", "")) == std::vector<std::string>{"AUTH=LOGIN"});
  CHECK(lacking(edited(kAll, " X-EXPS=LOGIN", "")) == std::vector<std::string>{"X-EXPS=LOGIN"});
  CHECK(lacking(edited(edited(kAll, " AUTH_GSSAPI_NTLM_LOGIN", ""), " AUTH=LOGIN", "")) ==
        std::vector<std::string>{"AUTH", "AUTH=LOGIN"});
}

TEST_CASE("KB822939.smtp-service-absent: what proves that the service is not installed") {
  const std::string rule = "KB822939.smtp-service-absent";
  const std::string unknown = "MAIL1 not-evaluated (metabase registry-services)";
  const std::string metabase =
      "<?xml version =\"1.0\"?>\n<configuration><MBProperty>\n<IIsComputer\tLocation "
      "=\"/LM\"></IIsComputer>\n";
  const std::string end = "</MBProperty></configuration>\n";
  const auto with_metabase = [&](const std::string& text, const std::string& keys) {
    return exported(keys, {{"servers/MAIL1/MetaBase.xml", text}});
  };
  CHECK(verdicts_of(exported(key("") + kRouting), rule) == "MAIL1 fail");
  CHECK(verdicts_of(exported(key("") + kRouting + kSmtp), rule) == "MAIL1 pass");
  CHECK(verdicts_of(exported(kRouting), rule) == unknown);  // its parent was not exported
  CHECK(only_finding(with_metabase(metabase + end, kRouting + kSmtp), rule).reason == "metabase");
  CHECK(only_finding(with_metabase(metabase + end, key("") + kRouting), rule).reason ==
        "metabase");  // the first reason counts
  CHECK(only_finding(exported(key("") + kRouting), rule).reason == "registry");
  CHECK(verdicts_of(with_metabase(edited(metabase, "\"/LM\"", "\"/LM/W3SVC\"") + end, kRouting), rule) ==
        unknown);
  CHECK(verdicts_of(with_metabase(metabase, kRouting), rule) == unknown);  // the end of the file is missing
}

TEST_CASE("KB822939.imc-key: with and without the SMTP service") {
  const std::string imc = key("\\MSExchangeIMC");
  CHECK(findings_of(exported(key("") + kRouting + kSmtp + imc)) == "medium KB822939.imc-key present MAIL1");
  CHECK(
      findings_of(exported(key("") + kRouting + imc)) ==
      "  high KB822939.smtp-service-absent registry MAIL1\nhigh KB822939.imc-key present-smtp-removed MAIL1");
  // Whether SMTPSVC is gone is not known here: the parent was not exported.
  CHECK(findings_of(exported(kRouting + imc)) == "medium KB822939.imc-key present MAIL1");
  CHECK(verdicts_of(exported(key("") + kRouting + kSmtp), "KB822939.imc-key") == "MAIL1 pass");
  // A subkey alone proves its parent.
  CHECK(findings_of(exported(kRouting + kSmtp + key("\\MSExchangeIMC\\Parameters"))) ==
        "medium KB822939.imc-key present MAIL1");
  // On a 5.5 server the key is at home.
  const std::string setup =
      "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Exchange\\Setup]\r\n\"Services "
      "Version\"=dword:00000037\r\n\r\n";
  CHECK(verdicts_of(exported(setup + key("") + imc), "KB822939.imc-key") == "MAIL1 not-applicable");
}

TEST_CASE("KB822939.service-disabled: each of the three services") {
  const auto with_start = [](const std::string& service, const std::string& start) {
    return findings_of(exported(
        key("") +
        edited(key("\\RESvc") + key("\\SMTPSVC", kInetinfo) + key("\\IISADMIN"),
               key("\\" + service, service == "SMTPSVC" ? kInetinfo : ""),
               key("\\" + service, "\"ImagePath\"=\"inetinfo.exe\"\r\n\"Start\"=" + start + "\r\n"))));
  };
  for (const std::string service : {"SMTPSVC", "RESvc", "IISADMIN"}) {
    CAPTURE(service);
    CHECK(with_start(service, "dword:00000004") ==
          "high KB822939.service-disabled disabled MAIL1 " + service);
    CHECK(with_start(service, "dword:00000003") == "");
    CHECK(with_start(service, "dword:") == "");  // not readable, so not observed
  }
}

TEST_CASE("KB822939: an unknown machine is not judged") {
  CHECK(verdicts_of(exported(key("") + kSmtp), "KB822939.imc-key") ==
        "MAIL1 not-evaluated (directory registry-services)");
  CHECK(findings_of(exported(key("") + kSmtp + key("\\MSExchangeIMC"))) == "");
}
