#include "support/made_parts.h"

#include <fmt/format.h>

#include "base/text.h"
#include "support/pe_writer.h"
#include "support/site_directory.h"
#include "support/site_machine.h"

namespace exaudit::test {

namespace {

using Names = std::vector<std::string>;

// Windows NT 4.0 names adapters by their services.
HiveKey adapter(const std::string& name, const std::string& address) {
  return {name, {}, {{"Parameters", {}, {{"Tcpip", {hive_multi_sz("IPAddress", {address})}, {}}}}}};
}

HiveKey linkage(const std::string& service, const std::string& prefix, const Names& adapters) {
  Names devices;
  for (const std::string& each : adapters) devices.push_back("\\Device\\" + prefix + each);
  return {service, {}, {{"Linkage", {hive_multi_sz("Bind", devices)}, {}}}};
}

HiveKey nt4_services(bool healthy_order) {
  const Names right = {"El90x1", "El90x2", "NdisWan4"};
  const Names wrong = {"El90x2", "El90x1", "NdisWan4"};
  return {"Services",
          {},
          {adapter("El90x1", "10.1.0.5"), adapter("El90x2", "198.51.100.5"),
           linkage("LanmanServer", "NetBT_", right), linkage("LanmanWorkstation", "NetBT_", right),
           linkage("NetBT", "Tcpip_", right), linkage("Tcpip", "", healthy_order ? right : wrong)}};
}

// "5.5.2654.39" as the two numbers of a version resource.
std::pair<std::uint32_t, std::uint32_t> fixed_version(std::string_view text) {
  std::uint32_t numbers[4] = {};
  std::size_t at = 0;
  for (const std::string_view part : base::split(text, '.')) {
    std::uint64_t number = 0;
    base::parse_uint(part, number);
    numbers[at++ % 4] = static_cast<std::uint32_t>(number);
  }
  return {numbers[0] << 16U | numbers[1], numbers[2] << 16U | numbers[3]};
}

std::string mta_events(const std::string& computer) {
  const auto mta = [&](const std::string& time, const std::string& category, std::uint32_t id,
                       const std::string& text) {
    return event_block({"3/14/2006", time, "MSExchangeMTA", "Error", category, id, computer, text});
  };
  return mta("6:10:01 AM", "Resource", 9406,
             "There is not enough Performance Monitor memory to display the MTA Connections information. "
             "Stop "
             "attached Performance Monitors and re-start the MTA. [BASE MAIN BASE 1] (14)") +
         mta("6:10:02 AM", "Operating System", 9321,
             "An RPC communications error occurred. An attempt to listen over RPC has failed. NT Error: "
             "11004. "
             "[ BASE IL MAIN BASE 1 504] (14)") +
         mta("6:10:03 AM", "Operating System", 9266,
             "A fatal system error occurred while initializing the MTA. Reboot the computer. If that does "
             "not "
             "work, contact Microsoft Technical Support. [4 BASE IL MAIN BASE 1 173] (16)");
}

}  // namespace

EvtRecord logon_failure(const std::string& server, const std::string& group, const std::string& store,
                        const std::string& code, std::uint32_t time) {
  const std::string name = fmt::format("/o=Contoso/ou={}/cn=Configuration/cn=Connections/cn=SMTP ({})/cn={}",
                                       group, server, SiteDirectory::store_guid(server, store).text());
  return {"MSExchangeTransport", 326, {"Service Account", name, code}, time, 1, server};
}

void add_mta_start(EvtWriter& log, const std::string& server) {
  const auto add = [&](std::uint32_t id, std::uint32_t seconds, std::uint16_t type, Names strings) {
    log.add({"MSExchangeMTA", id, std::move(strings), kMorning + seconds, type, server});
  };
  add(2219, 0, 2, {"DB Server", "MAIN BASE", "1", "0"});
  add(2206, 60, 2, {"XAPIWRKQ", "01000020", "DB Server", "MAIN BASE", "1", "1"});
  add(2207, 120, 2,
      {"C:\\Program Files\\Exchsrvr\\mtadata\\.\\MTACHECK.OUT\\MTACHECK.LOG", "DB Server", "MAIN BASE", "1",
       "2"});
  add(9405, 180, 1, {"Init Routing API returned error -2147219168", "BASE", "MAIN BASE", "1", "0"});
  add(137, 181, 1, {"MTA", "MAIN BASE", "1", "12"});
}

void add_multihomed(Files& files, const std::string& folder, const Multihomed& machine) {
  files[folder + "services.reg"] =
      registry_file_nt4({{"SYSTEM\\CurrentControlSet\\Services", nt4_services(machine.healthy_order)}});
  files[folder + "events.txt"] = mta_events(machine.name);
  files[folder + "system.csv"] = event_line(
      {"3/14/2006", "6:10:05 AM", "Service Control Manager", "Error", "None", 7023, machine.name,
       "The Microsoft Exchange Message Transfer Agent service terminated with the following error: %%2140"},
      ',');
  files[folder + "Emsmta.exe"] = pe_file({false, fixed_version(machine.emsmta), machine.emsmta});
  std::string versions = "Name,Version\r\n";
  for (const std::string name : {"Ems_rid.dll", "Mtacheck.exe", "Mtamsg.dll", "Mtaperf.dll", "X400om.dll"})
    versions += fmt::format("{},{}\r\n", name, machine.version);
  files[folder + "files.csv"] = versions;
}

}  // namespace exaudit::test
