#include "readers/csv_table.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/csv.h"

namespace exaudit::readers {

namespace {

using base::trim;

std::string plain_name(std::string_view cell) {
  std::string name;
  for (const char c : cell) {
    const char lower = base::ascii_lower(c);
    if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) name.push_back(lower);
    // A foreign letter must not vanish and leave an English name behind.
    if (static_cast<unsigned char>(c) >= 0x80) return {};
  }
  return name;
}

bool parse_row(std::string_view line, char separator, std::vector<std::string>& fields) {
  base::CsvRow row;
  base::CsvReader(line, separator).next(row);
  fields = std::move(row.fields);
  return !row.unterminated;
}

}  // namespace

CsvTable::CsvTable(std::string_view text) : text_(text), lines_(text) {
  std::string_view line;
  do {
    if (!lines_.next(line)) return;
  } while (trim(line).empty() || line.starts_with("#TYPE ") || base::ascii_istarts_with(line, "sep="));
  header_line_ = lines_.number();
  header_offset_ = static_cast<std::uint64_t>(line.data() - text_.data());
  separator_ = base::guess_separator(line);
  if (separator_ == '\0' || !parse_row(line, separator_, header_)) return;
  std::transform(header_.begin(), header_.end(), std::back_inserter(columns_), plain_name);
  node_column_ = column({"node", "pscomputername", "machinename"});
}

std::optional<std::size_t> CsvTable::column(std::vector<std::string_view> names) const {
  for (const std::string_view name : names) {
    const auto at = std::find(columns_.begin(), columns_.end(), name);
    if (at != columns_.end()) return static_cast<std::size_t>(at - columns_.begin());
  }
  return std::nullopt;
}

// Gives `fields` the header's number of fields.
bool CsvTable::complete_row(std::vector<std::string>& fields) const {
  const std::size_t count = header_.size();
  while (fields.size() > count && trim(fields.back()).empty()) fields.pop_back();
  if (fields.size() > count && free_text_) {
    const auto surplus = static_cast<std::ptrdiff_t>(fields.size() - count);
    const auto first = fields.begin() + static_cast<std::ptrdiff_t>(*free_text_);
    for (auto it = first + 1; it != first + 1 + surplus; ++it) *first += separator_ + *it;
    fields.erase(first + 1, first + 1 + surplus);
  }
  return fields.size() == count;
}

bool CsvTable::next(std::vector<std::string>& fields, facts::Input& input) {
  std::string_view line;
  while (!columns_.empty() && lines_.next(line)) {
    if (trim(line).empty()) continue;
    if (!parse_row(line, separator_, fields)) {
      input.skipped_record(lines_.number(), "a quoted field is not closed on its line");
      continue;
    }
    if (fields == header_) continue;  // wmic repeats it for every node
    const std::size_t found = fields.size();
    if (!complete_row(fields)) {
      input.skipped_record(lines_.number(),
                           fmt::format("the row has {} fields, the header {}", found, header_.size()));
      continue;
    }
    for (std::string& field : fields) field = std::string(trim(field));
    const std::string node = node_column_ ? fields[*node_column_] : std::string();
    if (node_.empty()) node_ = node;
    if (base::fold_equals(node, node_)) return true;
    if (!other_node_reported_) {
      input.skipped_record(lines_.number(), fmt::format("rows of the computer {} in a table of {}; only the "
                                                        "rows of the first one are read",
                                                        node, node_));
    }
    other_node_reported_ = true;
  }
  return false;
}

}  // namespace exaudit::readers
