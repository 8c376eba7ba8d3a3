// Random choices that are the same on every platform for the same start.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/guid.h"

namespace exaudit::test {

class Random {
 public:
  explicit Random(std::uint64_t start) : engine_(start) {}

  std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(engine_() % n); }
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
  bool chance(std::size_t percent) { return below(100) < percent; }
  template <typename Items>
  auto& pick(Items& items) {
    return items[below(items.size())];
  }
  template <typename Items>
  void shuffle(Items& items) {  // std::shuffle differs between libraries
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }
  base::Guid guid() {
    base::Guid out;
    for (auto& octet : out.octets) octet = static_cast<std::uint8_t>(below(256));
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

// The starts of a property test: `count` of them, or the one in EXAUDIT_RANDOM_START to repeat a failure.
inline std::vector<std::uint64_t> random_starts(std::uint64_t count) {
  if (const char* only = std::getenv("EXAUDIT_RANDOM_START")) return {std::strtoull(only, nullptr, 10)};
  std::vector<std::uint64_t> out;
  for (std::uint64_t start = 1; start <= count; ++start) out.push_back(start);
  return out;
}

}  // namespace exaudit::test
