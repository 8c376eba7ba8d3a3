#include "facts/entry.h"

#include <algorithm>

#include "base/text.h"
#include "ldapschema/ldapschema.h"

namespace exaudit::facts {

namespace {

bool name_less(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return base::ascii_lower(x) < base::ascii_lower(y);
  });
}

// Does one of the values derive from `name`, without being it?
bool has_class_below(const Attribute& classes, std::string_view name) {
  return std::any_of(classes.values.begin(), classes.values.end(), [&](const Value& other) {
    return !base::ascii_iequals(other.bytes, name) && ldapschema::derives_from(other.bytes, name);
  });
}

}  // namespace

const Attribute* Entry::find(std::string_view name) const {
  const auto at =
      std::lower_bound(attributes.begin(), attributes.end(), name,
                       [](const Attribute& a, std::string_view b) { return name_less(a.name, b); });
  return at != attributes.end() && base::ascii_iequals(at->name, name) ? &*at : nullptr;
}

std::string_view Entry::first(std::string_view name) const {
  const Attribute* attribute = find(name);
  return attribute == nullptr || attribute->values.empty() ? std::string_view()
                                                           : attribute->values.front().bytes;
}

bool Entry::is_true(std::string_view name) const { return base::ascii_iequals(first(name), "TRUE"); }

bool Entry::has_class(std::string_view name) const {
  const Attribute* classes = find("objectClass");
  return classes != nullptr &&
         std::any_of(classes->values.begin(), classes->values.end(),
                     [&](const Value& value) { return base::ascii_iequals(value.bytes, name); });
}

std::string_view Entry::structural_class() const {
  if (known_class) return *known_class;
  const Attribute* classes = find("objectClass");
  if (classes == nullptr) return {};
  std::string_view best;
  bool best_known = false;
  for (const Value& value : classes->values) {
    const ldapschema::ClassInfo* info = ldapschema::find_class(value.bytes);
    const bool known = info != nullptr;
    if (known && info->kind != ldapschema::Kind::structural) continue;
    if (known && has_class_below(*classes, value.bytes)) continue;
    if (best.empty() || known > best_known || (known == best_known && name_less(value.bytes, best))) {
      best = value.bytes;
      best_known = known;
    }
  }
  return best;
}

bool Entry::is_a(std::string_view class_name) const {
  return ldapschema::derives_from(structural_class(), class_name);
}

}  // namespace exaudit::facts
