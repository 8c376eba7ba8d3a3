// The faults of rules.md sections 2 and 3 and what each must be reported as. A fault takes an object that no
// other fault has touched; where two belong together (a removed MTA and the gateways that pointed to it) they
// are one fault here.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/dn.h"
#include "support/random_organization.h"

namespace exaudit::test {

namespace {

class Faults {
 public:
  Faults(RandomOrganization& organization, Random& random) : org_(organization), random_(random) {}

  // Gateway faults.

  bool gateway_missing() {
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    org_.remove(store->gateway);
    store->gateway = nullptr;
    expect_store(*store, "KB828938.gateway-missing", "missing", store->is_public ? "medium" : "high", true);
    return true;
  }
  bool gateway_moved_away() {  // one level too deep: no child of the Connections container
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    const std::string folder = org_.child("Folder " + store->guid.text(), org_.connections_dn);
    org_.add_object(folder, "top container");
    store->gateway->dn = org_.child(org_.gateway_name(store->server->name, store->guid), folder);
    store->gateway = nullptr;
    expect_store(*store, "KB828938.gateway-missing", "missing", store->is_public ? "medium" : "high", true);
    return true;
  }
  bool gateway_deleted() {
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    store->gateway->add("isDeleted", "TRUE");
    store->gateway->dn = org_.deleted_dn(org_.gateway_name(store->server->name, store->guid));
    expect_store(*store, "KB828938.gateway-missing", "missing", store->is_public ? "medium" : "high", true);
    return true;
  }
  bool name_server() {
    return rename("server", org_.gateway_name("OLD" + std::to_string(random_.below(100)), {}), true);
  }
  bool name_no_hyphen() { return rename("no-hyphen", "", false); }

  bool gateway_class() {
    static const std::vector<std::vector<std::string>> kOthers = {
        {"top", "container"},
        {"top", "msExchConnector", "mailGateway", "msExchRoutingSMTPConnector"},
        {"mailGateway", "top", "mailConnector"}};
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    store->gateway->erase("objectClass");
    for (const std::string& name : random_.pick(kOthers)) store->gateway->add("objectClass", name);
    expect_gateway(*store, "KB828938.gateway-class", "class", "high", true);
    return true;
  }

  bool home_mta(const std::string& reason) {
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    std::string value;
    if (reason == "deleted") value = org_.deleted_dn("Microsoft MTA");
    if (reason == "not-found")
      value = random_.chance(50) ? org_.child("Microsoft MTA", org_.child("GONE", store->server->group_dn))
                                 : "no name";
    if (reason == "other-server") {
      for (const RandomServer& other : org_.servers) {
        if (other.mta != nullptr && other.mta_dn != store->server->mta_dn && !other.faulty)
          value = other.mta_dn;
      }
      if (value.empty()) return give_back(*store);
    }
    return set_reference(*store, "homeMTA", "KB828938.gateway-home-mta", reason, value);
  }

  bool home_mdb(const std::string& reason) {
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    std::string value;
    if (reason == "deleted") value = org_.deleted_dn("Mailbox Store (GONE)");
    if (reason == "not-found")
      value = random_.chance(50) ? org_.child("Gone", store->server->object->dn) : store->server->object->dn;
    if (reason == "other-store") {
      const RandomStore& other = random_.pick(org_.stores);
      if (&other == store) return give_back(*store);
      value = other.object->dn;
    }
    return set_reference(*store, "homeMDB", "KB828938.gateway-home-mdb", reason, value);
  }

