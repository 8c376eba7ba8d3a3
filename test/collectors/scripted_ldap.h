// A directory server in memory, with the habits and faults that real servers of the test machine do not have
// on demand: small pages, ranges of values, connections that drop at a certain page, hostile names.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "collectors/ldap_client.h"

namespace exaudit::test {

struct ScriptedEntry {
  std::string dn;
  std::vector<std::pair<std::string, std::vector<std::string>>> attributes;

  bool has(std::string_view name) const {
    return std::any_of(attributes.begin(), attributes.end(),
                       [&](const auto& attribute) { return base::ascii_iequals(attribute.first, name); });
  }
};

struct ScriptedDirectory {
  std::vector<ScriptedEntry> entries;  // the one without a DN is the root DSE
  int page_size = 1000;                // largest page that the server gives
  bool endless = false;                // every answer has a cookie, and none an entry
  int largest_page_taken = 0;          // larger ones are refused; 0: any is taken
  std::size_t max_values = 1500;       // MaxValRange
  std::vector<int> drops_at;           // numbers of answers (from 1, over all connections) that never come
  bool sends_everything = false;       // also attributes that nobody asked for
  bool cookies_survive = false;        // a cookie is good on another connection
  collectors::LdapOutcome connect_outcome;
  std::map<std::string, collectors::LdapOutcome> refused;  // by search base
  int connects = 0, answers = 0;
  std::vector<collectors::LdapSearch> searches;
};

class ScriptedLdap final : public collectors::LdapClient {
 public:
  explicit ScriptedLdap(ScriptedDirectory& directory) : directory_(directory) {}

  collectors::LdapOutcome connect() override {
    ++directory_.connects;
    pending_.clear();
    return directory_.connect_outcome;
  }

  int begin(const collectors::LdapSearch& search) override {
    directory_.searches.push_back(search);
    pending_.emplace(++last_id_, Pending{search, directory_.connects});
    return last_id_;
  }

  collectors::LdapPage finish(int id) override {
    collectors::LdapPage page;
    const auto at = pending_.find(id);
    if (at == pending_.end()) return lost();
    const collectors::LdapSearch search = at->second.search;
    pending_.erase(at);
    ++directory_.answers;
    const auto& drops = directory_.drops_at;
    if (std::find(drops.begin(), drops.end(), directory_.answers) != drops.end()) {
      pending_.clear();
      return lost();
    }
    const auto refused = directory_.refused.find(search.base);
    if (refused != directory_.refused.end()) page.outcome = refused->second;
    if (directory_.largest_page_taken > 0 && search.page_size > directory_.largest_page_taken)
      page.outcome = {collectors::LdapStatus::cut_off, 4, "the limit was exceeded"};
    if (!page.outcome.ok() && page.outcome.status != collectors::LdapStatus::cut_off) return page;
    return answer(search, std::move(page));
  }

 private:
  struct Pending {
    collectors::LdapSearch search;
    int connection = 0;
  };

  static collectors::LdapPage lost() {
    collectors::LdapPage page;
    page.outcome = {collectors::LdapStatus::connection_lost, -1, "the connection was lost"};
    return page;
  }

  static bool in_scope(const std::string& dn, const collectors::LdapSearch& search) {
    const std::string name = base::ascii_lowered(dn);
    const std::string root = base::ascii_lowered(search.base);
    if (search.scope == collectors::LdapSearch::Scope::base) return name == root;
    if (name.empty()) return false;
    if (!root.empty() && name != root && !name.ends_with("," + root)) return false;
    if (search.scope == collectors::LdapSearch::Scope::subtree) return true;
    return name.size() > root.size() + 1 &&
           name.substr(0, name.size() - root.size() - 1).find(',') == std::string::npos;
  }

