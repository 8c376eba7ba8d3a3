#include <cstdlib>

#include "base/text.h"
#include "fuzz/targets.h"
#include "readers/file_versions.h"
#include "readers/readers.h"

// Names have no folder, and a version has a text it was read from.
void exaudit::fuzz::file_versions(std::string_view bytes) {
  facts::Input input;
  for (const facts::FileVersion& file : readers::read_file_versions(bytes, 1, input)) {
    if (file.name.empty() || file.name.find_first_of("\\/") != std::string::npos) std::abort();
    if (file.version && file.text.empty()) std::abort();
    if (!file.version && !file.text.empty() && input.complete) std::abort();
  }
  static_cast<void>(readers::looks_like_file_versions(base::decode_text(bytes).text));
}
