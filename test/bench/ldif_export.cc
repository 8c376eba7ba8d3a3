#include "bench/ldif_export.h"

#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/guid.h"

namespace exaudit::bench {

namespace {

namespace fs = std::filesystem;
using base::base64_encode;
using base::Guid;

constexpr int kServers = 20;
constexpr int kStoresPerServer = 4;
constexpr const char* kConfiguration = "CN=Configuration,DC=contoso,DC=test";
constexpr const char* kOrganization =
    "CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";
constexpr const char* kGroupLegacy = "/o=Contoso/ou=First Administrative Group";

Guid guid_of(std::uint64_t number) {
  Guid out;
  for (auto& octet : out.octets) {
    number = number * 6364136223846793005U + 1442695040888963407U;
    octet = static_cast<std::uint8_t>(number >> 56);
  }
  return out;
}

std::string octets(std::uint64_t number) {
  const Guid guid = guid_of(number);
  return base64_encode({reinterpret_cast<const char*>(guid.octets.data()), guid.octets.size()});
}

std::string server_name(int server) { return fmt::format("MAIL{}", server + 1); }
std::string group_dn() {
  return fmt::format("CN=First Administrative Group,CN=Administrative Groups,{}", kOrganization);
}
std::string server_dn(int server) {
  return fmt::format("CN={},CN=Servers,{}", server_name(server), group_dn());
}
std::string storage_group_dn(int server) {
  return fmt::format("CN=First Storage Group,CN=InformationStore,{}", server_dn(server));
}
std::string store_dn(int server, int store) {
  return fmt::format("CN=Mailbox Store {} ({}),{}", store + 1, server_name(server), storage_group_dn(server));
}
std::uint64_t store_number(int server, int store) {
  return 1000U + static_cast<std::uint64_t>(server * 100 + store);
}

class Export {
 public:
  explicit Export(const fs::path& path) : out_(path, std::ios::binary) {}

  void configuration() {
    object(kConfiguration, "configuration", {});
    object(kOrganization, "container\r\nobjectClass: msExchOrganizationContainer",
           "legacyExchangeDN: /o=Contoso\r\n");
    object(fmt::format("CN=Connections,{}", kOrganization), "container", {});
    object(fmt::format("CN=Administrative Groups,{}", kOrganization), "msExchAdminGroupContainer", {});
    object(group_dn(), "msExchAdminGroup", fmt::format("legacyExchangeDN: {}\r\n", kGroupLegacy));
    object("CN=Servers," + group_dn(), "msExchServersContainer", {});
    object("CN=Routing Groups," + group_dn(), "msExchRoutingGroupContainer", {});
    object("CN=First Routing Group,CN=Routing Groups," + group_dn(), "msExchRoutingGroup", {});
    object("CN=Microsoft Exchange System Objects,DC=contoso,DC=test", "msExchSystemObjectsContainer", {});
    for (int server = 0; server < kServers; ++server) add_server(server);
  }

