// Organizations that nobody thought of: random forests, administrative groups, servers, clusters, stores,
// gateways, and much beside them that only looks like them. A healthy one gives no finding; each injected
// fault gives exactly the findings that it promises.
//
//   RandomOrganization organization(random, {});
//   inject_faults(organization, random, 4);
//   const auto snapshot = snapshot_of(organization, {}, random);
//   CHECK(lines_of(audit(snapshot)) == lines_of(organization.expected));
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/guid.h"
#include "facts/snapshot.h"
#include "support/ldif_writer.h"
#include "support/random.h"

namespace exaudit::test {

// "KB828938.gateway-class | SMTP (...) @ MAIL1 | class | high | because of KB..." with the last part only for
// consequences.
struct ExpectedFinding {
  std::string rule, name, server, reason, severity;
  std::string cause;  // "<rule> | <name> @ <server>"; "" = a headline
  std::string head() const { return rule + " | " + name + " @ " + server; }
  std::string line() const {
    return head() + " | " + reason + " | " + severity + (cause.empty() ? "" : " | because of " + cause);
  }
};

enum class Listed { connected, disconnected, both, nowhere };  // the SMTP mailbox in the table of its store

struct RandomServer;

struct RandomStore {
  std::string name, group_name;
  base::Guid guid;
  bool is_public = false;
  bool recovery = false;
  RandomServer* server = nullptr;
  Object* object = nullptr;
  Object* gateway = nullptr;         // null: it has none
  Object* system_mailbox = nullptr;  // of mailbox stores of Exchange 2000 and 2003
  bool faulty = false;
  Listed listed = Listed::connected;
  std::string cause;  // of what the mailbox table shows: the fault of the gateway
};

struct RandomServer {
  std::string name;
  std::string group_dn, group_legacy_dn;
  std::string mta_dn;
  std::string domain;   // "" when nothing tells it
  bool judged = false;  // 2000 or 2003
  bool cluster = false;
  bool listed_by_mta = false;  // in a routing group
  enum class Table { none, whole, without_state } table = Table::none;
  Object* object = nullptr;
  Object* mta = nullptr;             // null: another server's serves it
  std::vector<RandomStore*> stores;  // without recovery stores
  bool faulty = false;
};

struct RandomShape {
  bool empty_containers = true;  // false: every container has something in it, so that any part of the export
                                 // shows that it was read
};

class RandomOrganization {
 public:
  RandomOrganization(Random& random, RandomShape shape);

  std::string connections_dn;
  std::deque<RandomServer> servers;
  std::deque<RandomStore> stores;
  std::vector<Object*> routing_groups;
  std::vector<std::string> domains;  // DNs; the first is the root
  std::vector<ExpectedFinding> expected;

  std::vector<const Object*> objects() const;
  // A directory object as a whole export shows it. `classes` from the most general one.
  Object& add_object(const std::string& dn, const std::string& classes, const base::Guid& guid);
  Object& add_object(const std::string& dn, const std::string& classes) {
    return add_object(dn, classes, random_.guid());
  }
  Object& add_gateway(const std::string& cn, const RandomStore& store);
  void remove(const Object* object);
  std::string child(const std::string& cn, const std::string& parent) const;
  // The DN that an object gets when it is deleted.
  std::string deleted_dn(const std::string& cn);
  // "MAIL1" -> "SMTP (MAIL1-{...})"
  static std::string gateway_name(const std::string& server, const base::Guid& guid) {
    return "SMTP (" + server + "-" + guid.text() + ")";
  }
  static std::string legacy_dn(const RandomStore& store);
  std::string mailbox_table(const RandomServer& server) const;

 private:
  std::string odd_case(const std::string& text);
  void add_domain(const std::string& dn);
  void add_group(std::size_t number, RandomShape shape);
  void add_server(const std::string& group_dn, const std::string& legacy_dn, int generation,
                  RandomShape shape);
  void add_storage_groups(RandomServer& server, RandomShape shape);
  RandomStore& add_store(RandomServer& server, const std::string& group_dn, const std::string& group_name,
                         std::size_t number, bool recovery);
  void complete_store(RandomStore& store);
  void make_cluster();
  void join_routing_group(RandomServer& server);
  void add_bystanders(RandomShape shape);
  void add_recipients();
  std::string name_from(const std::vector<std::string>& names, std::size_t number);

  Random& random_;
  std::string organization_dn_, configuration_dn_, legacy_;
  std::deque<Object> objects_;
  std::vector<const Object*> removed_;
  std::size_t usn_ = 1000;
  std::size_t next_server_ = 1;
  bool has_later_group_ = false;
};

// Up to `count` faults, each on an object of its own, recorded in organization.expected. Returns the names of
// the faults that were injected.
std::vector<std::string> inject_faults(RandomOrganization& organization, Random& random, std::size_t count);
std::vector<std::string> fault_names();

// The evidence: the directory as LDIF in this spelling, and the mailbox tables.
facts::Snapshot snapshot_of(const RandomOrganization& organization, const Spelling& spelling, Random& random);

}  // namespace exaudit::test
