// KB 840469: MTA Stacks and the SMTP service; the number with which KB 247130 announces itself.
#include <string>

#include <doctest/doctest.h>

#include "rules/audit_fixture.h"

using exaudit::audit::Options;
using exaudit::test::audit_files;
using exaudit::test::check_fixtures;
using exaudit::test::edited;
using exaudit::test::Files;
using exaudit::test::findings_of;
using exaudit::test::kConnections;
using exaudit::test::kGateway;
using exaudit::test::kGatewayDn;
using exaudit::test::kGuid;
using exaudit::test::kMta;
using exaudit::test::kOrg;
using exaudit::test::kStore;
using exaudit::test::only_finding;
using exaudit::test::record;
using exaudit::test::small_site;
using exaudit::test::verdicts_of;
using exaudit::test::with_value;
using exaudit::test::without_record;

namespace {

const std::string kStart = "KB840469.mta-start-failure";
const std::string kDead = "high " + kStart + " -2147219168 MAIL1";

std::string event(const std::string& source, int id, const std::string& text,
                  const std::string& day = "3/14/2006") {
  return day + "\t10:00:00 AM\t" + source + "\tError\tNone\t" + std::to_string(id) + "\tN/A\tMAIL1\t" + text +
         " \r\n";
}

std::string unexpected(const std::string& error, const std::string& day = "3/14/2006") {
  return event("MSExchangeMTA", 9405,
               "An unexpected error has occurred which may cause the MTA to terminate. Error: " + error +
                   ". [BASE MAIN BASE 1] (16)",
               day);
}
const std::string kInit = "Init Routing API returned error ";
const std::string kLogon =
    event("MSExchangeTransport", 326,
          "Service Account failed to logon to the store as /o=Contoso/ou=First Administrative "
          "Group/cn=Configuration/cn=Connections/cn=SMTP (MAIL1)/cn=" +
              kGuid + ". Error code : 0x80040148.");
const std::string kNoise =
    event("MSExchangeMTA", 9406, "There is not enough Performance Monitor memory. [BASE MAIN BASE 1] (14)");

auto logged(const std::string& events, const Files& more = {}) {
  Files files = {{"servers/MAIL1/application.txt", events}};
  files.insert(files.end(), more.begin(), more.end());
  return audit_files(files);
}
Files with_site(const std::string& ldif = small_site()) { return {{"directory/a.ldf", ldif}}; }

// The disabled service on a machine of an organization whose entry has this line.
auto disabled(const std::string& organization_line, const std::string& version = "Version 6.5") {
  std::string site = with_value(small_site(), kOrg, "msExchMixedMode", organization_line);
  site = edited(site, "Version 6.5", version);
  return audit_files({{"directory/a.ldf", site},
                      {"servers/MAIL1/services.reg",
                       "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\"
                       "MSExchangeMTA]\r\n\"Start\"=dword:00000004\r\n"}});
}

}  // namespace

TEST_CASE("KB840469: fixtures") {
  check_fixtures("kb840469",
                 {{"KB840469.mta-disabled", "low disabled MAIL1", "registry-services service-states"},
                  {"KB840469.mta-not-running", "medium stopped MAIL1", "service-states"},
                  {"KB840469.mta-start-failure", "high -2147219168 MAIL1", "events-application"}});
}

TEST_CASE("KB840469.mta-start-failure: only Init Routing API with its number") {
  CHECK(findings_of(logged(unexpected(kInit + "-2147219168"))) == kDead);
  CHECK(findings_of(logged(unexpected(kInit + "-1073478766"))) ==
        "high KB247130.mta-start-failure -1073478766 MAIL1");
  for (const std::string& other :
       {kInit + "-2147219169", kInit + "2147219168", std::string("-2147219168"), std::string("3909")}) {
    CAPTURE(other);
    CHECK(findings_of(logged(unexpected(other))) == "");
  }
  CHECK(findings_of(logged(edited(unexpected(kInit + "-2147219168"), "MSExchangeMTA", "ESE"))) == "");
}

TEST_CASE("KB840469.mta-start-failure: what accompanies it is shown, and nothing alone") {
  CHECK(findings_of(logged(kNoise)) == "");
  const auto result = logged(kNoise + unexpected(kInit + "-2147219168"));
  CHECK(findings_of(result) == kDead);
  const auto& finding = only_finding(result, kStart);
  CHECK(finding.count == 1);
  REQUIRE(finding.evidence.size() == 2);
  CHECK(finding.evidence[0].at.line == 2);  // the event itself comes first
  CHECK(finding.evidence[1].at.line == 1);
}

TEST_CASE("KB840469.mta-start-failure: old is not now") {
  const std::string newest = event("MSExchangeMTA", 9406, "Text.", "6/1/2006");
  CHECK(findings_of(logged(unexpected(kInit + "-2147219168") + newest)) == "info " + kStart + " old MAIL1");
  Options patient;
  patient.event_window_days = 365;
  CHECK(findings_of(audit_files(
            {{"servers/MAIL1/application.txt", unexpected(kInit + "-2147219168") + newest}}, patient)) ==
        kDead);
}

TEST_CASE("KB840469 or KB 828938: the directory objects decide what 0x80040148 means") {
  const std::string events = kLogon + unexpected(kInit + "-2147219168");
  const std::string logon = "  high KB828938.store-logon-failure 0x80040148 " + kStore + " 0x80040148\n";
  CHECK(findings_of(logged(events, with_site())) == logon + kDead);
  CHECK(findings_of(logged(events, with_site(without_record(small_site(), kGatewayDn)))) ==
        logon + "high KB828938.gateway-missing missing " + kStore + "\n" + kDead);
  // Without a directory nobody can tell, and the finding says so.
  const auto blind = logged(events);
  const auto& unchecked = only_finding(blind, "KB828938.store-logon-failure");
  CHECK(unchecked.explained_by == only_finding(blind, kStart).fingerprint);
  CHECK(unchecked.message.find("were not checked") != std::string::npos);
  // So does one whose store is known, but not its gateway.
  const std::string unread = without_record(without_record(small_site(), kGatewayDn), kConnections);
  const auto half = logged(kLogon, with_site(unread));
  if (verdicts_of(half, "KB828938.gateway-missing").find("not-evaluated") != std::string::npos) {
    CHECK(only_finding(half, "KB828938.store-logon-failure").message.find("were not checked") !=
          std::string::npos);
  }
  const auto seen = logged(kLogon, with_site());
  CHECK(only_finding(seen, "KB828938.store-logon-failure").message.find("were not checked") ==
        std::string::npos);
}

TEST_CASE("KB840469.mta-start-failure: a deleted MTA object is its own cause") {
  const auto result =
      logged(unexpected(kInit + "-1073478766"), with_site(without_record(small_site(), kMta)));
  CHECK(only_finding(result, "KB247130.mta-start-failure").explained_by ==
        only_finding(result, "KB247130.mta-missing").fingerprint);
}

TEST_CASE("KB840469.mta-disabled: where MTA Stacks may be disabled") {
  const std::string rule = "KB840469.mta-disabled";
  CHECK(verdicts_of(disabled("msExchMixedMode: TRUE"), rule) == "MAIL1 fail");
  CHECK(verdicts_of(disabled("msExchMixedMode: FALSE"), rule) == "MAIL1 not-applicable");
  CHECK(verdicts_of(disabled("msExchMixedMode: FALSE", "Version 6.0"), rule) == "MAIL1 fail");
}
