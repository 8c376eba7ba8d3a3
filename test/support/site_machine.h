// The files of a made machine: services as the registry and the service control manager show them, the SMTP
// metabase, the EHLO reply, event logs as text. Everything is derived from its arguments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/evt_writer.h"
#include "support/hive_writer.h"

namespace exaudit::test {

struct MadeService {
  std::string name, display_name, image_path;
  std::uint32_t start = 2;  // 2 automatic, 3 manual, 4 disabled
  bool running = true;
};

// DispatchEntries of a healthy server.
std::vector<std::string> all_dispatch_entries();

// Those of a healthy Exchange 2000/2003 server that rules look at, and some beside them.
std::vector<MadeService> exchange_services();
MadeService& service_named(std::vector<MadeService>& services, std::string_view name);

// The key Services: one key per service, and InetInfo\Parameters with DispatchEntries when there are any.
HiveKey services_key(const std::vector<MadeService>& services,
                     const std::vector<std::string>& dispatch_entries = all_dispatch_entries());
// A key below others: nested("SYSTEM\\CurrentControlSet", key).
HiveKey nested(std::string_view path, HiveKey key);

// Each key stands at `path` below HKEY_LOCAL_MACHINE, which ends with its own name.
struct RootedKey {
  std::string path;
  HiveKey key;
};
std::string registry_file(const std::vector<RootedKey>& keys);      // version 5.00: UTF-16 with CRLF
std::string registry_file_nt4(const std::vector<RootedKey>& keys);  // REGEDIT4
std::string registry_query(const std::vector<RootedKey>& keys);     // reg query /s, REG.EXE 3.0
// The file SYSTEM with one control set, of the computer of this name.
std::string system_hive(const std::string& computer, const HiveKey& services);

std::string sc_query(const std::vector<MadeService>& services);
std::string net_start(const std::vector<MadeService>& services);
std::string win32_service_csv(const std::string& machine, const std::vector<MadeService>& services);

// The first SMTP virtual server with the event bindings of the built-in catalogue, but for those of the
// families left out ("*" = all of them).
using Families = std::vector<std::string_view>;
std::string metabase_xml(const std::string& host, const Families& without = {});
std::string metabase_dump(const std::string& host, const Families& without = {});  // mdutil enum_all
std::string sink_listing(const Families& without = {});                            // smtpreg.vbs /enum

// A telnet session; `version` as the banner has it, "6.0.3790.3959".
std::string ehlo_reply(const std::string& host, const std::string& version,
                       const std::vector<std::string>& extra_verbs);
std::vector<std::string> exchange_verbs();

// One event in the form that Event Viewer copies, or as a line of a saved text or csv file.
struct ShownEvent {
  std::string date, time;  // "3/14/2006", "6:02:10 AM"
  std::string source, type, category;
  std::uint32_t id = 0;
  std::string computer, description;
};
std::string event_block(const ShownEvent& event);
std::string event_line(const ShownEvent& event, char separator);

}  // namespace exaudit::test
