#include "facts/registry.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::facts {

namespace {

struct Root {
  std::string_view short_name;
  std::string_view name;
};
constexpr std::array kRoots = {
    Root{"HKLM", "HKEY_LOCAL_MACHINE"},    Root{"HKCU", "HKEY_CURRENT_USER"},
    Root{"HKCR", "HKEY_CLASSES_ROOT"},     Root{"HKU", "HKEY_USERS"},
    Root{"HKCC", "HKEY_CURRENT_CONFIG"},   Root{"HKDD", "HKEY_DYN_DATA"},
    Root{"HKPD", "HKEY_PERFORMANCE_DATA"},
};

constexpr std::string_view kSystem = "HKEY_LOCAL_MACHINE\\SYSTEM\\";
constexpr std::string_view kControlSet = "ControlSet";
constexpr std::string_view kCurrent = "CurrentControlSet";

// The path below HKEY_LOCAL_MACHINE\SYSTEM, "" when it is elsewhere.
std::string_view below_system(std::string_view path) {
  return base::ascii_istarts_with(path, kSystem) ? path.substr(kSystem.size()) : std::string_view();
}

// The digits of a path in HKEY_LOCAL_MACHINE\SYSTEM\ControlSetNNN, "" for any other.
std::string_view control_set_number(std::string_view path) {
  const std::string_view name = below_system(path).substr(0, below_system(path).find('\\'));
  if (!base::ascii_istarts_with(name, kControlSet)) return {};
  const std::string_view number = name.substr(kControlSet.size());
  return base::is_digits(number) ? number : std::string_view();
}

// The digits of the control set that is the current one under its number, "" when there is none or it cannot
// be told.
std::string current_number(const std::vector<RegistryKey>& keys) {
  std::string_view only;
  bool several = false;
  for (const RegistryKey& key : keys) {
    const std::string_view rest = below_system(key.path);
    if (base::ascii_iequals(rest, "Select")) {
      const RegistryValue* current = key.find("Current");
      if (current != nullptr && current->readable && current->type == RegistryType::dword) {
        return fmt::format("{:03}", current->number);
      }
    }
    const std::string_view number = control_set_number(key.path);
    if (!number.empty()) {
      several = several || (!only.empty() && only != number);
      only = number;
    } else if (base::ascii_iequals(rest.substr(0, rest.find('\\')), kCurrent)) {
      several = true;
    }
  }
  return several ? std::string() : std::string(only);
}

void name_current_set(std::vector<RegistryKey>& keys) {
  const std::string current = current_number(keys);
  if (current.empty()) return;
  for (RegistryKey& key : keys) {
    if (control_set_number(key.path) != current) continue;
    key.path.replace(kSystem.size(), kControlSet.size() + current.size(), kCurrent);
  }
}

// Sorts by folded name; of equal names the last readable one stays.
void tidy_values(std::vector<RegistryValue>& values) {
  if (values.size() < 2) return;
  std::vector<std::pair<std::string, std::size_t>> order;
  order.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) order.emplace_back(base::fold(values[i].name), i);
  std::sort(order.begin(), order.end());
  std::vector<RegistryValue> out;
  out.reserve(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    RegistryValue& value = values[order[i].second];
    if (i == 0 || order[i].first != order[i - 1].first) {
      out.push_back(std::move(value));
    } else if (value.readable || !out.back().readable) {
      out.back() = std::move(value);
    }
  }
  values = std::move(out);
}

std::vector<RegistryKey> merged(std::vector<RegistryKey> keys) {
  std::stable_sort(keys.begin(), keys.end(),
                   [](const RegistryKey& a, const RegistryKey& b) { return a.folded_path < b.folded_path; });
  std::vector<RegistryKey> out;
  out.reserve(keys.size());
  for (RegistryKey& key : keys) {
    if (out.empty() || out.back().folded_path != key.folded_path) {
      out.push_back(std::move(key));
      continue;
    }
    RegistryKey& first = out.back();
    first.values_complete = first.values_complete && key.values_complete;
    std::move(key.values.begin(), key.values.end(), std::back_inserter(first.values));
  }
  for (RegistryKey& key : out) tidy_values(key.values);
  return out;
}

// Component `n` (0 is the root) of a path.
std::string_view component(std::string_view path, std::size_t n) {
  for (; n > 0; --n) {
    const std::size_t at = path.find('\\');
    if (at == std::string_view::npos) return {};
    path.remove_prefix(at + 1);
  }
  return path.substr(0, path.find('\\'));
}