  bool legacy_dn(const std::string& reason) {
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    const std::string right = org_.legacy_dn(*store);
    const std::string tail = "/cn=" + store->guid.text();
    const std::string guid = random_.guid().text();
    std::string value;
    if (reason == "shape")
      value = random_.chance(50) ? right + "x" : store->server->group_legacy_dn + "/cn=Recipients/cn=smtp";
    if (reason == "guid") value = right.substr(0, right.size() - tail.size()) + "/cn=" + guid;
    if (reason == "server")
      value = store->server->group_legacy_dn + "/cn=Configuration/cn=Connections/cn=SMTP (OTHER)" + tail;
    if (reason == "prefix") value = "/o=Elsewhere" + right.substr(right.find("/cn=Configuration/"));
    return set_reference(*store, "legacyExchangeDN", "KB828938.gateway-legacy-dn", reason, value);
  }

  bool delivery_mechanism(const std::string& reason) {
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    store->gateway->erase("deliveryMechanism");
    if (reason == "value") store->gateway->add("deliveryMechanism", random_.chance(50) ? "0" : "1");
    expect_gateway(*store, "KB828938.gateway-delivery-mechanism", reason, "medium", false);
    return true;
  }

  bool duplicate_conflict() {
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    const std::string mark = base::ascii_lowered(random_.guid().text()).substr(1, 36);
    org_.add_gateway(org_.gateway_name(store->server->name, store->guid) + "\nCNF:" + mark, *store);
    expect_store(*store, "KB828938.gateway-duplicate", "conflict", "medium", false);
    return true;
  }
  bool duplicate_copies() {  // two children of one container have two names, so one of the copies is misnamed
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    const bool hyphen = random_.chance(50);
    const std::string cn = hyphen ? org_.gateway_name("COPY", store->guid)
                                  : fmt::format("SMTP ({}{})", store->server->name, store->guid.text());
    org_.add_gateway(cn, *store);
    expect_store(*store, "KB828938.gateway-duplicate", "copies", "medium", false);
    expect({"KB828938.gateway-name", cn, store->server->name, hyphen ? "server" : "no-hyphen", "low", ""});
    return true;
  }

  // Orphans.

  bool orphan_byte_order() {
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    const std::string cn = org_.gateway_name(store->server->name, store->guid.swapped());
    if (random_.chance(50)) {  // instead of the right one
      store->gateway->dn = org_.child(cn, org_.connections_dn);
      store->gateway->set("cn", cn);
      expect_store(*store, "KB828938.gateway-missing", "missing", store->is_public ? "medium" : "high", true);
    } else {
      org_.add_gateway(cn, *store);
    }
    expect({"KB828938.gateway-orphan", cn, store->server->name, "byte-order", "low", ""});
    return true;
  }
  bool orphan_store_removed() {
    const RandomServer& server = random_.pick(org_.servers);
    const std::string cn = org_.gateway_name(server.name, random_.guid());
    orphan(cn);
    expect({"KB828938.gateway-orphan", cn, server.name, "store-removed", "low", ""});
    return true;
  }
  // Gateways and recipients of a server that is gone; two of them make a headline.
  bool server_removed() {
    const std::string ghost = fmt::format("GONE-{}", org_.expected.size());
    const std::size_t gateways = random_.below(4);
    const std::size_t users = random_.below(3);
    const bool headline = gateways + users >= 2;
    const std::string cause = headline ? fmt::format("organization.server-removed | {} @ ", ghost) : "";
    for (std::size_t i = 0; i < gateways; ++i) {
      const std::string cn = org_.gateway_name(ghost, random_.guid());
      orphan(cn);
      expect({"KB828938.gateway-orphan", cn, ghost, "server-removed", "low", cause});
    }
    for (std::size_t i = 0; i < users; ++i) {
      const std::string alias = fmt::format("{}-user{}", ghost, i);
      Object& user =
          org_.add_object(org_.child(alias, org_.child("Users", random_.pick(org_.domains))), "top user");
      user.add("mailNickname", alias);
      user.add("msExchHomeServerName", "/o=Contoso/ou=First/cn=Configuration/cn=Servers/cn=" + ghost);
    }
    if (headline) expect({"organization.server-removed", ghost, "", "removed", "medium", ""});
    return gateways > 0 || headline;
  }

  // Servers and system mailboxes.

