// Questions to a finished view. How a view is built: view_builder.cc.
#include "facts/directory_view.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "facts/dn.h"
#include "facts/judged_attributes.h"
#include "ldapschema/ldapschema.h"

namespace exaudit::facts {

std::string_view Arena::keep(std::string_view text) {
  constexpr std::size_t kBlock = 64U << 10;
  if (text.empty()) return {};
  if (text.size() > kBlock / 4) {  // large values get a block of their own
    blocks_.push_front(std::make_unique<char[]>(text.size()));
    std::memcpy(blocks_.front().get(), text.data(), text.size());
    return {blocks_.front().get(), text.size()};
  }
  if (text.size() > left_) {
    blocks_.push_back(std::make_unique<char[]>(kBlock));
    next_ = blocks_.back().get();
    left_ = kBlock;
  }
  char* at = next_;
  std::memcpy(at, text.data(), text.size());
  next_ += text.size();
  left_ -= text.size();
  return {at, text.size()};
}

std::uint32_t Interner::intern(std::string_view text) {
  const auto known = ids_.find(text);
  if (known != ids_.end()) return known->second;
  const auto id = static_cast<std::uint32_t>(texts_.size());
  texts_.push_back(arena_.keep(text));
  ids_.emplace(texts_.back(), id);
  return id;
}

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

Observed DirectoryView::observed(const Entry& entry, std::string_view attribute) const {
  const Attribute* found = entry.find(attribute);
  if (found != nullptr) {
    if (!found->values.empty()) return Observed::present;
    if (found->unreadable) return Observed::not_observed;
  }
  if (entry.damaged) return Observed::not_observed;
  const bool in_gc = ldapschema::in_global_catalog(attribute) != ldapschema::InGlobalCatalog::no;
  if (entry.read_whole && (in_gc || entry.has_non_gc_attribute)) return Observed::absent;
  const std::string lower = base::ascii_lowered(attribute);
  const std::uint32_t bit = judged_bit(attribute);
  for (const InputId id : entry.inputs) {
    const ViewInput* input = view_input(id);
    if (input == nullptr) continue;
    const bool shows_all = in_gc || !input->global_catalog.value_or(!input->carries_non_gc_attribute);
    if (shows_all && std::binary_search(input->requested.begin(), input->requested.end(), lower))
      return Observed::absent;
    const auto carried = carried_by_input_.find(id);
    if (carried != carried_by_input_.end() && (carried->second & bit) != 0) return Observed::absent;
  }
  const auto carried = carried_by_class_.find(base::ascii_lowered(entry.structural_class()));
  if (carried != carried_by_class_.end() && (carried->second & bit) != 0) return Observed::absent;
  return Observed::not_observed;
}

}  // namespace exaudit::facts
