#include "model/case.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.h"
#include "facts/event_match.h"

namespace exaudit::model {

namespace {

constexpr std::string_view kServices = "SYSTEM\\CurrentControlSet\\Services";
constexpr std::string_view kUnknownMachine = "?";

// "Services Version" of HKLM\SOFTWARE\Microsoft\Exchange\Setup: 60 = 2000, 65 = 2003. Some write it as text.
Generation generation_of_setup(const facts::RegistryKey& setup) {
  const facts::RegistryValue* version = setup.find("Services Version");
  if (version == nullptr || !version->readable) return Generation::not_observed;
  std::uint64_t number = version->number;
  if (!version->strings.empty() && !base::parse_uint(version->strings.front(), number))
    return Generation::not_observed;
  if (number == 60) return Generation::exchange2000;
  if (number == 65) return Generation::exchange2003;
  if (number >= 80) return Generation::later;
  return number >= 50 && number < 60 ? Generation::exchange55 : Generation::not_observed;
}

// SERVICE_*_START of a service key's Start value.
facts::StartMode start_mode(std::uint64_t number) {
  switch (number) {
    case 2:
      return facts::StartMode::automatic;
    case 3:
      return facts::StartMode::manual;
    case 4:
      return facts::StartMode::disabled;
    default:
      return facts::StartMode::other;
  }
}

// A listing of the running services that does not show an installed service says that it is stopped, when it
// would show it by a name that we know: its key name, or the display name that the registry has.
bool absence_means_stopped(const facts::ServiceTable& table, const Machine::KeyFact& key,
                           std::string_view display_name) {
  if (table.covers != facts::ServiceTable::Covers::running || !table.complete ||
      key.state != facts::Observed::present)
    return false;
  const bool by_key_name = std::any_of(table.services.begin(), table.services.end(),
                                       [](const facts::Service& each) { return !each.name.empty(); });
  return by_key_name || !display_name.empty();
}

}  // namespace

const facts::SmtpGreeting* Machine::best_greeting() const {
  if (files == nullptr) return nullptr;
  const facts::SmtpGreeting* best = nullptr;
  const auto rank = [](const facts::SmtpGreeting& g) {
    return std::make_tuple(g.has_ehlo && g.ehlo_complete, !g.masked, !g.across_network);
  };
  for (const facts::SmtpGreeting& greeting : files->greetings) {
    if (best == nullptr || rank(greeting) > rank(*best)) best = &greeting;
  }
  return best;
}

Machine::KeyFact Machine::registry_key(std::string_view path) const {
  KeyFact out;
  if (files == nullptr) return out;
  const std::string full = "HKEY_LOCAL_MACHINE\\" + std::string(path);
  const std::string parent = full.substr(0, full.rfind('\\'));
  for (const facts::Registry& registry : files->registries) {
    if (registry.exists(full)) return {facts::Observed::present, &registry, registry.find(full)};
    if (out.state == facts::Observed::not_observed && registry.exported(parent))
      out = {facts::Observed::absent, &registry, nullptr};
  }
  return out;
}

Machine::KeyFact Machine::service_key(std::string_view service) const {
  return registry_key(std::string(kServices) + "\\" + std::string(service));
}

bool Machine::has_log(facts::LogKind kind) const {
  return files != nullptr &&
         std::any_of(files->event_logs.begin(), files->event_logs.end(),
                     [&](const facts::EventLog& log) { return !log.pasted && log.kind == kind; });
}

Machine::ServiceFact Machine::service(std::string_view service_name) const {
  ServiceFact out;
  const KeyFact key = service_key(service_name);
  if (key.key != nullptr) {
    const facts::RegistryValue* display = key.key->find("DisplayName");
    if (display != nullptr && !display->strings.empty()) out.display_name = display->strings.front();
    const facts::RegistryValue* start = key.key->find("Start");
    if (start != nullptr && start->readable) out.start = start_mode(start->number);
  }
  if (files == nullptr) return out;
  for (const facts::ServiceTable& table : files->service_tables) {
    const facts::Service* found = table.find(service_name);
    if (found == nullptr && !out.display_name.empty()) {
      const auto at = std::find_if(
          table.services.begin(), table.services.end(),
          [&](const facts::Service& each) { return base::fold_equals(each.display_name, out.display_name); });
      if (at != table.services.end()) found = &*at;
    }
    if (found != nullptr) {
      if (found->state != facts::ServiceState::not_observed) out.state = found->state;
      if (found->start != facts::StartMode::not_observed) out.start = found->start;
      out.location = table.location;
      out.location.line = found->line;
    } else if (out.state == facts::ServiceState::not_observed &&
               absence_means_stopped(table, key, out.display_name)) {
      out.state = facts::ServiceState::stopped;
      out.location = table.location;
    }
  }
  return out;
}

Case::Case(const facts::Snapshot& facts, Options opts)
    : snapshot(facts),
      options(std::move(opts)),
      organizations(build_organizations(facts.views)),
      recipients(group_recipients(facts.views, organizations)) {
  add_directory_machines();
  add_file_machines();
  std::sort(machines.begin(), machines.end(),
            [](const Machine& a, const Machine& b) { return base::fold(a.name) < base::fold(b.name); });
  for (Machine& machine : machines) finish(machine);
  directory_servers = find_directory_servers(*this);
}

Machine& Case::machine_named(std::string_view name) {
  for (Machine& machine : machines) {
    if (base::fold_equals(machine.name, name)) return machine;
  }
  machines.emplace_back().name = name;
  return machines.back();
}

void Case::add_directory_machines() {
  for (const auto& org : organizations) {
    for (const Server& server : org->servers) {
      std::string host = server.name;
      bool mapped = false;
      for (const auto& [machine, names] : options.hosts) {
        for (const std::string& name : names) {
          if (!base::fold_equals(name, server.name)) continue;
          machine_named(machine).servers.push_back(&server);
          mapped = true;
        }
      }
      // A virtual server of a cluster is no computer, unless files were named after it.
      const bool has_files =
          std::any_of(snapshot.machines.begin(), snapshot.machines.end(),
                      [&](const facts::MachineFacts& facts) { return base::fold_equals(facts.name, host); });
      if (!mapped && (!server.cluster || has_files) && server.generation != Generation::later)
        machine_named(host).servers.push_back(&server);
      if (!mapped && has_files && server.generation == Generation::later)
        machine_named(host).servers.push_back(&server);
    }
  }
}

void Case::add_file_machines() {
  std::set<std::string> servers;
  std::string only;
  for (const auto& org : organizations) {
    for (const Server& server : org->servers) {
      servers.insert(base::fold(server.name));
      only = server.name;
    }
  }
  const facts::MachineFacts* nameless = nullptr;
  for (const facts::MachineFacts& facts : snapshot.machines) {
    if (facts.name == kUnknownMachine && servers.size() == 1) {
      nameless = &facts;
    } else {
      machine_named(facts.name).files = &facts;
    }
  }
  if (nameless == nullptr) return;
  adopted_machine = only;
  Machine& machine = machine_named(only);
  if (machine.files == nullptr) {
    machine.files = nameless;
    return;
  }
  // The only server has files of its own too: all of them are looked at together.
  adopted_ = std::make_unique<facts::MachineFacts>(*machine.files);
  const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  append(adopted_->metabases, nameless->metabases);
  append(adopted_->registries, nameless->registries);
  append(adopted_->event_logs, nameless->event_logs);
  append(adopted_->greetings, nameless->greetings);
  append(adopted_->mailbox_tables, nameless->mailbox_tables);
  append(adopted_->sink_listings, nameless->sink_listings);
  append(adopted_->service_tables, nameless->service_tables);
  append(adopted_->files, nameless->files);
  append(adopted_->histories, nameless->histories);
  append(adopted_->folder_listings, nameless->folder_listings);
  append(adopted_->metabase_backups, nameless->metabase_backups);
  machine.files = adopted_.get();
}

void Case::finish(Machine& machine) const {
  std::set<std::string> identities;
  for (const auto& org : organizations) {
    for (const Server& server : org->servers) {
      if (std::find(machine.servers.begin(), machine.servers.end(), &server) == machine.servers.end())
        continue;
      identities.insert(org->identity);
      if (server.generation != Generation::not_observed) machine.generation = server.generation;
      machine.known_2000_or_2003 =
          machine.known_2000_or_2003 || (server.entry != nullptr && server.is_2000_or_2003());
      machine.cluster = machine.cluster || server.cluster;
    }
  }
  std::set<std::string> all;
  for (const auto& org : organizations) all.insert(org->identity);
  if (identities.size() == 1) machine.organization = *identities.begin();
  if (identities.empty() && all.size() == 1) machine.organization = *all.begin();

  if (machine.generation == Generation::not_observed) {
    const Machine::KeyFact setup = machine.registry_key("SOFTWARE\\Microsoft\\Exchange\\Setup");
    if (setup.key != nullptr) machine.generation = generation_of_setup(*setup.key);
  }
  machine.known_other =
      machine.generation == Generation::exchange55 || machine.generation == Generation::later;
  if (machine.known_other) machine.known_2000_or_2003 = false;
  if (machine.generation == Generation::exchange2000 || machine.generation == Generation::exchange2003)
    machine.known_2000_or_2003 = true;
  if (!machine.known_other && machine.service_key("RESvc").state == facts::Observed::present)
    machine.known_2000_or_2003 = true;

  if (machine.files == nullptr) return;
  // Files of a computer that is no server of the directory, beside virtual servers: most likely of their
  // node.
  for (const auto& org : organizations) {
    if (!machine.servers.empty() || machine.name == kUnknownMachine) break;
    machine.cluster = machine.cluster || std::any_of(org->servers.begin(), org->servers.end(),
                                                     [](const Server& server) { return server.cluster; });
  }
  for (const facts::Metabase& metabase : machine.files->metabases)
    machine.smtp_services.push_back(read_smtp_service(metabase));
  for (const facts::SinkListing& listing : machine.files->sink_listings)
    machine.smtp_services.push_back(read_smtp_service(listing));
}

bool Case::is_current(const facts::Event& event, const facts::EventLog& log) const {
  const std::int64_t window = std::int64_t{options.event_window_days} * 24 * 60 * 60;
  return !event.time || !log.newest || *event.time >= *log.newest - window;
}

bool Case::current_store_logon_failure(const base::Guid& store) const {
  for (const facts::MachineFacts& machine : snapshot.machines) {
    for (const facts::EventLog& log : machine.event_logs) {
      for (const facts::Event& event : log.events) {
        const auto failure = facts::store_logon_failure(event);
        if (!failure || failure->store != store) continue;
        if (is_current(event, log)) return true;
      }
    }
  }
  return false;
}

const Machine* Case::machine_of(const Server& server) const {
  for (const Machine& machine : machines) {
    if (std::find(machine.servers.begin(), machine.servers.end(), &server) != machine.servers.end())
      return &machine;
  }
  return nullptr;
}

std::vector<const Organization*> Case::views_of(std::string_view identity) const {
  std::vector<const Organization*> out;
  for (const auto& org : organizations) {
    if (org->identity == identity) out.push_back(org.get());
  }
  return out;
}

}  // namespace exaudit::model
