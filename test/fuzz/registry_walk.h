// Uses a registry the way rules do and checks what its header promises; shared by the fuzz targets of the
// registry readers.
#pragma once

#include <cstdlib>

#include "facts/input.h"
#include "facts/registry.h"

namespace exaudit::fuzz {

inline void require(bool promise) {
  if (!promise) std::abort();
}

inline void walk(const facts::Registry& registry, const facts::Input& input) {
  require(!input.lost_records || !input.complete);
  require(!input.lost_records || registry.lost_records);
  require(registry.keys().size() <= input.records);
  const facts::RegistryKey* previous = nullptr;
  std::size_t looked_up = 0;
  for (const facts::RegistryKey& key : registry.keys()) {
    require(previous == nullptr || previous->folded_path < key.folded_path);
    previous = &key;
    for (const facts::RegistryValue& value : key.values) {
      require(value.readable || (!input.complete && value.strings.empty() && value.number == 0));
    }
    if (++looked_up > 64) continue;  // looking up is not what is measured here
    require(registry.find(key.path) == &key && registry.exists(key.path));
    for (const facts::RegistryValue& value : key.values) require(key.find(value.name) != nullptr);
    const auto children = registry.child_names(key.path);
    require(registry.exported(key.path) == (!children.empty() && !registry.lost_records));
  }
}

}  // namespace exaudit::fuzz
