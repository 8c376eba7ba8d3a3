// MSExchangeDSAccess 2080 (KB 316300): the directory servers that DSAccess found for a process of Exchange,
// logged at diagnostics level Medium of the category Topology:
//
//   Process MAD.EXE (PID=1808). DSAccess has discovered the following servers with the following
//   characteristics: (Server name | Roles | Reachability | Synchronized | GC capable | PDC | SACL right |
//   Critical Data | ...) In-site: dc1.contoso.test   CDG 7 7 1 0 1 1 7 1 Out-of-site:
//
// Rows are known by their shape and lists by the colons of their headings, because the words are in the
// server's language. Of the insertion strings of a binary log the first two are the process; where the
// message keeps the headings to itself, the third is the list of the server's own site and the fourth the
// other one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "facts/event.h"

namespace exaudit::facts {

struct DiscoveredServer {
  std::string host;
  bool in_site = true;
  bool global_catalog = false;     // the role G: usable as a global catalog by this Exchange server
  std::uint32_t reachability = 0;  // bits: 1 global catalog port, 2 domain controller, 4 configuration
};

// In the order of the event. Nothing for other events and for a text without a row.
std::optional<std::vector<DiscoveredServer>> discovered_servers(const Event& event);

// The global catalogs that can be reached in the server's own site; only when there are none, those of other
// sites. DSAccess takes turns among them (TechNet aa996247, bb123968), so each of them counts.
std::vector<std::string> global_catalogs_in_use(const std::vector<DiscoveredServer>& servers);

}  // namespace exaudit::facts
