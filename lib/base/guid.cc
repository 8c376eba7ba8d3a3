#include "base/guid.h"

#include <cstring>

namespace exaudit::base {

namespace {

// Octet index of each pair of hex digits in the text form.
constexpr std::array<std::size_t, 16> kTextOrder = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

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
