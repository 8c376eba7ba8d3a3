// What Exchange setup adds to the schema of Active Directory, as LDIF. ldapschema/README.md says how to load
// it.
#include <set>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/guid.h"
#include "base/text.h"
#include "ldapschema/ldapschema.h"
#include "ldapschema/schema_files.h"

using namespace std::string_view_literals;

namespace exaudit::test {

namespace {

using ldapschema::AttributeInfo;
using ldapschema::ClassInfo;
using ldapschema::Origin;
using ldapschema::Syntax;

constexpr std::string_view kHead =
    R"(# What Exchange 2000/2003 adds to the schema of an Active Directory forest; DC=X stands for the forest's root domain.
# Made from attributes.def and classes.def: README.md says how to load it and how to make it again. For forests that exist
# for tests only: additions to a schema can never be removed, and a real Exchange brings its own.
)";

// The schema is read anew: what follows may name what stands before.
constexpr std::string_view kUpdate = R"(dn:
changetype: modify
add: schemaUpdateNow
schemaUpdateNow: 1
-

)";

// The columns of attributes.def that only definitions need.
struct AttributeDefinition {
  std::string_view name, cn, guid, range;
};
constexpr AttributeDefinition definition(std::string_view name, std::string_view cn = {},
                                         std::string_view guid = {}, std::string_view range = {}) {
  return {name, cn, guid, range};
}
constexpr AttributeDefinition kAttributes[] = {
#define ATTRIBUTE(name, oid, syntax, values, link_id, in_gc, search_flags, origin, ...) \
  definition(name __VA_OPT__(, ) __VA_ARGS__),
#include "ldapschema/attributes.def"
#undef ATTRIBUTE
};

struct ClassDefinition {
  std::string_view name, cn;
};
constexpr ClassDefinition kClasses[] = {
#define CLASS(name, cn, oid, superior, kind, origin, auxiliaries, possible_superiors, must, may) {name, cn},
#include "ldapschema/classes.def"
#undef CLASS
};

// MS-ADTS 3.1.1.2.2.2. The classes are OIDs in BER, without the tag.
struct SyntaxNumbers {
  std::string_view attribute_syntax;
  int om_syntax;
  std::string_view om_object_class;
};
SyntaxNumbers numbers_of(Syntax syntax) {
  constexpr int kObject = 127;
  switch (syntax) {
    case Syntax::dn:
      return {"2.5.5.1", kObject, "\x2b\x0c\x02\x87\x73\x1c\x00\x85\x4a"sv};
    case Syntax::oid:
      return {"2.5.5.2", 6, {}};
    case Syntax::case_ignore_string:
      return {"2.5.5.4", 20, {}};
    case Syntax::printable_string:
      return {"2.5.5.5", 19, {}};
    case Syntax::ia5_string:
      return {"2.5.5.5", 22, {}};
    case Syntax::numeric_string:
      return {"2.5.5.6", 18, {}};
    case Syntax::dn_binary:
      return {"2.5.5.7", kObject, "\x2a\x86\x48\x86\xf7\x14\x01\x01\x01\x0b"sv};
    case Syntax::or_name:
      return {"2.5.5.7", kObject, "\x56\x06\x01\x02\x05\x0b\x1d"sv};
    case Syntax::boolean:
      return {"2.5.5.8", 1, {}};
    case Syntax::integer:
      return {"2.5.5.9", 2, {}};
    case Syntax::enumeration:
      return {"2.5.5.9", 10, {}};
    case Syntax::octets:
      return {"2.5.5.10", 4, {}};
    case Syntax::replica_link:
      return {"2.5.5.10", kObject, "\x2a\x86\x48\x86\xf7\x14\x01\x01\x01\x06"sv};
    case Syntax::utc_time:
      return {"2.5.5.11", 23, {}};
    case Syntax::generalized_time:
      return {"2.5.5.11", 24, {}};
    case Syntax::unicode_string:
      return {"2.5.5.12", 64, {}};
    case Syntax::presentation_address:
      return {"2.5.5.13", kObject, "\x2b\x0c\x02\x87\x73\x1c\x00\x85\x5c"sv};
    case Syntax::access_point:
      return {"2.5.5.14", kObject, "\x2b\x0c\x02\x87\x73\x1c\x00\x85\x3e"sv};
    case Syntax::security_descriptor:
      return {"2.5.5.15", 66, {}};
    case Syntax::large_integer:
      return {"2.5.5.16", 65, {}};
    case Syntax::sid:
      return {"2.5.5.17", 4, {}};
  }
  throw std::logic_error("a syntax without numbers");
}

