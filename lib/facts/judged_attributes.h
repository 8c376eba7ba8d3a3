// The attributes whose absence a rule may judge. For these a view remembers whether any other entry carries
// them: a missing attribute is a fault only where the export shows that it would have been there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/text.h"

namespace exaudit::facts {

inline constexpr std::array<std::string_view, 16> kJudgedAttributes = {"homeMTA",
                                                                       "homeMDB",
                                                                       "legacyExchangeDN",
                                                                       "deliveryMechanism",
                                                                       "msExchHomeRoutingGroup",
                                                                       "msExchResponsibleMTAServer",
                                                                       "serialNumber",
                                                                       "msExchRestore",
                                                                       "msExchRecovery",
                                                                       "networkAddress",
                                                                       "objectGUID",
                                                                       "objectClass",
                                                                       "mailNickname",
                                                                       "proxyAddresses",
                                                                       "msExchMailboxGuid",
                                                                       "msExchHomeServerName"};

// Bit of the attribute, 0 when it is not in the list.
inline std::uint32_t judged_bit(std::string_view attribute) {
  for (std::size_t i = 0; i < kJudgedAttributes.size(); ++i) {
    if (base::ascii_iequals(kJudgedAttributes[i], attribute)) return std::uint32_t{1} << i;
  }
  return 0;
}

// Bits of the bookkeeping attributes that only a complete read of an object shows; a pair that changes
// together is one.
inline unsigned bookkeeping_bit(std::string_view attribute) {
  struct Row {
    std::string_view name;
    unsigned bit;
  };
  constexpr std::array kRows = {Row{"instanceType", 1},      Row{"whenCreated", 2}, Row{"whenChanged", 2},
                                Row{"uSNCreated", 4},        Row{"uSNChanged", 4},  Row{"objectCategory", 8},
                                Row{"distinguishedName", 16}};
  for (const Row& row : kRows) {
    if (base::ascii_iequals(row.name, attribute)) return row.bit;
  }
  return 0;
}
// An object that shows two of them was read whole.
inline bool was_read_whole(unsigned bits) { return (bits & (bits - 1)) != 0; }

}  // namespace exaudit::facts
