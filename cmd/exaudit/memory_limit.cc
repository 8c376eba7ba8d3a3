#include "memory_limit.h"

#include <atomic>
#include <memory>

#include <fmt/format.h>

#include "base/memory.h"

namespace exaudit::cmd {

std::function<bool()> memory_limit(std::uint64_t bytes) {
  if (bytes == 0) return {};
  // Once is enough: what was left out for want of memory stays left out when some of it is free again.
  const auto exceeded = std::make_shared<std::atomic<bool>>(false);
  return [bytes, exceeded] {
    if (base::own_memory() > bytes) *exceeded = true;
    return exceeded->load();
  };
}

base::Error out_of_memory(std::uint64_t bytes) {
  constexpr double kMega = 1U << 20;
  return {base::ErrorCode::too_large,
          fmt::format(
              "nothing was audited: it would take more than {:.0f} MB of memory (--max-memory). Allow more, "
              "audit one domain at a time, or leave out the rules about recipients (--rules "
              "'-recipients.*')",
              static_cast<double>(bytes) / kMega),
          0};
}

}  // namespace exaudit::cmd
