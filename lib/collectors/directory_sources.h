// Live directory servers as evidence: each gives one view, like a folder of LDIF files.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "collectors/directory.h"
#include "collectors/domain_controllers.h"
#include "collectors/evidence.h"
#include "collectors/ldap_client.h"

namespace exaudit::collectors {

struct DirectorySources {
  // Servers; of each list the first one that can be reached is used, and gives one view.
  std::vector<std::vector<std::string>> servers;
  LdapConnection connection;  // all but the URI
  DirectoryRequest request;   // all but the URI
  ProgressFunction progress;  // may be empty
  // Makes the connection; tests put a scripted one here.
  std::function<std::unique_ptr<LdapClient>(const LdapConnection&)> connect = make_ldap_client;
};

// What was collected of one server. `ldif` holds what came, the reason of a failure included.
struct CollectedView {
  std::string uri;   // of the server that answered, else of the first one
  std::string name;  // of the view, and of its folder in a bundle
  DirectoryReport report;
  base::BufferPtr ldif;
};

// `output`: where the LDIF of the view with this name goes.
using OutputFunction = std::function<LdifOutput(const std::string& view)>;
base::Result<CollectedView> collect_view(const DirectorySources& sources,
                                         const std::vector<std::string>& candidates, UniqueNames& names,
                                         const OutputFunction& output);

// Every server as a view of the evidence. One that cannot be reached is an input that says why.
void add_directories(const DirectorySources& sources, Evidence& evidence);

}  // namespace exaudit::collectors
