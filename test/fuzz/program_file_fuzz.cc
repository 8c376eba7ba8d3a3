#include <cstdlib>

#include "fuzz/targets.h"
#include "readers/readers.h"

void exaudit::fuzz::program_file(std::string_view bytes) {
  facts::Input input;
  const facts::FileVersion found = readers::read_program_file(bytes, "Emsmta.exe", 0, input);
  if (input.lost_records || found.text.size() > bytes.size() * 3 + 64) std::abort();
}
