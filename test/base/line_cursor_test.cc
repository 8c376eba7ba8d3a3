#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/text.h"

using exaudit::base::LineCursor;

TEST_CASE("line cursor: LF, CRLF and lone CR end lines, the last line needs none") {
  const auto lines = [](std::string_view text) {
    std::vector<std::string> out;
    LineCursor cursor(text);
    std::string_view line;
    while (cursor.next(line)) out.emplace_back(line);
    CHECK(cursor.number() == out.size());
    return out;
  };
  using Lines = std::vector<std::string>;
  CHECK(lines("").empty());
  CHECK(lines("a") == Lines{"a"});
  CHECK(lines("a\n") == Lines{"a"});
  CHECK(lines("a\r") == Lines{"a"});
  CHECK(lines("\n\r\n\r") == Lines{"", "", ""});
  CHECK(lines("a\rb\r\nc\n\nd\r\re") == Lines{"a", "b", "c", "", "d", "", "e"});
  CHECK(lines("a\n\rb") == Lines{"a", "", "b"});
  CHECK(lines("a\r\r\nb\r\r\n\r\r\nc\r\r") == Lines{"a", "b", "", "c", ""});  // wmic
}

TEST_CASE("line cursor: a large file of lone CRs takes no longer than one of LFs") {
  std::string text;
  for (int i = 0; i < 2000000; ++i) text += "x\r";
  LineCursor cursor(text);
  std::string_view line;
  while (cursor.next(line)) {
    if (line != "x") FAIL("line ", cursor.number());
  }
  CHECK(cursor.number() == 2000000);
}

TEST_CASE("decode: UTF-8 stays UTF-8 when its last character is cut off") {
  using exaudit::base::decode_text;
  using exaudit::base::Encoding;
  const auto cut = decode_text("gr\xC3\xBC\xC3\x9F\x65 gr\xC3");
  CHECK(cut.encoding == Encoding::utf8);
  CHECK(cut.had_invalid);
  CHECK(decode_text("gr\xFC\xDF\x65 gr\xFC").encoding == Encoding::windows1252);
  CHECK(decode_text("caf\xE9").encoding == Encoding::windows1252);
}
