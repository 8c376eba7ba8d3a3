// What a rule gets to see: every organization of every view, and every machine, joined.
//
// A server is a directory object, a machine is a computer from which files were taken; they are joined by
// name, or by --hosts on a cluster, where one machine carries several servers or none. Every 2000/2003/5.5
// server of the directory has a machine, with or without files.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "facts/snapshot.h"
#include "model/directory_servers.h"
#include "model/organization.h"
#include "model/placements.h"
#include "model/smtp_service.h"

namespace exaudit::model {

struct Options {
  int event_window_days = 14;
  std::vector<std::pair<std::string, std::vector<std::string>>> hosts;  // machine, its servers
  std::vector<std::pair<std::string, std::string>> gc;                  // server, the view that it uses
  std::vector<std::string> internal_networks;                           // --internal-network CIDR, checked
  std::string sink_catalogue;  // text of a replacement for lib/rules/sinks.tsv; "" = built in
};

struct Machine {
  std::string name;  // "?" when nothing says which machine the files are from
  std::string
      organization;  // identity of the organization it belongs to, "" when there is none or more than one
  const facts::MachineFacts* files = nullptr;  // null: known from the directory only
  std::vector<const Server*> servers;          // one per view and name
  // Version known from the directory, the Exchange Setup key or the RESvc key (Exchange 2000/2003 only).
  Generation generation = Generation::not_observed;
  bool known_2000_or_2003 = false;
  bool known_other = false;  // 5.5 or later
  bool cluster = false;  // carries virtual servers, or may: it is no server of the directory, which has some
  std::vector<SmtpService> smtp_services;  // one per metabase file and sink listing

  // The greeting that tells most: complete, unmasked and local ones first. Null when there is none.
  const facts::SmtpGreeting* best_greeting() const;
  // First registry export that holds the key / in which the absence of the key can be told.
  struct KeyFact {
    facts::Observed state = facts::Observed::not_observed;
    const facts::Registry* registry = nullptr;
    const facts::RegistryKey* key = nullptr;
  };
  // `path` below HKEY_LOCAL_MACHINE, for example "SYSTEM\\CurrentControlSet\\Services\\SMTPSVC".
  KeyFact registry_key(std::string_view path) const;
  KeyFact service_key(std::string_view service) const;

  // Is there a log of this kind that was read from a file, not copied event by event?
  bool has_log(facts::LogKind kind) const;

  // What service listings (and the service's Start value in the registry) say about one service.
  struct ServiceFact {
    facts::ServiceState state = facts::ServiceState::not_observed;
    facts::StartMode start = facts::StartMode::not_observed;
    facts::Location location;  // of the line in the listing; unknown when only the registry speaks
    std::string display_name;  // as the listing or the registry has it, "" when neither does
  };
  ServiceFact service(std::string_view service_name) const;
};

class Case {
 public:
  Case(const facts::Snapshot& snapshot, Options options);
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

  const facts::Snapshot& snapshot;
  Options options;
  std::vector<std::unique_ptr<Organization>> organizations;  // in view order
  std::vector<ViewRecipients> recipients;                    // in view order
  std::vector<Machine> machines;                             // sorted by folded name
  // The machine that files without a machine were given to, because it is the only one; "" when there was no
  // such choice.
  std::string adopted_machine;
  std::vector<DirectoryServer> directory_servers;  // as find_directory_servers gives them

  const Machine* machine_of(const Server& server) const;
  // Not older than the event window before the newest record of its log; text pasted from a log has no age
  // and counts as current.
  bool is_current(const facts::Event& event, const facts::EventLog& log) const;
  // Does a current MSExchangeTransport event 326 name this store?
  bool current_store_logon_failure(const base::Guid& store) const;
  // Organizations of one identity, first view first.
  std::vector<const Organization*> views_of(std::string_view identity) const;

 private:
  void add_directory_machines();
  void add_file_machines();
  void finish(Machine& machine) const;
  Machine& machine_named(std::string_view name);

  std::unique_ptr<facts::MachineFacts>
      adopted_;  // files of the only server and those without a machine, together
};

}  // namespace exaudit::model
