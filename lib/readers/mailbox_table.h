// Recognition of mailbox tables; read_mailbox_table is declared in readers/readers.h.
#pragma once

#include <string_view>

namespace exaudit::readers {

// True when the line names the columns of a mailbox table: WMI Exchange_Mailbox, or an Exchange System
// Manager list in English. UTF-8.
bool is_mailbox_header(std::string_view first_line);

// The same for the beginning of a text, of which the first non-blank line counts; also true for a table whose
// header is in another language, when a cell of one of its rows is the name of a system mailbox: "SMTP
// (MAIL1-{GUID})" or "SystemMailbox{GUID}".
bool looks_like_mailbox_table(std::string_view head);

}  // namespace exaudit::readers