  bool mta_missing() {
    RandomServer* server = take_server();
    if (server == nullptr) return false;
    const std::string deleted = org_.deleted_dn("Microsoft MTA");
    const auto used_elsewhere = [&](const Object* each) {
      return std::any_of(each->attributes.begin(), each->attributes.end(),
                         [&](const auto& value) { return value.second == server->mta_dn; });
    };
    if (server->cluster || server->listed_by_mta || busy(*server)) return false;
    for (const RandomStore& other : org_.stores) {  // no other fault may have borrowed this MTA
      if (other.server != server && other.gateway != nullptr && used_elsewhere(other.gateway)) return false;
    }
    org_.remove(server->mta);
    server->mta = nullptr;
    server->faulty = true;
    if (random_.chance(30)) server->object->add("msExchResponsibleMTAServer", deleted);
    expect({"KB247130.mta-missing", server->name, "", "missing", "high", ""});
    for (RandomStore* store : server->stores) {
      store->faulty = true;
      store->gateway->set("homeMTA", deleted);
      expect_gateway(*store, "KB828938.gateway-home-mta", "deleted", "high", true);
      org_.expected.back().cause = org_.expected[org_.expected.size() - 1 - index_of(*store)].head();
    }
    return true;
  }
  bool routing_group(const std::string& reason) {
    RandomServer* server = take_server();
    if (server == nullptr) return false;
    const auto holds_membership = [&](const RandomServer& other) {
      return &other != server && other.object->has("msExchHomeRoutingGroup");
    };
    const bool known = std::any_of(org_.servers.begin(), org_.servers.end(), holds_membership);
    if (reason == "missing" && !known) return false;
    server->faulty = true;
    server->object->erase("msExchHomeRoutingGroup");
    for (Object* group : org_.routing_groups) {
      for (const char* attribute : {"msExchRoutingGroupMembersDN", "msExchRoutingGroupMembersBL"}) {
        group->erase(attribute, server->object->dn);
        group->erase(attribute, server->mta_dn);
      }
    }
    const std::string& group = org_.routing_groups.front()->dn;
    const std::string gone = random_.chance(50) ? org_.deleted_dn("First Routing Group")
                                                : "CN=Gone" + group.substr(group.find(",CN=Routing Groups,"));
    if (reason == "not-found") server->object->add("msExchHomeRoutingGroup", gone);
    expect({"KB247130.mta-routing-group", server->name, "", reason, "medium", ""});
    return true;
  }
  bool system_mailbox_missing() {
    RandomStore* store = take_store(false);
    if (store == nullptr) return false;
    if (store->system_mailbox == nullptr || store->server->domain.empty()) return give_back(*store);
    std::string other;
    for (const std::string& domain : org_.domains) {
      if (domain != store->server->domain) other = domain;
    }
    if (other.empty() || random_.chance(50)) {
      org_.remove(store->system_mailbox);
    } else {  // it is there, but in another domain than the server's own
      store->system_mailbox->dn = org_.child("SystemMailbox" + store->guid.text(),
                                             org_.child("Microsoft Exchange System Objects", other));
    }
    expect_store(*store, "KB316622.system-mailbox-missing", "missing", "medium", false);
    return true;
  }

  // Mailbox tables: of any store that has one, faulty gateway or not.
  bool mailbox(Listed listed) {
    std::vector<RandomStore*> candidates;
    for (RandomStore& store : org_.stores) {
      const bool table =
          store.server->table == RandomServer::Table::whole ||
          (store.server->table == RandomServer::Table::without_state && listed == Listed::nowhere);
      if (table && !store.is_public && !store.recovery && store.server->judged &&
          store.listed == Listed::connected)
        candidates.push_back(&store);
    }
    if (candidates.empty()) return false;
    RandomStore& store = *random_.pick(candidates);
    store.listed = listed;
    const bool missing = listed == Listed::nowhere;
    expect({missing ? "KB828938.mailbox-missing" : "KB828938.mailbox-disconnected", store.name,
            store.server->name,
            missing                  ? "missing"
            : listed == Listed::both ? "leftover"
                                     : "disconnected",
            listed == Listed::both ? "low" : "high", store.cause});
    return true;
  }

