#include "readers/event_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/csv.h"
#include "base/text.h"
#include "readers/event_time.h"
#include "readers/event_words.h"
#include "readers/readers.h"
#include "readers/unrendered_event.h"

namespace exaudit::readers {

namespace {

using base::trim;

constexpr std::size_t kMaxPreambleLines = 20;   // "#TYPE ..." of PowerShell, a title, blank lines
constexpr std::size_t kMaxRowHeadBytes = 1024;  // everything before the description fits easily

// Columns of a table and where its first row begins.
struct Layout {
  char separator = ',';
  bool has_header = false;
  bool unnamed_description = false;  // later Event Viewers write one behind the columns that they name
  std::vector<std::optional<EventField>> columns;
  std::size_t description = 0;  // its column; one past the last when there is none
  std::size_t rows_at = 0;      // byte offset of the first line that may be a row
  std::uint32_t lines_before = 0;

  std::optional<std::size_t> find(EventField field) const {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] == field) return i;
    }
    return std::nullopt;
  }
  bool description_is_last() const { return description + 1 == columns.size(); }
  // True when a row can be told by the columns in front of its description, so that line breaks in
  // descriptions need no quotes.
  bool rows_are_told_by_line() const {
    const auto before = [&](EventField field) {
      const auto at = find(field);
      return at && *at < description;
    };
    return before(EventField::id) || before(EventField::date) || before(EventField::date_time);
  }
};

std::vector<std::string> fields_of_line(std::string_view line, char separator) {
  base::CsvRow row;
  base::CsvReader(line.substr(0, kMaxRowHeadBytes), separator).next(row);
  return std::move(row.fields);
}

void find_description(Layout& layout) {
  layout.description = layout.find(EventField::description).value_or(layout.columns.size());
}

// The order of Event Viewer's "Save As", which writes no header.
Layout event_viewer_layout(char separator) {
  Layout layout;
  layout.separator = separator;
  layout.columns = {EventField::date, EventField::time,     EventField::source,
                    EventField::type, EventField::category, EventField::id,
                    EventField::user, EventField::computer, EventField::description};
  find_description(layout);
  return layout;
}

bool has_digit(std::string_view text) { return text.find_first_of("0123456789") != std::string_view::npos; }

bool fits(EventField field, std::string_view cell) {
  cell = trim(cell);
  switch (field) {
    case EventField::id:
      return base::is_digits(cell) && cell.size() <= 10;
    case EventField::date:
    case EventField::date_time:
      return has_digit(cell) && cell.size() <= 64;
    case EventField::time:
      return has_digit(cell) && cell.size() <= 32;
    default:
      return true;
  }
}

bool begins_row(const Layout& layout, std::string_view line) {
  if (!has_digit(line.substr(0, kMaxRowHeadBytes))) return false;
  const std::vector<std::string> fields = fields_of_line(line, layout.separator);
  // A description may be missing, nothing in front of it.
  const std::size_t needed = std::min(layout.description, layout.columns.size());
  if (fields.size() < needed) return false;
  for (std::size_t i = 0; i < needed; ++i) {
    if (layout.columns[i] && !fits(*layout.columns[i], fields[i])) return false;
  }
  return true;
}

// A row that ends before its description: not the next line of the description before it.
bool begins_cut_row(const Layout& layout, std::string_view line) {
  const auto date = layout.find(EventField::date);
  const auto time = layout.find(EventField::time);
  if (date != 0 || time != 1 || !has_digit(line.substr(0, kMaxRowHeadBytes))) return false;
  const std::vector<std::string> fields = fields_of_line(line, layout.separator);
  return fields.size() >= 3 && looks_like_date(fields[0]) && looks_like_time(fields[1]);
}

