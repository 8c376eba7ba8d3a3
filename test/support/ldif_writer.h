// Directory objects and their LDIF text, in any of the spellings that mean the same.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/random.h"

namespace exaudit::test {

struct Object {
  std::string dn;
  std::vector<std::pair<std::string, std::string>> attributes;  // name, bytes of one value

  bool has(std::string_view name) const;
  void add(std::string name, std::string value);
  void set(std::string name, std::string value);  // instead of all values it has
  void erase(std::string_view name);
  void erase(std::string_view name, std::string_view value);
};

struct Spelling {
  bool shuffled_entries = false;
  bool shuffled_attributes = false;  // lines of an entry, and with them the values of objectClass
  bool random_folding = false;
  bool crlf = false;
  bool base64_everything = false;
  bool odd_letter_case = false;  // of attribute names
  bool respelled_names = false;  // DNs: letter case of types, blanks around separators, \2C for \,
  bool comments = false;         // those of ldapsearch
  std::size_t files = 1;         // entries dealt out at random
};

std::vector<std::string> write_ldif(const std::vector<const Object*>& objects, const Spelling& spelling,
                                    Random& random);

}  // namespace exaudit::test