  void mailbox(std::uint64_t number) {
    const int server = static_cast<int>(number % kServers);
    const int store = static_cast<int>(number / kServers % kStoresPerServer);
    const std::string alias = fmt::format("user{:07}", number);
    const std::string dn = fmt::format("CN={0},OU=Staff {1},DC=contoso,DC=test", alias, number % 97);
    out_ << fmt::format(
        "dn: {0}\r\nchangetype: add\r\nobjectClass: top\r\nobjectClass: person\r\nobjectClass: "
        "organizationalPerson\r\nobjectClass: user\r\n"
        "cn: {1}\r\nsn: Example\r\ngivenName: User\r\ndistinguishedName: {0}\r\ninstanceType: "
        "4\r\nwhenCreated: 20030611083000.0Z\r\n"
        "whenChanged: 20040511083000.0Z\r\ndisplayName: Example, User {2}\r\nuSNCreated: {3}\r\nuSNChanged: "
        "{4}\r\n",
        dn, alias, number, 100000 + number, 900000 + number);
    out_ << fmt::format(
        "homeMTA: CN=Microsoft MTA,{0}\r\nproxyAddresses: SMTP:{1}@contoso.test\r\nproxyAddresses: "
        "X400:c=US;a= ;p=Contoso;o=Exchange;s=Example;g={1};\r\n"
        "homeMDB: {2}\r\nmDBUseDefaults: TRUE\r\nmailNickname: {1}\r\nname: {1}\r\nobjectGUID:: "
        "{3}\r\nuserAccountControl: 512\r\n"
        "legacyExchangeDN: {4}/cn=Recipients/cn={1}\r\n",
        server_dn(server), alias, store_dn(server, store), octets(number + 1'000'000), kGroupLegacy);
    out_ << fmt::format(
        "objectSid:: AQUAAAAAAAUVAAAA{0}\r\nsAMAccountName: {1}\r\nshowInAddressBook: CN=Default Global "
        "Address List,CN=All Global Address Lists,CN=Address "
        "Lists Container,{2}\r\nuserPrincipalName: {1}@contoso.test\r\nobjectCategory: "
        "CN=Person,CN=Schema,CN=Configuration,DC=contoso,DC=test\r\n"
        "mail: {1}@contoso.test\r\nmsExchHomeServerName: "
        "{3}/cn=Configuration/cn=Servers/cn={4}\r\nmsExchMailboxGuid:: {5}\r\n"
        "msExchALObjectVersion: 46\r\nmsExchPoliciesIncluded: "
        "{{2491FC9A-4F6B-4D5B-8D5B-0123456789AB}},{{26491CFC-9E50-4857-861B-0CB8DF22B5D7}}\r\n\r\n",
        octets(number).substr(0, 16), alias, kOrganization, kGroupLegacy, server_name(server),
        octets(number + 9'000'000));
  }

 private:
  void object(const std::string& dn, std::string_view type, std::string_view lines, std::uint64_t guid = 0) {
    ++usn_;
    out_ << fmt::format(
        "dn: {0}\r\nchangetype: add\r\nobjectClass: top\r\nobjectClass: {1}\r\ndistinguishedName: "
        "{0}\r\ninstanceType: 4\r\n"
        "whenCreated: 20030611083000.0Z\r\nuSNChanged: {2}\r\nobjectGUID:: {3}\r\n{4}\r\n",
        dn, type, usn_, octets(guid == 0 ? usn_ + 50'000'000 : guid), lines);
  }

  void add_server(int server) {
    const std::string name = server_name(server);
    const std::string dn = server_dn(server);
    object(dn, "server\r\nobjectClass: msExchExchangeServer",
           fmt::format("legacyExchangeDN: {0}/cn=Configuration/cn=Servers/cn={1}\r\nserialNumber: Version "
                       "6.5 (Build 7638.2: Service Pack 2)\r\n"
                       "networkAddress: ncacn_ip_tcp:{1}.contoso.test\r\nmsExchHomeRoutingGroup: CN=First "
                       "Routing Group,CN=Routing Groups,{2}\r\n",
                       kGroupLegacy, name, group_dn()));
    object("CN=Microsoft MTA," + dn, "mTA", {});
    object("CN=InformationStore," + dn, "msExchInformationStore", {});
    object(storage_group_dn(server), "msExchStorageGroup", {});
    for (int store = 0; store < kStoresPerServer; ++store) {
      const std::uint64_t number = store_number(server, store);
      const std::string guid = guid_of(number).text();
      object(store_dn(server, store), "msExchMDB\r\nobjectClass: msExchPrivateMDB",
             "deliveryMechanism: 1\r\n", number);
      object(fmt::format("CN=SMTP ({}-{}),CN=Connections,{}", name, guid, kOrganization),
             "msExchConnector\r\nobjectClass: mailGateway",
             fmt::format("homeMTA: CN=Microsoft MTA,{}\r\nhomeMDB: {}\r\ndeliveryMechanism: 2\r\n"
                         "legacyExchangeDN: {}/cn=Configuration/cn=Connections/cn=SMTP ({})/cn={}\r\n",
                         dn, store_dn(server, store), kGroupLegacy, name, guid));
      object(fmt::format("CN=SystemMailbox{},CN=Microsoft Exchange System Objects,DC=contoso,DC=test", guid),
             "user", {});
    }
  }

  std::ofstream out_;
  std::uint64_t usn_ = 0;
};

}  // namespace

void write_ldif_export(const fs::path& path, std::uint64_t mailboxes) {
  Export out(path);
  out.configuration();
  for (std::uint64_t i = 0; i < mailboxes; ++i) out.mailbox(i);
}

}  // namespace exaudit::bench
