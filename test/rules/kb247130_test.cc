// KB 247130: the MTA object of a server, and its routing group.
#include <string>

#include <doctest/doctest.h>

#include "rules/audit_fixture.h"

using exaudit::test::audit_files;
using exaudit::test::check_fixtures;
using exaudit::test::edited;
using exaudit::test::findings_of;
using exaudit::test::kConfiguration;
using exaudit::test::kGateway;
using exaudit::test::kGatewayDn;
using exaudit::test::kGroup;
using exaudit::test::kMta;
using exaudit::test::kServer;
using exaudit::test::only_finding;
using exaudit::test::record;
using exaudit::test::small_site;
using exaudit::test::verdicts_of;
using exaudit::test::with_value;
using exaudit::test::without_record;

namespace {

const std::string kMissing = "KB247130.mta-missing";
const std::string kRouting = "KB247130.mta-routing-group";
const std::string kDeletedMta =
    "CN=Microsoft MTA\\0ADEL:0a1b2c3d-0000-4000-8000-000000000001,CN=Deleted Objects," + kConfiguration;
const std::string kFirst = "CN=First Routing Group,CN=Routing Groups," + kGroup;

std::string verdict(const std::string& ldif, const std::string& rule) {
  return verdicts_of(audit_files({{"directory/a.ldf", ldif}}), rule);
}

std::string named(const std::string& ldif, const std::string& mta) {
  return with_value(ldif, kServer, "msExchResponsibleMTAServer", "msExchResponsibleMTAServer: " + mta);
}

// Routing group with these members, and a second server that is in it.
std::string routing(const std::string& line) {
  return record("CN=Routing Groups," + kGroup, "top container msExchRoutingGroupContainer") +
         record(kFirst, "top container msExchRoutingGroup", {line});
}

}  // namespace

TEST_CASE("KB247130: fixtures") {
  check_fixtures("kb247130",
                 {{"KB247130.mta-missing", "high missing MAIL1", "directory"},
                  {"KB247130.mta-routing-group", "medium missing MAIL2", "directory"},
                  {"KB247130.mta-start-failure", "high -1073478766 MAIL1", "events-application"}});
}

TEST_CASE("KB247130.mta-missing: below the server, or named by it") {
  const std::string none = without_record(small_site(), kMta);
  CHECK(verdict(small_site(), kMissing) == "MAIL1 pass");
  CHECK(verdict(none, kMissing) == "MAIL1 fail");
  const std::string other = edited(kMta, "MAIL1", "MAIL2");
  CHECK(verdict(named(none, other) + record(other, "top mTA"), kMissing) == "MAIL1 pass");
  CHECK(verdict(named(none, kDeletedMta), kMissing) == "MAIL1 fail");
  CHECK(verdict(named(none, kMta), kMissing) ==
        "MAIL1 fail");  // the server's container was read: it is not there
  CHECK(verdict(named(none, other), kMissing) == "MAIL1 not-evaluated (directory)");
  // An MTA of another class is none; the configuration of the MTA is no MTA.
  CHECK(verdict(edited(small_site(), "objectClass: mTA\n", "objectClass: mTACfg\n"), kMissing) ==
        "MAIL1 fail");
}

TEST_CASE("KB247130.mta-missing: explains gateways that point to the deleted MTA") {
  const std::string none = without_record(small_site(), kMta);
  const std::string deleted = with_value(none, kGatewayDn, "homeMTA", "homeMTA: " + kDeletedMta);
  CHECK(findings_of(audit_files({{"directory/a.ldf", deleted}})) ==
        "  high KB828938.gateway-home-mta deleted " + kGateway + "\nhigh " + kMissing + " missing MAIL1");
}

TEST_CASE("KB247130.mta-routing-group: said by the server or by the group") {
  const std::string member =
      with_value(small_site(), kServer, "msExchHomeRoutingGroup", "msExchHomeRoutingGroup: " + kFirst);
  const std::string nobody = "msExchRoutingGroupMembersDN: " + edited(kServer, "MAIL1", "MAIL9");
  CHECK(verdict(member + routing(nobody), kRouting) == "MAIL1 pass");
  CHECK(verdict(small_site() + routing("msExchRoutingGroupMembersDN: " + kServer), kRouting) == "MAIL1 pass");
  CHECK(verdict(small_site() + routing("msExchRoutingGroupMembersDN: " + kMta), kRouting) == "MAIL1 pass");
  CHECK(verdict(small_site() + routing("msExchRoutingGroupMembersBL: " + edited(kServer, "CN=", "cn=")),
                kRouting) == "MAIL1 pass");
  CHECK(verdict(small_site() + routing(nobody), kRouting) == "MAIL1 fail");
  CHECK(verdict(small_site() + routing("msExchRoutingMasterDN: " + kServer), kRouting) ==
        "MAIL1 not-evaluated (directory)");

  const auto names = [&](const std::string& group) {
    return audit_files({{"directory/a.ldf", with_value(small_site(), kServer, "msExchHomeRoutingGroup",
                                                       "msExchHomeRoutingGroup: " + group) +
                                                routing(nobody)}});
  };
  CHECK(only_finding(names(edited(kFirst, "First Routing", "Second Routing")), kRouting).reason ==
        "not-found");
  CHECK(only_finding(
            names(edited(kFirst, "First Routing Group", "x\\0ADEL:0a1b2c3d-0000-4000-8000-000000000001")),
            kRouting)
            .reason == "not-found");
  CHECK(verdicts_of(names(edited(kFirst, "First Administrative", "Other")), kRouting) ==
        "MAIL1 not-evaluated (directory)");
}
