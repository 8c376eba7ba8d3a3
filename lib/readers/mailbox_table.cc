#include "readers/mailbox_table.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>

#include <fmt/format.h>

#include "base/csv.h"
#include "base/guid.h"
#include "base/text.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using base::trim;
using facts::Connection;

constexpr std::size_t kMaxRows = 1'000'000;  // mailboxes of a server; a row costs about 200 bytes

enum class Column {
  unknown,
  other,  // known, not used
  name,
  legacy_dn,
  guid,
  server,
  storage_group,
  store,
  absent_since,  // a date: set means disconnected, empty connected
  disconnected,  // yes, no or a date
  connected,     // yes or no
  state,         // "Connected" or "Disconnected"
};

struct HeaderName {
  std::string_view name;  // lower case, letters and digits only
  Column column;
  bool strong;  // found in mailbox tables only; the others occur in user lists as well
};

// WMI Exchange_Mailbox (Exchange Server 2003 SDK), then the columns of Exchange System Manager and of
// reporting scripts.
constexpr std::array<HeaderName, 47> kHeaderNames = {{
    {"mailboxdisplayname", Column::name, true},
    {"legacydn", Column::legacy_dn, false},
    {"mailboxguid", Column::guid, true},
    {"servername", Column::server, false},
    {"storagegroupname", Column::storage_group, false},
    {"storename", Column::store, false},
    {"datediscoveredabsentinds", Column::absent_since, true},
    {"assoccontentcount", Column::other, true},
    {"deletedmessagesizeextended", Column::other, true},
    {"lastloggedonuseraccount", Column::other, true},
    {"lastlogofftime", Column::other, true},
    {"lastlogontime", Column::other, true},
    {"storagelimitinfo", Column::other, true},
    {"size", Column::other, false},
    {"totalitems", Column::other, true},
    {"node", Column::other, false},
    {"caption", Column::other, false},
    {"description", Column::other, false},
    {"installdate", Column::other, false},
    {"name", Column::other, false},
    {"status", Column::other, false},
    {"mailbox", Column::name, true},
    {"mailboxname", Column::name, true},
    {"displayname", Column::name, false},
    {"lastloggedonby", Column::other, true},
    {"sizekb", Column::other, true},
    {"fullmailboxdirectoryname", Column::other, true},
    {"storagelimits", Column::other, true},
    {"deleteditemskb", Column::other, true},
    {"legacyexchangedn", Column::legacy_dn, false},
    {"server", Column::server, false},
    {"exchangeserver", Column::server, false},
    {"storagegroup", Column::storage_group, false},
    {"store", Column::store, false},
    {"mailboxstore", Column::store, false},
    {"mailboxstorename", Column::store, false},
    {"database", Column::store, false},
    {"datedisconnected", Column::absent_since, true},
    {"disconnectdate", Column::absent_since, true},
    {"disconnecteddate", Column::absent_since, true},
    {"disconnectedon", Column::absent_since, true},
    {"disconnected", Column::disconnected, true},
    {"isdisconnected", Column::disconnected, true},
    {"connected", Column::connected, false},
    {"isconnected", Column::connected, false},
    {"mailboxstate", Column::state, true},
    {"connectionstate", Column::state, true},
}};

const HeaderName* find_header_name(std::string_view cell) {
  std::string name;
  for (const char c : cell) {
    const char lower = base::ascii_lower(c);
    if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) name.push_back(lower);
    // A foreign letter must not vanish and leave an English name behind.
    if (static_cast<unsigned char>(c) >= 0x80) return nullptr;
  }
  const auto* found = std::find_if(kHeaderNames.begin(), kHeaderNames.end(),
                                   [&](const HeaderName& h) { return h.name == name; });
  return found == kHeaderNames.end() ? nullptr : found;
}

// "SMTP (MAIL1-{GUID})" or "SystemMailbox{GUID}": names that Exchange gives, in every language.
bool is_system_mailbox_name(std::string_view cell) {
  cell = trim(cell);
  const bool gateway = base::ascii_istarts_with(cell, "SMTP (") && cell.ends_with("})");
  const bool system = base::ascii_istarts_with(cell, "SystemMailbox{") && cell.ends_with('}');
  if (!gateway && !system) return false;
  const std::size_t brace = cell.rfind('{');
  if (brace == std::string_view::npos) return false;
  return base::Guid::parse(cell.substr(brace, cell.size() - brace - (gateway ? 1 : 0))).has_value();
}

struct Layout {
  char separator = ',';
  std::vector<std::string> header;
  std::vector<Column> columns;
  std::size_t known = 0;
  std::size_t strong = 0;