 private:
  void expect(ExpectedFinding finding) { org_.expected.push_back(std::move(finding)); }

  void expect_store(RandomStore& store, const std::string& rule, const std::string& reason,
                    const std::string& severity, bool is_cause) {
    expect({rule, store.name, store.server->name, reason, severity, ""});
    if (is_cause) store.cause = org_.expected.back().head();
  }
  void expect_gateway(RandomStore& store, const std::string& rule, const std::string& reason,
                      const std::string& severity, bool is_cause) {
    expect({rule, std::string(facts::parse_dn(store.gateway->dn)->name()), store.server->name, reason,
            severity, ""});
    if (is_cause) store.cause = org_.expected.back().head();
  }

  bool set_reference(RandomStore& store, const std::string& attribute, const std::string& rule,
                     const std::string& reason, const std::string& value) {
    store.gateway->erase(attribute);
    if (reason != "missing") store.gateway->add(attribute, value);
    expect_gateway(store, rule, reason, "high", true);
    return true;
  }

  bool rename(const std::string& reason, const std::string& name, bool server) {
    RandomStore* store = take_store(true);
    if (store == nullptr) return false;
    const std::string other = name.substr(0, name.find("-{"));
    const std::string cn = server ? other + "-" + store->guid.text() + ")"
                                  : fmt::format("SMTP ({}{})", store->server->name, store->guid.text());
    store->gateway->dn = org_.child(cn, org_.connections_dn);
    store->gateway->set("cn", cn);
    expect_gateway(*store, "KB828938.gateway-name", reason, "low", false);
    return true;
  }

  void orphan(const std::string& cn) {
    Object& gateway = org_.add_object(org_.child(cn, org_.connections_dn), "top msExchConnector mailGateway");
    if (random_.chance(50)) gateway.add("homeMTA", org_.deleted_dn("Microsoft MTA"));
  }

  // A store that no fault has touched yet.
  RandomStore* take_store(bool with_gateway) {
    std::vector<RandomStore*> candidates;
    for (RandomStore& store : org_.stores) {
      const bool fits = !store.faulty && !store.recovery && store.server->judged &&
                        (!with_gateway || store.gateway != nullptr);
      if (fits) candidates.push_back(&store);
    }
    if (candidates.empty()) return nullptr;
    RandomStore* store = random_.pick(candidates);
    store->faulty = true;
    return store;
  }
  static bool give_back(RandomStore& store) {
    store.faulty = false;
    return false;
  }
  RandomServer* take_server() {
    std::vector<RandomServer*> candidates;
    for (RandomServer& server : org_.servers) {
      if (server.judged && !server.faulty) candidates.push_back(&server);
    }
    return candidates.empty() ? nullptr : random_.pick(candidates);
  }
  static bool busy(const RandomServer& server) {
    return std::any_of(server.stores.begin(), server.stores.end(),
                       [](const RandomStore* store) { return store->faulty; });
  }
  // Place among the stores of its server.
  static std::size_t index_of(const RandomStore& store) {
    const auto& all = store.server->stores;
    return static_cast<std::size_t>(std::find(all.begin(), all.end(), &store) - all.begin()) + 1;
  }

