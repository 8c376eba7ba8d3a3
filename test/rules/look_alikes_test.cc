// Events that look like those of the articles and have other causes: nothing is reported, in whatever form
// the log arrives.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "rules/audit_fixture.h"
#include "support/event_forms.h"

using exaudit::test::audit_files;
using exaudit::test::binary_form;
using exaudit::test::edited;
using exaudit::test::findings_of;
using exaudit::test::kGuid;
using exaudit::test::LoggedEvent;
using exaudit::test::rendered_forms;
using exaudit::test::small_site;

namespace {

const std::string kLocator = ". [BASE MAIN BASE 1] (16)";

LoggedEvent mta(std::uint32_t id, const std::string& text, std::vector<std::string> strings = {}) {
  return {"MSExchangeMTA", id, text + kLocator, std::move(strings)};
}

LoggedEvent unexpected(const std::string& error) {
  return mta(9405, "An unexpected error has occurred which may cause the MTA to terminate. Error: " + error,
             {error, "BASE", "MAIN BASE", "1"});
}

LoggedEvent interface_failure(const std::string& name, const std::string& code) {
  return {"MSExchangeIS",
          1194,
          "Accept clients on external interface " + name + " failed with error " + code + ".",
          {name, code}};
}

LoggedEvent store_call(const std::string& call, const std::string& code) {
  return {"MSExchangeTransport",
          327,
          "The following call : " + call + " to the store failed. Error code : " + code +
              " . MDB : " + kGuid + ". FID : . MID : . File : .",
          {call, code}};
}

// What each stands for, and the events.
struct LookAlike {
  std::string what;
  std::vector<LoggedEvent> events;
};

const std::vector<LookAlike> kLookAlikes = {
    {"KB 836565: stores were being mounted", {interface_failure("MAPIRPC", "0x4b1")}},
    {"1194 for other interfaces and errors",
     {interface_failure("POP3", "0x80004005"), interface_failure("NNTP", "0x80004005"),
      interface_failure("MAPIRPC", "0x80004005"), interface_failure("SMTP", "0x4b1")}},
    {"KB 154337: files of MTADATA are missing", {unexpected("3909")}},
    {"9405 with other texts",
     {unexpected("Init Routing API returned error -2147024882"), unexpected("out of memory -2147219168"),
      unexpected("Another API returned error -2147219168")}},
    {"9406 alone", {mta(9406, "There is not enough Performance Monitor memory", {"BASE", "MAIN BASE", "1"})}},
    {"KB 163295: the MTA was not shut down cleanly",
     {mta(2219, "The MTA is running recovery on the internal message database"),
      mta(2206, "The MTA database recovery operation is now checking queue: XAPIWRKQ",
          {"XAPIWRKQ", "01000020"}),
      mta(2207, "The MTA database recovery operation has completed successfully"),
      mta(9406, "There is not enough Performance Monitor memory")}},
    {"137 and 324 without 9405",
     {mta(137, "A fatal directory error occurred"),
      {"MSExchangeTransport",
       324,
       "Instance 1 failed to initialize. Error code : 0x80040148.",
       {"1", "0x80040148"}}}},
    {"KB 951558: a References header above 8 KB", {store_call("EcLocallyDeliverMsg", "-2147024882")}},
    {"KB 328671: another fault of the store, with the same report #5.0.0",
     {store_call("EcLocallyDeliverMsg", "-1017"),
      store_call("EcLocallyDeliverMsg", "-1310"),
      {"MSExchangeTransport",
       1706,
       "EXPS is temporarily unable to provide protocol security with \"MAIL2\". \"CSessionContext\" called "
       "\"HrServerNegotiateAuth\" which failed with error code 0x8009030c ( x@1 ).",
       {"MAIL2", "CSessionContext", "HrServerNegotiateAuth", "0x8009030c", "x", "1"}}}},
    {"326 with another code",
     {{"MSExchangeTransport",
       326,
       "Service Account failed to logon to the store as /o=Contoso/ou=First Administrative "
       "Group/cn=Configuration/cn=Connections/cn=SMTP (MAIL1)/cn=" +
           kGuid + ". Error code : 0x8004011d.",
       {"Service Account", "/o=Contoso/cn=SMTP (MAIL1)/cn=" + kGuid, "0x8004011d"}}}},
    {"KB 279537 and KB 280449: the other server is not reached",
     {mta(9318,
          "Unable to bind over RPC. Locality Table (LTAB) index: 5, NT/MTA error code: 1722. Comms error "
          "1722",
          {"5", "1722", "1722", "0", "MAIL2"}),
      mta(9322, "MtaBindBack over RPC failed", {"MAIL2", "1722"})}},
    {"9321 with another error, 9266 alone",
     {mta(9321, "An attempt to listen over RPC has failed. NT Error: 1722", {"1722", "BASE"}),
      mta(9266, "A fatal system error occurred while initializing the MTA")}},
    {"KB 322308: permissions of a user object",
     {{"MSExchangeIS",
       9554,
       "Unable to update Mailbox SD in the DS. Mailbox GUID: " + kGuid + ". Error Code 0x80040102",
       {kGuid, "0x80040102"}}}},
    {"7000 with other errors, 7023, 7031",
     {{"Service Control Manager",
       7000,
       "The Microsoft Exchange POP3 service failed to start due to the following error: The service did not "
       "respond "
       "to the start or control request in a timely fashion.",
       {"Microsoft Exchange POP3", "%%1053"}},
      {"Service Control Manager",
       7023,
       "The X service terminated with the following error: %%1",
       {"X", "%%1"}},
      {"Service Control Manager",
       7031,
       "The IIS Admin Service service terminated unexpectedly. It has done this 1 time(s).",
       {"IIS Admin Service", "1"}}}},
    {"116 of RESVC (KB 841576)", {{"RESVC", 116, "HRESULT = 0x8004010f.", {"0x8004010f"}}}},
    {"KB 818222: a remote firewall blocks XEXCH50",
     {{"SmtpEvt", 20031, "The command XEXCH50 was blocked.", {"XEXCH50"}},
      {"smtpsvc",
       4000,
       "Message delivery to the remote domain 'fabrikam.test' failed. The error message is 'XEXCH50 was "
       "refused'",
       {"fabrikam.test", "XEXCH50 was refused"}}}},
    {"the numbers of the articles under other sources",
     {{"MSExchangeIS", 326, "0x80040148", {"0x80040148"}},
      {"ESE",
       9405,
       "Init Routing API returned error -2147219168" + kLocator,
       {"Init Routing API returned error "
        "-2147219168"}},
      {"W3SVC", 1194, "SMTP 0x80004005", {"SMTP", "0x80004005"}}}},
};

const std::string kGreeting =
    "220 mail1.contoso.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready\r\n"
    "250-mail1.contoso.test Hello [127.0.0.1]\r\n250-SIZE\r\n250-X-EXPS GSSAPI NTLM "
    "LOGIN\r\n250-X-EXPS=LOGIN\r\n"
    "250-AUTH GSSAPI NTLM LOGIN\r\n250-AUTH=LOGIN\r\n250-X-LINK2STATE\r\n250-XEXCH50\r\n250 OK\r\n";

}  // namespace

