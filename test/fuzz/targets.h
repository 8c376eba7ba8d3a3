// The fuzz targets: each feeds one reader with arbitrary bytes and uses what comes out. Built twice: into the
// ordinary test program, which replays the stored inputs, and (EXAUDIT_FUZZ, clang) into one libFuzzer
// program per target.
#pragma once

#include <string_view>

namespace exaudit::fuzz {

#define FUZZ_TARGET(name) void name(std::string_view bytes);
#include "fuzz/targets.def"
#undef FUZZ_TARGET

}  // namespace exaudit::fuzz
