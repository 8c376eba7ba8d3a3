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
  const auto& order = only_finding(result, kOrder);
  CHECK(order.message ==
        "binding order of Tcpip on MAIL1: \\Device\\El90x2 (192.0.2.5) stands first, and it is not on the "
        "internal "
        "network");
  REQUIRE(order.evidence.size() == 1);
  CHECK(order.evidence[0].expected ==
        std::vector<std::string>{"\\Device\\El90x1", "\\Device\\El90x2", "\\Device\\NdisWan4"});
}

TEST_CASE("KB279415.rpc-listen-failure: error 2140 of the system log stands beside it") {
  const std::string system =
      "3/14/2006,6:10:05 AM,Service Control Manager,Error,None,7023,N/A,MAIL1,The Microsoft Exchange Message "
      "Transfer Agent service terminated with the following error: %%2140 \r\n";
  const auto result = audit_files(
      {{"servers/MAIL1/application.txt", fixture(kEvents)}, {"servers/MAIL1/system.csv", system}});
  const auto& evidence = only_finding(result, kListen).evidence;
  REQUIRE(evidence.size() == 4);
  CHECK(evidence[3].actual->front().starts_with("Service Control Manager 7023: "));
}

TEST_CASE("KB279415.rpc-listen-failure: the remedy leaves out what is in order") {
  std::string versions = "Name,Version\r\n";
  for (const std::string name :
       {"Emsmta.exe", "Ems_rid.dll", "Mtacheck.exe", "Mtamsg.dll", "Mtaperf.dll", "X400om.dll"})
    versions += name + ",5.5.2654.89\r\n";
  const auto steps = [&](const std::string& network, const std::string& files) {
    const auto result = audit_files(
        {{"servers/MAIL1/application.txt", fixture(kEvents)},
         {"servers/MAIL1/setup.reg", fixture(kSetup)},
         {"servers/MAIL1/network.reg", fixture(network + "/binding-order/servers/MAIL1/network.reg")},
         {"servers/MAIL1/files.csv", files}});
    std::string all;
    for (const auto& step : only_finding(result, kListen).remedy.steps) all += step + "\n";
    return all;
  };
  const std::string healthy = steps("good", versions);
  CHECK(healthy.find("The binding order in the registry is right.") != std::string::npos);
  CHECK(healthy.find("new enough (5.5.2654.89)") != std::string::npos);
  CHECK(healthy.find("install the fix") == std::string::npos);
  const std::string broken =
      steps("bad", edited(versions, "X400om.dll,5.5.2654.89", "X400om.dll,5.5.2654.39"));
  CHECK(broken.find("move the internal adapter to the top") != std::string::npos);
  CHECK(broken.find("install the fix") != std::string::npos);
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

TEST_CASE("KB279415.rpc-listen-failure: events below headings, and error 2140 beside them") {
  const std::string listen =
      "An RPC communications error occurred. An attempt to listen over RPC has failed. NT Error: 11004. "
      "[ BASE IL MAIN BASE 1 504] (14)\n\n";
  const std::string fatal =
      "A fatal system error occurred while initializing the MTA. [4 BASE IL MAIN BASE 1 173] (16)\n\n";
  const std::string with_source = "MSEXCHANGEMTA 9321\n" + listen + "MSEXCHANGEMTA 9266\n" + fatal;
  for (const std::string& text : {with_source, "9321\n" + listen + "9266\n" + fatal}) {
    const auto result = audit_files({{"servers/MAIL1/mail.txt", text}});
    CHECK(findings_of(result) == "high " + kListen + " 11004 MAIL1");
    CHECK(only_finding(result, kListen).evidence.size() == 2);
  }
  const std::string shown =
      "Could not start the Microsoft Exchange Message Transfer Agent service on \\\\MAIL1.\n\nError 2140: An "
      "internal Windows NT error occurred.\n\n";
  const auto copied = audit_files({{"mail.txt", shown + with_source}});
  CHECK(findings_of(copied) == "high " + kListen + " 11004 MAIL1");
  CHECK(only_finding(copied, kListen).evidence.size() == 3);
  const std::string logged =
      "3/14/2006\t10:00:00 AM\tService Control Manager\tError\tNone\t7023\tN/A\tMAIL1\tThe Microsoft "
      "Exchange "
      "Message Transfer Agent service terminated with the following error: %%2140 \r\n";
  CHECK(only_finding(
            audit_files({{"servers/MAIL1/system.txt", logged}, {"servers/MAIL1/mail.txt", with_source}}),
            kListen)
            .evidence.size() == 3);
  CHECK(findings_of(audit_files({{"servers/MAIL1/mail.txt", shown}})) == "");  // 2140 alone proves nothing
}
