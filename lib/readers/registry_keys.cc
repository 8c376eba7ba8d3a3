#include "readers/registry_keys.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::readers {

namespace {

// Takes the first component off `path`.
std::string_view take_component(std::string_view& path) {
  const std::size_t at = path.find('\\');
  const std::string_view first = path.substr(0, at);
  path.remove_prefix(at == std::string_view::npos ? path.size() : at + 1);
  return first;
}

bool is_control_set(std::string_view name) {
  if (base::ascii_iequals(name, "CurrentControlSet")) return true;
  constexpr std::string_view kName = "ControlSet";
  return base::ascii_istarts_with(name, kName) && base::is_digits(name.substr(kName.size()));
}

Keep keep_for(std::string_view subtree, std::string_view path) {
  while (!subtree.empty()) {
    if (path.empty()) return Keep::whole;  // an ancestor
    const std::string_view wanted = take_component(subtree);
    const std::string_view name = take_component(path);
    const bool same = wanted == "*" ? is_control_set(name) : base::ascii_iequals(name, wanted);
    if (!same) return path.empty() ? Keep::name_only : Keep::nothing;
  }
  return Keep::whole;
}

}  // namespace

Keep keep_of(std::string_view path) {
  if (facts::registry_root(path) != "HKEY_LOCAL_MACHINE") return Keep::nothing;
  take_component(path);
  while (path.ends_with('\\')) path.remove_suffix(1);
  Keep best = Keep::nothing;
  for (const KeptSubtree& subtree : kKeptSubtrees) {
    const Keep keep = keep_for(subtree.path, path);
    if (keep == Keep::whole) return keep;
    if (keep == Keep::name_only) best = keep;
  }
  return best;
}

void RegistryCollector::open(std::string_view path, std::uint32_t line, std::uint64_t offset) {
  state_ = State::none;
  if (path.size() > kMaxRegistryPath) {
    input_.skipped_record(line, fmt::format("a key path of {} bytes; the key was skipped", path.size()));
    return;
  }
  if (facts::registry_root(path).empty()) {
    input_.skipped_record(line, fmt::format("the key {} begins with no known root; it was skipped", path));
    return;
  }
  if (path.find('\0') != std::string_view::npos) {
    input_.skipped_record(line, "a key name with NUL characters; the key was skipped");
    return;
  }
  ++input_.records;
  state_ = State::counted;
  const Keep keep = keep_of(path);
  if (keep == Keep::nothing) return;
  facts::RegistryKey& key = keys_.emplace_back();
  key.path = path;
  key.location = {.input = id_, .line = line, .record = 0, .offset = offset};
  if (keep == Keep::whole) {
    state_ = State::whole;
  } else {
    key.values_complete = false;
  }
}

void RegistryCollector::close() { state_ = State::none; }

void RegistryCollector::add(facts::RegistryValue value) {
  if (!keeps_values()) return;
  facts::RegistryKey& key = keys_.back();
  if (key.values.size() < kMaxValuesPerKey) {
    key.values.push_back(std::move(value));
  } else if (key.values_complete) {
    key.values_complete = false;
    input_.skipped_value(
        value.line, fmt::format("more than {} values in one key; the others were skipped", kMaxValuesPerKey));
  }
}

void RegistryCollector::spoil_last() {
  if (has_values()) {
    facts::RegistryValue& last = keys_.back().values.back();
    last.readable = false;
    last.strings.clear();
  }
}

void RegistryCollector::incomplete() {
  if (keeps_values()) keys_.back().values_complete = false;
}

facts::Registry RegistryCollector::finish(bool partial) {
  facts::Registry registry(std::move(keys_), input_.lost_records || partial);
  registry.input = id_;
  return registry;
}

}  // namespace exaudit::readers
