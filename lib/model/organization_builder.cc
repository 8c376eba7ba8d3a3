// Recognises Exchange's objects in a view and resolves how they hang together (rules for recognition:
// lib/README.md).
//
// Class decides what an object is, the DN decides where it belongs. An object whose parent is not in the view
// still belongs to it: the parent then has no entry, and what it would have told is not observed.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "facts/dn.h"
#include "model/organization.h"

namespace exaudit::model {

namespace {

using facts::Entry;

// The ancestor of `key` that stands `levels` above it.
std::string_view ancestor(std::string_view key, int levels) {
  while (levels-- > 0) key = facts::parent_key(key);
  return key;
}

// As the directory spells it. Where the entry is not in the view, those below it still spell its name in
// their DNs.
std::string name_of(const facts::DirectoryView& view, const Entry* entry, std::string_view key) {
  std::size_t levels = 0;
  if (entry == nullptr) {
    const auto below = view.descendants(key);
    if (!below.empty()) {
      entry = &below.front();
      levels = facts::depth_of_key(entry->key) - facts::depth_of_key(key);
    }
  }
  if (entry != nullptr) {
    const auto dn = facts::parse_dn(entry->dn);
    if (dn && levels < dn->rdns.size())
      return std::string(facts::demangle(dn->rdns[levels].front().value).base);
  }
  const std::string_view rdn = facts::rdn_of_key(key);
  return std::string(rdn.substr(std::min(rdn.size(), rdn.find('=') + 1)));
}

Generation generation_of_serial(std::string_view serial) {
  constexpr std::string_view kPrefix = "Version ";
  if (!base::ascii_istarts_with(serial, kPrefix)) return Generation::not_observed;
  serial.remove_prefix(kPrefix.size());
  std::uint64_t major = 0;
  if (!base::parse_uint(serial.substr(0, serial.find('.')), major)) return Generation::not_observed;
  if (major >= 8) return Generation::later;
  if (serial.starts_with("6.5")) return Generation::exchange2003;
  if (serial.starts_with("6.0")) return Generation::exchange2000;
  if (major == 5) return Generation::exchange55;
  return Generation::not_observed;
}

class Builder {
 public:
  Builder(Organization& org, const facts::DirectoryView& view) : org_(org), view_(view) {}

  void run() {
    org_.connections_key = "cn=connections," + org_.key;
    org_.connections_read = view_.container_read(org_.connections_key);
    for (const Entry& entry : view_.descendants(org_.key)) {
      if (entry.deleted) continue;
      const std::string_view type = entry.structural_class();
      if (base::ascii_iequals(type, "msExchAdminGroup")) group_at(entry.key);
      if (base::ascii_iequals(type, "msExchExchangeServer")) server_at(entry.key);
      if (base::ascii_iequals(type, "msExchStorageGroup")) storage_group_at(entry.key);
      if (base::ascii_iequals(type, "msExchPrivateMDB") || base::ascii_iequals(type, "msExchPublicMDB"))
        add_store(entry);
      if (base::ascii_iequals(type, "msExchRoutingGroup")) add_routing_group(entry);
    }
    for (const Server& server : org_.servers) org_.servers_by_name.emplace(base::fold(server.name), &server);
    resolve_clusters();
    add_gateways();
    observe_completeness();
  }

 private:
  AdminGroup& group_at(std::string_view key) {
    const auto known = groups_.find(key);
    if (known != groups_.end()) return *known->second;
    AdminGroup& group = org_.groups.emplace_back();
    group.key = key;
    group.entry = view_.find(key);
    group.name = name_of(view_, group.entry, key);
    if (group.entry != nullptr) group.legacy_dn = org_.field(*group.entry, "legacyExchangeDN");
    const std::string servers = "cn=servers," + group.key;
    group.servers_read =
        view_.container_read(servers) || (view_.container_read(group.key) && view_.find(servers) == nullptr &&
                                          view_.descendants(servers).empty());
    groups_.emplace(group.key, &group);
    return group;
  }

