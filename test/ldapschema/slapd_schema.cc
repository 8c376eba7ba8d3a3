// Definitions for slapd. What AD does and slapd cannot (or the reverse) is explained in ldapschema/README.md.
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "ldapschema/ldapschema.h"
#include "ldapschema/schema_files.h"

namespace exaudit::test {

namespace {

using ldapschema::AttributeInfo;
using ldapschema::ClassInfo;
using ldapschema::Syntax;

// slapd defines these itself, before it reads any schema file (OpenLDAP 2.5, servers/slapd/schema_prep.c),
// and refuses to define them again.
constexpr std::array<std::string_view, 6> kOwnOfSlapd = {"cn",   "description", "distinguishedName",
                                                         "name", "objectClass", "uid"};

// Not of AD: the abstract class between top, which is slapd's own and closed, and everything else. 2.25 is
// the arc of UUIDs (ITU-T X.667), here d3f5b9a2-6c1e-4f0b-9a47-5e8c21d07b36.
constexpr std::string_view kObjectClass = "exauditDirectoryObject";
constexpr std::string_view kObjectClassOid = "2.25.281742984955158306937821377686857087798.1";

// Physical lines beyond some 2,000 characters are cut by slapd's parser.
constexpr std::size_t kLineWidth = 120;

constexpr std::string_view kHead =
    R"(# The directory schema of Exchange 2000/2003 and of the Active Directory below it, for slapd.
# Made from attributes.def and classes.def: README.md says how to load it, how it differs from the real thing, and how to
# make it again.
)";

// RFC 4517; caseExactIA5Match and its substrings rule: RFC 4517 4.2.3, OpenLDAP.
std::string_view syntax_of(Syntax syntax) {
  switch (syntax) {
    case Syntax::dn:
      return "EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12";
    case Syntax::oid:
      return "EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38";
    // DNs with something before them. AD compares the parts, slapd has no such syntax.
    case Syntax::dn_binary:
    case Syntax::or_name:
    case Syntax::access_point:
    case Syntax::presentation_address:
    case Syntax::case_ignore_string:
    case Syntax::unicode_string:
      return "EQUALITY caseIgnoreMatch ORDERING caseIgnoreOrderingMatch SUBSTR caseIgnoreSubstringsMatch "
             "SYNTAX "
             "1.3.6.1.4.1.1466.115.121.1.15";
    // AD lets characters into a printable string that X.520 does not. slapd has no UTC time.
    case Syntax::printable_string:
    case Syntax::ia5_string:
    case Syntax::utc_time:
      return "EQUALITY caseExactIA5Match SUBSTR caseExactIA5SubstringsMatch SYNTAX "
             "1.3.6.1.4.1.1466.115.121.1.26";
    case Syntax::numeric_string:
      return "EQUALITY numericStringMatch SUBSTR numericStringSubstringsMatch SYNTAX "
             "1.3.6.1.4.1.1466.115.121.1.36";
    case Syntax::boolean:
      return "EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7";
    case Syntax::integer:
    case Syntax::enumeration:
    case Syntax::large_integer:
      return "EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27";
    case Syntax::octets:
    case Syntax::replica_link:
    case Syntax::security_descriptor:
    case Syntax::sid:
      return "EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40";
    case Syntax::generalized_time:
      return "EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX "
             "1.3.6.1.4.1.1466.115.121.1.24";
  }
  return {};
}

// Names sort as in the tables; the empty one is no name.
struct Less {
  bool operator()(std::string_view a, std::string_view b) const {
    return base::ascii_lowered(a) < base::ascii_lowered(b);
  }
};
using Names = std::set<std::string_view, Less>;

void add(Names& names, std::string_view list) {
  for (const auto name : base::split(list, ' ')) {
    if (!name.empty()) names.insert(name);
  }
}

// Words of a definition, folded: a line that begins with a blank continues the one before.
std::string folded(std::string_view text) {
  std::string out;
  std::size_t width = 0;
  for (const auto word : base::split(text, ' ')) {
    if (width > 0 && width + 1 + word.size() > kLineWidth) {
      out += "\n ";
      width = 1;
    }
    if (width > 0) {
      out += ' ';
      ++width;
    }
    out += word;
    width += word.size();
  }
  return out + "\n";
}

std::string attribute_type(const AttributeInfo& attribute) {
  // Whatever the schema says, AD keeps any number of values in a back link.
  const bool single = attribute.values == ldapschema::Values::single && !attribute.is_back_link();
  return folded(fmt::format("attributetype ( {} NAME '{}' {}{} )", attribute.oid, attribute.name,
                            syntax_of(attribute.syntax), single ? " SINGLE-VALUE" : ""));
}

// What an entry of the class may have because of the class itself and its auxiliary classes, theirs included.
// In AD an entry has the attributes of auxiliary classes without naming those.
void collect(const ClassInfo& info, Names& attributes, Names& visited) {
  if (!visited.insert(info.name).second) return;
  add(attributes, info.must);
  add(attributes, info.may);
  Names auxiliaries;
  add(auxiliaries, info.auxiliaries);
  for (const auto name : auxiliaries) {
    for (const ClassInfo* each = ldapschema::find_class(name); each->name != "top";
         each = ldapschema::find_class(each->superior))
      collect(*each, attributes, visited);
  }
}

std::string list_of(const Names& names) {
  std::string out;
  for (const auto name : names) out += (out.empty() ? "" : " $ ") + std::string(name);
  return out;
}

std::string_view word_of(ldapschema::Kind kind) {
  switch (kind) {
    case ldapschema::Kind::abstract:
      return "ABSTRACT";
    case ldapschema::Kind::auxiliary:
      return "AUXILIARY";
    case ldapschema::Kind::structural:
      return "STRUCTURAL";
  }
  return {};
}

std::string object_class(std::string_view name, std::string_view oid, std::string_view superior,
                         ldapschema::Kind kind, const Names& attributes) {
  const std::string may = attributes.empty() ? "" : fmt::format(" MAY ( {} )", list_of(attributes));
  return folded(
      fmt::format("objectclass ( {} NAME '{}' SUP {} {}{} )", oid, name, superior, word_of(kind), may));
}

Names base_attributes() {
  Names out;
  for (const AttributeInfo& attribute : ldapschema::attributes()) {
    if (attribute.origin == ldapschema::Origin::base && attribute.name != "objectClass")
      out.insert(attribute.name);
  }
  return out;
}

std::string object_class(const ClassInfo& info, const Names& base) {
  Names attributes, visited;
  collect(info, attributes, visited);
  std::string_view superior = info.superior;
  if (info.kind != ldapschema::Kind::auxiliary) {
    std::erase_if(attributes, [&](std::string_view name) { return base.contains(name); });
    if (superior == "top") superior = kObjectClass;
  }
  return object_class(info.name, info.oid, superior, info.kind, attributes);
}

}  // namespace

