#include "support/random_organization.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/buffer.h"
#include "base/text.h"
#include "facts/dn.h"
#include "readers/readers.h"
#include "support/ldif_reading.h"

namespace exaudit::test {

namespace {

using Names = std::vector<std::string>;

const Names kOrganizations = {"Contoso", "Fabrikam, Inc.", "Adventure Works + S\xC3\xB6hne",
                              "\"Wingtip\" Toys",
                              "Stra\xC3\x9F"
                              "e & Co"};
const Names kGroups = {"First Administrative Group",
                       "Z\xC3\xBCrich",
                       "Nord, S\xC3\xBC"
                       "d",
                       "#4",
                       "a+b=c",
                       "Administrative Groups"};
const Names kServers = {"MAIL", "X-MAN-", "exch-be-", "M\xC3\x9CNCHEN", "STRASSE-", "EXVX"};
const Names kStores = {"Mailbox Store",
                       "Postf\xC3\xA4"
                       "cher",
                       "Store, with comma",
                       "\"quoted\"",
                       "Store; a+b",
                       "SMTP (MAIL1)"};
const Names kStorageGroups = {"First Storage Group", "Zweite Gruppe, Nord", "SG"};
const Names kRoutingGroups = {"First Routing Group",
                              "Au\xC3\x9F"
                              "enstellen",
                              "Hub, West"};

constexpr std::string_view kLaterGroup = "Exchange Administrative Group (FYDIBOHF23SPDLT)";

std::string domain_name(const std::string& dn) {
  std::string out;
  const auto parsed = facts::parse_dn(dn);
  for (const auto& rdn : parsed->rdns) out += (out.empty() ? "" : ".") + rdn.front().value;
  return out;
}

}  // namespace

std::string RandomOrganization::child(const std::string& cn, const std::string& parent) const {
  return "CN=" + facts::escape_rdn_value(cn) + "," + parent;
}

std::string RandomOrganization::deleted_dn(const std::string& cn) {
  std::string guid = base::ascii_lowered(random_.guid().text());
  return child(cn + "\nDEL:" + guid.substr(1, 36), child("Deleted Objects", configuration_dn_));
}

// Directories ignore the letter case of names; people and programs do not always keep it.
std::string RandomOrganization::odd_case(const std::string& text) {
  if (!random_.chance(15)) return text;
  return random_.chance(50) ? base::ascii_uppered(text) : base::ascii_lowered(text);
}

std::string RandomOrganization::name_from(const std::vector<std::string>& names, std::size_t number) {
  const std::string& name = names[random_.below(names.size())];
  return number == 0 ? name : fmt::format("{} {}", name, number + 1);
}

Object& RandomOrganization::add_object(const std::string& dn, const std::string& classes,
                                       const base::Guid& guid) {
  Object& object = objects_.emplace_back();
  object.dn = dn;
  for (const std::string_view name : base::split(classes, ' ')) object.add("objectClass", std::string(name));
  const std::string cn(facts::parse_dn(dn)->name());
  object.add("cn", cn);
  object.add("distinguishedName", dn);
  object.add("instanceType", "4");
  object.add("whenCreated", "20030611083000.0Z");
  object.add("whenChanged", "20040511083000.0Z");
  object.add("uSNCreated", std::to_string(++usn_));
  object.add("uSNChanged", std::to_string(++usn_));
  object.add("objectGUID", std::string(guid.octets.begin(), guid.octets.end()));
  return object;
}

void RandomOrganization::remove(const Object* object) { removed_.push_back(object); }

std::vector<const Object*> RandomOrganization::objects() const {
  std::vector<const Object*> out;
  for (const Object& object : objects_) {
    if (std::find(removed_.begin(), removed_.end(), &object) == removed_.end()) out.push_back(&object);
  }
  return out;
}

std::string RandomOrganization::legacy_dn(const RandomStore& store) {
  return fmt::format("{}/cn=Configuration/cn=Connections/cn=SMTP ({})/cn={}", store.server->group_legacy_dn,
                     store.server->name, store.guid.text());
}

Object& RandomOrganization::add_gateway(const std::string& cn, const RandomStore& store) {
  Object& gateway = add_object(child(cn, connections_dn), "top msExchConnector mailGateway");
  gateway.add("homeMTA", odd_case(store.server->mta_dn));
  gateway.add("homeMDB", odd_case(store.object->dn));
  gateway.add("legacyExchangeDN", odd_case(legacy_dn(store)));
  gateway.add("deliveryMechanism", "2");
  if (random_.chance(50)) gateway.add("canPreserveDNs", "TRUE");
  return gateway;
}

RandomOrganization::RandomOrganization(Random& random, RandomShape shape) : random_(random) {
  add_domain("DC=contoso,DC=test");
  configuration_dn_ = "CN=Configuration,DC=contoso,DC=test";
  if (random_.chance(40)) add_domain("DC=emea,DC=contoso,DC=test");
  if (random_.chance(20)) add_domain("DC=fabrikam,DC=example");
  add_object(configuration_dn_, "top configuration");
  const std::string services = child("Services", configuration_dn_);
  const std::string exchange = child("Microsoft Exchange", services);
  add_object(services, "top container");
  add_object(exchange, "top container msExchConfigurationContainer");
  const std::string name = random_.pick(kOrganizations);
  legacy_ = "/o=" + (random_.chance(80) ? name : "Former Name");
  organization_dn_ = child(name, exchange);
  add_object(organization_dn_, "top container msExchOrganizationContainer").add("legacyExchangeDN", legacy_);
  connections_dn = child("Connections", organization_dn_);
  add_object(connections_dn, "top container");
  add_object(child("Administrative Groups", organization_dn_), "top container msExchAdminGroupContainer");
  const std::size_t groups = random_.between(1, 4);
  for (std::size_t i = 0; i < groups; ++i) add_group(i, shape);
  make_cluster();
  for (RandomStore& store : stores) complete_store(store);
  for (RandomServer& server : servers) join_routing_group(server);
  add_bystanders(shape);
  add_recipients();
}

void RandomOrganization::add_domain(const std::string& dn) {
  domains.push_back(dn);
  add_object(dn, "top domain domainDNS");
  const std::string objects = child("Microsoft Exchange System Objects", dn);
  add_object(objects, "top container msExchSystemObjectsContainer");
  add_object(child("globalevents", objects), "top publicFolder");
  add_object(child("Users", dn), "top container");
}

void RandomOrganization::add_group(std::size_t number, RandomShape shape) {
  const std::string all = child("Administrative Groups", organization_dn_);
  const bool later = number > 0 && !has_later_group_ && random_.chance(15);
  has_later_group_ = has_later_group_ || later;
  const std::string name = later ? std::string(kLaterGroup) : name_from(kGroups, number);
  const std::string group = child(name, all);
  const std::string legacy =
      legacy_ + "/ou=" + (random_.chance(70) ? name : fmt::format("Old Name {}", number));
  add_object(group, "top msExchAdminGroup").add("legacyExchangeDN", legacy);
  const bool routes = number == 0 || random_.chance(60);
  if (routes) {
    const std::string routing = child("Routing Groups", group);
    add_object(routing, "top container msExchRoutingGroupContainer");
    for (std::size_t i = 0; i < random_.between(1, 2); ++i) {
      const std::string dn = child(name_from(kRoutingGroups, i), routing);
      routing_groups.push_back(&add_object(dn, "top msExchRoutingGroup"));
      const std::string connectors = child("Connections", dn);
      add_object(connectors, "top container msExchConnectors");
      add_object(child("SMTP (Internet)", connectors),
                 "top msExchConnector mailGateway msExchRoutingSMTPConnector");
    }
  }
  std::size_t count = random_.between(number == 0 || !shape.empty_containers ? 1 : 0, 3);
  // An administrative group may have no Servers container. An empty one shows that it was read only where
  // something beside it goes as deep.
  if (count == 0 && (!routes || random_.chance(50))) return;
  add_object(child("Servers", group), "top container msExchServersContainer");
  for (; count > 0; --count) {
    int generation = later ? 8 : random_.chance(40) ? 2000 : 2003;
    if (!later && random_.chance(12)) generation = random_.chance(70) ? 55 : 8;
    add_server(group, legacy, generation, shape);
  }
  if (random_.chance(30))
    add_object(child("System Policies", group), "top container msExchPoliciesContainer");
}

void RandomOrganization::add_server(const std::string& group_dn, const std::string& legacy_dn, int generation,
                                    RandomShape shape) {
  static const std::map<int, std::string> kSerials = {{55, "Version 5.5 (Build 2653.23: Service Pack 4)"},
                                                      {2000, "Version 6.0 (Build 6249.4: Service Pack 3)"},
                                                      {2003, "Version 6.5 (Build 7638.2: Service Pack 2)"},
                                                      {8, "Version 8.1 (Build 30240.6)"}};
  RandomServer& server = servers.emplace_back();
  server.name = fmt::format("{}{}", random_.pick(kServers), next_server_++);
  server.group_dn = group_dn;
  server.group_legacy_dn = legacy_dn;
  server.judged = generation >= 2000;
  const std::string dn = child(server.name, child("Servers", group_dn));
  server.object = &add_object(dn, "top server msExchExchangeServer");
  server.object->add("legacyExchangeDN", legacy_dn + "/cn=Configuration/cn=Servers/cn=" + server.name);
  server.object->add("serialNumber", kSerials.at(generation));
  if (random_.chance(85)) {
    server.domain = random_.pick(domains);
    server.object->add("networkAddress", "netbios:" + server.name);
    server.object->add("networkAddress",
                       fmt::format("ncacn_ip_tcp:host{}.{}", next_server_, domain_name(server.domain)));
  }
  server.mta_dn = child("Microsoft MTA", dn);
  server.mta = &add_object(server.mta_dn, "top mTA");
  add_object(child("Microsoft System Attendant", dn), "top exchangeAdminService");
  if (generation == 55) {
    add_object(child("Microsoft Private MDB", dn), "top msExchMDB msExchPrivateMDB");
    return;
  }
  add_storage_groups(server, shape);
  if (generation == 2003 && random_.chance(50)) server.table = RandomServer::Table::whole;
  if (generation == 2000 && random_.chance(30)) server.table = RandomServer::Table::without_state;
}

void RandomOrganization::add_storage_groups(RandomServer& server, RandomShape shape) {
  if (random_.chance(8)) return;  // a front end
  const std::string information_store = child("InformationStore", server.object->dn);
  add_object(information_store, "top container msExchInformationStore");
  std::size_t number = 0;
  const std::size_t groups = random_.between(1, 2);
  for (std::size_t i = 0; i < groups; ++i) {
    const std::string name = name_from(kStorageGroups, i);
    const std::string group = child(name, information_store);
    add_object(group, "top container msExchStorageGroup");
    const std::size_t count = random_.between(i > 0 && shape.empty_containers ? 0 : 1, 3);
    for (std::size_t k = 0; k < count; ++k) add_store(server, group, name, number++, false);
  }
  if (server.judged && random_.chance(20)) {
    const std::string group = child("Recovery Storage Group", information_store);
    Object& object = add_object(group, "top container msExchStorageGroup");
    object.add(random_.chance(50) ? "msExchRestore" : "msExchRecovery", "TRUE");
    add_store(server, group, "Recovery Storage Group", number, true);
  }
}

RandomStore& RandomOrganization::add_store(RandomServer& server, const std::string& group_dn,
                                           const std::string& group_name, std::size_t number, bool recovery) {
  RandomStore& store = stores.emplace_back();
  store.server = &server;
  store.group_name = group_name;
  store.recovery = recovery;
  store.is_public = !recovery && number > 0 && random_.chance(30);
  store.name = store.is_public ? fmt::format("Public Folder Store {} ({})", number, server.name)
                               : name_from(kStores, number);
  store.guid = random_.guid();
  const std::string type = store.is_public ? "msExchPublicMDB" : "msExchPrivateMDB";
  store.object = &add_object(child(store.name, group_dn), "top msExchMDB " + type, store.guid);
  store.object->add("deliveryMechanism", "1");
  store.object->add("msExchEDBFile", "C:\\Exchsrvr\\mdbdata\\priv.edb");
  if (!recovery) server.stores.push_back(&store);
  return store;
}

// Once clusters are known: gateway and system mailbox.
void RandomOrganization::complete_store(RandomStore& store) {
  const RandomServer& server = *store.server;
  if (!server.judged) return;
  if (store.recovery) {  // nobody knows whether they have one; no rule judges it
    if (random_.chance(50))
      add_object(child(gateway_name("OTHER", store.guid), connections_dn), "top container");
    return;
  }
  store.gateway = &add_gateway(odd_case(gateway_name(server.name, store.guid)), store);
  if (store.is_public) return;
  const std::string domain = server.domain.empty() ? random_.pick(domains) : server.domain;
  const std::string cn = "SystemMailbox" + odd_case(store.guid.text());
  store.system_mailbox = &add_object(child(cn, child("Microsoft Exchange System Objects", domain)),
                                     "top person organizationalPerson user");
  store.system_mailbox->add("homeMDB", store.object->dn);
  store.system_mailbox->add("mailNickname", cn);
}

// KB 329235: on a cluster one MTA serves every virtual server.
void RandomOrganization::make_cluster() {
  if (!random_.chance(30)) return;
  std::vector<RandomServer*> members;
  for (RandomServer& server : servers) {
    if (server.judged && members.size() < 3) members.push_back(&server);
  }
  if (members.size() < 2) return;
  for (RandomServer* member : members) {
    member->cluster = true;
    if (member != members.front()) {
      remove(member->mta);
      member->mta = nullptr;
      member->mta_dn = members.front()->mta_dn;
    }
    if (member->mta == nullptr || random_.chance(50))
      member->object->add("msExchResponsibleMTAServer", odd_case(member->mta_dn));
  }
}

void RandomOrganization::join_routing_group(RandomServer& server) {
  Object& group = *random_.pick(routing_groups);
  const std::size_t how = random_.below(4);
  if (how != 1) server.object->add("msExchHomeRoutingGroup", odd_case(group.dn));
  if (how == 0) return;
  server.listed_by_mta = how == 3 && server.mta != nullptr && !server.cluster;
  group.add(random_.chance(50) ? "msExchRoutingGroupMembersDN" : "msExchRoutingGroupMembersBL",
            server.listed_by_mta ? server.mta_dn : server.object->dn);
}

// What only looks like a gateway, a store or an organization.
void RandomOrganization::add_bystanders(RandomShape shape) {
  const std::string exchange = organization_dn_.substr(organization_dn_.find(",CN=Microsoft Exchange,") + 1);
  const std::string near_guid = base::ascii_lowered(random_.guid().text()).substr(1, 36);
  const std::vector<std::pair<std::string, std::string>> all = {
      {child("SMTP (Internet)", connections_dn),
       "top msExchConnector mailGateway msExchRoutingSMTPConnector"},
      {child("SMTP ({no-guid})", connections_dn), "top msExchConnector mailGateway"},
      {child("SMTP (MAIL1-" + near_guid + ")", connections_dn), "top msExchConnector mailGateway"},
      {child("SMTP (" + random_.guid().text() + ")", connections_dn), "top msExchConnector mailGateway"},
      {child("Connector for Lotus Notes (MAIL1)", connections_dn), "top msExchConnector mailGateway"},
      {child("Microsoft Exchange Connector\nCNF:" + near_guid, connections_dn), "top container"},
      {child(gateway_name("MAIL1", random_.guid()), child("Offline Address Lists", organization_dn_)),
       "top msExchConnector mailGateway"},
      {child("Offline Address Lists", organization_dn_), "top container"},
      {child("Active Directory Connections", exchange), "top msExchActiveDirectoryConnector"},
      {child("Users - MAIL1", child("Active Directory Connections", exchange)),
       "top msExchActiveDirectoryConnector"},
      {child("Global Settings\nCNF:" + near_guid, organization_dn_), "top container"},
      {child(gateway_name("MAIL1", random_.guid()), child("Sites", configuration_dn_)),
       "top msExchConnector mailGateway"},
      {child("Sites", configuration_dn_), "top container"},
      {"CN=ms-Exch-Home-MDB,CN=Schema," + configuration_dn_, "top attributeSchema"},
      {child("SystemMailbox" + random_.guid().text(),
             child("Microsoft Exchange System Objects", domains.front())),
       "top user"},
  };
  for (const auto& [dn, classes] : all) {
    if (random_.chance(50)) add_object(dn, classes);
  }
  if (!shape.empty_containers)
    add_object(child("Fabrikam Fax", connections_dn), "top msExchConnector mailGateway");
  if (random_.chance(50)) {
    const std::string dn = deleted_dn(gateway_name("MAIL1", random_.guid()));
    add_object(dn, "top msExchConnector mailGateway").add("isDeleted", "TRUE");
    add_object(deleted_dn("Gone Store"), "top msExchMDB msExchPrivateMDB").add("isDeleted", "TRUE");
  }
}

void RandomOrganization::add_recipients() {
  std::size_t number = 0;
  for (RandomStore& store : stores) {
    if (store.is_public || !store.server->judged || store.recovery) continue;
    for (std::size_t i = random_.below(3); i > 0; --i) {
      const std::string alias = fmt::format("user{}", ++number);
      Object& user = add_object(child("Smith, J\xC3\xB6rg " + alias, child("Users", random_.pick(domains))),
                                "top person organizationalPerson user");
      user.add("mailNickname", alias);
      user.add("homeMDB", store.object->dn);
      user.add("homeMTA", store.server->mta_dn);
      user.add("msExchHomeServerName",
               store.server->group_legacy_dn + "/cn=Configuration/cn=Servers/cn=" + store.server->name);
      user.add("legacyExchangeDN", store.server->group_legacy_dn + "/cn=Recipients/cn=" + alias);
      user.add("proxyAddresses", "SMTP:" + alias + "@contoso.test");
    }
  }
}

std::string RandomOrganization::mailbox_table(const RandomServer& server) const {
  const bool state = server.table == RandomServer::Table::whole;
  const auto quoted = [](std::string_view text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  };
  std::string out = "\"MailboxDisplayName\",\"ServerName\",\"StorageGroupName\",\"StoreName\"";
  out += state ? ",\"DateDiscoveredAbsentInDS\"\r\n" : "\r\n";
  for (const RandomStore* store : server.stores) {
    if (store->is_public) continue;
    const auto row = [&](const std::string& name, bool connected) {
      out += quoted(name) + "," + quoted(server.name) + "," + quoted(store->group_name) + "," +
             quoted(store->name);
      out += !state ? "\r\n" : connected ? ",\"\"\r\n" : ",\"20040511083000.000000+000\"\r\n";
    };
    row("Smith, J\xC3\xB6rg", true);
    row("SystemMailbox" + store->guid.text(), true);
    const std::string smtp = gateway_name(server.name, store->guid);
    if (store->listed == Listed::disconnected || store->listed == Listed::both) row(smtp, false);
    if (store->listed == Listed::connected || store->listed == Listed::both) row(smtp, true);
  }
  return out;
}

facts::Snapshot snapshot_of(const RandomOrganization& organization, const Spelling& spelling,
                            Random& random) {
  LdifReading reading = read_texts(write_ldif(organization.objects(), spelling, random));
  facts::Snapshot out;
  out.inputs = std::move(reading.inputs);
  out.views = std::move(reading.views);
  for (const RandomServer& server : organization.servers) {
    const bool lists_any = std::any_of(server.stores.begin(), server.stores.end(),
                                       [](const auto* store) { return !store->is_public; });
    if (server.table == RandomServer::Table::none || !lists_any) continue;
    facts::Input& input = out.inputs.emplace_back();
    input.kind = facts::InputKind::mailbox_table;
    input.path = input.machine = server.name;
    facts::MachineFacts& machine = out.machines.emplace_back();
    machine.name = server.name;
    const auto id = static_cast<facts::InputId>(out.inputs.size() - 1);
    machine.mailbox_tables.push_back(
        readers::read_mailbox_table(organization.mailbox_table(server), id, input));
  }
  std::sort(out.machines.begin(), out.machines.end(),
            [](const auto& a, const auto& b) { return base::fold(a.name) < base::fold(b.name); });
  return out;
}

}  // namespace exaudit::test
