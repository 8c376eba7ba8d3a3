#include "model/change_history.h"

#include <fmt/format.h>

#include "base/text.h"
#include "facts/dn.h"

namespace exaudit::model {

namespace {

// The text of the first <name>...</name>. The fragments are flat and written by the server without
// attributes; anything else is not understood, and says nothing.
std::string_view element(std::string_view xml, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::string close = fmt::format("</{}>", name);
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = xml.find(close, begin);
  if (end == std::string_view::npos) return {};
  return base::trim(xml.substr(begin + open.size(), end - begin - open.size()));
}

// "CN=NTDS Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,..."
std::string server_of_settings(std::string_view dn) {
  const auto parsed = facts::parse_dn(dn);
  return parsed && parsed->rdns.size() > 1 ? parsed->rdns[1].front().value : std::string();
}

// Guid and plain name of the leaf when it is mangled as deleted.
std::optional<std::pair<base::Guid, std::string>> deleted_leaf(std::string_view dn) {
  const auto parsed = facts::parse_dn(dn);
  if (!parsed || parsed->empty()) return std::nullopt;
  const facts::MangledName leaf = facts::demangle(parsed->name());
  if (leaf.mangling != facts::Mangling::deleted || !leaf.guid) return std::nullopt;
  return std::pair{*leaf.guid, std::string(leaf.base)};
}

constexpr int kMaxAncestors = 4;  // MTA, server, Servers, group: removed together, leaf by leaf

// The parent's own tombstone knows where it stood.
std::string living_name(const facts::DirectoryView& view, std::string dn) {
  std::string prefix;
  for (int i = 0; i < kMaxAncestors; ++i) {
    const auto leaf = deleted_leaf(dn);
    const facts::Entry* tombstone = leaf ? view.find(leaf->first) : nullptr;
    const std::string_view parent =
        tombstone == nullptr ? std::string_view() : tombstone->first("lastKnownParent");
    if (parent.empty()) break;
    prefix += fmt::format("CN={},", facts::escape_rdn_value(leaf->second));
    dn = std::string(parent);
  }
  return prefix + dn;
}

}  // namespace

std::optional<OriginatingChange> originating_change(const facts::Entry& entry, std::string_view attribute) {
  const facts::Attribute* history = entry.find("msDS-ReplAttributeMetaData");
  if (history == nullptr) return std::nullopt;
  for (const facts::Value& value : history->values) {
    if (!base::ascii_iequals(element(value.bytes, "pszAttributeName"), attribute)) continue;
    OriginatingChange out;
    out.time = std::string(element(value.bytes, "ftimeLastOriginatingChange"));
    out.server = server_of_settings(element(value.bytes, "pszLastOriginatingDsaDN"));
    out.version = std::string(element(value.bytes, "dwVersion"));
    if (!out.time.empty()) return out;
  }
  return std::nullopt;
}

std::optional<DeletedObject> deleted_object(const facts::DirectoryView& view, std::string_view dn) {
  const auto leaf = deleted_leaf(dn);
  if (!leaf) return std::nullopt;
  const facts::Entry* tombstone = view.find(leaf->first);
  if (tombstone == nullptr || !tombstone->deleted) return std::nullopt;
  DeletedObject out;
  out.tombstone = tombstone;
  out.name = leaf->second;
  out.last_parent = living_name(view, std::string(tombstone->first("lastKnownParent")));
  out.deleted_at = tombstone->first("whenChanged");
  return out;
}

std::string explain_deleted(const facts::DirectoryView& view, std::string_view dn) {
  const auto object = deleted_object(view, dn);
  if (!object) return {};
  std::string out = fmt::format("; it was \"{}\"", object->name);
  if (!object->last_parent.empty()) out += fmt::format(" below {}", object->last_parent);
  if (!object->deleted_at.empty()) out += fmt::format(", and was deleted at {}", object->deleted_at);
  return out;
}

}  // namespace exaudit::model
