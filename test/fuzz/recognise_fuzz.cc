#include <algorithm>
#include <cstdlib>

#include "fuzz/targets.h"
#include "readers/readers.h"

namespace exaudit::fuzz {

void recognise(std::string_view bytes) {
  const facts::InputKind kind = readers::recognise(bytes);
  if (facts::kind_name(kind).empty()) std::abort();
  // Empty is what holds blanks, line ends and byte order marks only, in any encoding; half a UTF-16 unit at
  // the end does not count.
  constexpr std::string_view kNothing("\0 \t\r\n\xEF\xBB\xBF\xFF\xFE", 10);
  const std::string_view head =
      bytes.substr(0, std::min(bytes.size() - (bytes.empty() ? 0 : 1), readers::kRecogniseBytes - 4));
  if (kind == facts::InputKind::empty && head.find_first_not_of(kNothing) != std::string_view::npos)
    std::abort();
}

}  // namespace exaudit::fuzz
