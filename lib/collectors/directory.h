// What an audit needs of one directory server, as LDIF: the Exchange part of the configuration, the
// recipients and system mailboxes of the domains that the server holds, and deleted Exchange objects where
// the account may see them.
//
// The text begins with comments that say where it is from and what was asked for, and ends with
// "# complete: yes"; without that end it counts as cut off (readers/ldif.cc). A search that the server or the
// network cut off leaves "# incomplete: reason" behind, so that nobody takes what is missing for absent.
//
// A dropped connection is made again once for each search, which goes on with the page that was lost; a
// server that does not take the old cookie is asked from the beginning.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/ldap_client.h"
#include "collectors/ldif_output.h"

namespace exaudit::collectors {

struct DirectoryRequest {
  std::string uri;
  // Attributes to ask for, objectClass among those of the configuration: objects that come without it are
  // hidden from this account, and the view is not complete. A part without any is not searched.
  std::vector<std::string> configuration;
  std::vector<std::string> recipients;
  // Ask when and on which server the attributes of gateways were changed (msDS-ReplAttributeMetaData,
  // MS-ADTS 3.1.1.4.5.19, Windows Server 2003 and later).
  bool originating_changes = false;
  std::string time;  // put into the header; "" = none, so that the text does not depend on the clock
};

// Reported after every page.
struct DirectoryProgress {
  std::string_view server;    // host, or the URI
  std::string_view context;   // "configuration", "recipients of DC=contoso,DC=test", "deleted objects"
  std::uint64_t entries = 0;  // of this server so far
};
using ProgressFunction = std::function<void(const DirectoryProgress&)>;

struct DirectoryReport {
  std::string server;  // dnsHostName, "" when the server does not say
  bool global_catalog = false;
  std::uint64_t entries = 0;
  // Everything that was asked for was answered to the end.
  bool complete = false;
  std::string failure;  // the first thing that went wrong, for people; "" when complete
};

// Connects, and writes what it finds. Nothing is written but a failure when the server cannot be reached.
DirectoryReport collect_directory(LdapClient& client, const DirectoryRequest& request, LdifOutput& out,
                                  const ProgressFunction& progress);

// A name for the view of this server that can also be a file name: "dc1.contoso.test", and
// "dc1.contoso.test-3268" for another port than that of the scheme.
std::string view_name_of_uri(std::string_view uri);

}  // namespace exaudit::collectors
