// When and where a directory object changed, as far as the directory tells it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "facts/directory_view.h"

namespace exaudit::model {

// The originating change of one attribute: where somebody changed it, not when it arrived here by replication
// (msDS-ReplAttributeMetaData: MS-ADTS 3.1.1.4.5.19; one XML fragment for each attribute).
struct OriginatingChange {
  std::string time;     // as the server wrote it: "2004-05-11T08:30:00Z"
  std::string server;   // "DC1", of the NTDS Settings object; "" when that is not known any more
  std::string version;  // how often the attribute was changed
};
// Nothing when the entry does not carry the history, or not of this attribute.
std::optional<OriginatingChange> originating_change(const facts::Entry& entry, std::string_view attribute);

// What a mangled name ("CN=x\0ADEL:<guid>,CN=Deleted Objects,...") was, from the tombstone.
struct DeletedObject {
  const facts::Entry* tombstone = nullptr;
  std::string name;         // "Microsoft MTA"
  std::string last_parent;  // lastKnownParent, itself without mangling where that is known; "" when unknown
  std::string_view deleted_at;  // whenChanged of the tombstone, generalized time; "" when not observed
};
// Nothing when the name is not mangled or the view does not hold the tombstone.
std::optional<DeletedObject> deleted_object(const facts::DirectoryView& view, std::string_view dn);

// "; it was CN=Microsoft MTA below CN=MAIL2,CN=Servers,..., deleted 20040511083000.0Z", or "".
std::string explain_deleted(const facts::DirectoryView& view, std::string_view dn);

}  // namespace exaudit::model
