// A small organization as LDIF, for tests of the model: Contoso with server MAIL1, one mailbox store and one
// public store. Pieces can be replaced.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/guid.h"

namespace exaudit::test {

inline constexpr std::string_view kOrg =
    "CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";
inline const std::string kGroup =
    "CN=First Administrative Group,CN=Administrative Groups," + std::string(kOrg);
inline const std::string kServer = "CN=MAIL1,CN=Servers," + kGroup;
inline const std::string kStorageGroup = "CN=First Storage Group,CN=InformationStore," + kServer;
inline constexpr std::string_view kMailboxGuid = "{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}";
inline constexpr std::string_view kPublicGuid = "{0E2F8576-678B-429F-883B-343E22545246}";

using Attributes = std::vector<std::pair<std::string, std::string>>;

inline std::string record(std::string_view dn, const Attributes& attributes) {
  std::string out = fmt::format("dn: {}\nchangetype: add\n", dn);
  for (const auto& [name, value] : attributes) {
    if (name == "objectGUID") {
      const auto guid = *base::Guid::parse(value);
      out += "objectGUID:: " +
             base::base64_encode({reinterpret_cast<const char*>(guid.octets.data()), guid.octets.size()}) +
             "\n";
    } else {
      out += fmt::format("{}: {}\n", name, value);
    }
  }
  return out + "\n";
}

// The same with what a whole export always shows.
inline std::string whole(std::string_view dn, std::string_view object_class, Attributes attributes) {
  attributes.insert(
      attributes.begin(),
      {{"objectClass", std::string(object_class)}, {"instanceType", "4"}, {"uSNChanged", "1000"}});
  return record(dn, attributes);
}

inline std::string gateway(std::string_view server, std::string_view guid, std::string_view home_mta,
                           std::string_view home_mdb) {
  return whole(
      fmt::format("CN=SMTP ({}-{}),CN=Connections,{}", server, guid, kOrg), "mailGateway",
      {{"homeMTA", std::string(home_mta)},
       {"homeMDB", std::string(home_mdb)},
       {"deliveryMechanism", "2"},
       {"legacyExchangeDN",
        fmt::format(
            "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Connections/cn=SMTP ({})/cn={}",
            server, guid)}});
}

// Records by a short name, in the order of the tree.
inline std::map<std::string, std::string> contoso() {
  std::map<std::string, std::string> out;
  out["0 org"] =
      whole(kOrg, "msExchOrganizationContainer",
            {{"legacyExchangeDN", "/o=Contoso"}, {"objectGUID", "{11111111-2222-3333-4444-555555555555}"}});
  out["1 groups"] = whole("CN=Administrative Groups," + std::string(kOrg), "msExchAdminGroupContainer", {});
  out["2 group"] =
      whole(kGroup, "msExchAdminGroup", {{"legacyExchangeDN", "/o=Contoso/ou=First Administrative Group"}});
  out["3 servers"] = whole("CN=Servers," + kGroup, "msExchServersContainer", {});
  out["4 server"] =
      whole(kServer, "msExchExchangeServer",
            {{"serialNumber", "Version 6.5 (Build 7638.2)"},
             {"networkAddress", "netbios:MAIL1"},
             {"networkAddress", "ncacn_ip_tcp:mail1.contoso.test"},
             {"legacyExchangeDN",
              "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Servers/cn=MAIL1"}});
  out["5 mta"] = whole("CN=Microsoft MTA," + kServer, "mTA", {{"mTALocalDesig", "MAIL1"}});
  out["6 is"] = whole("CN=InformationStore," + kServer, "msExchInformationStore", {});
  out["7 sg"] = whole(kStorageGroup, "msExchStorageGroup", {});
  out["8 mailbox"] = whole("CN=Mailbox Store (MAIL1)," + kStorageGroup, "msExchPrivateMDB",
                           {{"objectGUID", std::string(kMailboxGuid)}});
  out["8 public"] = whole("CN=Public Folder Store (MAIL1)," + kStorageGroup, "msExchPublicMDB",
                          {{"objectGUID", std::string(kPublicGuid)}});
  out["9 connections"] = whole("CN=Connections," + std::string(kOrg), "container", {});
  out["9 gw mailbox"] = gateway("MAIL1", kMailboxGuid, "CN=Microsoft MTA," + kServer,
                                "CN=Mailbox Store (MAIL1)," + kStorageGroup);
  out["9 gw public"] = gateway("MAIL1", kPublicGuid, "CN=Microsoft MTA," + kServer,
                               "CN=Public Folder Store (MAIL1)," + kStorageGroup);
  return out;
}

inline std::string joined(const std::map<std::string, std::string>& records) {
  std::string out;
  for (const auto& [name, text] : records) out += text;
  return out;
}

}  // namespace exaudit::test
