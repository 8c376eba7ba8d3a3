// The attributes that make a recipient, and that a row of the table tells (recipient_table.h).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/text.h"

namespace exaudit::facts {

enum class RecipientAttribute : std::uint8_t {
  none,
  home_mdb,
  home_mta,
  home_server,
  mailbox_guid,
  nickname,
  proxy,
  target,
  deleted,
  legacy_dn,
  object_guid
};

// Of a name without options, in any letter case.
inline RecipientAttribute recipient_attribute(std::string_view name) {
  struct Row {
    std::string_view name;
    RecipientAttribute attribute;
  };
  using enum RecipientAttribute;
  constexpr std::array kRows = {Row{"homeMDB", home_mdb},
                                Row{"homeMTA", home_mta},
                                Row{"msExchHomeServerName", home_server},
                                Row{"msExchMailboxGuid", mailbox_guid},
                                Row{"mailNickname", nickname},
                                Row{"proxyAddresses", proxy},
                                Row{"targetAddress", target},
                                Row{"isDeleted", deleted},
                                Row{"legacyExchangeDN", legacy_dn},
                                Row{"objectGUID", object_guid}};
  for (const Row& row : kRows) {
    if (base::ascii_iequals(row.name, name)) return row.attribute;
  }
  return none;
}

// One of them shows that the object has a mailbox; these and two more that it is a recipient.
constexpr bool shows_mailbox(RecipientAttribute attribute) {
  using enum RecipientAttribute;
  return attribute == home_mdb || attribute == home_server || attribute == mailbox_guid;
}
constexpr bool shows_recipient(RecipientAttribute attribute) {
  using enum RecipientAttribute;
  return shows_mailbox(attribute) || attribute == nickname || attribute == proxy;
}

}  // namespace exaudit::facts
