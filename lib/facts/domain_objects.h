// What one input says about the domains of the forest: recipients go into a table, system mailboxes are kept,
// everything else is counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "facts/location.h"
#include "facts/recipient_table.h"
#include "facts/record.h"

namespace exaudit::facts {

// First RDN below a domain, as in a key, of what Exchange itself keeps there.
inline constexpr std::string_view kSystemObjectsRdn = "cn=microsoft exchange system objects";

// "SystemMailbox{GUID}" below CN=Microsoft Exchange System Objects of a domain.
struct SystemMailbox {
  base::Guid store;        // GUID in its cn
  std::string domain_key;  // key of the domain naming context
  Location location;
};

struct DomainFacts {
  bool container = false;   // CN=Microsoft Exchange System Objects itself
  bool child = false;       // something directly below it
  bool two_levels = false;  // something two levels below the domain
  bool searched = false;    // see ViewBuilder::domain_searched
};

struct DomainObjects {
  std::map<std::string, DomainFacts, std::less<>> domains;  // by key
  std::vector<SystemMailbox> system_mailboxes;
  bool all_domains_searched = false;
  std::uint64_t other_objects = 0;  // no recipients
  std::uint32_t carried = 0;        // which judged attributes some object has (judged_attributes.h)

  // `key` is the record's, outside the configuration.
  void add(Record& record, std::string_view key, RecipientWriter& writer);
  // The same for objects of which a reader has seen to the rest itself.
  void note_place(std::string_view key);
  void merge(const DomainObjects& from);

 private:
  bool add_recipient(Record& record, std::string_view key, RecipientWriter& writer);
  std::string storage_;  // scratch
  std::string folded_;
};

}  // namespace exaudit::facts
