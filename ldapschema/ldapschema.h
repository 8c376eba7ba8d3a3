// What Exchange 2000/2003 adds to a directory, and the part of Active Directory that it builds on: attributes
// and classes as data.
//
//   const AttributeInfo* info = find_attribute("homeMTA");   // info->syntax == Syntax::dn, info->link_id ==
//   0 derives_from("msExchRoutingSMTPConnector", "mailGateway");  // true
//
// Names are LDAP display names, compared without regard to ASCII letter case, without options (";range=0-999"
// is the caller's to cut). The tables are attributes.def and classes.def, compiled to constants: nothing runs
// at start-up, a look-up is a binary search. A name that is not in a table says nothing about the directory:
// other products extend schemas too.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace exaudit::ldapschema {

// Attribute syntaxes as Active Directory has them (MS-ADTS 3.1.1.2.2.2), with the attributeSyntax and, where
// that is shared, oMSyntax.
enum class Syntax : std::uint8_t {
  dn,                    // 2.5.5.1
  oid,                   // 2.5.5.2
  case_ignore_string,    // 2.5.5.4, 8-bit text
  printable_string,      // 2.5.5.5, 19
  ia5_string,            // 2.5.5.5, 22
  numeric_string,        // 2.5.5.6
  dn_binary,             // 2.5.5.7, B:<length>:<hex>:<DN>
  or_name,               // 2.5.5.7, a DN with an X.400 address
  boolean,               // 2.5.5.8, TRUE or FALSE
  integer,               // 2.5.5.9, 2: 32 bits, signed
  enumeration,           // 2.5.5.9, 10
  octets,                // 2.5.5.10, 4
  replica_link,          // 2.5.5.10, 127
  utc_time,              // 2.5.5.11, 23
  generalized_time,      // 2.5.5.11, 24
  unicode_string,        // 2.5.5.12
  presentation_address,  // 2.5.5.13
  access_point,          // 2.5.5.14
  security_descriptor,   // 2.5.5.15
  large_integer,         // 2.5.5.16: 64 bits, signed
  sid,                   // 2.5.5.17
};

enum class Values : std::uint8_t { single, multi };
enum class Origin : std::uint8_t { base, exchange };  // part of Active Directory, or added by Exchange setup
enum class Kind : std::uint8_t { structural, abstract, auxiliary };

// Does a global catalog hold the attribute? `unknown`: not in the table, computed when asked for, or a base
// attribute of which it is not known whether Exchange setup adds it to the partial set.
enum class InGlobalCatalog : std::uint8_t { no, yes, unknown };

enum SearchFlag : std::uint16_t {
  kIndexed = 1,
  kIndexedPerContainer = 2,
  kAmbiguousNameResolution = 4,
  kKeptOnTombstones = 8,
  kCopiedWithUser = 16,
};

struct AttributeInfo {
  std::string_view name;
  std::string_view oid;
  Syntax syntax;
  // As the schema says; a server may hold several values in a back link all the same.
  Values values;
  // 0: no link. Even: forward link, stored. Odd: back link of the attribute with link_id - 1, computed by the
  // server. The server itself keeps both sides consistent and drops a value when its target is deleted; other
  // DNs stay as they were.
  std::uint16_t link_id;
  InGlobalCatalog in_global_catalog;
  std::uint16_t search_flags;  // sum of SearchFlag and further bits of MS-ADTS 2.2.9
  Origin origin;

  constexpr bool is_forward_link() const { return link_id != 0 && link_id % 2 == 0; }
  constexpr bool is_back_link() const { return link_id % 2 == 1; }
};

struct ClassInfo {
  std::string_view name;
  std::string_view oid;
  std::string_view superior;  // "top" is its own superior
  Kind kind;
  Origin origin;
  // Blank-separated names, own ones only (a class also has those of its superiors and auxiliary classes). Of
  // a base class: its auxiliary classes as far as the table has them, and of the rest what Exchange setup
  // adds.
  std::string_view auxiliaries;
  std::string_view possible_superiors;
  std::string_view must;
  std::string_view may;
};

// All rows, sorted by name without regard to letter case.
std::span<const AttributeInfo> attributes();
std::span<const ClassInfo> classes();

// Null when the table has no such name.
const AttributeInfo* find_attribute(std::string_view name);
const ClassInfo* find_class(std::string_view name);

// True when `name` is `ancestor` or inherits from it through superiors (auxiliary classes do not count);
// false when either is unknown.
bool derives_from(std::string_view name, std::string_view ancestor);

InGlobalCatalog in_global_catalog(std::string_view attribute);

}  // namespace exaudit::ldapschema
