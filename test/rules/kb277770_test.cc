// KB 277770: services that run in inetinfo.exe.
#include <string>

#include <doctest/doctest.h>

#include "rules/audit_fixture.h"

using exaudit::test::audit_files;
using exaudit::test::check_fixtures;
using exaudit::test::findings_of;
using exaudit::test::only_finding;
using exaudit::test::verdicts_of;

namespace {

const std::string kDispatch = "KB277770.dispatch-entries";
const std::string kHost = "KB277770.service-host";
const std::string kStart = "KB277770.service-start-failure";
const std::string kServices = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services";

std::string key(const std::string& name, const std::string& values = "") {
  return kServices + "\\" + name + "\r\n" + values + "\r\n";
}

std::string service(const std::string& name,
                    const std::string& image = "C:\\WINDOWS\\System32\\inetsrv\\inetinfo.exe") {
  return key(name, "    Start\tREG_DWORD\t0x2\r\n    ImagePath\tREG_EXPAND_SZ\t" + image + "\r\n");
}

std::string dispatch(const std::string& members) {
  return key("InetInfo") +
         key("InetInfo\\Parameters", "    DispatchEntries\tREG_MULTI_SZ\t" + members + "\r\n");
}

// An export of the whole Services key with reg query /s.
auto exported(const std::string& keys) {
  return audit_files(
      {{"servers/MAIL1/services.txt", "\r\n! REG.EXE VERSION 3.0\r\n\r\n" + kServices + "\r\n\r\n" + keys}});
}

const std::string kBoth = service("RESvc") + service("SMTPSVC");

}  // namespace

TEST_CASE("KB277770: fixtures") {
  check_fixtures("kb277770",
                 {{"KB277770.dispatch-entries", "medium lacks MAIL1 RESvc", "registry-services"},
                  {"KB277770.service-host", "high other-executable MAIL1 SMTPSVC", "registry-services"},
                  {"KB277770.service-start-failure", "high 1083 MAIL1 RESvc", "events-system"}});
}

TEST_CASE("KB277770.dispatch-entries: members compare without letter case and order") {
  CHECK(findings_of(exported(dispatch("smtpsvc\\0RESVC\\0\\0") + kBoth)) == "");
  CHECK(findings_of(exported(dispatch("Resvc\\0Other\\0SMTPSVC\\0\\0") + kBoth)) == "");
  CHECK(findings_of(exported(dispatch("Smtpsvc2\\0Resvc\\0\\0") + kBoth)) ==
        "medium " + kDispatch + " lacks MAIL1 Smtpsvc");
}

TEST_CASE("KB277770.dispatch-entries: only installed services can be lacking, and LDAP is a remark") {
  const std::string all =
      kBoth + service("Imap4svc") + service("LDAPSVC") + service("NntpSvc") + service("POP3Svc");
  CHECK(findings_of(exported(dispatch("Smtpsvc\\0Resvc\\0\\0") + kBoth)) == "");
  CHECK(findings_of(exported(dispatch("Smtpsvc\\0\\0") + all)) ==
        "info " + kDispatch + " lacks MAIL1 Ldapsvc\nmedium " + kDispatch + " lacks MAIL1 Imap4svc\nmedium " +
            kDispatch + " lacks MAIL1 Nntpsvc\nmedium " + kDispatch + " lacks MAIL1 Pop3svc\nmedium " +
            kDispatch + " lacks MAIL1 RESvc");
}

TEST_CASE("KB277770.dispatch-entries: no source says that a healthy server has the value") {
  CHECK(findings_of(exported(kBoth)) == "");
  CHECK(findings_of(exported(key("InetInfo\\Parameters") + kBoth)) == "");
  CHECK(findings_of(exported(dispatch("\\0\\0") + kBoth)) == "");
  CHECK(verdicts_of(exported(key("InetInfo\\Parameters", "    ListenBackLog\tREG_DWORD\t0x19\r\n") + kBoth),
                    kDispatch) == "MAIL1 not-applicable");
}

TEST_CASE("KB277770.dispatch-entries: the article also calls it a key") {
  const std::string as_key =
      key("InetInfo\\Parameters") + key("InetInfo\\Parameters\\DispatchEntries", "    Smtpsvc\tREG_SZ\t\r\n");
  CHECK(findings_of(exported(as_key + kBoth)) == "medium " + kDispatch + " lacks MAIL1 RESvc");
}

TEST_CASE("KB277770.service-host: how the path of the executable may be written") {
  const auto runs_in = [](const std::string& image) {
    return findings_of(exported(service("RESvc") + service("SMTPSVC", image)));
  };
  const std::string wrong = "high " + kHost + " other-executable MAIL1 SMTPSVC";
  for (const std::string image :
       {"%SystemRoot%\\System32\\inetsrv\\inetinfo.exe", "C:\\WINNT\\system32\\inetsrv\\INETINFO.EXE",
        "\"C:\\Program Files\\inetsrv\\inetinfo.exe\" -k", "inetinfo.exe",
        "C:\\WINNT\\inetinfo.exe -e smtp"}) {
    CAPTURE(image);
    CHECK(runs_in(image) == "");
  }
  for (const std::string image : {"C:\\WINDOWS\\System32\\dllhost.exe", "C:\\inetinfo.exe\\svchost.exe",
                                  "\"C:\\x\\notinetinfo.exe\""}) {
    CAPTURE(image);
    CHECK(runs_in(image) == wrong);
  }
  CHECK(only_finding(exported(service("RESvc", "dllhost.exe") + service("SMTPSVC")), kHost).subject.part ==
        "RESvc");
}

TEST_CASE("KB277770.service-start-failure: the message that the Services console shows") {
  const auto shown = [](const std::string& error) {
    return findings_of(
        audit_files({{"servers/MAIL1/mail.txt",
                      "Symptom 4:\r\nCould not start the Microsoft Exchange Routing Engine service on "
                      "Local Computer. Error " +
                          error + ": The text of the error.\r\n"}}));
  };
  CHECK(shown("1083") == "high " + kStart + " 1083 MAIL1 RESvc");
  CHECK(shown("1069") == "");
}

TEST_CASE("KB277770.service-start-failure: an error in a language that hides its number is not passed over") {
  const auto logged = [](const std::string& text) {
    return audit_files({{"servers/MAIL1/system.txt",
                         "14.03.2006\t10:00:00\tService Control Manager\tFehler\tKeine\t7000\tN/A\tMAIL1\t" +
                             text + " \r\n"}});
  };
  CHECK(
      verdicts_of(logged("Der Dienst \"SMTP\" wurde nicht gestartet: Das Programm enth\xC3\xA4lt ihn nicht."),
                  kStart) == "MAIL1 not-evaluated (events-system)");
  CHECK(verdicts_of(
            logged("The SMTP service failed to start due to the following error: The system cannot find "
                   "the file specified."),
            kStart) == "MAIL1 pass");
  CHECK(findings_of(logged("Der Dienst \"SMTPSVC\" wurde nicht gestartet: %%1083")) ==
        "high " + kStart + " 1083 MAIL1 SMTPSVC");
  // Neither quotes nor an English sentence around the name.
  CHECK(findings_of(logged("Simple Mail Transfer Protocol (SMTP) \xE3\x81\xAF: %%1083")) ==
        "high " + kStart + " 1083 MAIL1 SMTPSVC");
  CHECK(only_finding(logged("%%1083"), kStart).message.starts_with("a service on MAIL1 did not start"));
}
