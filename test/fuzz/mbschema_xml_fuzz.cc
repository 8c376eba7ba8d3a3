#include <cstdlib>

#include "fuzz/targets.h"
#include "readers/readers.h"

namespace exaudit::fuzz {

void mbschema_xml(std::string_view bytes) {
  facts::Input input;
  const readers::MetabaseSchema schema = readers::read_mbschema_xml(bytes, input);
  for (const auto& property : schema.properties) {
    if (schema.find(property.name) != &property || schema.find(property.id) == nullptr) std::abort();
  }
}

}  // namespace exaudit::fuzz
