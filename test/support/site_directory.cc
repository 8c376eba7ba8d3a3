#include "support/site_directory.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/sha256.h"
#include "base/text.h"
#include "ldapschema/ldapschema.h"

namespace exaudit::test {

namespace {

// Names of the classes in the schema, as objectCategory has them.
const std::map<std::string_view, std::string_view> kCategories = {
    {"container", "Container"},
    {"domainDNS", "Domain-DNS"},
    {"exchangeAdminService", "Exchange-Admin-Service"},
    {"mTA", "MTA"},
    {"mailGateway", "ms-Exch-Mail-Gateway"},
    {"msExchAdminGroup", "ms-Exch-Admin-Group"},
    {"msExchAdminGroupContainer", "ms-Exch-Admin-Group-Container"},
    {"msExchConfigurationContainer", "ms-Exch-Configuration-Container"},
    {"msExchConnectors", "ms-Exch-Connectors"},
    {"msExchExchangeServer", "ms-Exch-Exchange-Server"},
    {"msExchInformationStore", "ms-Exch-Information-Store"},
    {"msExchOrganizationContainer", "ms-Exch-Organization-Container"},
    {"msExchPrivateMDB", "ms-Exch-Private-MDB"},
    {"msExchPublicMDB", "ms-Exch-Public-MDB"},
    {"msExchRoutingGroup", "ms-Exch-Routing-Group"},
    {"msExchRoutingGroupContainer", "ms-Exch-Routing-Group-Container"},
    {"msExchServersContainer", "ms-Exch-Servers-Container"},
    {"msExchStorageGroup", "ms-Exch-Storage-Group"},
    {"msExchSystemObjectsContainer", "ms-Exch-System-Objects-Container"},
    {"user", "Person"},
};

bool is_safe(std::string_view value) {
  if (value.empty()) return true;
  if (std::string_view(" :<").find(value.front()) != std::string_view::npos || value.back() == ' ')
    return false;
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

// One attribute, folded as the tool folds: `width` bytes per line.
std::string line_of(std::string_view name, std::string_view value, std::size_t width, std::string_view end) {
  std::string text(name);
  text += is_safe(value) ? ": " + std::string(value) : ":: " + base::base64_encode(value);
  std::string out = text.substr(0, width);
  for (std::size_t at = width; at < text.size(); at += width - 1)
    out.append(end).append(" ").append(text, at, width - 1);
  return out.append(end);
}

std::string domain_name(const std::string& dn) {
  std::string out;
  for (const std::string_view part : base::split(dn, ','))
    out += (out.empty() ? "" : ".") + std::string(part.substr(part.find('=') + 1));
  return out;
}

}  // namespace

base::Guid guid_of(std::string_view name) {
  std::string hex = base::sha256_hex(name).substr(0, 32);
  hex[12] = '5';  // version
  hex[16] = '8';  // variant
  const auto guid = base::Guid::parse(fmt::format("{{{}-{}-{}-{}-{}}}", hex.substr(0, 8), hex.substr(8, 4),
                                                  hex.substr(12, 4), hex.substr(16, 4), hex.substr(20)));
  if (!guid) throw std::logic_error("no GUID of " + std::string(name));
  return *guid;
}

std::string octets_of(const base::Guid& guid) { return {guid.octets.begin(), guid.octets.end()}; }

std::string SiteDirectory::mangled(const std::string& cn, std::string_view mark, std::string_view of) {
  const std::string guid = base::ascii_lowered(guid_of(of).text());
  return fmt::format("{}\\0A{}:{}", cn, mark, guid.substr(1, guid.size() - 2));
}

std::string SiteDirectory::deleted_dn(const std::string& cn) const {
  return "CN=" + mangled(cn, "DEL", "deleted " + cn) + ",CN=Deleted Objects," + configuration_dn();
}

SiteDirectory::SiteDirectory(const std::string& organization, std::string domain_dn)
    : domain_dn_(std::move(domain_dn)), legacy_("/o=" + organization) {
  const std::string exchange = "CN=Microsoft Exchange,CN=Services," + configuration_dn();
  organization_dn_ = "CN=" + organization + "," + exchange;
  add(Part::configuration, exchange, "top container msExchConfigurationContainer");
  Object& org = add(Part::configuration, organization_dn_, "top container msExchOrganizationContainer");
  org.add("legacyExchangeDN", legacy_);
  org.add("msExchMixedMode", "TRUE");
  add(Part::configuration, connections_dn(), "top container");
  add(Part::configuration, "CN=Administrative Groups," + organization_dn_,
      "top container msExchAdminGroupContainer");
  add(Part::domain, domain_dn_, "top domain domainDNS");
  add(Part::domain, "CN=Microsoft Exchange System Objects," + domain_dn_,
      "top container msExchSystemObjectsContainer");
  add(Part::domain, "CN=Users," + domain_dn_, "top container");
}

Object& SiteDirectory::add(Part part, const std::string& dn, std::string_view classes) {
  Object& object = entries_.emplace_back(Entry{part, {}}).object;
  object.dn = dn;
  const auto names = base::split(classes, ' ');
  for (const std::string_view name : names) object.add("objectClass", std::string(name));
  std::string rdn = dn.substr(0, dn.find(','));
  rdn = rdn.substr(rdn.find('=') + 1);
  const std::size_t escape = rdn.find("\\0A");
  if (escape != std::string::npos) rdn.replace(escape, 3, "\n");
  if (base::ascii_istarts_with(dn, "CN=")) object.add("cn", rdn);
  object.add("distinguishedName", dn);
  object.add("instanceType", "4");
  object.add("whenCreated", "20040112081530.0Z");
  object.add("whenChanged", "20040112081530.0Z");
  object.add("uSNCreated", std::to_string(usn_ += 7));
  object.add("uSNChanged", std::to_string(usn_));
  object.add("name", rdn);
  object.add("objectGUID", octets_of(guid_of(dn)));
  object.add("objectCategory",
             fmt::format("CN={},CN=Schema,{}", kCategories.at(names.back()), configuration_dn()));
  return object;
}

Object& SiteDirectory::at(std::string_view dn) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.object.dn == dn; });
  if (found == entries_.end()) throw std::logic_error("no object " + std::string(dn));
  return found->object;
}

