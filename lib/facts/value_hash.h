// Hashes of text that compare as the directory compares it. Equal texts have equal hashes; texts with equal
// hashes are compared before anybody believes it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/guid.h"
#include "base/text.h"

namespace exaudit::facts {

__extension__ using Wide = unsigned __int128;

inline std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Multiplies 16 bytes at a time and folds the halves of the product, a well-known way; the constants are
// digits of pi. `word` changes eight bytes before they count.
template <typename Word>
std::uint64_t hash_words(std::string_view text, std::uint64_t seed, Word&& word) {
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
    hash = mixed(word(low) ^ kSecond, word(high) ^ hash);
  }
  low = high = 0;
  if (left > 8) {
    std::memcpy(&low, at, 8);
    std::memcpy(&high, at + 8, left - 8);
  } else if (left > 0) {
    std::memcpy(&low, at, left);
  }
  return mixed(mixed(word(low) ^ kSecond, word(high) ^ hash), text.size() ^ kFirst);
}

// Of the bytes as they are.
inline std::uint64_t hash_bytes(std::string_view text, std::uint64_t seed = 0) {
  return hash_words(text, seed, [](std::uint64_t word) { return word; });
}

// Eight ASCII characters in lower case: adding carries the top bit into those from 'A' on, and into those
// after 'Z'; what has one and not the other is a capital.
inline std::uint64_t lowered_word(std::uint64_t word) {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  const std::uint64_t low_bits = word & (0x7F * kEach);
  const std::uint64_t from_a = low_bits + (0x80 - 'A') * kEach;
  const std::uint64_t after_z = low_bits + (0x7F - 'Z') * kEach;
  return word | (((from_a ^ after_z) & ~word & (0x80 * kEach)) >> 2);
}

// Of the text as names compare: folded. ASCII, as nearly all text is, is folded while it is hashed.
inline std::uint64_t hash_folded(std::string_view text, std::string& scratch, std::uint64_t seed = 0) {
  std::uint64_t all = 0;
  const std::uint64_t hash = hash_words(text, seed, [&all](std::uint64_t word) {
    all |= word;
    return lowered_word(word);
  });
  if ((all & 0x8080808080808080U) == 0) return hash;
  scratch.clear();
  base::fold_to(text, scratch);
  return hash_bytes(scratch, seed);
}

inline std::uint64_t hash_guid(const base::Guid& guid) {
  return hash_bytes({reinterpret_cast<const char*>(guid.octets.data()), guid.octets.size()});
}

// Of the key of a DN (facts::dn_key), from the key of its parent and its own RDN.
inline std::uint64_t hash_dn(std::uint64_t parent_hash, std::string_view rdn_of_key) {
  return hash_bytes(rdn_of_key, parent_hash);
}

}  // namespace exaudit::facts
