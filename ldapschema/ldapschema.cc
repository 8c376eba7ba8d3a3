#include "ldapschema/ldapschema.h"

#include <algorithm>

#include "base/text.h"

namespace exaudit::ldapschema {
namespace {

constexpr AttributeInfo kAttributes[] = {
#define ATTRIBUTE(name, oid, syntax, values, link_id, in_gc, search_flags, origin, ...) \
  {name, oid, Syntax::syntax, Values::values, link_id, InGlobalCatalog::in_gc, search_flags, Origin::origin},
#include "ldapschema/attributes.def"
#undef ATTRIBUTE
};

constexpr ClassInfo kClasses[] = {
#define CLASS(name, cn, oid, superior, kind, origin, auxiliaries, possible_superiors, must, may) \
  {name, oid, superior, Kind::kind, Origin::origin, auxiliaries, possible_superiors, must, may},
#include "ldapschema/classes.def"
#undef CLASS
};

// The deepest chain has six steps; the bound only keeps a faulty table from looping.
constexpr int kMaxSuperiors = 16;

bool name_less(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return static_cast<unsigned char>(base::ascii_lower(x)) <
           static_cast<unsigned char>(base::ascii_lower(y));
  });
}

template <typename Info>
const Info* find(std::span<const Info> table, std::string_view name) {
  const auto it =
      std::lower_bound(table.begin(), table.end(), name,
                       [](const Info& info, std::string_view key) { return name_less(info.name, key); });
  return it != table.end() && base::ascii_iequals(it->name, name) ? &*it : nullptr;
}

}  // namespace

std::span<const AttributeInfo> attributes() { return kAttributes; }
std::span<const ClassInfo> classes() { return kClasses; }

const AttributeInfo* find_attribute(std::string_view name) { return find(attributes(), name); }
const ClassInfo* find_class(std::string_view name) { return find(classes(), name); }

bool derives_from(std::string_view name, std::string_view ancestor) {
  const ClassInfo* wanted = find_class(ancestor);
  if (!wanted) return false;
  const ClassInfo* current = find_class(name);
  for (int step = 0; current && step < kMaxSuperiors; ++step) {
    if (current == wanted) return true;
    const ClassInfo* superior = find_class(current->superior);
    if (superior == current) return false;
    current = superior;
  }
  return false;
}

InGlobalCatalog in_global_catalog(std::string_view attribute) {
  const AttributeInfo* info = find_attribute(attribute);
  return info ? info->in_global_catalog : InGlobalCatalog::unknown;
}

}  // namespace exaudit::ldapschema
