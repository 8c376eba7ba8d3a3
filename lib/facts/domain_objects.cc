#include "facts/domain_objects.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "facts/dn.h"
#include "facts/judged_attributes.h"
#include "facts/naming_context.h"
#include "facts/recipient_attributes.h"
#include "facts/value_hash.h"

namespace exaudit::facts {

namespace {

std::string_view base_name(std::string_view description) {
  return description.substr(0, description.find(';'));
}

using Attribute = RecipientAttribute;

// What a record says about a recipient, while its values are read.
struct Draft {
  Recipient row;
  Placement placement;
  std::string_view legacy_dn;
  std::optional<base::Guid> guid;
  std::array<std::string, 4> storage;  // of decoded values
  unsigned bookkeeping = 0;
  bool is_recipient = false, mailbox = false, has_target = false, deleted = false;
};

// The first value that can be read counts. False when it cannot.
bool take(RecordValue& value, std::string& storage, std::string_view& out) {
  std::string_view bytes;
  std::string decoded;
  if (!decode_value(value, decoded, bytes)) return false;
  if (!out.empty() || bytes.empty()) return true;
  if (bytes.data() == decoded.data()) {
    storage = std::move(decoded);
    out = storage;
  } else {
    out = bytes;
  }
  return true;
}

void take_place(Draft& draft, RecordValue& value, Attribute attribute) {
  switch (attribute) {
    case Attribute::home_mdb:
      if (!take(value, draft.storage[0], draft.placement.home_mdb))
        draft.row.flags |= Recipient::unreadable_mdb;
      break;
    case Attribute::home_mta:
      if (!take(value, draft.storage[1], draft.placement.home_mta))
        draft.row.flags |= Recipient::unreadable_mta;
      break;
    case Attribute::home_server:
      if (!take(value, draft.storage[2], draft.placement.home_server))
        draft.row.flags |= Recipient::unreadable_server;
      break;
    case Attribute::legacy_dn:
      if (!take(value, draft.storage[3], draft.legacy_dn)) draft.row.flags |= Recipient::unreadable_legacy_dn;
      break;
    default:
      break;
  }
}

}  // namespace

void DomainObjects::note_place(std::string_view key) {
  const std::string_view domain = domain_of(key);
  if (domain.empty() || domain.size() >= key.size()) return;
  auto facts = domains.find(domain);
  if (facts == domains.end()) facts = domains.emplace(std::string(domain), DomainFacts()).first;
  const std::string_view above = key.substr(0, key.size() - domain.size() - 1);
  const std::size_t comma = above.rfind(',');
  const bool deep = comma != std::string_view::npos;
  if (deep) facts->second.two_levels = true;
  if ((deep ? above.substr(comma + 1) : above) == kSystemObjectsRdn)
    (deep ? facts->second.child : facts->second.container) = true;
}

void DomainObjects::merge(const DomainObjects& from) {
  for (const auto& [domain, facts] : from.domains) {
    DomainFacts& mine = domains[domain];
    mine.container = mine.container || facts.container;
    mine.child = mine.child || facts.child;
    mine.two_levels = mine.two_levels || facts.two_levels;
    mine.searched = mine.searched || facts.searched;
  }
  system_mailboxes.insert(system_mailboxes.end(), from.system_mailboxes.begin(), from.system_mailboxes.end());
  all_domains_searched = all_domains_searched || from.all_domains_searched;
  other_objects += from.other_objects;
  carried |= from.carried;
}

bool DomainObjects::add_recipient(Record& record, std::string_view key, RecipientWriter& writer) {
  Draft draft;
  for (RecordValue& value : record.values) {
    if (value.name.empty()) {
      draft.row.flags |= Recipient::damaged;
      continue;
    }
    const std::string_view name = base_name(value.name);
    // No directory holds empty values: a name without a value says nothing.
    if (value.bytes.empty() && value.form != RecordValue::Form::absent) continue;
    const Attribute attribute = recipient_attribute(name);
    std::string_view bytes;
    draft.bookkeeping |= bookkeeping_bit(name);
    draft.has_target = draft.has_target || attribute == Attribute::target;
    if (attribute == Attribute::deleted && decode_value(value, storage_, bytes) &&
        base::ascii_iequals(bytes, "TRUE"))
      draft.deleted = true;
    if (attribute == Attribute::object_guid && decode_value(value, storage_, bytes)) {
      draft.guid = base::Guid::from_octets(bytes);
      if (!draft.guid) draft.guid = base::Guid::parse(bytes);
    }
    draft.mailbox = draft.mailbox || shows_mailbox(attribute);
    draft.is_recipient = draft.is_recipient || shows_recipient(attribute);
    if (attribute == Attribute::none) continue;
    carried |= judged_bit(name);
    take_place(draft, value, attribute);
  }
  if (!draft.is_recipient || draft.deleted || key.find("\\0adel:") != std::string_view::npos) return false;
  draft.row.offset = record.location.offset;
  draft.row.line = record.location.line;
  draft.row.input = record.location.input;
  if (draft.mailbox && !draft.has_target) draft.row.flags |= Recipient::mailbox_enabled;
  if (!draft.legacy_dn.empty()) draft.row.flags |= Recipient::has_legacy_dn;
  if (was_read_whole(draft.bookkeeping)) draft.row.flags |= Recipient::read_whole;
  const std::uint32_t row = writer.add(draft.row, draft.placement);
  writer.add_value(ValueKind::name, hash_dn(hash_bytes(parent_key(key)), rdn_of_key(key)), row);
  if (draft.guid && !draft.guid->is_zero()) writer.add_value(ValueKind::guid, hash_guid(*draft.guid), row);
  if (!draft.legacy_dn.empty())
    writer.add_value(ValueKind::legacy_dn, hash_folded(draft.legacy_dn, folded_), row);
  for (RecordValue& value : record.values) {
    std::string_view bytes;
    if (base::ascii_iequals(base_name(value.name), "proxyAddresses") &&
        decode_value(value, storage_, bytes) && !bytes.empty())
      writer.add_value(ValueKind::proxy_address, hash_folded(bytes, folded_), row);
  }
  return true;
}

void DomainObjects::add(Record& record, std::string_view key, RecipientWriter& writer) {
  note_place(key);
  constexpr std::string_view kPrefix = "cn=systemmailbox";
  const std::string_view rdn = rdn_of_key(key);
  const std::string_view container = parent_key(key);
  if (rdn.starts_with(kPrefix) && rdn_of_key(container) == kSystemObjectsRdn &&
      parent_key(container) == domain_of(key)) {
    if (const auto guid = base::Guid::parse(rdn.substr(kPrefix.size())))
      system_mailboxes.push_back({*guid, std::string(parent_key(container)), record.location});
  }
  if (!add_recipient(record, key, writer)) ++other_objects;
}

}  // namespace exaudit::facts