void SiteDirectory::remove(std::string_view dn) {
  at(dn);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.object.dn == dn; });
}

std::string SiteDirectory::add_group(const std::string& name, const std::string& legacy_name) {
  const std::string dn = fmt::format("CN={},CN=Administrative Groups,{}", name, organization_dn_);
  group_legacy_[dn] = legacy_ + "/ou=" + legacy_name;
  add(Part::configuration, dn, "top msExchAdminGroup").add("legacyExchangeDN", group_legacy_[dn]);
  const std::string routing = "CN=Routing Groups," + dn;
  const std::string first = "CN=First Routing Group," + routing;
  add(Part::configuration, routing, "top container msExchRoutingGroupContainer");
  add(Part::configuration, first, "top container msExchRoutingGroup");
  add(Part::configuration, "CN=Connections," + first, "top container msExchConnectors");
  add(Part::configuration, "CN=Servers," + dn, "top container msExchServersContainer");
  return dn;
}

void SiteDirectory::add_server(const SiteServer& server, const std::vector<SiteStore>& stores) {
  Server& known = servers_[server.name];
  known.dn = fmt::format("CN={},CN=Servers,{}", server.name, server.group_dn);
  known.legacy_prefix = group_legacy_.at(server.group_dn);
  known.mta_dn = mta_dn(server.mta_server.empty() ? server.name : server.mta_server);
  const std::string host = base::ascii_lowered(server.name) + "." + domain_name(domain_dn_);
  Object& object = add(Part::configuration, known.dn, "top server msExchExchangeServer");
  object.add("legacyExchangeDN", server_legacy_dn(server.name));
  object.add("serialNumber", "Version " + server.version);
  object.add("networkAddress", "netbios:" + server.name);
  object.add("networkAddress", "ncacn_ip_tcp:" + host);
  object.add("msExchHomeRoutingGroup", "CN=First Routing Group,CN=Routing Groups," + server.group_dn);
  object.add("msExchResponsibleMTAServer", known.mta_dn);
  if (server.mta_server.empty()) {
    Object& mta = add(Part::configuration, known.mta_dn, "top mTA");
    mta.add("legacyExchangeDN", server_legacy_dn(server.name) + "/cn=Microsoft MTA");
    mta.add("mTALocalDesig", server.name);
    mta.add("transRetryMins", "10");
    mta.add("transTimeoutMins", "20");
  }
  const std::string store_root = "CN=InformationStore," + known.dn;
  add(Part::configuration, store_root, "top container msExchInformationStore");
  std::string last;
  for (const SiteStore& store : stores) {
    if (store.storage_group != last)
      add(Part::configuration, fmt::format("CN={},{}", store.storage_group, store_root),
          "top container msExchStorageGroup");
    last = store.storage_group;
    add_store(server, store);
  }
}

std::string SiteDirectory::server_legacy_dn(const std::string& server) const {
  return servers_.at(server).legacy_prefix + "/cn=Configuration/cn=Servers/cn=" + server;
}

base::Guid SiteDirectory::store_guid(const std::string& server, const std::string& store) {
  return guid_of("store " + store + " of " + server);
}

std::string SiteDirectory::gateway_cn(const std::string& server, const std::string& store) {
  return fmt::format("SMTP ({}-{})", server, store_guid(server, store).text());
}

std::string SiteDirectory::gateway_dn(const std::string& server, const std::string& store) const {
  return "CN=" + gateway_cn(server, store) + "," + connections_dn();
}

std::string SiteDirectory::gateway_legacy_dn(const std::string& server, const std::string& store) const {
  return fmt::format("{}/cn=Configuration/cn=Connections/cn=SMTP ({})/cn={}",
                     servers_.at(server).legacy_prefix, server, store_guid(server, store).text());
}

