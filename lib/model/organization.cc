#include "model/organization.h"

#include <algorithm>

#include "base/text.h"
#include "facts/dn.h"
#include "ldapschema/ldapschema.h"

namespace exaudit::model {

namespace {

Field field_in(const facts::DirectoryView& view, const facts::Entry& entry, std::string_view attribute) {
  Field out;
  out.state = view.observed(entry, attribute);
  out.location = entry.location;
  if (out.present()) {
    const facts::Value& value = entry.find(attribute)->values.front();
    out.value = value.bytes;
    out.location.line = value.line;
  }
  return out;
}

}  // namespace

std::string_view generation_name(Generation generation) {
  switch (generation) {
    case Generation::not_observed:
      return "not observed";
    case Generation::exchange55:
      return "5.5";
    case Generation::exchange2000:
      return "2000";
    case Generation::exchange2003:
      return "2003";
    case Generation::later:
      return "later";
  }
  return "";
}

std::string Store::gateway_name() const {
  return "SMTP (" + (server != nullptr ? server->name : std::string()) + "-" +
         (guid ? guid->text() : std::string()) + ")";
}

std::optional<GatewayName> parse_gateway_name(std::string_view cn) {
  constexpr std::string_view kPrefix = "SMTP (";
  constexpr std::size_t kGuidText = 38;
  if (!base::ascii_istarts_with(cn, kPrefix) || !cn.ends_with("})") ||
      cn.size() <= kPrefix.size() + kGuidText + 1)
    return std::nullopt;
  const std::size_t brace = cn.size() - 1 - kGuidText;
  const auto guid = base::Guid::parse(cn.substr(brace, kGuidText));
  if (!guid) return std::nullopt;
  GatewayName out{cn.substr(kPrefix.size(), brace - kPrefix.size()), false, *guid};
  if (out.server.size() > 1 && out.server.ends_with('-')) {
    out.hyphen = true;
    out.server.remove_suffix(1);
  }
  return out;
}

Field Organization::field(const facts::Entry& object, std::string_view attribute) const {
  Field out = field_in(*view, object, attribute);
  if (!out.not_observed() || ldapschema::in_global_catalog(attribute) != ldapschema::InGlobalCatalog::no)
    return out;
  for (const facts::DirectoryView* other : other_views) {
    const facts::Entry* twin = object.guid ? other->find(*object.guid) : nullptr;
    if (twin == nullptr) twin = other->find(object.key);
    if (twin == nullptr) continue;
    const Field there = field_in(*other, *twin, attribute);
    if (!there.not_observed()) return there;
  }
  return out;
}

const Server* Organization::server_named(std::string_view wanted) const {
  const auto at = servers_by_name.find(base::fold(wanted));
  return at == servers_by_name.end() ? nullptr : at->second;
}

const facts::Entry* Organization::database(const base::Guid& wanted) const {
  const facts::Entry* found = view->find(wanted);
  return found != nullptr && !found->deleted && found->is_a("msExchMDB") ? found : nullptr;
}

std::string Organization::dn_text(const facts::Entry* object, std::string_view otherwise_key) const {
  return object != nullptr ? std::string(object->dn) : std::string(otherwise_key);
}

Organization::ExpectedLegacyDn Organization::expected_legacy_dn(const Store& store) const {
  ExpectedLegacyDn out;
  const Server& server = *store.server;
  out.tail = "/cn=Configuration/cn=Connections/cn=SMTP (" + server.name + ")/cn=" + store.guid->text();
  if (server.group != nullptr && server.group->legacy_dn.present()) {
    out.prefix = server.group->legacy_dn.value;
    return out;
  }
  // The server's own name was given at the same time and follows no rename either: its prefix is the
  // administrative group's.
  const std::string suffix = "/cn=configuration/cn=servers/cn=" + base::fold(server.name);
  const std::string_view legacy = server.legacy_dn.value;
  if (legacy.size() > suffix.size() &&
      base::fold_equals(legacy.substr(legacy.size() - suffix.size()), suffix)) {
    out.prefix = legacy.substr(0, legacy.size() - suffix.size());
  }
  return out;
}

}  // namespace exaudit::model
