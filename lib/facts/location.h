// Where a fact was read. Every fact has one and every finding shows it.
#pragma once

#include <cstdint>
#include <limits>

namespace exaudit::facts {

using InputId = std::uint32_t;  // index into Snapshot::inputs
inline constexpr InputId kNoInput = std::numeric_limits<InputId>::max();

struct Location {
  InputId input = kNoInput;
  std::uint32_t line = 0;    // 1-based line of a text input, 0 = none
  std::uint32_t record = 0;  // record number of a binary log, 0 = none
  std::uint64_t offset = 0;  // byte offset of the record in the decoded input, so that it can be read again

  bool known() const { return input != kNoInput; }
};

}  // namespace exaudit::facts
