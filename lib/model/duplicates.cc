#include "model/duplicates.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "facts/value_hash.h"

namespace exaudit::model {

namespace {

using facts::DirectoryView;
using facts::RecipientTable;
using Views = std::vector<const DirectoryView*>;

bool is_object(std::uint32_t row) { return (row & RecipientTable::kObjectBit) != 0; }

bool shows(const DirectoryView& view, std::uint32_t row) {
  return is_object(row) ? view.find(view.recipients().object_key(row)) != nullptr : view.has_recipient(row);
}

// Where values with a hash stand that is there twice, or more often.
struct Candidates {
  std::unordered_set<std::uint64_t> hashes;
  std::set<std::pair<std::size_t, std::uint32_t>> rows;  // index of the view, row
  std::uint64_t distinct = 0;

  void add_of_one(const DirectoryView& view, facts::ValueKind kind) {
    distinct = view.distinct_values(kind);
    for (const RecipientTable::SharedHash& shared : view.recipients().shared()) {
      if (shared.kind != kind) continue;
      hashes.insert(shared.hash);
      for (const std::uint32_t row : shared.rows) {
        if (shows(view, row)) rows.emplace(0, row);
      }
    }
  }

  // The hashes of all views, part by part, so that few are in memory at a time.
  void add_of_several(const Views& views, facts::ValueKind kind) {
    for (std::size_t part = 0; part < RecipientTable::kPartitions; ++part) {
      std::unordered_map<std::uint64_t, std::vector<std::pair<std::size_t, std::uint32_t>>> places;
      for (std::size_t i = 0; i < views.size(); ++i) {
        views[i]->recipients().each_value(kind, part, [&](std::uint64_t hash, std::uint32_t row) {
          if (shows(*views[i], row)) places[hash].emplace_back(i, row);
        });
      }
      distinct += places.size();
      for (const auto& [hash, found] : places) {
        if (found.size() < 2) continue;
        hashes.insert(hash);
        rows.insert(found.begin(), found.end());
      }
    }
  }
};

struct Owner {
  ValueOwner owner;
  std::string identity;  // of the object
  bool object = false;   // of the configuration
};
using Owners = std::map<std::string, std::vector<Owner>>;  // by folded value

class OwnerReader {
 public:
  OwnerReader(const Candidates& candidates, facts::ValueKind kind)
      : candidates_(candidates),
        kind_(kind),
        attribute_(kind == facts::ValueKind::legacy_dn ? "legacyExchangeDN" : "proxyAddresses") {}

  void read(const DirectoryView& view, std::size_t index, std::uint32_t row) {
    if (is_object(row)) {
      // One that stands in two inputs has two rows.
      const facts::Entry* entry = view.find(view.recipients().object_key(row));
      if (entry != nullptr && seen_.insert(entry).second) add(*entry, index, true);
    } else if (const auto copy = view.read(view.recipients().row(row))) {
      add(copy->entry, index, false);
    }
  }
  Owners take() { return std::move(owners_); }

 private:
  void add(const facts::Entry& entry, std::size_t view, bool object) {
    const facts::Attribute* found = entry.find(attribute_);
    if (found == nullptr) return;
    const bool has_guid = entry.guid && !entry.guid->is_zero();
    std::set<std::string> mine;  // one object may have one address in two spellings
    for (const facts::Value& value : found->values) {
      const std::uint64_t hash = facts::hash_folded(value.bytes, scratch_);
      if (!candidates_.hashes.contains(RecipientTable::hash_of(hash, kind_))) continue;
      std::string folded = base::fold(value.bytes);
      if (!mine.insert(folded).second) continue;
      Owner owner{{entry.location, std::string(entry.dn), std::string(value.bytes), view},
                  has_guid ? entry.guid->text() : entry.key,
                  object};
      owner.owner.at.line = value.line;
      owners_[std::move(folded)].push_back(std::move(owner));
    }
  }

  const Candidates& candidates_;
  facts::ValueKind kind_;
  std::string_view attribute_;
  Owners owners_;
  std::set<const facts::Entry*> seen_;
  std::string scratch_;
};

// Who of the owners of one value has it together with somebody else.
class Conflicts {
 public:
  explicit Conflicts(const Views& views) : views_(views) {}

  std::vector<ValueOwner> of(const std::vector<Owner>& owners) const {
    std::map<Place, std::set<std::string_view>> identities;
    for (const Owner& owner : owners) identities[place_of(owner)].insert(owner.identity);
    std::vector<ValueOwner> out;
    for (const Owner& owner : owners) {
      const bool shared = std::any_of(identities.begin(), identities.end(), [&](const auto& other) {
        return comparable(place_of(owner), other.first) &&
               (other.second.size() > 1 || *other.second.begin() != owner.identity);
      });
      if (shared) out.push_back(owner.owner);
    }
    return out;
  }

 private:
  using Place = std::pair<std::size_t, bool>;  // the view, and whether it is an object of the configuration

  static Place place_of(const Owner& owner) { return {owner.owner.view, owner.object}; }

  // An object of the configuration is compared with recipients of a view that shows no configuration itself.
  bool comparable(Place a, Place b) const {
    if (a.first == b.first) return true;
    if (a.second && b.second) return false;
    if (a.second) return views_[b.first]->entries().empty();
    if (b.second) return views_[a.first]->entries().empty();
    const auto& x = views_[a.first]->domains;
    const auto& y = views_[b.first]->domains;
    return std::none_of(x.begin(), x.end(), [&](const std::string& domain) {
      return std::binary_search(y.begin(), y.end(), domain);
    });
  }

  const Views& views_;
};

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

}  // namespace

SharedValues shared_values(const Views& views, facts::ValueKind kind) {
  Candidates candidates;
  if (views.size() == 1) {
    candidates.add_of_one(*views.front(), kind);
  } else {
    candidates.add_of_several(views, kind);
  }
  OwnerReader reader(candidates, kind);
  for (const auto& [view, row] : candidates.rows) reader.read(*views[view], view, row);
  const Conflicts conflicts(views);
  SharedValues out;
  out.distinct = candidates.distinct;
  for (const auto& [folded, owners] : reader.take()) {
    auto shared = conflicts.of(owners);
    if (!shared.empty()) out.values.push_back(shared_value(std::move(shared)));
  }
  std::sort(out.values.begin(), out.values.end(),
            [](const SharedValue& a, const SharedValue& b) { return a.name < b.name; });
  return out;
}

}  // namespace exaudit::model
