#include "facts/entry_record.h"

#include <algorithm>

#include "base/text.h"
#include "facts/dn.h"
#include "facts/judged_attributes.h"
#include "ldapschema/ldapschema.h"

namespace exaudit::facts {

namespace {

std::string_view base_name(std::string_view description) {
  return description.substr(0, description.find(';'));
}

// ";range=0-1499" is a piece, ";range=1500-*" the last one of a row of pieces.
enum class Range { none, piece, last };
Range range_of(std::string_view description) {
  if (description.find(";range=") == std::string_view::npos) return Range::none;
  return description.back() == '*' ? Range::last : Range::piece;
}

std::string_view keep_value(RecordValue& value, Arena& arena, std::string& storage, bool& readable) {
  std::string_view bytes;
  readable = decode_value(value, storage, bytes);
  if (!readable) return {};
  const bool decoded = value.folded || value.form != RecordValue::Form::plain;
  return decoded ? arena.keep(bytes) : bytes;
}

// Sorts the values by attribute; AD may give one attribute in several places (";range=", ";binary").
void group_attributes(Record& record, Arena& arena, std::string& storage, Entry& entry) {
  std::vector<RecordValue*> order;
  order.reserve(record.values.size());
  for (RecordValue& value : record.values) {
    if (value.name.empty()) {
      entry.damaged = true;
    } else {
      order.push_back(&value);
    }
  }
  const auto less = [](const RecordValue* a, const RecordValue* b) {
    const std::string_view x = base_name(a->name);
    const std::string_view y = base_name(b->name);
    return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(), [](char p, char q) {
      return base::ascii_lower(p) < base::ascii_lower(q);
    });
  };
  std::stable_sort(order.begin(), order.end(), less);
  bool last_piece = false;
  for (RecordValue* value : order) {
    const std::string_view name = base_name(value->name);
    if (entry.attributes.empty() || !base::ascii_iequals(entry.attributes.back().name, name)) {
      entry.attributes.push_back({name, {}, false, false});
      last_piece = false;
    }
    Attribute& attribute = entry.attributes.back();
    bool readable = false;
    const std::string_view bytes = keep_value(*value, arena, storage, readable);
    const Range range = range_of(value->name);
    last_piece = last_piece || range == Range::last;
    attribute.partial_range = !last_piece && (attribute.partial_range || range == Range::piece);
    if (!readable) {
      attribute.unreadable = true;
    } else if (!bytes.empty()) {  // no directory holds empty values; an empty one says nothing
      attribute.values.push_back({bytes, value->line});
    }
  }
}

}  // namespace

Entry entry_of(Record& record, std::string_view key, Arena& arena) {
  Entry entry;
  std::string storage;
  entry.dn = arena.keep(record.dn);
  entry.key = key;
  entry.path = path_of_key(key);
  entry.location = record.location;
  entry.inputs = {record.location.input};
  group_attributes(record, arena, storage, entry);
  entry.guid = base::Guid::from_octets(entry.first("objectGUID"));
  if (!entry.guid) entry.guid = base::Guid::parse(entry.first("objectGUID"));
  entry.deleted = entry.is_true("isDeleted") || names_deleted_object(entry.dn);
  unsigned bookkeeping = 0;
  for (const Attribute& attribute : entry.attributes) {
    if (!attribute.values.empty() || attribute.unreadable) bookkeeping |= bookkeeping_bit(attribute.name);
    if (ldapschema::in_global_catalog(attribute.name) == ldapschema::InGlobalCatalog::no)
      entry.has_non_gc_attribute = true;
  }
  entry.read_whole = was_read_whole(bookkeeping);
  entry.known_class = entry.structural_class();
  return entry;
}

}  // namespace exaudit::facts
