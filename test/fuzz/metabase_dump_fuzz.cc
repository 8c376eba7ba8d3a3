#include <cstdlib>

#include "base/text.h"
#include "fuzz/targets.h"
#include "readers/metabase_dump.h"
#include "readers/readers.h"

// Every key can be found again below /LM, and nothing that was refused carries a value.
void exaudit::fuzz::metabase_dump(std::string_view bytes) {
  facts::Input input;
  const facts::Metabase metabase = readers::read_metabase_dump(bytes, 0, input);
  if (metabase.lost_records != input.lost_records) std::abort();
  for (const facts::MetabaseKey& key : metabase.keys()) {
    if (metabase.find(key.path) != &key || !key.folded_path.starts_with("/lm")) std::abort();
    for (const facts::MetabaseProperty& property : key.properties) {
      if ((property.redacted || !property.readable) && !property.values.empty()) std::abort();
      if (property.line == 0 || property.name.empty()) std::abort();
    }
  }
  static_cast<void>(readers::looks_like_metabase_dump(base::decode_text(bytes).text));
}
