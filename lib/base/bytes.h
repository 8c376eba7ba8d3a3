// Little-endian numbers and ranges of binary files, without ever leaving the bytes: offsets come from the
// input and may be anything.
#pragma once

#include <cstdint>
#include <string_view>

namespace exaudit::base {

// [offset, offset + size) of `bytes`, "" when it does not lie inside.
inline std::string_view range_of(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset) return {};
  return bytes.substr(offset, size);
}

// 0 when the number does not lie inside.
inline std::uint16_t u16_at(std::string_view bytes, std::uint64_t offset) {
  const std::string_view part = range_of(bytes, offset, 2);
  if (part.empty()) return 0;
  return static_cast<std::uint16_t>(static_cast<unsigned char>(part[0]) | static_cast<unsigned char>(part[1])
                                                                              << 8U);
}

inline std::uint32_t u32_at(std::string_view bytes, std::uint64_t offset) {
  if (range_of(bytes, offset, 4).empty()) return 0;
  return std::uint32_t{u16_at(bytes, offset)} | std::uint32_t{u16_at(bytes, offset + 2)} << 16U;
}

// Text in UTF-16LE from `offset` to its NUL, without it; to the end of `bytes` when there is none.
inline std::string_view utf16_text_at(std::string_view bytes, std::uint64_t offset) {
  if (offset >= bytes.size()) return {};
  bytes.remove_prefix(offset);
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    if (bytes[i] == '\0' && bytes[i + 1] == '\0') return bytes.substr(0, i);
  }
  return bytes.substr(0, bytes.size() / 2 * 2);
}

}  // namespace exaudit::base
