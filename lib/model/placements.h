// Where recipients live: the homeMDB, homeMTA and msExchHomeServerName of recipients, looked up in the
// organization once for each combination, of which there are hardly more than stores.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "facts/directory_view.h"
#include "model/organization.h"

namespace exaudit::model {

struct ResolvedPlacement {
  enum class Database {
    none,      // no homeMDB
    found,     // a database of the organization
    deleted,   // the DN is that of a deleted object
    missing,   // a container on its way up was read and does not lead to it
    not_known  // the evidence does not tell
  };
  Database database = Database::none;
  // Of the database: null when it is on no server that the view shows.
  const Server* server = nullptr;
  bool mta_deleted = false;

  // The rules about the server that owns the store apply.
  bool judged_by_server() const {
    return database == Database::found && server != nullptr && server->is_2000_or_2003();
  }
};

// Recipients of which a view says the same, all that rules look at first.
struct RecipientGroup {
  facts::InputId input = facts::kNoInput;
  std::uint32_t placement = 0;
  std::uint32_t flags = 0;  // Recipient::Flag
  std::uint64_t count = 0;
};

// The recipients of one view.
struct ViewRecipients {
  const facts::DirectoryView* view = nullptr;
  const Organization* organization = nullptr;  // may be null
  std::vector<ResolvedPlacement> placements;   // by number, as in RecipientTable::placements
  std::vector<RecipientGroup> groups;
  std::uint64_t count = 0;

  // Index into groups.
  std::size_t group_of(const facts::Recipient& recipient) const;

 private:
  friend class RecipientGrouping;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_hash_;
};

// One for each view, in their order.
std::vector<ViewRecipients> group_recipients(const std::vector<facts::DirectoryView>& views,
                                             const std::vector<std::unique_ptr<Organization>>& organizations);

// "MAIL1" of "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Servers/cn=MAIL1"; "" when it has
// no such end.
std::string_view server_of_legacy_dn(std::string_view legacy_dn);

}  // namespace exaudit::model