std::optional<Layout> parse_header(std::string_view line, char separator) {
  Layout layout;
  layout.separator = separator;
  layout.has_header = true;
  for (const std::string& cell : fields_of_line(line, separator)) {
    layout.columns.push_back(event_column(trim(cell)));
  }
  layout.unnamed_description = !layout.find(EventField::description);
  if (layout.unnamed_description) layout.columns.push_back(EventField::description);
  find_description(layout);
  const auto has = [&](EventField field) { return layout.find(field).has_value(); };
  const bool time = has(EventField::date) || has(EventField::date_time);
  const bool is_header = has(EventField::id) && has(EventField::source) && (time || has(EventField::type));
  return is_header ? std::optional(std::move(layout)) : std::nullopt;
}

std::optional<Layout> match_layout(std::string_view line) {
  for (const char separator : {'\t', ';', ','}) {
    if (line.find(separator) == std::string_view::npos) continue;
    if (auto layout = parse_header(line, separator)) return layout;
    Layout layout = event_viewer_layout(separator);
    const std::vector<std::string> fields = fields_of_line(line, separator);
    if (begins_row(layout, line) && looks_like_date(fields[0]) && looks_like_time(fields[1])) return layout;
  }
  return std::nullopt;
}

std::optional<Layout> find_layout(std::string_view text) {
  base::LineCursor lines(text);
  std::string_view line;
  for (std::size_t seen = 0; seen < kMaxPreambleLines && lines.next(line);) {
    if (trim(line).empty()) continue;
    ++seen;
    auto layout = match_layout(line);
    if (!layout) continue;
    const auto begin = static_cast<std::size_t>(line.data() - text.data());
    layout->rows_at = layout->has_header ? begin + line.size() : begin;
    layout->lines_before = lines.number() - 1;
    return layout;
  }
  return std::nullopt;
}

// Line ends as LF, no blanks around.
std::string normal_description(std::string_view text) {
  std::string out;
  base::LineCursor lines(text);
  std::string_view line;
  while (lines.next(line)) {
    if (!out.empty()) out.push_back('\n');
    if (!out.empty() || !trim(line).empty()) out.append(line);
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '\t' || out.back() == '\n')) out.pop_back();
  return out;
}

class TableReader {
 public:
  TableReader(std::string_view text, Layout layout, facts::InputId id, facts::Input& input)
      : text_(text), layout_(std::move(layout)), input_(input) {
    log_.input = id;
  }

  facts::EventLog read() {
    if (layout_.rows_are_told_by_line()) {
      read_by_line();
    } else {
      read_by_quotes();
    }
    times_.resolve(log_, input_);
    return std::move(log_);
  }

 private:
  // A row reaches to the next line that begins like one, whatever its quotes say.
  void read_by_line() {
    base::LineCursor lines(text_.substr(layout_.rows_at));
    std::string_view line;
    std::optional<std::size_t> begin;
    std::uint32_t begin_line = 0;
    while (lines.next(line)) {
      const auto at = static_cast<std::size_t>(line.data() - text_.data());
      // What is left of a header line is its line end, which counts as a line.
      const std::uint32_t number = layout_.lines_before + lines.number();
      const bool row = begins_row(layout_, line);
      const bool cut_row = !row && begins_cut_row(layout_, line);
      if (begin && (row || cut_row)) {
        read_record(*begin, at, begin_line);
        begin.reset();
      }
      if (row) {
        begin = at;
        begin_line = number;
      } else if (cut_row) {
        input_.skipped_record(number, "the row is cut short before its description");
      } else if (!begin && !trim(line).empty()) {
        input_.skipped_record(number, "a line that is no row of the event table");
      }
    }
    if (begin) read_record(*begin, text_.size(), begin_line);
  }

  void read_record(std::size_t begin, std::size_t end, std::uint32_t line) {
    base::CsvReader reader(text_.substr(begin, end - begin), layout_.separator);
    base::CsvRow row;
    if (!reader.next(row)) return;
    std::string_view rest = reader.rest();
    const bool more = rest.find_first_not_of(" \t\r\n") != std::string_view::npos;
    if (layout_.description_is_last()) join_description(row);
    if (more && layout_.description_is_last() && row.fields.size() == layout_.columns.size()) {
      row.fields.back().append("\n").append(rest);
    } else if (more) {
      input_.skipped_record(line, "lines after the row belong to no row");
    }
    row.line = line;
    take(row, begin);
  }

