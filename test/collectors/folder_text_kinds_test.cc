// The smaller kinds of text on their way through the folder collector: recognised, read, given to a machine.
#include <string>

#include <doctest/doctest.h>

#include "collectors/case_folder.h"
#include "support/gzipped.h"

namespace {

using exaudit::facts::InputKind;
using exaudit::facts::MachineFacts;
using exaudit::facts::Snapshot;
using exaudit::facts::TrackingStep;
using exaudit::test::collect;
using exaudit::test::event;
using exaudit::test::Folder;
using exaudit::test::gzipped;
using exaudit::test::input_of;
using exaudit::test::machine_names;
using exaudit::test::Names;

constexpr std::string_view kDump = "[/smtpsvc/1]\r\nKeyType : [S] <String> \"IIsSmtpServer\"\r\n";
constexpr std::string_view kListing =
    "Source {00000000-0000-0000-0000-000000000001} {\r\n  DisplayName = smtpsvc 1\r\n  OnArrival Sinks {\r\n "
    " }\r\n";
constexpr std::string_view kHistory =
    "2003-9-12 22:53:18 SMTP: Message Delivered Locally to recipient@contoso.test\r\n";

}  // namespace

TEST_CASE("folder: dumps, listings, services, versions and histories go to their machine") {
  const Folder folder;
  Folder::write("servers/MAIL1/mdutil.txt", kDump);
  Folder::write("servers/MAIL1/smtpreg.txt", kListing);
  Folder::write("servers/MAIL1/services.csv", "Name,StartMode,State\r\nSMTPSVC,Auto,Running\r\n");
  Folder::write("servers/MAIL1/files.csv",
                "Name,Version\r\nemsmta.exe,5.5.2654.54\r\nx400om.dll,5.5.2654.54\r\n");
  Folder::write("servers/MAIL1/tracking.txt", kHistory);
  const Snapshot snapshot = collect({"."});
  CHECK(machine_names(snapshot) == Names{"MAIL1"});
  const MachineFacts& machine = snapshot.machines.at(0);
  REQUIRE(machine.metabases.size() == 1);
  CHECK(machine.metabases[0].exists("/LM/smtpsvc/1"));
  REQUIRE(machine.sink_listings.size() == 1);
  CHECK(machine.sink_listings[0].instances == Names{"1"});
  REQUIRE(machine.service_tables.size() == 1);
  CHECK(machine.service_tables[0].find("smtpsvc") != nullptr);
  CHECK(machine.files.size() == 2);
  REQUIRE(machine.histories.size() == 1);
  CHECK(machine.histories[0].lines.at(0).step == TrackingStep::delivered_locally);
  for (const auto& input : snapshot.inputs) {
    CAPTURE(input.path);
    CHECK(input.complete);
    CHECK(input.problems.empty());
  }
}

TEST_CASE("folder: the Node column of a csv names the machine") {
  const Folder folder;
  Folder::write("services.csv", "\r\nNode,Name,State\r\nMAIL1,SMTPSVC,Running\r\n");
  Folder::write("files.csv", "\r\nNode,Name,Version\r\nMAIL2,c:\\bin\\emsmta.exe,5.5.2654.54\r\n");
  Folder::write("none.csv", "Name,State\r\nSMTPSVC,Running\r\n");
  const Snapshot snapshot = collect({"."});
  CHECK(machine_names(snapshot) == Names{"?", "MAIL1", "MAIL2"});
  CHECK(input_of(snapshot, "./services.csv").machine == "MAIL1");
  CHECK(input_of(snapshot, "./files.csv").machine == "MAIL2");
  CHECK(input_of(snapshot, "./none.csv").unattributed);
}

TEST_CASE("folder: a text that shows events and a tracking history gives both") {
  const Folder folder;
  Folder::write("mail.txt", event("MAIL1") + "If you track a message:\r\n\r\n" + std::string(kHistory));
  Folder::write("events.txt", event("MAIL2"));
  const Snapshot snapshot = collect({"."});
  CHECK(input_of(snapshot, "./mail.txt").kind == InputKind::event_blocks);
  CHECK(input_of(snapshot, "./mail.txt").records == 2);
  CHECK(input_of(snapshot, "./events.txt").records == 1);
  REQUIRE(machine_names(snapshot) == Names{"MAIL1", "MAIL2"});
  CHECK(snapshot.machines[0].event_logs.size() == 1);
  CHECK(snapshot.machines[0].histories.size() == 1);
  CHECK(snapshot.machines[1].histories.empty());
}

TEST_CASE("folder: what ends early inside a compressed file proves no absence") {
  const Folder folder;
  const auto cut = [](std::string_view text) {
    std::string padded(text);
    for (int i = 0; i < 2000; ++i) padded += "\r\n";
    const std::string bytes = gzipped(padded);
    return bytes.substr(0, bytes.size() - 4);
  };
  Folder::write("servers/MAIL1/mdutil.txt.gz", cut(kDump));
  Folder::write("servers/MAIL1/smtpreg.txt.gz", cut(kListing));
  Folder::write("servers/MAIL1/services.csv.gz", cut("Name,State\r\nSMTPSVC,Running\r\n"));
  const Snapshot snapshot = collect({"."});
  const MachineFacts& machine = snapshot.machines.at(0);
  REQUIRE(machine.metabases.size() == 1);
  CHECK(machine.metabases[0].lost_records);
  REQUIRE(machine.sink_listings.size() == 1);
  CHECK_FALSE(machine.sink_listings[0].complete);
  REQUIRE(machine.service_tables.size() == 1);
  CHECK_FALSE(machine.service_tables[0].complete);
}

TEST_CASE("folder: events copied from several computers go to each of them") {
  const auto copied = [](const std::string& computer, int id) {
    return "Event Type: Error\nEvent Source: MSExchangeMTA\nEvent ID: " + std::to_string(id) + "\n" +
           (computer.empty() ? "" : "Computer: " + computer + "\n") + "Description:\nText [BASE 1] (16)\n\n";
  };
  {
    const Folder folder;
    Folder::write("mail.txt", copied("MAIL1", 9405) + copied("mail2", 9321) + copied("Mail1", 137));
    const Snapshot snapshot = collect({"."});
    CHECK(machine_names(snapshot) == Names{"MAIL1", "mail2"});
    REQUIRE(snapshot.machines.at(0).event_logs.size() == 1);
    CHECK(snapshot.machines[0].event_logs[0].events.size() == 2);
    CHECK(snapshot.machines[1].event_logs.at(0).events.at(0).id == 9321);
    CHECK_FALSE(snapshot.inputs.at(0).unattributed);
  }
  {
    const Folder folder;
    Folder::write("mail.txt",
                  copied("MAIL1", 9405) + copied("MAIL2", 9321) + copied("", 137) + std::string(kHistory));
    const Snapshot snapshot = collect({"."});
    CHECK(machine_names(snapshot) == Names{"?", "MAIL1", "MAIL2"});
    CHECK(snapshot.machines.at(0).histories.size() == 1);
    CHECK(snapshot.inputs.at(0).unattributed);
  }
  {
    const Folder folder;
    Folder::write("servers/MAIL1/mail.txt", copied("MAIL1", 9405) + copied("MAIL2", 9321));
    CHECK(machine_names(collect({"."})) == Names{"MAIL1"});  // the folder counts
  }
  {
    const Folder folder;
    Folder::write("mail.txt", copied("", 9405) + copied("MAIL2", 9321));
    CHECK(machine_names(collect({"."})) == Names{"MAIL2"});
  }
}