  RandomOrganization& org_;
  Random& random_;
};

struct Fault {
  const char* name;
  bool (*inject)(Faults&);
};

constexpr Fault kFaults[] = {
    {"gateway-missing missing", [](Faults& f) { return f.gateway_missing(); }},
    {"gateway-missing moved", [](Faults& f) { return f.gateway_moved_away(); }},
    {"gateway-missing deleted", [](Faults& f) { return f.gateway_deleted(); }},
    {"gateway-name server", [](Faults& f) { return f.name_server(); }},
    {"gateway-name no-hyphen", [](Faults& f) { return f.name_no_hyphen(); }},
    {"gateway-class class", [](Faults& f) { return f.gateway_class(); }},
    {"gateway-home-mta missing", [](Faults& f) { return f.home_mta("missing"); }},
    {"gateway-home-mta deleted", [](Faults& f) { return f.home_mta("deleted"); }},
    {"gateway-home-mta other-server", [](Faults& f) { return f.home_mta("other-server"); }},
    {"gateway-home-mta not-found", [](Faults& f) { return f.home_mta("not-found"); }},
    {"gateway-home-mdb missing", [](Faults& f) { return f.home_mdb("missing"); }},
    {"gateway-home-mdb deleted", [](Faults& f) { return f.home_mdb("deleted"); }},
    {"gateway-home-mdb other-store", [](Faults& f) { return f.home_mdb("other-store"); }},
    {"gateway-home-mdb not-found", [](Faults& f) { return f.home_mdb("not-found"); }},
    {"gateway-legacy-dn missing", [](Faults& f) { return f.legacy_dn("missing"); }},
    {"gateway-legacy-dn shape", [](Faults& f) { return f.legacy_dn("shape"); }},
    {"gateway-legacy-dn guid", [](Faults& f) { return f.legacy_dn("guid"); }},
    {"gateway-legacy-dn server", [](Faults& f) { return f.legacy_dn("server"); }},
    {"gateway-legacy-dn prefix", [](Faults& f) { return f.legacy_dn("prefix"); }},
    {"gateway-delivery-mechanism missing", [](Faults& f) { return f.delivery_mechanism("missing"); }},
    {"gateway-delivery-mechanism value", [](Faults& f) { return f.delivery_mechanism("value"); }},
    {"gateway-duplicate conflict", [](Faults& f) { return f.duplicate_conflict(); }},
    {"gateway-duplicate copies", [](Faults& f) { return f.duplicate_copies(); }},
    {"gateway-orphan byte-order", [](Faults& f) { return f.orphan_byte_order(); }},
    {"gateway-orphan store-removed", [](Faults& f) { return f.orphan_store_removed(); }},
    {"gateway-orphan server-removed", [](Faults& f) { return f.server_removed(); }},
    {"mta-missing missing", [](Faults& f) { return f.mta_missing(); }},
    {"mta-routing-group missing", [](Faults& f) { return f.routing_group("missing"); }},
    {"mta-routing-group not-found", [](Faults& f) { return f.routing_group("not-found"); }},
    {"system-mailbox-missing missing", [](Faults& f) { return f.system_mailbox_missing(); }},
};

// After the others: their cause may be a gateway fault of the same store.
constexpr Fault kMailboxFaults[] = {
    {"mailbox-missing missing", [](Faults& f) { return f.mailbox(Listed::nowhere); }},
    {"mailbox-disconnected disconnected", [](Faults& f) { return f.mailbox(Listed::disconnected); }},
    {"mailbox-disconnected leftover", [](Faults& f) { return f.mailbox(Listed::both); }},
};

}  // namespace

std::vector<std::string> inject_faults(RandomOrganization& organization, Random& random, std::size_t count) {
  Faults faults(organization, random);
  std::vector<std::string> out;
  const auto inject = [&](const auto& from) {
    const Fault& fault = from[random.below(std::size(from))];
    if (fault.inject(faults)) out.emplace_back(fault.name);
  };
  for (std::size_t i = 0; i < count; ++i) inject(kFaults);
  for (std::size_t i = 0; i < count / 2 + 1; ++i) inject(kMailboxFaults);
  return out;
}

std::vector<std::string> fault_names() {
  std::vector<std::string> out;
  for (const Fault& fault : kFaults) out.emplace_back(fault.name);
  for (const Fault& fault : kMailboxFaults) out.emplace_back(fault.name);
  return out;
}

}  // namespace exaudit::test
