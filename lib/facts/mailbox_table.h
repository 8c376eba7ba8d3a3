// The mailboxes of a store as listed by the store itself: WMI Exchange_Mailbox (csv/tsv) or an Exchange
// System Manager export.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

enum class Connection { connected, disconnected, not_observed };

struct MailboxRow {
  std::string display_name;  // "SMTP (MAIL1-{GUID})", "SystemMailbox{guid}", "Smith, John"
  std::string legacy_dn;     // "" when the table has no such column
  std::string server;        // ServerName column
  std::string storage_group;
  std::string store;  // StoreName column
  Connection connection = Connection::not_observed;
  std::uint32_t line = 0;
};

struct MailboxTable {
  std::vector<MailboxRow> rows;
  bool has_connection_column = false;  // a column that tells disconnected mailboxes was there
  bool has_store_column = false;
  bool complete = true;  // read to its end without losing a row
  Location location;     // of the header row
};

}  // namespace exaudit::facts
