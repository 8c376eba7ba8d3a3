// Which global catalog counts for a server: from the files of a site to the result.
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "audit/audit.h"
#include "rules/audit_fixture.h"
#include "support/evt_writer.h"
#include "support/hive_writer.h"

namespace audit = exaudit::audit;
using exaudit::model::directory_server_source_name;
using exaudit::test::audit_files;
using exaudit::test::Files;
using exaudit::test::hive_dword;
using exaudit::test::hive_sz;
using exaudit::test::HiveKey;
using exaudit::test::HiveWriter;
using exaudit::test::kGatewayDn;
using exaudit::test::only_finding;
using exaudit::test::small_site;
using exaudit::test::with_value;

namespace {

// dc1 is healthy, dc2 shows a gateway whose homeMTA is a deleted object.
const std::string kDeleted =
    "homeMTA: CN=Microsoft MTA\\0ADEL:4352683f-c43a-519e-a9fa-1bce0c62a1fc,CN=Deleted "
    "Objects,CN=Configuration,"
    "DC=contoso,DC=test";
std::string faulty_site() { return with_value(small_site(), kGatewayDn, "homeMTA", kDeleted); }
Files two_views(const Files& more = {}) {
  Files files = {{"directory/dc1/a.ldf", small_site()}, {"directory/dc2/a.ldf", faulty_site()}};
  files.insert(files.end(), more.begin(), more.end());
  return files;
}

// "MAIL1 dc1.contoso.test dc1 registry", one line for each row, "-" for what is not known.
std::string told(const audit::Result& result) {
  const auto shown = [](std::string_view text) {
    return text.empty() ? std::string("-") : std::string(text);
  };
  std::string out;
  for (const auto& row : result.directory_servers) {
    out += fmt::format("{}{} {} {} {}", out.empty() ? "" : "\n", row.server, shown(row.host), shown(row.view),
                       shown(directory_server_source_name(row.source)));
  }
  return out;
}
std::string told(const Files& files, const audit::Options& options = {}) {
  return told(audit_files(files, options));
}

const std::string kProfile =
    "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeDSAccess\\Profiles\\Default";
std::string static_key(const std::string& name, const std::string& host) {
  return fmt::format(
      "[{}\\{}]\r\n\"IsGC\"=dword:00000001\r\n\"HostName\"=\"{}\"\r\n\"PortNumber\"=dword:00000cc4\r\n\r\n",
      kProfile, name, host);
}
std::pair<std::string, std::string> registry(const std::string& keys) {
  return {"servers/MAIL1/dsaccess.reg", "REGEDIT4\r\n\r\n" + keys};
}

std::string topology(const std::string& in_site, const std::string& out_of_site = "") {
  std::string text =
      "Process MAD.EXE (PID=1808). DSAccess has discovered the following servers with the following "
      "characteristics: (Server name | Roles | Reachability | Synchronized | GC capable | PDC | SACL right | "
      "Critical Data | Netlogon | OS Version) In-site: ";
  if (!in_site.empty()) text += in_site + " CDG 7 7 1 0 1 1 7 1 ";
  text += "Out-of-site: ";
  if (!out_of_site.empty()) text += out_of_site + " CDG 7 7 1 0 1 1 7 1 ";
  return text;
}
// A record of Event Viewer's text.
std::string record(const std::string& date, const std::string& in_site) {
  return fmt::format("{}\t10:00:00\tMSExchangeDSAccess\tInformation\tTopology\t2080\tN/A\tMAIL1\t{}\n", date,
                     topology(in_site));
}
std::string unrelated(const std::string& date) {
  return date + "\t10:00:00\tMSExchangeIS\tInformation\tGeneral\t9523\tN/A\tMAIL1\tThe store was mounted.\n";
}
std::pair<std::string, std::string> log(const std::string& records) {
  return {"servers/MAIL1/application.txt", records};
}

}  // namespace

TEST_CASE("directory servers: nothing says it") {
  CHECK(told(two_views()) == "MAIL1 - - -");
  CHECK(told({{"directory/a.ldf", small_site()}}) == "MAIL1 - - -");
  CHECK(told({registry(static_key("UserGC1", "dc1"))}) == "");  // no server of the directory is known
}

