// One directory object, kept whole: the DN and every attribute value as bytes of the input, with its line.
//
// Strings are views into the input's Buffer or into the view's arena (decoded base64, unfolded values); the
// DirectoryView owns both. Attribute names compare case-insensitively and without their options:
// "homeMDBBL;range=0-999" is found as homeMDBBL.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "facts/location.h"

namespace exaudit::facts {

// What is known about a fact that could be there (see lib/README.md, "present, absent, not observed").
enum class Observed { present, absent, not_observed };

struct Value {
  std::string_view bytes;
  std::uint32_t line = 0;
};

struct Attribute {
  std::string_view name;       // without options
  std::vector<Value> values;   // in the order of the input; readable ones only
  bool unreadable = false;     // some value could not be read: what is here may not be all
  bool partial_range = false;  // ";range=a-b" that does not reach the end
};

struct Entry {
  std::string_view dn;  // as the directory wrote it
  std::string key;      // facts::dn_key(dn)
  std::string path;     // the RDNs of `key` from the root down, each followed by NUL: descendants of an entry
                        // sort right after it
  std::vector<Attribute> attributes;  // sorted by name, ignoring letter case
  Location location;
  std::vector<InputId> inputs;     // every input that holds it
  std::optional<base::Guid> guid;  // objectGUID
  bool deleted = false;            // isDeleted TRUE, DEL: mangling or below CN=Deleted Objects
  // Enough operational attributes (or "# requesting: ALL") to know that an attribute which is not here does
  // not exist.
  bool read_whole = false;
  bool has_non_gc_attribute = false;            // carries an attribute that a global catalog would not show
  std::optional<std::string_view> known_class;  // structural_class(), once it was worked out
  bool damaged = false;  // a line could not be understood: any attribute that is not here may have been on it

  const Attribute* find(std::string_view name) const;
  // First value, "" when there is none.
  std::string_view first(std::string_view name) const;
  bool is_true(std::string_view name) const;  // boolean syntax: TRUE, any letter case
  // True when one of the objectClass values is `name`.
  bool has_class(std::string_view name) const;
  // The most specific structural class, whatever the order of the values: the one that no other value derives
  // from. Classes that ldapschema does not know may be auxiliary and count only when there is no other. ""
  // when objectClass was not read.
  std::string_view structural_class() const;
  bool is_a(std::string_view class_name) const;  // its structural class is this one or derives from it
};

}  // namespace exaudit::facts