  std::optional<std::size_t> find(Column column) const {
    const auto at = std::find(columns.begin(), columns.end(), column);
    if (at == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(at - columns.begin());
  }
  bool is_table() const { return find(Column::name) && known >= 2 && strong >= 1; }
};

// One line is one row: no column of a mailbox holds line breaks, and a lost quote then costs one row only.
base::CsvRow parse_row(std::string_view line, char separator) {
  base::CsvRow row;
  base::CsvReader(line, separator).next(row);
  return row;
}

Layout parse_header(std::string_view line) {
  Layout layout;
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  layout.separator = base::guess_separator(line);
  if (layout.separator == '\0') return layout;
  layout.header = parse_row(line, layout.separator).fields;
  for (const std::string& cell : layout.header) {
    const HeaderName* name = find_header_name(cell);
    layout.columns.push_back(name != nullptr ? name->column : Column::unknown);
    if (name == nullptr) continue;
    ++layout.known;
    if (name->strong) ++layout.strong;
  }
  return layout;
}

bool is_one_of(std::string_view cell, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](auto word) { return base::ascii_iequals(cell, word); });
}

constexpr std::array<std::string_view, 6> kYes = {"yes", "true", "1", "-1", "y", "x"};
constexpr std::array<std::string_view, 4> kNo = {"no", "false", "0", "n"};
constexpr std::array<std::string_view, 4> kNothing = {"", "null", "(null)", "<null>"};

// A date that means "never": FILETIME 0 is the first day of 1601, and WMI prints an unset part as zeros.
bool is_zero_date(std::string_view cell) {
  return cell.starts_with("16010101") || cell.starts_with("00000000");
}
bool is_date(std::string_view cell) {
  return std::count_if(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; }) >= 4;
}

// Nothing when the cell says neither.
std::optional<Connection> parse_connection(Column column, std::string_view cell) {
  const bool nothing = is_one_of(cell, kNothing) || is_zero_date(cell);
  if (column == Column::state) {
    if (base::ascii_iequals(cell, "connected")) return Connection::connected;
    if (base::ascii_iequals(cell, "disconnected")) return Connection::disconnected;
    return std::nullopt;
  }
  if (column == Column::connected) {
    if (is_one_of(cell, kYes)) return Connection::connected;
    if (is_one_of(cell, kNo)) return Connection::disconnected;
    return std::nullopt;
  }
  if (nothing || is_one_of(cell, kNo)) return Connection::connected;
  if (is_one_of(cell, kYes) || is_date(cell)) return Connection::disconnected;
  return std::nullopt;
}

// wmic puts no quotes around "Smith, John". The surplus fields belong to the display name when the next
// column is the mailbox's GUID and holds one only that way.
bool rejoin_display_name(const Layout& layout, std::vector<std::string>& fields) {
  const auto name = layout.find(Column::name);
  if (!name || fields.size() <= layout.columns.size() || *name + 1 >= layout.columns.size()) return false;
  const std::size_t surplus = fields.size() - layout.columns.size();
  if (layout.columns[*name + 1] != Column::guid) return false;
  if (!base::Guid::parse(trim(fields[*name + 1 + surplus]))) return false;
  const auto first = fields.begin() + static_cast<std::ptrdiff_t>(*name);
  for (std::size_t i = 1; i <= surplus; ++i) fields[*name] += layout.separator + fields[*name + i];
  fields.erase(first + 1, first + 1 + static_cast<std::ptrdiff_t>(surplus));
  return true;
}

bool all_blank(std::span<const std::string> fields) {
  return std::all_of(fields.begin(), fields.end(), [](const std::string& f) { return trim(f).empty(); });
}

// Lines of the text with something on them.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text), lines_(text) {}
  bool next(std::string_view& line) {
    while (lines_.next(line)) {
      if (!trim(line).empty()) return true;
    }
    return false;
  }
  std::uint32_t number() const { return lines_.number(); }
  std::uint64_t offset(std::string_view line) const {
    return static_cast<std::uint64_t>(line.data() - text_.data());
  }

 private:
  std::string_view text_;
  base::LineCursor lines_;
};

// The column whose cells are names of system mailboxes, for a header that names none.
std::optional<std::size_t> find_name_column(std::string_view text, const Layout& layout) {
  Lines lines(text);
  std::string_view line;
  while (lines.next(line)) {
    // Most rows are ordinary mailboxes; do not take them apart.
    if (line.find('}') == std::string_view::npos) continue;
    const base::CsvRow row = parse_row(line, layout.separator);
    for (std::size_t i = 0; i < row.fields.size() && i < layout.columns.size(); ++i) {
      if (is_system_mailbox_name(row.fields[i])) return i;
    }
  }
  return std::nullopt;
}

