// Distinguished names (RFC 4514), parsed and normalised.
//
// Two DNs name the same object when their keys are equal. A key is the DN with attribute types in lower case
// (OID spellings of the common ones replaced by their names), values case-folded (base::fold), escapes
// resolved and re-written in one way (every special byte as \xx), no blanks around ',' '=' '+', and the parts
// of a multi-valued RDN sorted. In a key a raw ',' only separates RDNs, so parents are suffixes.
//
// Active Directory marks deleted and conflicting objects inside the RDN value with a line feed:
// "MAIL1<LF>DEL:<guid>" and "<LF>CNF:<guid>" (MS-ADTS 3.1.1.5.5, 3.1.1.1.5.1.2); in DN text the line feed is
// written \0A.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"

namespace exaudit::facts {

inline constexpr std::size_t kMaxDnBytes =
    64U << 10;  // far above AD's limits; stops hostile names from costing time
inline constexpr std::size_t kMaxRdns = 512;

struct Ava {
  std::string type;   // as written
  std::string value;  // unescaped
};

struct Dn {
  std::vector<std::vector<Ava>> rdns;  // leaf first; each RDN has at least one AVA

  bool empty() const { return rdns.empty(); }
  // Value of the first AVA of the leaf RDN, "" for the root.
  std::string_view name() const;
};

// Nothing when the text is no DN. The empty text is the root DN. Accepts blanks around separators, quoted
// values (RFC 1779), \xx and \c escapes,
// "<GUID=...>;<SID=...>;dn" (extended DN) and #hex values (kept as their bytes when they are a BER string,
// else as text).
std::optional<Dn> parse_dn(std::string_view text);

// The comparison key of a DN, or nothing when the text is no DN.
std::optional<std::string> dn_key(std::string_view text);
std::string dn_key(const Dn& dn);
// Appends to `out` without allocating for ordinary ASCII names; false when `text` is no DN. For readers that
// see millions of them.
bool append_dn_key(std::string_view text, std::string& out);

// Key arithmetic. Keys come from dn_key.
std::string_view parent_key(std::string_view key);               // "" for a one-RDN key and for the root
bool is_below(std::string_view key, std::string_view ancestor);  // strictly below
std::string_view rdn_of_key(std::string_view key);               // "cn=mail1"
std::size_t depth_of_key(std::string_view key);                  // number of RDNs
// The RDNs from the root down, each followed by NUL: sorting by path puts descendants right after their
// ancestor.
std::string path_of_key(std::string_view key);
// Key of the child of `parent` with this single-valued RDN.
std::string child_key(std::string_view type, std::string_view value, std::string_view parent);

// Escapes a value for use in DN text (RFC 4514 2.4).
std::string escape_rdn_value(std::string_view value);

enum class Mangling { none, conflict, deleted };
struct MangledName {
  std::string_view base;  // the name without the mangling; points into the argument
  Mangling mangling = Mangling::none;
  std::optional<base::Guid> guid;  // of the mangled object itself
};
// `value` is an unescaped RDN value.
MangledName demangle(std::string_view value);
// True when the DN text names a deleted object: DEL: mangling in any RDN, or it lies under CN=Deleted
// Objects.
bool names_deleted_object(std::string_view dn_text);

}  // namespace exaudit::facts
