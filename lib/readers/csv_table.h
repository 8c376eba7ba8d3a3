// A csv with a header row, as wmic and PowerShell write it: which column is what, and one row after the
// other.
//
// One line is one row: no property that is read here holds line breaks, and a lost quote then costs one row
// only. wmic puts no quotes around anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "facts/input.h"

namespace exaudit::readers {

class CsvTable {
 public:
  // `text` is UTF-8. Reads the header: the first line that is not empty, behind "#TYPE ..." and "sep=...".
  explicit CsvTable(std::string_view text);

  // The column of that name; letter case, blanks and punctuation do not count. Of several names the first one
  // that is a column.
  std::optional<std::size_t> column(std::vector<std::string_view> names) const;
  std::uint32_t header_line() const { return header_line_; }
  std::uint64_t header_offset() const { return header_offset_; }

  // Fields beyond the header's belong to this column, because its text may hold the separator.
  void set_free_text_column(std::optional<std::size_t> column) { free_text_ = column; }

  // The next row, with as many fields as the header has, trimmed. Other rows are reported and skipped, those
  // from another computer (column Node) than the first one, too. False at the end.
  bool next(std::vector<std::string>& fields, facts::Input& input);
  std::uint32_t line() const { return lines_.number(); }
  // What the Node column says; "" without one, or before the first row.
  const std::string& node() const { return node_; }

 private:
  bool complete_row(std::vector<std::string>& fields) const;

  std::string_view text_;
  base::LineCursor lines_;
  char separator_ = '\0';
  std::vector<std::string> header_;   // as written
  std::vector<std::string> columns_;  // lower case, letters and digits only
  std::uint32_t header_line_ = 0;
  std::uint64_t header_offset_ = 0;
  std::optional<std::size_t> free_text_;
  std::optional<std::size_t> node_column_;
  std::string node_;
  bool other_node_reported_ = false;
};

}  // namespace exaudit::readers