std::string head_of(std::string_view cn, std::string_view change) {
  return fmt::format("dn: CN={},CN=Schema,CN=Configuration,DC=X\nchangetype: {}\n", cn, change);
}

std::vector<std::string_view> names(std::string_view list) {
  std::vector<std::string_view> out;
  for (const auto name : base::split(list, ' ')) {
    if (!name.empty()) out.push_back(name);
  }
  return out;
}

std::string lines(std::string_view attribute, const std::vector<std::string_view>& values) {
  std::string out;
  for (const auto value : values) out += fmt::format("{}: {}\n", attribute, value);
  return out;
}

std::string range_lines(std::string_view range) {
  const std::size_t dots = range.find("..");
  if (dots == std::string_view::npos) return {};
  std::string out = fmt::format("rangeLower: {}\n", range.substr(0, dots));
  const std::string_view upper = range.substr(dots + 2);
  return upper.empty() ? out : out + fmt::format("rangeUpper: {}\n", upper);
}

std::string attribute_record(const AttributeInfo& attribute, const AttributeDefinition& definition) {
  const SyntaxNumbers numbers = numbers_of(attribute.syntax);
  std::string out = head_of(definition.cn, "add");
  out += fmt::format("objectClass: attributeSchema\nlDAPDisplayName: {}\nattributeID: {}\n", attribute.name,
                     attribute.oid);
  out += fmt::format("attributeSyntax: {}\noMSyntax: {}\n", numbers.attribute_syntax, numbers.om_syntax);
  if (!numbers.om_object_class.empty())
    out += fmt::format("oMObjectClass:: {}\n", base::base64_encode(numbers.om_object_class));
  out +=
      fmt::format("isSingleValued: {}\n", attribute.values == ldapschema::Values::single ? "TRUE" : "FALSE");
  out += range_lines(definition.range);
  if (attribute.search_flags != 0) out += fmt::format("searchFlags: {}\n", attribute.search_flags);
  if (attribute.link_id != 0) out += fmt::format("linkID: {}\n", attribute.link_id);
  if (attribute.in_global_catalog == ldapschema::InGlobalCatalog::yes)
    out += "isMemberOfPartialAttributeSet: TRUE\n";
  const auto guid = base::Guid::parse(definition.guid);
  if (!guid) throw std::logic_error("no GUID: " + std::string(definition.name));
  const std::string_view octets(reinterpret_cast<const char*>(guid->octets.data()), guid->octets.size());
  return out + fmt::format("schemaIDGUID:: {}\n\n", base::base64_encode(octets));
}

// A back link needs its forward link.
std::string attribute_records(bool back_links) {
  std::string out;
  const auto attributes = ldapschema::attributes();
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (attributes[i].origin == Origin::exchange && attributes[i].is_back_link() == back_links)
      out += attribute_record(attributes[i], kAttributes[i]);
  }
  return out;
}

std::string_view cn_of(const ClassInfo& info) {
  return kClasses[static_cast<std::size_t>(&info - ldapschema::classes().data())].cn;
}

// MS-ADTS 3.1.1.2.4.8: objectClassCategory.
int category_of(ldapschema::Kind kind) {
  switch (kind) {
    case ldapschema::Kind::structural:
      return 1;
    case ldapschema::Kind::abstract:
      return 2;
    case ldapschema::Kind::auxiliary:
      return 3;
  }
  return 0;
}

