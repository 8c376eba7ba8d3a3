// Where a line ends. std::memchr is made for long searches; lines of exports are short, and there are ten
// million of them.
#pragma once

#include <cstddef>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace exaudit::base {

// The first line feed in [at, end), or null.
inline const char* find_line_end(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i wanted = _mm_set1_epi8('\n');
  for (; end - at >= 16; at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted));
    if (found != 0) return at + __builtin_ctz(static_cast<unsigned>(found));
  }
#endif
  return static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
}

// Do both begin with the same `size` bytes? Both can be read for kWide bytes. A loop that is unrolled and
// compared in blocks: no call, no branch on `size` but for the number of blocks.
inline constexpr std::size_t kWide = 48;
inline bool same_beginning(const char* a, const char* b, std::size_t size) {
#ifdef __SSE2__
  for (std::size_t i = 0; i < size; i += 16) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a + i));
    const __m128i y = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + i));
    const auto same = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(x, y)));
    const unsigned wanted = size - i >= 16 ? 0xFFFFU : (1U << (size - i)) - 1;
    if ((same & wanted) != wanted) return false;
  }
  return true;
#else
  return std::memcmp(a, b, size) == 0;
#endif
}

}  // namespace exaudit::base
