// Hashes of text that compare as the directory compares it. Equal texts have equal hashes; texts with equal
// hashes are compared before anybody believes it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/text.h"

namespace exaudit::facts {

__extension__ using Wide = unsigned __int128;

inline std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Of the bytes as they are. Multiplies 16 bytes at a time and folds the halves of the product, a well-known
// way; the constants are digits of pi.
inline std::uint64_t hash_bytes(std::string_view text, std::uint64_t seed = 0) {
  constexpr std::uint64_t kFirst = 0x243F6A8885A308D3U;
  constexpr std::uint64_t kSecond = 0x13198A2E03707344U;
  std::uint64_t hash = seed ^ kFirst;
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  for (; left > 16; left -= 16, at += 16) {
    std::memcpy(&low, at, 8);
    std::memcpy(&high, at + 8, 8);
    hash = mixed(low ^ kSecond, high ^ hash);
  }
  low = high = 0;
  if (left > 8) {
    std::memcpy(&low, at, 8);
    std::memcpy(&high, at + 8, left - 8);
  } else if (left > 0) {
    std::memcpy(&low, at, left);
  }
  return mixed(mixed(low ^ kSecond, high ^ hash), text.size() ^ kFirst);
}

// Appends the text as names compare: folded. `ascii` is the fast way for what nearly all text is.
inline void append_folded(std::string_view text, std::string& out) {
  const std::size_t begin = out.size();
  out.resize(begin + text.size());
  char* to = out.data() + begin;
  unsigned char all = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    all |= c;
    to[i] = static_cast<char>(c + (static_cast<unsigned char>(c - 'A') < 26 ? 'a' - 'A' : 0));
  }
  if (all < 0x80) return;
  out.resize(begin);
  base::fold_to(text, out);
}

// Of the folded text. `scratch` saves allocations.
inline std::uint64_t hash_folded(std::string_view text, std::string& scratch, std::uint64_t seed = 0) {
  scratch.clear();
  append_folded(text, scratch);
  return hash_bytes(scratch, seed);
}

// Of the key of a DN (facts::dn_key), from the key of its parent and its own RDN.
inline std::uint64_t hash_dn(std::uint64_t parent_hash, std::string_view rdn_of_key) {
  return hash_bytes(rdn_of_key, parent_hash);
}

}  // namespace exaudit::facts
