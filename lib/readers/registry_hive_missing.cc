// In place of registry_hive.cc where hivex was not found at build time.
#include "readers/readers.h"

namespace exaudit::readers {

facts::Registry read_registry_hive(const std::string& /*path*/, facts::InputId id, facts::Input& input) {
  input.skipped_record(
      0,
      "registry hives cannot be read: this build lacks the hivex library; export the keys as "
      "text instead (reg export, or regedit with the hive loaded)");
  facts::Registry registry({}, true);
  registry.input = id;
  return registry;
}

}  // namespace exaudit::readers
