#include <cstdlib>

#include "fuzz/targets.h"
#include "readers/gzip.h"

namespace exaudit::fuzz {

void gzip(std::string_view bytes) {
  constexpr std::uint64_t kLimit = 1U << 20;
  const std::string head = readers::gunzip_head(bytes, 4096);
  const auto whole = readers::gunzip(bytes, kLimit);
  if (!whole) return;
  const std::string_view text = whole->buffer->view();
  if (text.size() > kLimit || text.substr(0, 4096) != head) std::abort();
}

}  // namespace exaudit::fuzz