std::string SiteDirectory::system_mailbox_dn(const std::string& server, const std::string& store) const {
  return fmt::format("CN=SystemMailbox{},CN=Microsoft Exchange System Objects,{}",
                     base::ascii_lowered(store_guid(server, store).text()), domain_dn_);
}

std::string SiteDirectory::store_dn(const std::string& server, const std::string& store) const {
  const std::string begin = fmt::format("CN={},", store);
  for (const Entry& entry : entries_) {
    if (entry.object.dn.starts_with(begin) && entry.object.dn.ends_with("," + server_dn(server)))
      return entry.object.dn;
  }
  throw std::logic_error("no store " + store);
}

void SiteDirectory::add_store(const SiteServer& server, const SiteStore& store) {
  const Server& owner = servers_.at(server.name);
  Object& object =
      add(Part::configuration,
          fmt::format("CN={},CN={},CN=InformationStore,{}", store.name, store.storage_group, owner.dn),
          store.is_public ? "top msExchMDB msExchPublicMDB" : "top msExchMDB msExchPrivateMDB");
  object.set("objectGUID", octets_of(store_guid(server.name, store.name)));
  object.add("legacyExchangeDN",
             server_legacy_dn(server.name) +
                 (store.is_public ? "/cn=Microsoft Public MDB" : "/cn=Microsoft Private MDB"));
  object.add("deliveryMechanism", "1");
  object.add("msExchOwningServer", owner.dn);
  if (server.version.starts_with("5.5")) return;
  add_gateway(server, store);
  if (store.is_public) return;
  const std::string dn = system_mailbox_dn(server.name, store.name);
  add_recipient(dn.substr(3, dn.find(',') - 3), dn, server, store, dn.substr(3, dn.find(',') - 3));
  for (const std::string& user : store.users) {
    const std::size_t blank = user.find(' ');
    add_recipient(user, user_dn(user), server, store,
                  base::ascii_lowered(user.substr(0, 1) + user.substr(blank + 1)));
  }
}

void SiteDirectory::add_gateway(const SiteServer& server, const SiteStore& store) {
  const std::string store_name = store_dn(server.name, store.name);
  Object& object =
      add(Part::configuration, gateway_dn(server.name, store.name), "top msExchConnector mailGateway");
  object.add("legacyExchangeDN", gateway_legacy_dn(server.name, store.name));
  object.add("deliveryMechanism", "2");
  object.add("homeMDB", store_name);
  object.add("homeMTA", servers_.at(server.name).mta_dn);
}

void SiteDirectory::add_recipient(const std::string& cn, const std::string& dn, const SiteServer& server,
                                  const SiteStore& store, const std::string& alias) {
  const std::string store_name = store_dn(server.name, store.name);
  Object& object = add(Part::domain, dn, "top person organizationalPerson user");
  object.add("displayName", cn);
  object.add("mailNickname", alias);
  object.add("legacyExchangeDN", servers_.at(server.name).legacy_prefix + "/cn=Recipients/cn=" + alias);
  object.add("homeMDB", store_name);
  object.add("homeMTA", servers_.at(server.name).mta_dn);
  object.add("msExchHomeServerName", server_legacy_dn(server.name));
  object.add("msExchMailboxGuid", octets_of(guid_of("mailbox of " + cn)));
  object.add("proxyAddresses", fmt::format("SMTP:{}@{}", alias, domain_name(domain_dn_)));
}

std::string SiteDirectory::ldifde(Part part) const {
  constexpr std::size_t kWidth = 76;
  constexpr std::string_view kEnd = "\r\n";
  std::string out;
  for (const Entry& entry : entries_) {
    if (entry.part != part) continue;
    out += line_of("dn", entry.object.dn, kWidth, kEnd) + "changetype: add\r\n";
    for (const auto& [name, value] : entry.object.attributes) out += line_of(name, value, kWidth, kEnd);
    out += kEnd;
  }
  return out;
}

std::string SiteDirectory::global_catalog(Part part) const {
  constexpr std::size_t kWidth = 79;
  constexpr std::string_view kEnd = "\n";
  const std::string base =
      part == Part::domain ? domain_dn_ : "CN=Microsoft Exchange,CN=Services," + configuration_dn();
  std::string out = fmt::format(
      "# extended LDIF\n#\n# LDAPv3\n# base <{}> with scope subtree\n# filter: (objectClass=*)\n"
      "# requesting: ALL\n#\n\n",
      base);
  std::size_t count = 0;
  for (const Entry& entry : entries_) {
    if (entry.part != part) continue;
    ++count;
    out += line_of("dn", entry.object.dn, kWidth, kEnd);
    for (const auto& [name, value] : entry.object.attributes) {
      const ldapschema::AttributeInfo* info = ldapschema::find_attribute(name);
      const bool lacks = info != nullptr && info->in_global_catalog == ldapschema::InGlobalCatalog::no;
      if (!lacks) out += line_of(name, value, kWidth, kEnd);
    }
    out += kEnd;
  }
  return out + fmt::format(
                   "# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: {}\n# numEntries: {}\n",
                   count + 1, count);
}

}  // namespace exaudit::test
