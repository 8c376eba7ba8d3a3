// Which global catalog counts for an Exchange server: KB 828938 judges the values on the very one that the
// server refers to.
//
// Known from the first of these that says anything:
//   1. --gc SERVER=VIEW;
//   2. the static configuration in the registry: HostName of each key UserGC<n> below
//      SYSTEM\CurrentControlSet\Services\MSExchangeDSAccess\Profiles\Default (KB 246228). With it, DSAccess
//      discovers no global catalogs. UserDC<n> are domain controllers, which leave the discovery alone;
//   3. the newest event 2080 of the server (facts/discovered_servers.h), when it is current. Of pasted
//   events,
//      which have no age, all count together.
// DSAccess takes turns among several global catalogs, so a server may have several.
//
// The host is then looked for among the views of the organization: a view comes from the hosts that its
// inputs name (facts::DirectoryView::hosts), else from the host that it is named after.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/location.h"

namespace exaudit::model {

class Case;

enum class DirectoryServerSource { none, option, registry, event };
std::string_view directory_server_source_name(DirectoryServerSource source);  // "" for none

struct DirectoryServer {
  std::string server;        // the Exchange server
  std::string organization;  // its organization's identity
  std::string host;          // as the evidence writes it; "" when only the view is known, or nothing
  std::string view;          // "" when no view is known to come from the host
  DirectoryServerSource source = DirectoryServerSource::none;
  facts::Location location;          // of the registry key or the event
  std::optional<std::int64_t> time;  // of the event, in the log's own time
};

// For each Exchange 2000/2003 server, sorted by folded name, one row for each of its global catalogs (and for
// each view that comes from it), sorted by host, or one with the source `none`.
std::vector<DirectoryServer> find_directory_servers(const Case& c);

}  // namespace exaudit::model
