#include "model/case.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "model/listing.h"
#include "readers/readers.h"
#include "support/contoso.h"
#include "support/ldif_reading.h"

namespace facts = exaudit::facts;
namespace model = exaudit::model;
namespace readers = exaudit::readers;
using exaudit::test::contoso;
using exaudit::test::joined;
using exaudit::test::kGroup;
using exaudit::test::kServer;
using exaudit::test::LdifReading;
using exaudit::test::read_texts;
using exaudit::test::whole;

namespace {

facts::Snapshot snapshot_of(const std::map<std::string, std::string>& records) {
  LdifReading reading = read_texts({joined(records)});
  facts::Snapshot out;
  out.inputs = std::move(reading.inputs);
  out.views = std::move(reading.views);
  return out;
}

facts::MachineFacts machine_files(const std::string& name, const std::string& reg) {
  facts::MachineFacts out;
  out.name = name;
  facts::Input input;
  out.registries.push_back(
      readers::read_registry_export("Windows Registry Editor Version 5.00\r\n\r\n" + reg, 0, input));
  return out;
}

const model::Machine* named(const model::Case& c, std::string_view name) {
  for (const auto& machine : c.machines) {
    if (machine.name == name) return &machine;
  }
  return nullptr;
}

const std::string kServicesKey = "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services]\r\n\r\n";

}  // namespace

TEST_CASE("case: servers of the directory and folders of files meet by name, in any letter case") {
  facts::Snapshot snapshot = snapshot_of(contoso());
  snapshot.machines.push_back(machine_files("mail1", kServicesKey));
  const model::Case c(snapshot, {});
  REQUIRE(c.machines.size() == 1);
  CHECK(c.machines[0].files != nullptr);
  CHECK(c.machines[0].known_2000_or_2003);
  CHECK(c.machines[0].generation == model::Generation::exchange2003);
}

TEST_CASE("case: files without a machine go to the only server, and stay apart when there are two") {
  facts::Snapshot one = snapshot_of(contoso());
  one.machines.push_back(machine_files("?", kServicesKey));
  const model::Case adopted(one, {});
  CHECK(adopted.adopted_machine == "MAIL1");
  CHECK(named(adopted, "MAIL1")->files != nullptr);

  one.machines.push_back(
      machine_files("mail1", "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\RESvc]\r\n"));
  const model::Case together(one, {});
  REQUIRE(together.machines.size() == 1);
  CHECK(together.machines[0].files->registries.size() == 2);

  auto records = contoso();
  records["4 server2"] =
      whole("CN=MAIL2,CN=Servers," + kGroup, "msExchExchangeServer", {{"serialNumber", "Version 6.5"}});
  facts::Snapshot two = snapshot_of(records);
  two.machines.push_back(machine_files("?", kServicesKey));
  const model::Case apart(two, {});
  CHECK(apart.adopted_machine.empty());
  REQUIRE(named(apart, "?") != nullptr);
  CHECK(named(apart, "?")->files != nullptr);
  CHECK(named(apart, "MAIL1")->files == nullptr);
}

TEST_CASE(
    "case: a machine is known as 2000/2003 by its Setup key or its Routing Engine, and unknown otherwise") {
  const auto known = [](const std::string& reg) {
    facts::Snapshot snapshot;
    snapshot.machines.push_back(machine_files("MAIL9", reg));
    const model::Case c(snapshot, {});
    return std::make_pair(c.machines[0].known_2000_or_2003, c.machines[0].known_other);
  };
  const std::string setup =
      "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Exchange\\Setup]\r\n\"Services Version\"=dword:000000";
  CHECK(known(setup + "41\r\n") == std::make_pair(true, false));  // 65
  CHECK(known(setup + "3c\r\n") == std::make_pair(true, false));  // 60
  CHECK(known(setup + "50\r\n") == std::make_pair(false, true));  // 80
  CHECK(known("[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\RESvc]\r\n") ==
        std::make_pair(true, false));
  CHECK(known(kServicesKey) == std::make_pair(false, false));
}

TEST_CASE("case: --hosts joins the virtual servers of a cluster to the node that the files are from") {
  auto records = contoso();
  records["4 server2"] =
      whole("CN=EVS2,CN=Servers," + kGroup, "msExchExchangeServer",
            {{"serialNumber", "Version 6.5"}, {"msExchResponsibleMTAServer", "CN=Microsoft MTA," + kServer}});
  facts::Snapshot snapshot = snapshot_of(records);
  snapshot.machines.push_back(machine_files("NODE1", kServicesKey));
  model::Options options;
  options.hosts = {{"NODE1", {"MAIL1", "evs2"}}};
  const model::Case c(snapshot, options);
  REQUIRE(c.machines.size() == 1);
  CHECK(c.machines[0].servers.size() == 2);
  CHECK(c.machines[0].cluster);
  CHECK(c.machines[0].known_2000_or_2003);
}

TEST_CASE("case: a computer that is no server, beside virtual servers, is taken for a node") {
  auto records = contoso();
  facts::Snapshot alone = snapshot_of(records);
  alone.machines.push_back(machine_files("NODE1", kServicesKey));
  const model::Case without(alone, {});
  REQUIRE(named(without, "NODE1") != nullptr);
  CHECK_FALSE(named(without, "NODE1")->cluster);
  records["4 server2"] =
      whole("CN=EVS2,CN=Servers," + kGroup, "msExchExchangeServer",
            {{"serialNumber", "Version 6.5"}, {"msExchResponsibleMTAServer", "CN=Microsoft MTA," + kServer}});
  facts::Snapshot cluster = snapshot_of(records);
  cluster.machines.push_back(machine_files("NODE1", kServicesKey));
  const model::Case with(cluster, {});
  REQUIRE(named(with, "NODE1") != nullptr);
  CHECK(named(with, "NODE1")->cluster);
}

TEST_CASE("case: of several greetings the complete, unmasked and local one is judged") {
  facts::Snapshot snapshot;
  auto& machine = snapshot.machines.emplace_back();
  machine.name = "MAIL1";
  facts::SmtpGreeting remote;
  remote.has_ehlo = remote.ehlo_complete = remote.across_network = true;
  facts::SmtpGreeting cut = remote;
  cut.ehlo_complete = cut.across_network = false;
  facts::SmtpGreeting local = remote;
  local.across_network = false;
  local.host = "the local one";
  machine.greetings = {remote, cut, local};
  const model::Case c(snapshot, {});
  REQUIRE(c.machines[0].best_greeting() != nullptr);
  CHECK(c.machines[0].best_greeting()->host == "the local one");
}

TEST_CASE("listing: everything hangs where it belongs, and what was not seen is said") {
  const facts::Snapshot snapshot = snapshot_of(contoso());
  const model::Case c(snapshot, {});
  const auto all = model::listing(c, "all");
  REQUIRE(all.size() == 2);  // the organization and its machine
  const auto& group = all[0].children.at(0);
  const auto& server = group.children.at(0);
  const auto& storage_group = server.children.at(0);
  CHECK(group.name == "First Administrative Group");
  CHECK(server.name == "MAIL1");
  CHECK(storage_group.children.size() == 2);
  CHECK(storage_group.children[0].children.at(0).kind == "gateway");
  CHECK(std::find(server.fields.begin(), server.fields.end(),
                  std::make_pair(std::string("routing-group"), std::string("(absent)"))) !=
        server.fields.end());
  CHECK(model::listing(c, "gateways").at(0).children.size() == 2);
  CHECK(model::listing(c, "machines").at(0).name == "MAIL1");
}