  Server& server_at(std::string_view key) {
    const auto known = servers_.find(key);
    if (known != servers_.end()) return *known->second;
    Server& server = org_.servers.emplace_back();
    server.key = key;
    server.entry = view_.find(key);
    server.name = name_of(view_, server.entry, key);
    server.group = &group_at(ancestor(key, 2));  // CN=<server>,CN=Servers,CN=<group>
    if (server.entry != nullptr) {
      server.serial_number = org_.field(*server.entry, "serialNumber");
      server.legacy_dn = org_.field(*server.entry, "legacyExchangeDN");
      server.responsible_mta = org_.field(*server.entry, "msExchResponsibleMTAServer");
      server.home_routing_group = org_.field(*server.entry, "msExchHomeRoutingGroup");
      read_network_address(server);
    }
    server.generation = generation_of_serial(server.serial_number.value);
    if (server.generation == Generation::not_observed &&
        base::ascii_iequals(server.group->name, "Exchange Administrative Group (FYDIBOHF23SPDLT)")) {
      server.generation = Generation::later;
    }
    read_mta(server);
    servers_.emplace(server.key, &server);
    return server;
  }

  void read_network_address(Server& server) {
    constexpr std::string_view kPrefix = "ncacn_ip_tcp:";
    const facts::Attribute* addresses = server.entry->find("networkAddress");
    if (addresses == nullptr) return;
    for (const facts::Value& value : addresses->values) {
      if (!base::ascii_istarts_with(value.bytes, kPrefix)) continue;
      server.fqdn = value.bytes.substr(kPrefix.size());
      const std::size_t dot = server.fqdn.find('.');
      if (dot == std::string::npos) continue;
      server.domain_key.clear();
      for (const std::string_view label : base::split(std::string_view(server.fqdn).substr(dot + 1), '.')) {
        if (label.empty()) continue;
        if (!server.domain_key.empty()) server.domain_key += ',';
        server.domain_key += facts::child_key("dc", label, "");
      }
      return;
    }
  }

  void read_mta(Server& server) {
    for (const Entry* child : view_.children(server.key)) {
      if (!child->deleted && base::ascii_iequals(child->structural_class(), "mTA")) server.own_mta = child;
    }
    if (server.responsible_mta.present()) {
      server.mta_dn = server.responsible_mta.value;
    } else if (server.own_mta != nullptr) {
      server.mta_dn = server.own_mta->dn;
    }
    const auto key = facts::dn_key(server.mta_dn);
    if (!key) {
      server.mta_dn = {};
      return;
    }
    const Entry* named = view_.find(*key);
    server.mta_key = named != nullptr ? named->key : *key;
  }

  // One MTA that serves several servers makes all of them virtual servers of a cluster.
  void resolve_clusters() {
    std::map<std::string_view, int> served;
    for (const Server& server : org_.servers) {
      if (!server.mta_key.empty()) ++served[server.mta_key];
    }
    for (Server& server : org_.servers) {
      const bool shared = !server.mta_key.empty() && served[server.mta_key] > 1;
      const bool foreign = server.responsible_mta.present() && !facts::is_below(server.mta_key, server.key);
      server.cluster = shared || foreign;
    }
  }

  StorageGroup& storage_group_at(std::string_view key) {
    const auto known = storage_groups_.find(key);
    if (known != storage_groups_.end()) return *known->second;
    StorageGroup& group = org_.storage_groups.emplace_back();
    group.key = key;
    group.entry = view_.find(key);
    group.name = name_of(view_, group.entry, key);
    group.server = &server_at(ancestor(key, 2));  // CN=<group>,CN=InformationStore,CN=<server>
    if (group.entry != nullptr) {
      const auto set = [&](std::string_view attribute) {
        return base::ascii_iequals(org_.field(*group.entry, attribute).value, "TRUE");
      };
      group.recovery = set("msExchRestore") || set("msExchRecovery") ? Recovery::yes : Recovery::no;
    }
    storage_groups_.emplace(group.key, &group);
    return group;
  }

