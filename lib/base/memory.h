// How much memory this process has for itself.
#pragma once

#include <cstdint>

namespace exaudit::base {

// Heap and stacks in bytes, without the pages of mapped files, which are the system's; 0 when that cannot be
// told.
std::uint64_t own_memory();

}  // namespace exaudit::base
