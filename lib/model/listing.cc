#include "model/listing.h"

#include <algorithm>

#include "base/text.h"

namespace exaudit::model {

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

// What could not be seen is said, never left out: an empty field would look like an empty value.
std::string shown(const Field& field) {
  if (field.present()) return std::string(field.value);
  return field.absent() ? "(absent)" : "(not observed)";
}

std::string recovery_text(Recovery recovery) {
  switch (recovery) {
    case Recovery::no:
      return "no";
    case Recovery::yes:
      return "yes";
    case Recovery::not_observed:
      return "(not observed)";
  }
  return "";
}

facts::Location location_of(const facts::Entry* entry) {
  return entry == nullptr ? facts::Location() : entry->location;
}
std::string dn_of(const facts::Entry* entry, const std::string& key) {
  return entry == nullptr ? key : std::string(entry->dn);
}
std::string guid_of(const std::optional<base::Guid>& guid) { return guid ? guid->text() : "(not observed)"; }

ListNode gateway_node(const Organization& org, const Gateway& gateway) {
  ListNode node{"gateway", gateway.cn, {}, {}, gateway.entry->location};
  node.fields = {{"dn", std::string(gateway.entry->dn)},
                 {"guid", gateway.guid.text()},
                 {"store", gateway.store == nullptr ? "(none)" : gateway.store->name},
                 {"server", gateway.store == nullptr ? gateway.server_name : gateway.store->server->name},
                 {"homeMTA", shown(org.field(*gateway.entry, "homeMTA"))},
                 {"homeMDB", shown(org.field(*gateway.entry, "homeMDB"))},
                 {"legacyExchangeDN", shown(org.field(*gateway.entry, "legacyExchangeDN"))},
                 {"deliveryMechanism", shown(org.field(*gateway.entry, "deliveryMechanism"))}};
  if (gateway.conflict) node.fields.emplace_back("conflict", "yes");
  return node;
}

ListNode store_node(const Organization& org, const Store& store, bool deep) {
  ListNode node{
      store.is_public ? "public-store" : "mailbox-store", store.name, {}, {}, store.entry->location};
  node.fields = {{"dn", std::string(store.entry->dn)},
                 {"guid", guid_of(store.guid)},
                 {"server", store.server->name},
                 {"storage-group", store.group->name},
                 {"recovery", recovery_text(store.recovery)}};
  for (const Gateway& gateway : org.gateways) {
    if (deep && gateway.store == &store) node.children.push_back(gateway_node(org, gateway));
  }
  return node;
}

ListNode storage_group_node(const Organization& org, const StorageGroup& group, bool deep) {
  ListNode node{"storage-group", group.name, {}, {}, location_of(group.entry)};
  node.fields = {{"dn", dn_of(group.entry, group.key)},
                 {"server", group.server->name},
                 {"recovery", recovery_text(group.recovery)}};
  for (const Store& store : org.stores) {
    if (deep && store.group == &group) node.children.push_back(store_node(org, store, true));
  }
  return node;
}

// "dc1.contoso.test (view dc1, registry)", several with commas.
std::string global_catalogs(const Case& c, const Organization& org, const Server& server) {
  std::string out;
  for (const DirectoryServer& row : c.directory_servers) {
    if (row.organization != org.identity || !base::fold_equals(row.server, server.name)) continue;
    if (row.source == DirectoryServerSource::none) continue;
    const std::string view = row.view.empty() ? "no view" : "view " + row.view;
    const std::string_view source = directory_server_source_name(row.source);
    if (!out.empty()) out += ", ";
    if (!row.host.empty()) out += row.host + " (" + view + ", " + std::string(source) + ")";
    if (row.host.empty()) out += view + " (" + std::string(source) + ")";
  }
  return out.empty() ? "(not observed)" : out;
}

ListNode server_node(const Case& c, const Organization& org, const Server& server, bool deep) {
  ListNode node{"server", server.name, {}, {}, location_of(server.entry)};
  node.fields = {{"dn", dn_of(server.entry, server.key)},
                 {"version", std::string(generation_name(server.generation))},
                 {"serialNumber", shown(server.serial_number)},
                 {"administrative-group", server.group->name},
                 {"legacyExchangeDN", shown(server.legacy_dn)},
                 {"mta", server.mta_dn.empty() ? "(not observed)" : std::string(server.mta_dn)},
                 {"routing-group", shown(server.home_routing_group)},
                 {"fqdn", server.fqdn.empty() ? "(not observed)" : server.fqdn}};
  if (server.cluster) node.fields.emplace_back("cluster", "yes");
  if (server.is_2000_or_2003()) node.fields.emplace_back("global-catalogs", global_catalogs(c, org, server));
  const Machine* machine = c.machine_of(server);
  if (machine != nullptr && machine->files != nullptr) node.fields.emplace_back("machine", machine->name);
  for (const StorageGroup& group : org.storage_groups) {
    if (deep && group.server == &server) node.children.push_back(storage_group_node(org, group, true));
  }
  return node;
}

ListNode machine_node(const Machine& machine) {
  ListNode node{"machine", machine.name, {}, {}, {}};
  std::vector<std::string> names;
  for (const Server* server : machine.servers) {
    if (std::find(names.begin(), names.end(), server->name) == names.end()) names.push_back(server->name);
  }
  std::string servers;
  for (const std::string& name : names) servers += (servers.empty() ? "" : ", ") + name;
  node.fields = {{"servers", servers.empty() ? "(none)" : servers},
                 {"version", std::string(generation_name(machine.generation))}};
  const auto count = [&](std::string_view what, std::size_t n) {
    node.fields.emplace_back(what, std::to_string(n));
  };
  if (machine.files == nullptr) {
    node.fields.emplace_back("files", "(none)");
    return node;
  }
  count("metabase-files", machine.files->metabases.size());
  count("registry-exports", machine.files->registries.size());
  count("event-logs", machine.files->event_logs.size());
  count("smtp-greetings", machine.files->greetings.size());
  count("mailbox-tables", machine.files->mailbox_tables.size());
  for (const SmtpService& service : machine.smtp_services) {
    for (const VirtualServer& server : service.virtual_servers) {
      ListNode child{"virtual-server", "SmtpSvc/" + server.instance, {}, {}, server.location};
      child.fields = {{"comment", server.comment.empty() ? "(none)" : server.comment},
                      {"event-bindings", std::to_string(server.bindings.size())}};
      node.children.push_back(std::move(child));
    }
  }
  return node;
}

ListNode organization_node(const Case& c, const Organization& org, std::string_view what) {
  ListNode node{"organization", org.name, {}, {}, location_of(org.entry)};
  node.fields = {{"dn", org.dn.empty() ? org.key : std::string(org.dn)},
                 {"guid", org.guid.empty() ? "(not observed)" : org.guid},
                 {"view", org.view->name}};
  const bool all = what == "all";
  if (all) {
    for (const AdminGroup& group : org.groups) {
      ListNode child{"administrative-group", group.name, {}, {}, location_of(group.entry)};
      child.fields = {{"dn", dn_of(group.entry, group.key)}, {"legacyExchangeDN", shown(group.legacy_dn)}};
      for (const Server& server : org.servers) {
        if (server.group == &group) child.children.push_back(server_node(c, org, server, true));
      }
      node.children.push_back(std::move(child));
    }
    for (const Gateway& gateway : org.gateways) {
      if (gateway.store == nullptr) node.children.push_back(gateway_node(org, gateway));
    }
    return node;
  }
  if (what == "servers") {
    for (const Server& server : org.servers) node.children.push_back(server_node(c, org, server, false));
  } else if (what == "storage-groups") {
    for (const StorageGroup& group : org.storage_groups)
      node.children.push_back(storage_group_node(org, group, false));
  } else if (what == "stores") {
    for (const Store& store : org.stores) node.children.push_back(store_node(org, store, false));
  } else if (what == "gateways") {
    for (const Gateway& gateway : org.gateways) node.children.push_back(gateway_node(org, gateway));
  }
  return node;
}

}  // namespace

std::vector<ListNode> listing(const Case& c, std::string_view what) {
  std::vector<ListNode> out;
  if (what != "machines") {
    for (const auto& org : c.organizations) out.push_back(organization_node(c, *org, what));
  }
  if (what == "machines" || what == "all") {
    for (const Machine& machine : c.machines) out.push_back(machine_node(machine));
  }
  return out;
}

}  // namespace exaudit::model
