// Delimited text: RFC 4180 csv and the tab-separated variant, as Windows tools write them.
//
// Quoted fields may hold separators, doubled quotes and line breaks. A quote inside an unquoted field is an
// ordinary character. Line ends are those of LineCursor. The text is UTF-8 (decode_text first).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exaudit::base {

struct CsvRow {
  std::vector<std::string> fields;
  std::uint32_t line = 0;     // 1-based line on which the row starts
  bool unterminated = false;  // the text ended inside a quoted field
};

inline constexpr std::size_t kMaxCsvFields = 1024;  // no known export has more than about 100 columns
inline constexpr std::size_t kMaxCsvFieldBytes =
    1U << 20;  // an event description has at most 32 KB; beyond this a quote was lost

class CsvReader {
 public:
  CsvReader(std::string_view text, char separator) : rest_(text), separator_(separator) {}
  // False at the end of the text. Rows that are entirely empty are skipped. Limits end a field or a row early
  // (`unterminated`).
  bool next(CsvRow& row);
  // What has not been read yet; begins at a line, or where a limit struck.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  char separator_;
  std::uint32_t line_ = 1;
};

// The separator of a header line: tab, semicolon or comma, whichever occurs most outside quotes; 0 when there
// is none.
char guess_separator(std::string_view first_line);

}  // namespace exaudit::base
