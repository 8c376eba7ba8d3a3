#include "base/memory.h"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#include "base/descriptor.h"

namespace exaudit::base {

// /proc/self/statm: size, resident and shared pages (proc(5)); shared ones are those of files.
std::uint64_t own_memory() {
  const Descriptor file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));  // NOLINT(*-vararg)
  std::array<char, 128> text{};
  if (file.get() < 0 || ::read(file.get(), text.data(), text.size() - 1) <= 0) return 0;
  char* at = text.data();
  std::strtoull(at, &at, 10);
  const std::uint64_t resident = std::strtoull(at, &at, 10);
  const std::uint64_t shared = std::strtoull(at, &at, 10);
  return resident < shared ? 0 : (resident - shared) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace exaudit::base
