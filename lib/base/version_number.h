// A dotted version number, compared number by number: 5.5.2654.9 < 5.5.2654.54.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exaudit::base {

struct VersionNumber {
  std::array<std::uint32_t, 4> parts{};  // missing parts are 0

  auto operator<=>(const VersionNumber&) const = default;
  // One to four decimal numbers separated by dots; nothing else around them.
  static std::optional<VersionNumber> parse(std::string_view text);
  std::string text() const;
};

}  // namespace exaudit::base