class TableReader {
 public:
  TableReader(facts::InputId id, facts::Input& input) : input_(input) { table_.location.input = id; }

  facts::MailboxTable read(std::string_view text) {
    Lines lines(text);
    if (!read_header(text, lines)) {
      input_.skipped_record(lines.number(), "no column holds mailbox names: the table was not read");
      table_.complete = false;
      return std::move(table_);
    }
    std::string_view line;
    while (lines.next(line)) {
      if (table_.rows.size() == kMaxRows) {
        skip(lines.number(), fmt::format("more than {} rows: the rest was not read", kMaxRows));
        break;
      }
      read_row(line, lines.number());
    }
    if (table_.rows.empty()) input_.note(table_.location.line, "the mailbox table has no rows");
    return std::move(table_);
  }

 private:
  bool read_header(std::string_view text, Lines& lines) {
    std::string_view line;
    if (!lines.next(line)) return false;
    if (base::ascii_istarts_with(line, "sep=") && !lines.next(line)) return false;  // a hint for spreadsheets
    table_.location.line = lines.number();
    table_.location.offset = lines.offset(line);
    layout_ = parse_header(line);
    if (!layout_.find(Column::name) && layout_.separator != '\0') {
      const auto found = find_name_column(text, layout_);
      if (!found) return false;
      layout_.columns[*found] = Column::name;
      input_.note(table_.location.line, "no known column name for mailbox names; taken from the column \"" +
                                            layout_.header[*found] +
                                            "\" because it holds names of system mailboxes");
    }
    connection_ = find_connection_column();
    table_.has_connection_column = connection_.has_value();
    table_.has_store_column = layout_.find(Column::store).has_value();
    return layout_.find(Column::name).has_value();
  }

  std::optional<std::size_t> find_connection_column() const {
    for (const Column column :
         {Column::absent_since, Column::disconnected, Column::state, Column::connected}) {
      if (const auto at = layout_.find(column)) return at;
    }
    return std::nullopt;
  }

  void skip(std::uint32_t line, std::string message) {
    input_.skipped_record(line, std::move(message));
    table_.complete = false;
  }

  void read_row(std::string_view line, std::uint32_t number) {
    base::CsvRow row = parse_row(line, layout_.separator);
    if (row.fields == layout_.header) return;  // wmic repeats it for every node
    if (row.unterminated) return skip(number, "a quoted field is not closed on its line");
    const std::size_t count = layout_.columns.size();
    if (row.fields.size() > count && all_blank(std::span(row.fields).subspan(count)))
      row.fields.resize(count);
    if (row.fields.size() != count && !rejoin_display_name(layout_, row.fields)) {
      return skip(number, fmt::format("the row has {} fields, the header {}", row.fields.size(), count));
    }
    facts::MailboxRow out;
    out.line = number;
    out.display_name = cell(row, Column::name);
    out.legacy_dn = cell(row, Column::legacy_dn);
    out.server = cell(row, Column::server);
    out.storage_group = cell(row, Column::storage_group);
    out.store = cell(row, Column::store);
    if (out.display_name.empty() && out.legacy_dn.empty()) return skip(number, "the row names no mailbox");
    if (connection_) set_connection(row, out);
    table_.rows.push_back(std::move(out));
  }

  std::string cell(const base::CsvRow& row, Column column) const {
    const auto at = layout_.find(column);
    return at ? std::string(trim(row.fields[*at])) : std::string();
  }

  void set_connection(const base::CsvRow& row, facts::MailboxRow& out) {
    const std::string_view text = trim(row.fields[*connection_]);
    if (const auto parsed = parse_connection(layout_.columns[*connection_], text)) {
      out.connection = *parsed;
    } else {
      input_.skipped_value(out.line,
                           fmt::format("\"{}\" does not tell whether the mailbox is connected", text));
    }
  }

  facts::Input& input_;
  facts::MailboxTable table_;
  Layout layout_;
  std::optional<std::size_t> connection_;
};

}  // namespace

bool is_mailbox_header(std::string_view first_line) { return parse_header(first_line).is_table(); }

bool looks_like_mailbox_table(std::string_view head) {
  Lines lines(head);
  std::string_view line;
  if (!lines.next(line)) return false;
  if (base::ascii_istarts_with(line, "sep=") && !lines.next(line)) return false;
  const Layout layout = parse_header(line);
  if (layout.is_table()) return true;
  return layout.separator != '\0' && !layout.find(Column::name) && find_name_column(head, layout).has_value();
}

facts::MailboxTable read_mailbox_table(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  facts::MailboxTable table = TableReader(id, input).read(decoded.text);
  input.records = table.rows.size();
  return table;
}

}  // namespace exaudit::readers
