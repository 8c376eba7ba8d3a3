#include "base/temporary_file.h"
#include "fuzz/registry_walk.h"
#include "fuzz/targets.h"
#include "readers/readers.h"

void exaudit::fuzz::registry_hive(std::string_view bytes) {
  const auto file = base::TemporaryFile::make(bytes);
  if (!file) return;
  facts::Input input;
  walk(readers::read_registry_hive(file->path(), 0, input), input);
}
