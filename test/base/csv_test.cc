#include "base/csv.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using exaudit::base::CsvReader;
using exaudit::base::CsvRow;

namespace {

std::vector<std::uint32_t> row_lines(std::string_view text) {
  std::vector<std::uint32_t> lines;
  CsvReader reader(text, ',');
  for (CsvRow row; reader.next(row);) {
    CHECK(row.fields.size() == 2);
    CHECK_FALSE(row.unterminated);
    lines.push_back(row.line);
  }
  return lines;
}

}  // namespace

TEST_CASE("csv: a line end counts once, wmic's CR CR LF too") {
  using Lines = std::vector<std::uint32_t>;
  for (const char* end : {"\n", "\r\n", "\r\r\n", "\r"}) {
    const std::string e = end;
    CAPTURE(e.size());
    CHECK(row_lines("a,b" + e + "c,d" + e + e + "e,f" + e) == Lines{1, 2, 4});
    CHECK(row_lines("\"a" + e + e + "\",b" + e + "c,d") == Lines{1, 4});
  }
}
