#include "base/version_number.h"

#include <limits>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::base {

std::optional<VersionNumber> VersionNumber::parse(std::string_view text) {
  VersionNumber version;
  const auto parts = split(text, '.');
  if (parts.size() > version.parts.size()) return std::nullopt;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::uint64_t value = 0;
    if (!is_digits(parts[i]) || !parse_uint(parts[i], value) ||
        value > std::numeric_limits<std::uint32_t>::max())
      return std::nullopt;
    version.parts[i] = static_cast<std::uint32_t>(value);
  }
  return version;
}

std::string VersionNumber::text() const {
  return fmt::format("{}.{}.{}.{}", parts[0], parts[1], parts[2], parts[3]);
}

}  // namespace exaudit::base