  // Separators in a description that was not quoted.
  void join_description(base::CsvRow& row) const {
    if (row.fields.size() <= layout_.columns.size()) return;
    std::string joined = std::move(row.fields[layout_.description]);
    for (std::size_t i = layout_.description + 1; i < row.fields.size(); ++i) {
      joined.append(1, layout_.separator).append(row.fields[i]);
    }
    row.fields.resize(layout_.columns.size());
    row.fields[layout_.description] = std::move(joined);
  }

  void read_by_quotes() {
    base::CsvReader reader(text_.substr(layout_.rows_at), layout_.separator);
    base::CsvRow row;
    while (true) {
      const std::size_t begin = text_.size() - reader.rest().size();
      if (!reader.next(row)) return;
      row.line += layout_.lines_before;
      take(row, begin);
    }
  }

  std::string_view cell(const base::CsvRow& row, EventField field) const {
    const auto at = layout_.find(field);
    return at && *at < row.fields.size() ? trim(row.fields[*at]) : std::string_view();
  }

  void take(const base::CsvRow& row, std::size_t offset) {
    std::uint64_t id = 0;
    const std::string_view source = cell(row, EventField::source);
    if (!base::parse_uint(cell(row, EventField::id), id) || id > 0xFFFF'FFFF || source.empty()) {
      return input_.skipped_record(row.line, "a row without an event ID or a source");
    }
    facts::Event event;
    event.id = static_cast<std::uint32_t>(id & 0xFFFF);  // the upper half holds severity and facility
    event.source = source;
    event.type = event_type(cell(row, EventField::type));
    event.category = cell(row, EventField::category);
    event.computer = cell(row, EventField::computer);
    event.location = {.input = log_.input, .line = row.line, .offset = offset};
    take_description(row, event);
    event.strings = unrendered_strings(event);
    take_log_name(cell(row, EventField::log));
    const bool one_cell = layout_.find(EventField::date_time).has_value();
    times_.add(cell(row, one_cell ? EventField::date_time : EventField::date),
               one_cell ? std::string_view() : cell(row, EventField::time), cell(row, EventField::type),
               row.line);
    log_.events.push_back(std::move(event));
  }

  void take_description(const base::CsvRow& row, facts::Event& event) {
    if (row.unterminated) {
      input_.skipped_value(row.line, "a quoted text of the row is not closed, or the row is too long");
    } else if (row.fields.size() < layout_.columns.size() - (layout_.unnamed_description ? 1 : 0)) {
      input_.skipped_value(row.line, fmt::format("the row is cut short: {} of {} columns", row.fields.size(),
                                                 layout_.columns.size()));
    }
    std::string_view text = cell(row, EventField::description);
    if (text.size() > kMaxEventDescriptionBytes) {
      text = text.substr(0, kMaxEventDescriptionBytes);
      input_.skipped_value(row.line, "the description is too long; its end was not read");
    }
    event.description = normal_description(text);
  }

  void take_log_name(std::string_view name) {
    if (name.empty() || mixed_logs_) return;
    if (log_.log_name.empty()) log_.log_name = name;
    mixed_logs_ = log_.log_name != name;
    if (mixed_logs_) log_.log_name.clear();
  }

  std::string_view text_;
  Layout layout_;
  facts::Input& input_;
  facts::EventLog log_;
  EventTimes times_;
  bool mixed_logs_ = false;
};

}  // namespace

bool looks_like_event_text(std::string_view head) { return find_layout(head).has_value(); }

facts::EventLog read_event_text(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  auto layout = find_layout(decoded.text);
  if (!layout) {
    input.skipped_record(0, "no row of an event table was found");
    facts::EventLog none;
    none.input = id;
    return none;
  }
  facts::EventLog log = TableReader(decoded.text, std::move(*layout), id, input).read();
  log.kind = facts::log_kind_of(log);
  input.records = log.events.size();
  return log;
}

}  // namespace exaudit::readers
