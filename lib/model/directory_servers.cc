#include "model/directory_servers.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "facts/discovered_servers.h"
#include "facts/host_name.h"
#include "model/case.h"

namespace exaudit::model {

namespace {

using Source = DirectoryServerSource;

constexpr std::string_view kProfile =
    "SYSTEM\\CurrentControlSet\\Services\\MSExchangeDSAccess\\Profiles\\Default";
constexpr std::string_view kStaticGlobalCatalog = "UserGC";

// A host that the evidence names, before it is looked for among the views.
struct Named {
  std::string host;
  Source source = Source::none;
  facts::Location location;
  std::optional<std::int64_t> time;
};

std::vector<Named> in_registry(const Machine& machine) {
  std::vector<Named> out;
  const Machine::KeyFact profile = machine.registry_key(kProfile);
  if (profile.state != facts::Observed::present) return out;
  const std::string path = "HKEY_LOCAL_MACHINE\\" + std::string(kProfile);
  for (const std::string& child : profile.registry->child_names(path)) {
    if (!base::ascii_istarts_with(child, kStaticGlobalCatalog)) continue;
    const facts::RegistryKey* key = profile.registry->find(path + "\\" + child);
    const facts::RegistryValue* value = key == nullptr ? nullptr : key->find("HostName");
    if (value == nullptr || !value->readable || value->strings.empty()) continue;
    const std::string_view host = facts::bare_host_name(value->strings.front());
    if (!facts::is_host_name(host)) continue;
    facts::Location at = key->location;
    at.line = value->line;
    out.push_back({std::string(host), Source::registry, at, std::nullopt});
  }
  return out;
}

std::vector<Named> in_events(const Case& c, const Machine& machine) {
  std::vector<Named> out;
  std::optional<std::int64_t> newest;
  for (const facts::EventLog& log : machine.files->event_logs) {
    for (const facts::Event& event : log.events) {
      if (!c.is_current(event, log) || (newest && (!event.time || *event.time < *newest))) continue;
      const auto servers = facts::discovered_servers(event);
      if (!servers) continue;
      if (event.time && event.time != newest) out.clear();
      newest = event.time ? event.time : newest;
      for (const std::string& host : facts::global_catalogs_in_use(*servers))
        out.push_back({host, Source::event, event.location, event.time});
    }
  }
  return out;
}

std::vector<Named> hosts_of(const Case& c, const Server& server) {
  const Machine* machine = c.machine_of(server);
  if (machine == nullptr || machine->files == nullptr) return {};
  auto out = in_registry(*machine);
  if (out.empty()) out = in_events(c, *machine);
  // One that is named twice is one.
  std::vector<Named> once;
  for (Named& named : out) {
    const auto same = [&](const Named& known) { return base::fold_equals(known.host, named.host); };
    if (std::none_of(once.begin(), once.end(), same)) once.push_back(std::move(named));
  }
  std::sort(once.begin(), once.end(),
            [](const Named& a, const Named& b) { return base::fold(a.host) < base::fold(b.host); });
  return once;
}

facts::SameHost comes_from(const facts::DirectoryView& view, std::string_view host) {
  // A name that is taken already is the view's folder with the path to it.
  if (view.hosts.empty())
    return facts::same_host(std::string_view(view.name).substr(view.name.rfind('/') + 1), host);
  facts::SameHost best = facts::SameHost::no;
  for (const std::string& known : view.hosts) best = std::max(best, facts::same_host(known, host));
  return best;
}

// Views of the host. A name without a domain that fits views of different hosts tells nothing.
std::vector<std::string> views_from(const std::vector<const Organization*>& views, std::string_view host) {
  std::vector<std::string> exact;
  std::vector<std::string> by_label;
  for (const Organization* org : views) {
    const facts::SameHost same = comes_from(*org->view, host);
    if (same == facts::SameHost::yes) exact.push_back(org->view->name);
    if (same == facts::SameHost::by_first_label) by_label.push_back(org->view->name);
  }
  if (!exact.empty() || by_label.size() == 1) return exact.empty() ? by_label : exact;
  return {};
}

void add_rows(const Case& c, const Organization& org, const Server& server,
              std::vector<DirectoryServer>& out) {
  const std::size_t before = out.size();
  const auto views = c.views_of(org.identity);
  const DirectoryServer row{server.name, org.identity, {}, {}, Source::none, {}, std::nullopt};
  for (const auto& [name, view] : c.options.gc) {
    if (!base::fold_equals(name, server.name)) continue;
    DirectoryServer& chosen = out.emplace_back(row);
    chosen.source = Source::option;
    chosen.view = view;
    for (const facts::DirectoryView& each : c.snapshot.views) {
      if (!base::fold_equals(each.name, view)) continue;
      chosen.view = each.name;
      if (each.hosts.size() == 1) chosen.host = each.hosts.front();
    }
  }
  if (out.size() != before) return;
  for (const Named& named : hosts_of(c, server)) {
    DirectoryServer found = row;
    found.host = named.host;
    found.source = named.source;
    found.location = named.location;
    found.time = named.time;
    const auto names = views_from(views, named.host);
    if (names.empty()) out.push_back(found);
    for (const std::string& name : names) {
      found.view = name;
      out.push_back(found);
    }
  }
  if (out.size() == before) out.push_back(row);
}

}  // namespace

std::string_view directory_server_source_name(Source source) {
  switch (source) {
    case Source::none:
      return "";
    case Source::option:
      return "option";
    case Source::registry:
      return "registry";
    case Source::event:
      return "event";
  }
  return "";
}

std::vector<DirectoryServer> find_directory_servers(const Case& c) {
  // A server stands in every view of its organization.
  std::map<std::pair<std::string, std::string>, std::pair<const Organization*, const Server*>> servers;
  for (const auto& org : c.organizations) {
    for (const Server& server : org->servers) {
      if (server.is_2000_or_2003())
        servers.try_emplace({base::fold(server.name), org->identity}, std::pair(org.get(), &server));
    }
  }
  std::vector<DirectoryServer> out;
  for (const auto& [key, found] : servers) add_rows(c, *found.first, *found.second, out);
  return out;
}

}  // namespace exaudit::model
