#include "model/duplicates.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "facts/value_hash.h"

namespace exaudit::model {

namespace {

using facts::RecipientTable;

// Folded value to the objects that have it.
using Owners = std::map<std::string, std::vector<ValueOwner>>;

// As far as the values have this hash; the others are seen with theirs.
void add_owner(const facts::Entry& entry, std::string_view attribute,
               const RecipientTable::SharedHash& shared, Owners& owners) {
  const facts::Attribute* found = entry.find(attribute);
  if (found == nullptr) return;
  std::string scratch;
  std::set<std::string> mine;  // one object may have one address in two spellings
  for (const facts::Value& value : found->values) {
    if (RecipientTable::hash_of(facts::hash_folded(value.bytes, scratch), shared.kind) != shared.hash)
      continue;
    const std::string folded = base::fold(value.bytes);
    if (!mine.insert(folded).second) continue;
    ValueOwner owner{entry.location, std::string(entry.dn), std::string(value.bytes)};
    owner.at.line = value.line;
    owners[folded].push_back(std::move(owner));
  }
}

SharedValue shared_value(std::vector<ValueOwner> owners) {
  std::sort(owners.begin(), owners.end(), [](const ValueOwner& a, const ValueOwner& b) {
    return std::tie(a.at.input, a.at.line, a.dn) < std::tie(b.at.input, b.at.line, b.dn);
  });
  SharedValue out;
  out.name = base::lowered(owners.front().value);
  for (const ValueOwner& owner : owners) out.name = std::min(out.name, base::lowered(owner.value));
  out.owners = std::move(owners);
  return out;
}

// The objects behind the rows of one hash, as far as they are in the view.
Owners owners_of(const facts::DirectoryView& view, const RecipientTable::SharedHash& shared,
                 std::string_view attribute) {
  Owners out;
  std::set<const facts::Entry*> seen;
  for (const std::uint32_t row : shared.rows) {
    if ((row & RecipientTable::kObjectBit) != 0) {
      const facts::Entry* entry = view.find(view.recipients().object_key(row));
      if (entry != nullptr && seen.insert(entry).second) add_owner(*entry, attribute, shared, out);
    } else if (view.has_recipient(row)) {
      if (const auto copy = view.read(view.recipients().row(row)))
        add_owner(copy->entry, attribute, shared, out);
    }
  }
  return out;
}

}  // namespace

SharedValues shared_values(const facts::DirectoryView& view, facts::ValueKind kind) {
  const std::string_view attribute =
      kind == facts::ValueKind::legacy_dn ? "legacyExchangeDN" : "proxyAddresses";
  SharedValues out;
  for (const RecipientTable::SharedHash& each : view.recipients().shared()) {
    if (each.kind != kind) continue;
    for (auto& [folded, owners] : owners_of(view, each, attribute)) {
      if (owners.size() > 1) out.values.push_back(shared_value(std::move(owners)));
    }
  }
  std::sort(out.values.begin(), out.values.end(),
            [](const SharedValue& a, const SharedValue& b) { return a.name < b.name; });
  out.distinct = view.distinct_values(kind);
  return out;
}

}  // namespace exaudit::model
