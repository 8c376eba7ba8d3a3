#include "base/guid.h"

#include <cstring>

namespace exaudit::base {

namespace {

// Octet index of each pair of hex digits in the text form.
constexpr std::array<std::size_t, 16> kTextOrder = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

// Value of a base64 digit; 0xFF for anything else.
constexpr std::array<std::uint8_t, 256> kBase64Digits = [] {
  std::array<std::uint8_t, 256> out{};
  out.fill(0xFF);
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    out[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
  return out;
}();

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Guid> Guid::from_octets(std::string_view bytes) {
  Guid guid;
  if (bytes.size() != guid.octets.size()) return std::nullopt;
  std::memcpy(guid.octets.data(), bytes.data(), bytes.size());
  return guid;
}

// RFC 4648 section 4: 16 octets are 22 characters and "==". In one loop, because exports are full of them.
std::optional<Guid> Guid::from_base64(std::string_view text) {
  if (text.size() != 24 || !text.ends_with("==")) return std::nullopt;
  Guid guid;
  std::uint32_t bits = 0;
  unsigned bad = 0;
  std::size_t octet = 0;
  for (std::size_t i = 0; i < 22; ++i) {
    const std::uint8_t digit = kBase64Digits[static_cast<unsigned char>(text[i])];
    bad |= digit & 0xC0U;
    bits = bits << 6 | (digit & 0x3FU);
    if (i % 4 == 0) continue;
    guid.octets[octet++] = static_cast<std::uint8_t>(bits >> (6 - 2 * (i % 4)));
  }
  return bad != 0 || (bits & 0x0FU) != 0 ? std::nullopt : std::optional(guid);
}

std::optional<Guid> Guid::parse(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() != 36) return std::nullopt;
  Guid guid;
  std::size_t at = 0;
  for (const std::size_t octet : kTextOrder) {
    if (at == 8 || at == 13 || at == 18 || at == 23) {
      if (text[at] != '-') return std::nullopt;
      ++at;
    }
    const int high = hex_digit(text[at]);
    const int low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    guid.octets[octet] = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  return guid;
}

std::string Guid::text() const {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "{";
  for (std::size_t i = 0; i < kTextOrder.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kDigits[octets[kTextOrder[i]] >> 4];
    out += kDigits[octets[kTextOrder[i]] & 15];
  }
  out += '}';
  return out;
}

Guid Guid::swapped() const {
  Guid out;
  for (std::size_t i = 0; i < kTextOrder.size(); ++i) out.octets[i] = octets[kTextOrder[i]];
  return out;
}

}  // namespace exaudit::base

std::size_t std::hash<exaudit::base::Guid>::operator()(const exaudit::base::Guid& guid) const noexcept {
  return std::hash<std::string_view>()(
      std::string_view(reinterpret_cast<const char*>(guid.octets.data()), guid.octets.size()));
}
