// What a directory server says about itself (rootDSE, RFC 4512 5.1 and MS-ADTS 3.1.1.3.2), and where the
// parts of the directory that matter stand on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/ldap_client.h"

namespace exaudit::collectors {

struct ServerInfo {
  std::string host;                   // dnsHostName
  std::string configuration;          // configurationNamingContext
  std::string default_domain;         // defaultNamingContext
  std::string service;                // dsServiceName: the NTDS Settings object, which has the invocationId
  std::string highest_committed_usn;  // changes up to here are in what follows
  std::vector<std::string> naming_contexts;
  bool paging = false, show_deleted = false;  // supportedControl

  static const std::vector<std::string>& attributes();
  static ServerInfo of(const LdapPage& page);

  // The domains whose recipients this server holds: that of a domain controller of Active Directory; of other
  // servers every naming context.
  std::vector<std::string> domains() const;
};

// Values of the first entry; names are compared without options.
std::vector<std::string> values_of(const LdapPage& page, std::string_view attribute);

}  // namespace exaudit::collectors
