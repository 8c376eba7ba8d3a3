#include "fuzz/registry_walk.h"
#include "fuzz/targets.h"
#include "readers/readers.h"

void exaudit::fuzz::registry_query(std::string_view bytes) {
  facts::Input input;
  walk(readers::read_registry_query(bytes, 0, input), input);
}
