// Compiled once per target with -DEXAUDIT_FUZZ_TARGET=<name>; libFuzzer calls this.
#include <cstddef>
#include <cstdint>

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  exaudit::fuzz::EXAUDIT_FUZZ_TARGET(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
