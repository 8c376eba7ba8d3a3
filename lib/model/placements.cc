#include "model/placements.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/text.h"
#include "facts/dn.h"
#include "facts/value_hash.h"

namespace exaudit::model {

namespace {

using Database = ResolvedPlacement::Database;

// The object in the organization's own view, else in another view of it.
const facts::Entry* find_object(const Organization& org, std::string_view key) {
  if (const facts::Entry* found = org.view->find(key)) return found;
  for (const facts::DirectoryView* view : org.other_views) {
    if (const facts::Entry* found = view->find(key)) return found;
  }
  return nullptr;
}

// Is there a container between the object and the organization that was read, and does not lead to it?
bool proven_missing(const Organization& org, std::string_view key) {
  for (std::string_view child = key; facts::is_below(facts::parent_key(child), org.key);
       child = facts::parent_key(child)) {
    if (find_object(org, child) == nullptr && org.view->container_read(facts::parent_key(child))) return true;
  }
  return false;
}

class Resolver {
 public:
  explicit Resolver(const Organization* org) : org_(org) {
    if (org == nullptr) return;
    for (const Server& server : org->servers) servers_.emplace(server.key, &server);
  }

  ResolvedPlacement resolve(const facts::Placement& placement) {
    ResolvedPlacement out;
    out.mta_deleted = !placement.home_mta.empty() && facts::names_deleted_object(placement.home_mta);
    if (placement.home_mdb.empty()) return out;
    const auto [at, fresh] = databases_.try_emplace(placement.home_mdb);
    if (fresh) at->second = database(placement.home_mdb);
    out.database = at->second.first;
    out.server = at->second.second;
    return out;
  }

 private:
  std::pair<Database, const Server*> database(std::string_view dn) const {
    if (facts::names_deleted_object(dn)) return {Database::deleted, nullptr};
    const auto key = facts::dn_key(dn);
    if (org_ == nullptr || !key) return {Database::not_known, nullptr};
    if (const facts::Entry* entry = find_object(*org_, *key)) {
      const bool is_database = !entry->deleted && entry->is_a("msExchMDB");
      return is_database ? std::pair(Database::found, server_above(entry->key))
                         : std::pair(Database::not_known, static_cast<const Server*>(nullptr));
    }
    return {proven_missing(*org_, *key) ? Database::missing : Database::not_known, nullptr};
  }

  const Server* server_above(std::string_view key) const {
    for (; !key.empty(); key = facts::parent_key(key)) {
      const auto at = servers_.find(key);
      if (at != servers_.end()) return at->second;
    }
    return nullptr;
  }

  const Organization* org_;
  std::unordered_map<std::string_view, const Server*> servers_;
  std::unordered_map<std::string_view, std::pair<Database, const Server*>> databases_;
};

// The organization that the recipients of a view belong to: that of the view itself, or the only one there
// is. Null when that is not known.
const Organization* organization_of_recipients(
    const std::vector<std::unique_ptr<Organization>>& organizations, const facts::DirectoryView& view) {
  const Organization* only = nullptr;
  bool several = false;
  for (const auto& org : organizations) {
    if (org->view == &view) return org.get();
    several = several || (only != nullptr && only->identity != org->identity);
    if (only == nullptr) only = org.get();
  }
  return several ? nullptr : only;
}

std::uint64_t hash_of(const facts::Recipient& recipient) {
  return facts::mixed((std::uint64_t{recipient.input} << 32 | recipient.placement) ^ 0x9E3779B97F4A7C15U,
                      recipient.flags + 0xD1B54A32D192ED03U);
}

bool belongs(const facts::Recipient& recipient, const RecipientGroup& group) {
  return recipient.placement == group.placement && recipient.flags == group.flags &&
         recipient.input == group.input;
}

}  // namespace

std::size_t ViewRecipients::group_of(const facts::Recipient& recipient) const {
  for (const std::uint32_t index : by_hash_.at(hash_of(recipient))) {
    if (belongs(recipient, groups[index])) return index;
  }
  return groups.size();  // cannot be
}

class RecipientGrouping {
 public:
  static void group(ViewRecipients& out) {
    constexpr std::size_t kRemembered = 1024;
    std::vector<std::uint32_t> last(kRemembered);  // index of the group that was met last, by hash
    out.view->each_recipient([&](std::uint32_t, const facts::Recipient& recipient) {
      ++out.count;
      const std::uint64_t hash = hash_of(recipient);
      std::uint32_t& remembered = last[hash % kRemembered];
      if (remembered >= out.groups.size() || !belongs(recipient, out.groups[remembered]))
        remembered = index_of(out, recipient, hash);
      ++out.groups[remembered].count;
    });
  }

 private:
  static std::uint32_t index_of(ViewRecipients& out, const facts::Recipient& recipient, std::uint64_t hash) {
    std::vector<std::uint32_t>& candidates = out.by_hash_[hash];
    for (const std::uint32_t index : candidates) {
      if (belongs(recipient, out.groups[index])) return index;
    }
    candidates.push_back(static_cast<std::uint32_t>(out.groups.size()));
    out.groups.push_back({recipient.input, recipient.placement, recipient.flags, 0});
    return candidates.back();
  }
};

std::vector<ViewRecipients> group_recipients(
    const std::vector<facts::DirectoryView>& views,
    const std::vector<std::unique_ptr<Organization>>& organizations) {
  std::vector<ViewRecipients> out;
  for (const facts::DirectoryView& view : views) {
    ViewRecipients& each = out.emplace_back();
    each.view = &view;
    each.organization = organization_of_recipients(organizations, view);
    Resolver resolver(each.organization);
    for (const facts::Placement& placement : view.recipients().placements())
      each.placements.push_back(resolver.resolve(placement));
    RecipientGrouping::group(each);
  }
  return out;
}

std::string_view server_of_legacy_dn(std::string_view legacy_dn) {
  constexpr std::string_view kPart = "/cn=";
  const std::size_t slash = legacy_dn.rfind('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view last = legacy_dn.substr(slash);
  return base::ascii_istarts_with(last, kPart) ? last.substr(kPart.size()) : std::string_view();
}

}  // namespace exaudit::model