struct AddedClasses {
  std::set<std::string_view> names;  // those of Active Directory itself too

  bool has(std::string_view name) const { return names.contains(name); }
  bool has_all(std::string_view list) const {
    for (const auto name : exaudit::test::names(list)) {
      if (!has(name)) return false;
    }
    return true;
  }
  std::vector<std::string_view> of(std::string_view list, bool added) const {
    std::vector<std::string_view> out = exaudit::test::names(list);
    std::erase_if(out, [&](std::string_view name) { return has(name) != added; });
    return out;
  }
};

std::string class_record(const ClassInfo& info, const AddedClasses& there) {
  std::string out = head_of(cn_of(info), "add");
  out += fmt::format(
      "objectClass: classSchema\nlDAPDisplayName: {}\ngovernsID: {}\nsubClassOf: {}\nobjectClassCategory: "
      "{}\nrDNAttID: cn\n",
      info.name, info.oid, info.superior, category_of(info.kind));
  return out + lines("auxiliaryClass", names(info.auxiliaries)) +
         lines("possSuperiors", there.of(info.possible_superiors, true)) +
         lines("mustContain", names(info.must)) + lines("mayContain", names(info.may)) + "\n";
}

std::string change(std::string_view cn, std::string_view attribute,
                   const std::vector<std::string_view>& values) {
  if (values.empty()) return {};
  return fmt::format("{}add: {}\n{}-\n\n", head_of(cn, "modify"), attribute, lines(attribute, values));
}

// Exchange's classes, each after its superior and its auxiliary classes; possible superiors that come later,
// or the class itself, are added at the end.
std::string class_records() {
  AddedClasses there;
  for (const ClassInfo& info : ldapschema::classes()) {
    if (info.origin == Origin::base) there.names.insert(info.name);
  }
  std::string out, later;
  while (there.names.size() < ldapschema::classes().size()) {
    const AddedClasses before = there;
    for (const ClassInfo& info : ldapschema::classes()) {
      if (before.has(info.name) || !before.has(info.superior) || !before.has_all(info.auxiliaries)) continue;
      out += class_record(info, before);
      later += change(cn_of(info), "possSuperiors", before.of(info.possible_superiors, false));
      there.names.insert(info.name);
    }
    if (there.names.size() == before.names.size()) throw std::logic_error("classes that wait for each other");
    out += kUpdate;
  }
  return out + later;
}

bool is_exchange_class(std::string_view name) {
  return ldapschema::find_class(name)->origin == Origin::exchange;
}

std::string base_class_changes() {
  std::string out;
  for (const ClassInfo& info : ldapschema::classes()) {
    if (info.origin != Origin::base) continue;
    std::vector<std::string_view> auxiliaries = names(info.auxiliaries);
    std::erase_if(auxiliaries, [](std::string_view name) { return !is_exchange_class(name); });
    out += change(cn_of(info), "auxiliaryClass", auxiliaries);
    out += change(cn_of(info), "possSuperiors", names(info.possible_superiors));
    out += change(cn_of(info), "mayContain", names(info.may));
  }
  return out;
}

// README.md, "Global catalog".
std::string base_attribute_changes() {
  std::string out;
  for (const auto cn : {"Garbage-Coll-Period", "Network-Address", "Proxy-Addresses", "Show-In-Address-Book"})
    out += head_of(cn, "modify") +
           "replace: isMemberOfPartialAttributeSet\nisMemberOfPartialAttributeSet: TRUE\n-\n\n";
  return out;
}

}  // namespace

std::string active_directory_schema() {
  std::string out(kHead);
  out += "\n# Attributes\n\n" + attribute_records(false);
  out += kUpdate;
  out += "# Back links\n\n" + attribute_records(true);
  out += kUpdate;
  out += "# Classes\n\n" + class_records();
  out += kUpdate;
  out += "# What changes in attributes and classes of Active Directory\n\n" + base_attribute_changes();
  out += base_class_changes();
  out += kUpdate;
  return out;
}

}  // namespace exaudit::test
