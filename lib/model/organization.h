// One Exchange organization as one directory view shows it, with its links resolved: administrative groups,
// servers and their MTAs, storage groups, stores, the gateways of the Connections container, routing groups.
// Rules are short because this is rich.
//
// Objects hold pointers to entries of the view and to each other; the organization owns them at stable
// addresses and is immutable once built. Facts that a global catalog view cannot hold are filled in from
// another view of the same organization (Organization::field).
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/guid.h"
#include "facts/directory_view.h"
#include "model/field.h"

namespace exaudit::model {

enum class Generation { not_observed, exchange55, exchange2000, exchange2003, later };
std::string_view generation_name(Generation generation);

struct AdminGroup {
  std::string
      name;  // RDN value; the display name may have been changed since, legacyExchangeDN never follows
  std::string key;
  const facts::Entry* entry = nullptr;  // null when it is not in the view
  Field legacy_dn;
  bool servers_read = false;  // its Servers container was read completely, or it was itself and has none
};

struct Server {
  std::string name;  // RDN value
  std::string key;
  const facts::Entry* entry = nullptr;  // null when only something below it is in the view
  const AdminGroup* group = nullptr;
  Generation generation = Generation::not_observed;
  Field serial_number, legacy_dn, responsible_mta, home_routing_group;
  std::string domain_key;  // key of its own domain, from the FQDN in networkAddress; "" when not observed
  std::string fqdn;
  const facts::Entry* own_mta = nullptr;  // the mTA object directly below it
  // DN of the MTA that serves it: msExchResponsibleMTAServer when present (on a cluster one MTA serves every
  // virtual server: KB 329235), else the DN of its own mTA object; "" when neither is there.
  std::string_view mta_dn;
  std::string mta_key;
  bool cluster = false;  // another server's MTA serves it, or its own one serves others

  // Rules for 2000/2003 apply. A generation that was not observed counts when nothing says otherwise.
  bool is_2000_or_2003() const {
    return generation != Generation::exchange55 && generation != Generation::later;
  }
};

enum class Recovery { no, yes, not_observed };

struct StorageGroup {
  std::string name, key;
  const facts::Entry* entry = nullptr;
  const Server* server = nullptr;
  Recovery recovery = Recovery::not_observed;
};

struct Store {
  std::string name, key;
  const facts::Entry* entry = nullptr;
  const Server* server = nullptr;
  const StorageGroup* group = nullptr;
  bool is_public = false;
  Recovery recovery = Recovery::not_observed;
  std::optional<base::Guid> guid;

  std::string gateway_name() const;  // "SMTP (<server>-{<GUID>})"; needs the GUID
};

struct Gateway {
  std::string cn;           // RDN value without conflict mangling
  std::string server_name;  // between "SMTP (" and the GUID, without the hyphen
  bool hyphen = false;
  bool conflict = false;  // CNF: a replication conflict made this copy
  base::Guid guid;        // in its cn
  const facts::Entry* entry = nullptr;
  const Store* store = nullptr;  // the store whose objectGUID that is; null when there is none in the view
  std::size_t copy = 0;  // 0 for the first gateway of its GUID, 1, 2, ... for further ones, in a stable order
};

struct RoutingGroup {
  std::string name, key;
  const facts::Entry* entry = nullptr;
  std::vector<std::string> member_keys;  // msExchRoutingGroupMembersDN and ...BL: servers or MTAs
};

// The cn of a gateway, taken apart: "SMTP (<server>-{<GUID>})" or without the hyphen. Server names may
// contain hyphens: split at the last brace.
struct GatewayName {
  std::string_view server;
  bool hyphen = false;
  base::Guid guid;
};
std::optional<GatewayName> parse_gateway_name(std::string_view cn);

class Organization {
 public:
  Organization() = default;
  Organization(const Organization&) = delete;
  Organization& operator=(const Organization&) = delete;
  Organization(Organization&&) = default;

  std::string name, key;
  std::string_view dn;  // as written, "" when the entry is not in the view
  const facts::Entry* entry = nullptr;
  const facts::DirectoryView* view = nullptr;
  std::string identity;  // objectGUID in text form, else `key`; the same in every view of the organization
  std::string guid;      // objectGUID in text form, "" when no view shows it

  std::deque<AdminGroup> groups;
  std::deque<Server> servers;
  std::deque<StorageGroup> storage_groups;
  std::deque<Store> stores;
  std::deque<Gateway> gateways;  // sorted by GUID, then the original before its copies
  std::deque<RoutingGroup> routing_groups;
  std::string connections_key;  // CN=Connections,<organization>
  bool connections_read = false;
  // The servers and stores of every administrative group were read: a GUID that is no store's objectGUID
  // belongs to no store.
  bool all_servers_read = false;
  bool all_stores_read = false;

  // An attribute of an object of this organization. Attributes that a global catalog lacks are looked up in
  // the other views too.
  Field field(const facts::Entry& entry, std::string_view attribute) const;
  const Server* server_named(std::string_view name) const;  // case-folded
  // A database object (any class below msExchMDB, any version) with this objectGUID.
  const facts::Entry* database(const base::Guid& guid) const;
  // "CN=..." in the directory's own spelling when the object is in the view, else put together.
  std::string dn_text(const facts::Entry* object, std::string_view otherwise_key) const;
  // The legacyExchangeDN that a store's gateway must have; `prefix` is left out when no source for it was
  // observed.
  struct ExpectedLegacyDn {
    std::optional<std::string> prefix;  // "/o=Contoso/ou=First Administrative Group"
    std::string tail;                   // "/cn=Configuration/cn=Connections/cn=SMTP (MAIL1)/cn={GUID}"
    std::string text() const { return prefix.value_or("") + tail; }
  };
  ExpectedLegacyDn expected_legacy_dn(const Store& store) const;

  std::vector<const facts::DirectoryView*> other_views;  // of the same organization
  std::unordered_map<std::string, const Server*>
      servers_by_name;  // case-folded; of two with one name the first
};

// All organizations of all views. Views of one organization know each other.
std::vector<std::unique_ptr<Organization>> build_organizations(
    const std::vector<facts::DirectoryView>& views);

}  // namespace exaudit::model
