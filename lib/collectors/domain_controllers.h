// Finding the directory servers of a domain by DNS (MS-ADTS 6.3.6.1): SRV records of domain controllers and
// global catalogs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace exaudit::collectors {

struct ServiceTarget {  // RFC 2782
  std::string host;     // without a dot at the end
  std::uint16_t port = 0;
  std::uint16_t priority = 0, weight = 0;
};

// Targets of a name like "_ldap._tcp.dc._msdcs.contoso.test"; an empty list when the name does not exist.
using ServiceLookup = std::function<base::Result<std::vector<ServiceTarget>>(const std::string& name)>;

// Asks the resolver of the system.
base::Result<std::vector<ServiceTarget>> lookup_service(const std::string& name);
// The same from the bytes of a DNS answer.
base::Result<std::vector<ServiceTarget>> parse_service_answer(std::string_view answer);

struct DirectoryServers {
  std::vector<std::string> domain_controllers;  // "ldap://dc1.contoso.test", best first
  std::vector<std::string> global_catalogs;     // "ldap://dc1.contoso.test:3268", best first; may be empty
};

// By priority, then weight (heavier first), then name: no chance is involved, the same records give the same
// order. Global catalogs are the forest's, which is the domain itself or one above it. An error when no
// domain controller is found.
base::Result<DirectoryServers> find_directory_servers(const std::string& domain, const ServiceLookup& lookup);

}  // namespace exaudit::collectors
