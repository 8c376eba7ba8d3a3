// Questions to a finished view. How a view is built: view_builder.cc.
#include "facts/directory_view.h"

#include <algorithm>

#include "base/text.h"
#include "facts/dn.h"
#include "facts/entry_record.h"
#include "facts/judged_attributes.h"
#include "ldapschema/ldapschema.h"

namespace exaudit::facts {

const Entry* DirectoryView::find(std::string_view key) const {
  const auto at = by_key_.find(key);
  if (at != by_key_.end()) return &entries_[at->second];
  const auto other = by_other_name_.find(std::string(key));
  return other == by_other_name_.end() ? nullptr : &entries_[other->second];
}

const Entry* DirectoryView::find(const base::Guid& guid) const {
  const auto at = by_guid_.find(guid);
  return at == by_guid_.end() ? nullptr : &entries_[at->second];
}

std::span<const Entry> DirectoryView::descendants(std::string_view key) const {
  const std::string path = path_of_key(key);
  const auto less = [](const Entry& entry, std::string_view value) { return entry.path < value; };
  auto first = std::lower_bound(entries_.begin(), entries_.end(), path, less);
  if (first != entries_.end() && first->path == path) ++first;
  auto last = first;
  if (path.empty()) {
    last = entries_.end();
  } else {
    std::string end = path;  // a path ends in NUL, so the same path ending in \x01 follows all descendants
    end.back() = '\x01';
    last = std::lower_bound(first, entries_.end(), end, less);
  }
  return {entries_.data() + (first - entries_.begin()), static_cast<std::size_t>(last - first)};
}

std::vector<const Entry*> DirectoryView::children(std::string_view key) const {
  std::vector<const Entry*> out;
  const std::size_t depth = depth_of_key(key) + 1;
  for (const Entry& entry : descendants(key)) {
    if (depth_of_key(entry.key) == depth) out.push_back(&entry);
  }
  return out;
}

const ViewInput* DirectoryView::view_input(InputId id) const {
  const auto at = std::lower_bound(inputs.begin(), inputs.end(), id,
                                   [](const ViewInput& input, InputId wanted) { return input.id < wanted; });
  return at == inputs.end() || at->id != id ? nullptr : &*at;
}

bool DirectoryView::in_complete_input(const Entry& entry) const {
  return std::any_of(entry.inputs.begin(), entry.inputs.end(), [&](InputId id) {
    const ViewInput* input = view_input(id);
    return input != nullptr && input->complete;
  });
}

// An ancestor that is known already has all of its own ancestors noted, so that each is noted once.
void DirectoryView::note_reached(const Entry& entry) {
  for (const InputId id : entry.inputs) {
    const ViewInput* input = view_input(id);
    if (input == nullptr || !input->complete) continue;
    auto& reached = reached_[id];
    std::string_view key = parent_key(entry.key);
    while (!key.empty()) {
      key = parent_key(key);
      if (!reached.insert(key).second) break;
    }
  }
}

bool DirectoryView::container_read(std::string_view key) const {
  const std::size_t depth = depth_of_key(key);
  for (const Entry& entry : descendants(key)) {
    if (depth_of_key(entry.key) == depth + 1 && in_complete_input(entry)) return true;
  }
  const Entry* container = find(key);
  if (container == nullptr) return false;
  return std::any_of(container->inputs.begin(), container->inputs.end(), [&](InputId id) {
    const auto reached = reached_.find(id);
    return reached != reached_.end() && reached->second.contains(parent_key(key));
  });
}

// The file says that it was asked for, and is from a server that shows it.
bool DirectoryView::requested(const ViewInput& input, std::string_view attribute) {
  const bool in_gc = ldapschema::in_global_catalog(attribute) != ldapschema::InGlobalCatalog::no;
  const bool shows_all = in_gc || !input.global_catalog.value_or(!input.carries_non_gc_attribute);
  return shows_all &&
         std::binary_search(input.requested.begin(), input.requested.end(), base::ascii_lowered(attribute));
}

Observed DirectoryView::observed(const Entry& entry, std::string_view attribute) const {
  const Attribute* found = entry.find(attribute);
  if (found != nullptr) {
    if (!found->values.empty()) return Observed::present;
    if (found->unreadable) return Observed::not_observed;
  }
  if (entry.damaged) return Observed::not_observed;
  const bool in_gc = ldapschema::in_global_catalog(attribute) != ldapschema::InGlobalCatalog::no;
  if (entry.read_whole && (in_gc || entry.has_non_gc_attribute)) return Observed::absent;
  for (const InputId id : entry.inputs) {
    const ViewInput* input = view_input(id);
    if (input == nullptr) continue;
    if (requested(*input, attribute)) return Observed::absent;
    const auto carried = carried_by_input_.find(id);
    if (carried != carried_by_input_.end() && (carried->second & judged_bit(attribute)) != 0)
      return Observed::absent;
  }
  const auto carried = carried_by_class_.find(base::ascii_lowered(entry.structural_class()));
  if (carried != carried_by_class_.end() && (carried->second & judged_bit(attribute)) != 0)
    return Observed::absent;
  return Observed::not_observed;
}

// All attributes that a row has are in every global catalog. What objects of the configuration carry says
// nothing about those of a domain: they come from another search.
Observed DirectoryView::observed(const Recipient& recipient, std::string_view attribute,
                                 Recipient::Flag unreadable) const {
  if (recipient.is(unreadable) || recipient.is(Recipient::damaged)) return Observed::not_observed;
  const ViewInput* input = view_input(recipient.input);
  if (input == nullptr) return Observed::not_observed;
  const bool whole = recipient.is(Recipient::read_whole) || input->requested_all;
  const bool carried = (input->carried_by_domain_objects & judged_bit(attribute)) != 0;
  return whole || carried || requested(*input, attribute) ? Observed::absent : Observed::not_observed;
}

std::uint64_t DirectoryView::distinct_values(ValueKind kind) const {
  if (!strangers_) return recipients_->distinct(kind);
  return recipients_->distinct(kind, [this](std::uint32_t row) {
    return (row & RecipientTable::kObjectBit) != 0 ? find(recipients_->object_key(row)) != nullptr
                                                   : has_recipient(row);
  });
}

std::unique_ptr<EntryCopy> DirectoryView::read(const Recipient& recipient) const {
  const ViewInput* input = view_input(recipient.input);
  if (input == nullptr || input->read_again == nullptr) return nullptr;
  Record record;
  std::string storage;
  if (!input->read_again(input->text, recipient.location(), record, storage)) return nullptr;
  const auto key = dn_key(record.dn);
  if (!key) return nullptr;
  auto copy = std::make_unique<EntryCopy>();
  copy->entry = entry_of(record, *key, copy->arena);
  copy->entry.read_whole = copy->entry.read_whole || input->requested_all;
  return copy;
}

}  // namespace exaudit::facts
