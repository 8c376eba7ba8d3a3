// The attribute names of an LDIF export, each taken apart once. Records of an export resemble each other:
// what comes after a name is nearly always what came after it in the record before, so it is compared with
// that.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/line_end.h"
#include "facts/recipient_attributes.h"

namespace exaudit::readers::ldif {

// What a name means to the fast reader (ldif_record_scan.h).
enum class Name : std::uint8_t {
  other,
  careful,  // with an option, of one of those that mean something
  dn,
  change_type,
  control,
  bookkeeping,  // Known::bookkeeping
  recipient     // Known::attribute
};

class Names {
 public:
  struct Known {
    std::array<char, base::kWide> text{};  // "homeMDB:", as written
    std::uint8_t size = 0;
    Name name = Name::other;
    facts::RecipientAttribute attribute = facts::RecipientAttribute::none;
    std::uint8_t bookkeeping = 0;         // facts::bookkeeping_bit
    std::uint32_t judged = 0;             // facts::judged_bit
    std::array<std::uint16_t, 2> next{};  // what followed it last, and before that
  };

  Names();
  // The name at the beginning of the line that begins at `at`, given the one of the line before (an index, 0
  // at the beginning of a record). Gives its index; 0 when there is no name, or one that is not worth
  // remembering.
  std::uint16_t find(const char* at, const char* end, std::uint16_t before);
  const Known& at(std::uint16_t index) const { return known_[index]; }

 private:
  static constexpr std::size_t kSlots = 1024;  // twice as many as names that are remembered

  std::uint16_t look_up(const char* at, const char* end);

  std::vector<Known> known_;  // the first one is none
  std::array<std::uint16_t, kSlots> slots_{};
};

}  // namespace exaudit::readers::ldif