TEST_CASE("directory servers: the static configuration in the registry") {
  CHECK(told(two_views({registry(static_key("UserGC1", "dc1.contoso.test"))})) ==
        "MAIL1 dc1.contoso.test dc1 registry");
  CHECK(told(two_views({registry(static_key("UserGC1", "DC2") + static_key("UserGC2", "dc9.contoso.test") +
                                 static_key("UserGC3", "dc2"))})) ==
        "MAIL1 DC2 dc2 registry\nMAIL1 dc9.contoso.test - registry");
  // Domain controllers leave the choice of global catalogs alone; a name that is none says nothing.
  CHECK(told(two_views({registry(static_key("UserDC1", "dc1") + static_key("UserGC1", "") +
                                 static_key("UserGC2", "two words"))})) == "MAIL1 - - -");
  CHECK(told(two_views({{"servers/MAIL2/dsaccess.reg",
                         "REGEDIT4\r\n\r\n" + static_key("UserGC1", "dc1")}})) == "MAIL1 - - -");
}

TEST_CASE("directory servers: the same in a query and in a hive") {
  const std::string query =
      "\n" + kProfile + "\\UserGC1\n    IsGC    REG_DWORD    0x1\n    HostName    REG_SZ    dc1\n";
  CHECK(told(two_views({{"servers/MAIL1/q.txt", query}})) == "MAIL1 dc1 dc1 registry");

  const HiveKey catalog{"UserGC1", {hive_sz("HostName", "dc2.contoso.test"), hive_dword("IsGC", 1)}, {}};
  const HiveKey access{"MSExchangeDSAccess", {}, {{"Profiles", {}, {{"Default", {}, {catalog}}}}}};
  const HiveKey root{
      "root",
      {},
      {{"ControlSet001", {}, {{"Services", {}, {access}}}}, {"Select", {hive_dword("Current", 1)}, {}}}};
  CHECK(told(two_views({{"servers/MAIL1/SYSTEM", HiveWriter::file(root)}})) ==
        "MAIL1 dc2.contoso.test dc2 registry");
}

TEST_CASE("directory servers: the newest event 2080, when it is current") {
  CHECK(told(two_views({log(record("01.03.2006", "dc1.contoso.test"))})) ==
        "MAIL1 dc1.contoso.test dc1 event");
  CHECK(told(two_views(
            {log(record("02.03.2006", "dc2.contoso.test") + record("01.03.2006", "dc1.contoso.test") +
                 record("02.03.2006", "dc7.contoso.test"))})) ==
        "MAIL1 dc2.contoso.test dc2 event\nMAIL1 dc7.contoso.test - event");
  const Files old = two_views({log(record("01.03.2006", "dc1.contoso.test") + unrelated("20.03.2006"))});
  CHECK(told(old) == "MAIL1 - - -");
  audit::Options options;
  options.event_window_days = 30;
  CHECK(told(old, options) == "MAIL1 dc1.contoso.test dc1 event");
}

TEST_CASE("directory servers: pasted events and binary logs") {
  const std::string block =
      "Event Type:\tInformation\nEvent Source:\tMSExchangeDSAccess\nEvent Category:\tTopology\nEvent "
      "ID:\t2080\n"
      "Computer:\tMAIL1\nDescription:\nProcess MAD.EXE (PID=1808). DSAccess has discovered the following "
      "servers with "
      "the following characteristics:\n(Server name | Roles | Reachability)\nIn-site:\ndc2.contoso.test CDG "
      "7 7 1 0 0 1 "
      "7 1\nOut-of-site:\ndc1.contoso.test CDG 7 7 1 0 1 1 7 1\n";
  CHECK(told(two_views({{"servers/MAIL1/event.txt", block}})) == "MAIL1 dc2.contoso.test dc2 event");

  exaudit::test::EvtWriter writer;
  writer.add(
      {"MSExchangeDSAccess", 2080, {"STORE.EXE", "2040", "dc1.contoso.test CDG 7 7 1 0 1 1 7 1\r\n", ""}});
  CHECK(told(two_views({{"servers/MAIL1/app.evt", writer.file()}})) == "MAIL1 dc1.contoso.test dc1 event");
}

TEST_CASE("directory servers: --gc wins over the registry, and that over events") {
  const Files files = two_views({registry(static_key("UserGC1", "dc1")), log(record("01.03.2006", "dc2"))});
  CHECK(told(files) == "MAIL1 dc1 dc1 registry");
  audit::Options options;
  options.gc = {{"mail1", "DC2"}};
  CHECK(told(files, options) == "MAIL1 - dc2 option");
  options.gc = {{"MAIL1", "dc2"}, {"MAIL1", "dc1"}};
  CHECK(told(files, options) == "MAIL1 - dc2 option\nMAIL1 - dc1 option");
}