std::string machine_name(const Registry& registry) {
  struct Place {
    std::string_view key;
    std::string_view value;
  };
  constexpr std::array kPlaces = {
      Place{"HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName", "ComputerName"},
      Place{"HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ActiveComputerName", "ComputerName"},
      Place{"HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters", "Hostname"},
      Place{"HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters", "NV Hostname"},
  };
  for (const Place& place : kPlaces) {
    const RegistryKey* key = registry.find(place.key);
    const RegistryValue* value = key != nullptr ? key->find(place.value) : nullptr;
    if (value != nullptr && value->readable && value->strings.size() == 1 && !value->strings[0].empty()) {
      return value->strings[0];
    }
  }
  return {};
}

}  // namespace

std::string_view registry_root(std::string_view path) {
  const std::string_view first = path.substr(0, path.find('\\'));
  for (const Root& root : kRoots) {
    if (base::ascii_iequals(first, root.name) || base::ascii_iequals(first, root.short_name))
      return root.name;
  }
  return {};
}

std::string normal_registry_path(std::string_view path) {
  while (path.ends_with('\\')) path.remove_suffix(1);
  const std::string_view root = registry_root(path);
  if (root.empty()) return std::string(path);
  const std::size_t end = std::min(path.find('\\'), path.size());
  std::string out(root);
  out.append(path.substr(end));
  return out;
}

const RegistryValue* RegistryKey::find(std::string_view name) const {
  for (const RegistryValue& value : values) {
    if (base::fold_equals(value.name, name)) return &value;
  }
  return nullptr;
}

std::string_view RegistryKey::name() const {
  const std::size_t at = path.rfind('\\');
  return at == std::string::npos ? std::string_view(path) : std::string_view(path).substr(at + 1);
}

Registry::Registry(std::vector<RegistryKey> keys, bool lost) : lost_records(lost) {
  for (RegistryKey& key : keys) key.path = normal_registry_path(key.path);
  name_current_set(keys);
  for (RegistryKey& key : keys) key.folded_path = base::fold(key.path);
  keys_ = merged(std::move(keys));
  machine_hint = machine_name(*this);
}

const RegistryKey* Registry::find(std::string_view path) const {
  const std::string folded = base::fold(normal_registry_path(path));
  const auto at = std::lower_bound(
      keys_.begin(), keys_.end(), folded,
      [](const RegistryKey& key, const std::string& wanted) { return key.folded_path < wanted; });
  return at != keys_.end() && at->folded_path == folded ? &*at : nullptr;
}

// "A B" sorts between "A" and "A\C", but all that begins with "A\" is contiguous.
std::span<const RegistryKey> Registry::below(std::string_view folded_path) const {
  const std::string prefix = fmt::format("{}\\", folded_path);
  const auto first = std::lower_bound(
      keys_.begin(), keys_.end(), prefix,
      [](const RegistryKey& key, const std::string& wanted) { return key.folded_path < wanted; });
  const auto last = std::partition_point(
      first, keys_.end(), [&](const RegistryKey& key) { return key.folded_path.starts_with(prefix); });
  return {first, last};
}

bool Registry::exists(std::string_view path) const {
  return find(path) != nullptr || !below(base::fold(normal_registry_path(path))).empty();
}

std::vector<std::string> Registry::child_names(std::string_view path) const {
  const std::string folded = base::fold(normal_registry_path(path));
  const auto depth = static_cast<std::size_t>(std::count(folded.begin(), folded.end(), '\\')) + 1;
  // A child's own key stands before what is below it, so its spelling comes first.
  std::vector<std::pair<std::string, std::string_view>> found;
  for (const RegistryKey& key : below(folded)) {
    const std::string_view folded_name = component(key.folded_path, depth);
    if (found.empty() || found.back().first != folded_name)
      found.emplace_back(folded_name, component(key.path, depth));
  }
  const auto by_name = [](const auto& a, const auto& b) { return a.first < b.first; };
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  std::stable_sort(found.begin(), found.end(), by_name);
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  std::vector<std::string> out;
  out.reserve(found.size());
  for (const auto& [folded_name, name] : found) out.emplace_back(name);
  return out;
}

bool Registry::exported(std::string_view path) const {
  return !lost_records && find(path) != nullptr && !below(base::fold(normal_registry_path(path))).empty();
}

}  // namespace exaudit::facts