  void add_store(const Entry& entry) {
    const std::string_view parent = facts::parent_key(entry.key);
    const Entry* parent_entry = view_.find(parent);
    if (parent_entry != nullptr &&
        !base::ascii_iequals(parent_entry->structural_class(), "msExchStorageGroup"))
      return;
    if (parent_entry == nullptr && facts::rdn_of_key(facts::parent_key(parent)) != "cn=informationstore")
      return;
    Store& store = org_.stores.emplace_back();
    store.entry = &entry;
    store.key = entry.key;
    store.name = name_of(view_, &entry, entry.key);
    store.is_public = base::ascii_iequals(entry.structural_class(), "msExchPublicMDB");
    store.group = &storage_group_at(parent);
    store.server = store.group->server;
    store.recovery = base::ascii_iequals(org_.field(entry, "msExchRestore").value, "TRUE")
                         ? Recovery::yes
                         : store.group->recovery;
    store.guid = entry.guid;
  }

  void add_routing_group(const Entry& entry) {
    RoutingGroup& group = org_.routing_groups.emplace_back();
    group.entry = &entry;
    group.key = entry.key;
    group.name = name_of(view_, &entry, entry.key);
    for (const std::string_view attribute : {"msExchRoutingGroupMembersDN", "msExchRoutingGroupMembersBL"}) {
      const facts::Attribute* members = entry.find(attribute);
      for (std::size_t i = 0; members != nullptr && i < members->values.size(); ++i) {
        if (auto key = facts::dn_key(members->values[i].bytes)) group.member_keys.push_back(std::move(*key));
      }
    }
  }

  void add_gateways() {
    std::map<base::Guid, const Store*> stores;
    for (const Store& store : org_.stores) {
      if (store.guid) stores.emplace(*store.guid, &store);
    }
    std::vector<Gateway> found;
    for (const Entry* entry : view_.children(org_.connections_key)) {
      if (entry->deleted) continue;
      const auto dn = facts::parse_dn(entry->dn);
      if (!dn) continue;
      const facts::MangledName name = facts::demangle(dn->name());
      const auto parts = parse_gateway_name(name.base);
      if (!parts) continue;
      Gateway gateway;
      gateway.cn = name.base;
      gateway.server_name = parts->server;
      gateway.hyphen = parts->hyphen;
      gateway.conflict = name.mangling == facts::Mangling::conflict;
      gateway.guid = parts->guid;
      gateway.entry = entry;
      const auto store = stores.find(parts->guid);
      gateway.store = store == stores.end() ? nullptr : store->second;
      found.push_back(std::move(gateway));
    }
    // The original comes before conflict copies, then the order of names: the first one keeps the plain
    // fingerprint.
    std::sort(found.begin(), found.end(), [](const Gateway& a, const Gateway& b) {
      return std::tie(a.guid, a.conflict, a.entry->key) < std::tie(b.guid, b.conflict, b.entry->key);
    });
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i > 0 && found[i].guid == found[i - 1].guid) found[i].copy = found[i - 1].copy + 1;
    }
    for (Gateway& gateway : found) org_.gateways.push_back(std::move(gateway));
  }

  void observe_completeness() {
    const bool groups_read = view_.container_read("cn=administrative groups," + org_.key);
    org_.all_servers_read = groups_read && !org_.groups.empty() &&
                            std::all_of(org_.groups.begin(), org_.groups.end(),
                                        [](const AdminGroup& group) { return group.servers_read; });
    org_.all_stores_read = org_.all_servers_read &&
                           std::all_of(org_.servers.begin(), org_.servers.end(),
                                       [&](const Server& server) { return storage_groups_read(server); });
    org_.all_stores_read =
        org_.all_stores_read &&
        std::all_of(org_.storage_groups.begin(), org_.storage_groups.end(), [&](const StorageGroup& group) {
          return view_.container_read(group.key) || reaches_below(group);
        });
  }

  // Everything below the server down to its storage groups was read.
  bool storage_groups_read(const Server& server) const {
    return server.entry != nullptr && view_.container_read(server.key);
  }