TEST_CASE("directory servers: a view comes from the host that its root DSE or its comment names") {
  const std::string root_dse =
      "dn:\ndnsHostName: {0}.contoso.test\nserverName: "
      "CN=WRONG,CN=Servers,CN=Site,CN=Sites,CN=Configuration\n\n";
  const auto views = [&](const std::string& first, const std::string& second) {
    return Files{{"directory/one/a.ldf", first + small_site()},
                 {"directory/dc1/a.ldf", second + faulty_site()},
                 registry(static_key("UserGC1", "dc1.contoso.test"))};
  };
  // Nothing said: the folder's name is the host.
  CHECK(told(views("", "")) == "MAIL1 dc1.contoso.test dc1 registry");
  // The folder's name is not the host.
  CHECK(told(views(fmt::format(fmt::runtime(root_dse), "DC1"), fmt::format(fmt::runtime(root_dse), "dc2"))) ==
        "MAIL1 dc1.contoso.test one registry");
  CHECK(told(views("# server: dc1\n", "# server: dc2\n")) == "MAIL1 dc1.contoso.test one registry");
  CHECK(
      told(views(
          "dn:\nserverName: CN=DC1,CN=Servers,CN=Site,CN=Sites,CN=Configuration\n\n",
          "dn:\ndsServiceName: CN=NTDS Settings,CN=DC2,CN=Servers,CN=Site,CN=Sites,CN=Configuration\n\n")) ==
      "MAIL1 dc1.contoso.test one registry");
  // A root DSE in a file of its own speaks for the folder.
  Files files = views("", "# server: dc2\n");
  files.emplace_back("directory/one/rootdse.ldf", fmt::format(fmt::runtime(root_dse), "dc1"));
  const auto result = audit_files(files);
  CHECK(told(result) == "MAIL1 dc1.contoso.test one registry");
  CHECK_FALSE(result.incomplete());
  // A name without a domain that fits two hosts.
  CHECK(told({{"directory/one/a.ldf", "# server: dc1.contoso.test\n" + small_site()},
              {"directory/two/a.ldf", "# server: dc1.fabrikam.test\n" + small_site()},
              registry(static_key("UserGC1", "dc1"))}) == "MAIL1 dc1 - registry");
}

TEST_CASE(
    "directory servers: a finding of some of the views says whether the one that counts is among them") {
  const auto messages = [](const Files& files, const audit::Options& options = {}) {
    const auto result = audit_files(files, options);
    const auto tail = [](const std::string& message) { return message.substr(message.find(';')); };
    return tail(only_finding(result, "KB828938.gateway-home-mta").message) + "\n" +
           tail(only_finding(result, "KB828938.dc-divergence").message);
  };
  CHECK(messages(two_views()) ==
        "; which global catalog MAIL1 uses is not known\n; which global catalog MAIL1 uses is not known");
  CHECK(messages(two_views({registry(static_key("UserGC1", "dc1"))})) ==
        "; MAIL1 uses view dc1, which does not show this\n; MAIL1 uses view dc1");
  CHECK(messages(two_views({registry(static_key("UserGC1", "dc2"))})) ==
        "; MAIL1 uses view dc2, which shows this\n; MAIL1 uses view dc2");
  CHECK(messages(two_views({registry(static_key("UserGC1", "dc1") + static_key("UserGC2", "dc2"))})) ==
        "; MAIL1 uses views dc1, dc2, of which only dc2 shows this\n; MAIL1 uses views dc1, dc2");
  CHECK(messages(two_views({registry(static_key("UserGC1", "dc9"))})) ==
        "; MAIL1 uses dc9, of which no view is known\n; MAIL1 uses dc9, of which no view is known");
  // What all views show needs no choice.
  const auto all =
      audit_files({{"directory/dc1/a.ldf", faulty_site()}, {"directory/dc2/a.ldf", faulty_site()}});
  CHECK(only_finding(all, "KB828938.gateway-home-mta").message.find(';') == std::string::npos);
  // And the verdict is the same whichever view counts.
  const auto healthy_one = audit_files(two_views({registry(static_key("UserGC1", "dc1"))}));
  CHECK(exaudit::test::findings_of(healthy_one) == exaudit::test::findings_of(audit_files(two_views())));
}