std::vector<std::string_view> classes_in_order() {
  std::vector<std::string_view> out;
  Names done = {"top"};
  const auto all_done = [&](std::string_view list) {
    const auto names = base::split(list, ' ');
    return std::all_of(names.begin(), names.end(),
                       [&](std::string_view name) { return name.empty() || done.contains(name); });
  };
  for (std::size_t before = 0; before != done.size();) {
    before = done.size();
    for (const ClassInfo& info : ldapschema::classes()) {
      if (done.contains(info.name) || !done.contains(info.superior) || !all_done(info.auxiliaries)) continue;
      done.insert(info.name);
      out.push_back(info.name);
    }
  }
  return out;
}

std::string slapd_schema() {
  std::string out(kHead);
  out += "\n";
  for (const AttributeInfo& attribute : ldapschema::attributes()) {
    if (std::find(kOwnOfSlapd.begin(), kOwnOfSlapd.end(), attribute.name) == kOwnOfSlapd.end())
      out += attribute_type(attribute);
  }
  const Names base = base_attributes();
  out +=
      "\n# Not of Active Directory: the attributes that its own classes may have, of which the tables do not "
      "say which\n"
      "# has which. Entries need not name it.\n";
  out += object_class(kObjectClass, kObjectClassOid, "top", ldapschema::Kind::abstract, base);
  out += "\n";
  for (const auto name : classes_in_order()) out += object_class(*ldapschema::find_class(name), base);
  return out;
}

}  // namespace exaudit::test