  // Only the filters that collectors use.
  static bool matches(const ScriptedEntry& entry, const collectors::LdapSearch& search) {
    if (search.filter == "(objectClass=*)") return true;
    if (search.filter.find("isDeleted=TRUE") != std::string::npos)
      return search.show_deleted && entry.has("isDeleted");
    if (base::ascii_istarts_with(entry.dn, "CN=SystemMailbox") ||
        base::ascii_istarts_with(entry.dn, "CN=Microsoft Exchange System Objects"))
      return true;
    for (const std::string_view name :
         {"mailNickname", "proxyAddresses", "homeMDB", "msExchMailboxGuid", "msExchHomeServerName"}) {
      if (entry.has(name)) return true;
    }
    return false;
  }

  collectors::LdapPage answer(const collectors::LdapSearch& search, collectors::LdapPage page) {
    std::vector<const ScriptedEntry*> found;
    for (const ScriptedEntry& entry : directory_.entries) {
      if (in_scope(entry.dn, search) && matches(entry, search)) found.push_back(&entry);
    }
    if (found.empty() && search.scope == collectors::LdapSearch::Scope::base) {
      page.outcome = {collectors::LdapStatus::no_such_object, 32, "there is no such object"};
      return page;
    }
    std::uint64_t from = 0;
    if (!search.cookie.empty()) {
      const std::size_t colon = search.cookie.find(':');
      const bool mine = search.cookie.substr(0, colon) == std::to_string(directory_.connects);
      base::parse_uint(std::string_view(search.cookie).substr(colon + 1), from);
      if (!mine && !directory_.cookies_survive) {
        page.outcome = {collectors::LdapStatus::refused, 53, "paged results cookie is invalid"};
        return page;
      }
    }
    if (directory_.endless && search.page_size != 0) {
      page.cookie = std::to_string(directory_.connects) + ":0";
      return page;
    }
    const std::size_t size = search.page_size == 0
                                 ? found.size()
                                 : static_cast<std::size_t>(std::min(search.page_size, directory_.page_size));
    const std::size_t end = std::min<std::size_t>(found.size(), from + size);
    for (std::size_t i = from; i < end; ++i) add(*found[i], search, page);
    if (end < found.size() && search.page_size != 0)
      page.cookie = std::to_string(directory_.connects) + ":" + std::to_string(end);
    return page;
  }

  void add(const ScriptedEntry& entry, const collectors::LdapSearch& search, collectors::LdapPage& page) {
    const auto keep = [&](std::string text) -> std::string_view {
      texts_.push_back(std::make_unique<std::string>(std::move(text)));
      return *texts_.back();
    };
    page.entries.push_back({entry.dn, static_cast<std::uint32_t>(page.attributes.size()), 0});
    for (const auto& [name, values] : entry.attributes) {
      std::vector<std::string> all_wanted = search.attributes;
      const bool ranged = !all_wanted.empty() && all_wanted.front().find(";range=") != std::string::npos;
      if (directory_.sends_everything && !ranged) all_wanted = {name};
      for (const std::string& wanted : all_wanted) {
        const std::size_t option = wanted.find(";range=");
        if (!base::ascii_iequals(std::string_view(wanted).substr(0, option), name)) continue;
        std::uint64_t from = 0;
        if (option != std::string::npos) {
          const std::string begin = wanted.substr(option + 7, wanted.find('-', option) - option - 7);
          base::parse_uint(begin, from);
        }
        const std::size_t to = std::min<std::size_t>(values.size(), from + directory_.max_values);
        const bool whole = option == std::string::npos && to == values.size();
        const std::string last = to == values.size() ? "*" : std::to_string(to - 1);
        const std::string shown = whole ? name : name + ";range=" + std::to_string(from) + "-" + last;
        page.attributes.push_back({keep(shown), static_cast<std::uint32_t>(page.values.size()),
                                   static_cast<std::uint32_t>(to - std::min<std::size_t>(from, to))});
        for (std::size_t i = from; i < to; ++i) page.values.emplace_back(values[i]);
        ++page.entries.back().count;
      }
    }
  }

  ScriptedDirectory& directory_;
  int last_id_ = 0;
  std::map<int, Pending> pending_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

}  // namespace exaudit::test
