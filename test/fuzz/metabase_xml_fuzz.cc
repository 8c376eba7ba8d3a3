#include <cstdlib>

#include "fuzz/targets.h"
#include "readers/readers.h"

namespace exaudit::fuzz {

// Every key can be found again, every range is a range, and nothing that was refused carries a value.
void metabase_xml(std::string_view bytes) {
  readers::MetabaseSchema schema;
  schema.properties = {{"MD_0", 0, "STRING", false}, {"RelayToken", 36950, "STRING", true}};
  facts::Input input;
  const facts::Metabase metabase = readers::read_metabase_xml(bytes, schema, 0, input);
  if (metabase.lost_records && input.complete) std::abort();
  if (metabase.keys().empty() && !metabase.lost_records) std::abort();
  for (const facts::MetabaseKey& key : metabase.keys()) {
    if (metabase.find(key.path) != &key || metabase.subtree(key.path).data() != &key) std::abort();
    for (const facts::MetabaseProperty& property : key.properties) {
      if ((property.redacted || !property.readable) && !property.values.empty()) std::abort();
      if (property.line == 0 || property.name.empty()) std::abort();
    }
  }
  for (const std::string& name : metabase.child_names("/")) {
    if (name.empty() || !metabase.exists("/" + name)) std::abort();
  }
}

}  // namespace exaudit::fuzz