TEST_CASE("look-alikes: nothing is reported, in every form") {
  for (const LookAlike& each : kLookAlikes) {
    CAPTURE(each.what);
    auto forms = rendered_forms(each.events);
    forms.push_back(binary_form(each.events));
    for (const auto& [name, content] : forms) {
      const std::string_view this_name = name;  // clang 14 captures no structured binding
      CAPTURE(this_name);
      CHECK(findings_of(audit_files({{"servers/MAIL1/" + name, content}})) == "");
      // Beside a healthy directory and a server that shows its verbs.
      CHECK(findings_of(audit_files({{"servers/MAIL1/" + name, content},
                                     {"servers/MAIL1/ehlo.txt", kGreeting},
                                     {"directory/a.ldf", small_site()}})) == "");
    }
  }
}

TEST_CASE("look-alikes: all of them together are not the fault either") {
  std::vector<LoggedEvent> all;
  for (const LookAlike& each : kLookAlikes) all.insert(all.end(), each.events.begin(), each.events.end());
  auto forms = rendered_forms(all);
  forms.push_back(binary_form(all));
  for (const auto& [name, content] : forms) {
    const std::string_view this_name = name;  // clang 14 captures no structured binding
    CAPTURE(this_name);
    CHECK(findings_of(audit_files({{"servers/MAIL1/" + name, content}})) == "");
  }
  // The test can fail: one number more, and it is.
  const std::string text = edited(rendered_forms(all)[0].second, "NT Error: 1722", "NT Error: 11004");
  CHECK(findings_of(audit_files({{"servers/MAIL1/log.txt", text}})) ==
        "high KB279415.rpc-listen-failure 11004 MAIL1");
}

TEST_CASE("look-alikes: XEXCH50 that is not sent to others is still offered to them") {
  // KB 818222: the key keeps the server from sending it; its own verbs stay.
  const std::string key =
      "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SMTPSVC]\r\n\"Start\"=dword:"
      "00000002\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SMTPSVC\\XEXCH50]\r\n"
      "\"Suppress\"=dword:00000001\r\n";
  CHECK(findings_of(audit_files({{"servers/MAIL1/services.reg", key},
                                 {"servers/MAIL1/ehlo.txt", kGreeting},
                                 {"directory/a.ldf", small_site()}})) == "");
}
