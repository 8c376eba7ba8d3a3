// KB 279415: the MTA of Exchange 5.5 on machines with several network adapters.
#include <string>

#include <doctest/doctest.h>

#include "rules/audit_fixture.h"
#include "tree.h"

using exaudit::audit::Options;
using exaudit::test::audit_files;
using exaudit::test::audit_folder;
using exaudit::test::check_fixtures;
using exaudit::test::edited;
using exaudit::test::findings_of;
using exaudit::test::only_finding;
using exaudit::test::slurp;
using exaudit::test::source_root;
using exaudit::test::verdicts_of;

namespace {

const std::string kListen = "KB279415.rpc-listen-failure";
const std::string kOrder = "KB279415.binding-order";

std::string fixture(const std::string& path) { return slurp(source_root() / "fixtures/kb279415" / path); }

const std::string kEvents = "bad/rpc-listen-failure/servers/MAIL1/application.txt";
const std::string kSetup = "bad/rpc-listen-failure/servers/MAIL1/setup.reg";

}  // namespace

TEST_CASE("KB279415: fixtures") {
  check_fixtures("kb279415", {{"KB279415.binding-order", "medium order MAIL1 Tcpip", "registry-network"},
                              {"KB279415.rpc-listen-failure", "high 11004 MAIL1", "events-application"}});
}

TEST_CASE("KB279415.rpc-listen-failure: the event itself admits a machine of unknown version") {
  CHECK(findings_of(audit_files({{"servers/MAIL1/application.txt", fixture(kEvents)}})) ==
        "high " + kListen + " 11004 MAIL1");
  CHECK(verdicts_of(
            audit_files({{"servers/MAIL1/application.txt", edited(fixture(kEvents), "11004", "11001")}}),
            kListen) == "MAIL1 not-evaluated (directory registry-services)");
  const auto result = audit_files({{"servers/MAIL1/application.txt", fixture(kEvents)}});
  CHECK(only_finding(result, kListen).count == 1);
  CHECK(only_finding(result, kListen).evidence.size() == 3);  // 9266 and 9406 beside it
}

TEST_CASE("KB279415.binding-order: high with the event") {
  const auto result =
      audit_files({{"servers/MAIL1/application.txt", fixture(kEvents)},
                   {"servers/MAIL1/setup.reg", fixture(kSetup)},
                   {"servers/MAIL1/network.reg", fixture("bad/binding-order/servers/MAIL1/network.reg")}});
  CHECK(findings_of(result) == "high " + kOrder + " order MAIL1 Tcpip\nhigh " + kListen + " 11004 MAIL1");
}

TEST_CASE("KB279415.binding-order: the user knows which network is the internal one") {
  Options outside;
  outside.internal_networks = {"192.0.2.0/24"};
  CHECK(findings_of(audit_folder("fixtures/kb279415/bad/binding-order", outside)) ==
        "medium " + kOrder + " order MAIL1 LanmanServer\nmedium " + kOrder +
            " order MAIL1 LanmanWorkstation\nmedium " + kOrder + " order MAIL1 NetBT");
  // Both adapters inside: nothing to tell apart.
  Options both;
  both.internal_networks = {"192.0.2.0/24", "10.0.0.0/8"};
  CHECK(findings_of(audit_folder("fixtures/kb279415/bad/binding-order", both)) == "");
}
