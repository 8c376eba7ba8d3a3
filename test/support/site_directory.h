// The directory of a made site: an organization with administrative groups, servers, stores and users,
// healthy until a test changes it. Written as the tools of Windows and OpenLDAP write it.
//
//   SiteDirectory site("Contoso", "DC=contoso,DC=test");
//   const std::string group = site.add_group("Branch", "Branch");
//   site.add_server({"MAIL1", group}, {{"SG1", "Sales"}, {"SG1", "Public Folder Store (MAIL1)", true}});
//   site.at(site.gateway_dn("MAIL1", "Sales")).set("deliveryMechanism", "0");
//   files["directory/configuration.ldf"] = site.ldifde(SiteDirectory::Part::configuration);
//
// Everything is derived from names: the same calls give the same bytes. A copy is another domain controller's
// view of the same site.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "support/ldif_writer.h"

namespace exaudit::test {

// Of a thing with this name; nobody else owns it (version 5, as of names).
base::Guid guid_of(std::string_view name);
std::string octets_of(const base::Guid& guid);

struct SiteServer {
  std::string name;
  std::string group_dn;
  std::string version = "6.5 (Build 7638.2: Service Pack 2)";
  std::string mta_server = {};  // of a cluster: the virtual server that has the MTA; "" = this one
};

struct SiteStore {
  std::string storage_group;
  std::string name;
  bool is_public = false;
  std::vector<std::string> users = {};  // "Dora Evans"; of mailbox stores
};

class SiteDirectory {
 public:
  enum class Part { configuration, domain };

  SiteDirectory(const std::string& organization, std::string domain_dn);

  // `legacy_name`: its component of legacyExchangeDN, which renaming the group does not change. Gives the DN.
  std::string add_group(const std::string& name, const std::string& legacy_name);
  void add_server(const SiteServer& server, const std::vector<SiteStore>& stores);
  // Class names from the most general one, with what every object of an export carries.
  Object& add(Part part, const std::string& dn, std::string_view classes);
  // The GUID in the name of the conflict copy, or of the deleted object.
  static std::string mangled(const std::string& cn, std::string_view mark, std::string_view of);

  Object& at(std::string_view dn);
  void remove(std::string_view dn);

  const std::string& organization_dn() const { return organization_dn_; }
  std::string configuration_dn() const { return "CN=Configuration," + domain_dn_; }
  std::string connections_dn() const { return "CN=Connections," + organization_dn_; }
  std::string server_dn(const std::string& server) const { return servers_.at(server).dn; }
  std::string server_legacy_dn(const std::string& server) const;
  std::string mta_dn(const std::string& server) const { return "CN=Microsoft MTA," + server_dn(server); }
  // What becomes of a DN when its object is deleted.
  std::string deleted_dn(const std::string& cn) const;
  std::string store_dn(const std::string& server, const std::string& store) const;
  static base::Guid store_guid(const std::string& server, const std::string& store);
  static std::string gateway_cn(const std::string& server, const std::string& store);
  std::string gateway_dn(const std::string& server, const std::string& store) const;
  std::string gateway_legacy_dn(const std::string& server, const std::string& store) const;
  std::string system_mailbox_dn(const std::string& server, const std::string& store) const;
  std::string user_dn(const std::string& user) const { return "CN=" + user + ",CN=Users," + domain_dn_; }

  // What `ldifde -f FILE -d ... -p subtree` writes.
  std::string ldifde(Part part) const;
  // What `ldapsearch -p 3268` writes: without the attributes that a global catalog lacks.
  std::string global_catalog(Part part) const;

 private:
  struct Server {
    std::string dn, legacy_prefix, mta_dn;
  };
  struct Entry {
    Part part;
    Object object;
  };

  void add_store(const SiteServer& server, const SiteStore& store);
  void add_gateway(const SiteServer& server, const SiteStore& store);
  void add_recipient(const std::string& cn, const std::string& dn, const SiteServer& server,
                     const SiteStore& store, const std::string& alias);

  std::string domain_dn_, organization_dn_, legacy_;
  std::map<std::string, std::string> group_legacy_;  // by DN
  std::map<std::string, Server> servers_;            // by name
  std::vector<Entry> entries_;
  std::uint64_t usn_ = 12000;
};

}  // namespace exaudit::test