  // A storage group without a store counts as read when the same input reaches as deep elsewhere below the
  // Servers container.
  bool reaches_below(const StorageGroup& group) {
    if (group.entry == nullptr) return false;
    const std::string_view servers = facts::parent_key(group.server->key);
    const auto inserted = deepest_.try_emplace(servers);
    auto& deepest = inserted.first->second;
    for (const Entry& entry : inserted.second ? view_.descendants(servers) : std::span<const Entry>()) {
      for (const facts::InputId id : entry.inputs) {
        std::size_t& depth = deepest[id];
        depth = std::max(depth, facts::depth_of_key(entry.key));
      }
    }
    return std::any_of(view_.inputs.begin(), view_.inputs.end(), [&](const facts::ViewInput& input) {
      const auto& holders = group.entry->inputs;
      const auto reached = deepest.find(input.id);
      return input.complete && std::find(holders.begin(), holders.end(), input.id) != holders.end() &&
             reached != deepest.end() && reached->second > facts::depth_of_key(group.key);
    });
  }

  Organization& org_;
  const facts::DirectoryView& view_;
  std::map<std::string, AdminGroup*, std::less<>> groups_;
  std::map<std::string, Server*, std::less<>> servers_;
  std::map<std::string, StorageGroup*, std::less<>> storage_groups_;
  std::map<std::string_view, std::map<facts::InputId, std::size_t>> deepest_;  // below a Servers container
};

// Keys of the organizations of a view: objects of the organization class below CN=Microsoft
// Exchange,CN=Services; and, where that entry is not in the view, the DN one level below when something of an
// organization hangs there.
std::set<std::string> organization_keys(const facts::DirectoryView& view) {
  constexpr std::string_view kMarker = "cn=microsoft exchange,cn=services,cn=configuration";
  std::set<std::string> out;
  for (const Entry& entry : view.entries()) {
    const std::size_t at = entry.key.find(kMarker);
    if (at == std::string::npos || at < 2 || entry.deleted) continue;
    if (at + kMarker.size() < entry.key.size() && entry.key[at + kMarker.size()] != ',') continue;
    const std::string_view below = std::string_view(entry.key).substr(0, at - 1);
    const std::size_t comma = below.rfind(',');
    const std::string_view top = comma == std::string_view::npos ? below : below.substr(comma + 1);
    std::string key = std::string(top) + "," + entry.key.substr(at);
    if (comma == std::string_view::npos) {
      if (entry.is_a("msExchOrganizationContainer")) out.insert(std::move(key));
      continue;
    }
    if (view.find(key) != nullptr) continue;
    const std::string_view inner = below.substr(0, comma);
    const std::size_t previous = inner.rfind(',');
    const std::string_view second = previous == std::string_view::npos ? inner : inner.substr(previous + 1);
    if (second == "cn=administrative groups" || second == "cn=connections") out.insert(std::move(key));
  }
  return out;
}

}  // namespace

std::vector<std::unique_ptr<Organization>> build_organizations(
    const std::vector<facts::DirectoryView>& views) {
  std::vector<std::unique_ptr<Organization>> out;
  for (const facts::DirectoryView& view : views) {
    for (const std::string& key : organization_keys(view)) {
      auto org = std::make_unique<Organization>();
      org->key = key;
      org->view = &view;
      org->entry = view.find(key);
      org->name = name_of(view, org->entry, key);
      if (org->entry != nullptr) {
        org->dn = org->entry->dn;
        if (org->entry->guid) org->guid = org->entry->guid->text();
      }
      out.push_back(std::move(org));
    }
  }
  // Views of one organization: the same GUID where both show it, else the same DN.
  for (auto& a : out) {
    for (const auto& b : out) {
      const bool same = a->guid.empty() || b->guid.empty() ? a->key == b->key : a->guid == b->guid;
      if (a == b || !same) continue;
      if (a->guid.empty()) a->guid = b->guid;
      a->other_views.push_back(b->view);
    }
  }
  for (auto& org : out) {
    org->identity = org->guid.empty() ? org->key : org->guid;
    Builder(*org, *org->view).run();
  }
  return out;
}

}  // namespace exaudit::model
