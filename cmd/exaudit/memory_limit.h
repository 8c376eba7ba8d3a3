// --max-memory: giving up with advice instead of being killed.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"

namespace exaudit::cmd {

// Says whether the process has, or had when it was asked before, more memory for itself than `bytes`; empty
// for 0, no limit.
std::function<bool()> memory_limit(std::uint64_t bytes);
// What to tell who set it.
base::Error out_of_memory(std::uint64_t bytes);

}  // namespace exaudit::cmd
