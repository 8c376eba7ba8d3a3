// Mailbox tables.
#include <cstdlib>

#include "base/text.h"
#include "fuzz/targets.h"
#include "readers/mailbox_table.h"
#include "readers/readers.h"

void exaudit::fuzz::mailbox_table(std::string_view bytes) {
  facts::Input input;
  const facts::MailboxTable table = readers::read_mailbox_table(bytes, 1, input);
  for (const facts::MailboxRow& row : table.rows) {
    if (row.display_name.empty() && row.legacy_dn.empty()) std::abort();
    if (row.connection != facts::Connection::not_observed && !table.has_connection_column) std::abort();
    if (row.line <= table.location.line) std::abort();
  }
  if (table.complete == input.lost_records) std::abort();
  static_cast<void>(readers::looks_like_mailbox_table(base::decode_text(bytes).text));
}
