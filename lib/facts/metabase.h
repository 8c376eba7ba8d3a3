// The IIS metabase as read from MetaBase.xml (facts: IIS 6 metabase format; Exchange keeps its SMTP event
// bindings there).
//
// Keys are flat and sorted by folded path, so that a subtree is a contiguous range. Paths are compared
// case-insensitively: the same installation writes /LM/SmtpSvc and /LM/SMTPSVC. Values marked SECURE, session
// keys and ACLs are never stored.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

struct MetabaseProperty {
  std::string name;                 // "ServerBindings", "MD_0", "UnknownName_61537"
  std::optional<std::uint32_t> id;  // from the element or, by name, from MBSchema.xml
  std::string type;                 // "STRING", "MULTISZ", "DWORD", ... ; "" when neither file says
  std::vector<std::string> values;  // one item, or one per line of a multi-string, trimmed
  bool redacted = false;            // SECURE, session key or ACL: `values` is empty on purpose
  bool readable =
      true;  // false: damaged, beyond a limit or left to an unknown default; the value is not observed
  std::uint32_t line = 0;
};

struct MetabaseKey {
  std::string path;         // as written, without a trailing slash: "/LM/SmtpSvc/1"
  std::string folded_path;  // lower case, for comparison
  std::string key_type;     // element name: "IIsSmtpServer", "IIsConfigObject"
  std::vector<MetabaseProperty> properties;
  Location location;

  const MetabaseProperty* find(std::string_view name) const;  // case-insensitive
  const MetabaseProperty* find(std::uint32_t id) const;
  std::string_view name() const;  // last path component
};

class Metabase {
 public:
  Metabase() = default;
  // Sorts the keys; of two keys with the same path the first one wins and gets the other's properties added.
  explicit Metabase(std::vector<MetabaseKey> keys);

  std::span<const MetabaseKey> keys() const { return keys_; }
  const MetabaseKey* find(std::string_view path) const;
  // The key itself and everything below it, in path order.
  std::span<const MetabaseKey> subtree(std::string_view path) const;
  // Distinct names of the direct children of `path`, also of those that exist only as a prefix of deeper
  // keys. As written, in folded order.
  std::vector<std::string> child_names(std::string_view path) const;
  bool exists(std::string_view path) const { return !subtree(path).empty(); }

  InputId input = kNoInput;
  bool schema_loaded = false;  // an MBSchema.xml supplied names, ids and types
  // Keys may be missing (damage, cut off): absence below /LM proves nothing.
  bool lost_records = false;

 private:
  std::vector<MetabaseKey> keys_;
};

}  // namespace exaudit::facts
