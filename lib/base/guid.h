// A GUID and its two spellings: 16 octets as a directory stores them, and text.
//
// In octets the first three groups are little-endian, the last two in order (MS-DTYP 2.3.4.2; KB 322308
// describes the conversion). Text is written in upper case and braces: {37C1C681-D0CF-4E2E-B464-41FC38A8B11B}
// is the octets 81 c6 c1 37 cf d0 2e 4e ...
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace exaudit::base {

struct Guid {
  std::array<std::uint8_t, 16> octets{};  // directory order

  auto operator<=>(const Guid&) const = default;

  static std::optional<Guid> from_octets(std::string_view bytes);  // exactly 16
  static std::optional<Guid> from_base64(std::string_view text);   // of exactly 16 octets
  // With or without braces, any letter case, hyphens required.
  static std::optional<Guid> parse(std::string_view text);
  std::string text() const;  // "{...}", upper case
  bool is_zero() const { return *this == Guid{}; }
  // The GUID that somebody gets who reads the octets without swapping the first three groups (facts: KB
  // 828938, ADSI Edit note).
  Guid swapped() const;
};

}  // namespace exaudit::base

template <>
struct std::hash<exaudit::base::Guid> {
  std::size_t operator()(const exaudit::base::Guid& guid) const noexcept;
};
