// Text is decoded and folded in blocks where it is ASCII: whatever stands where in a block must not matter.
#include "base/text.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <fmt/format.h>

using exaudit::base::decode_text;
using exaudit::base::Encoding;

namespace {

struct Sample {
  std::u16string_view units;
  std::string_view utf8;
  bool invalid = false;
};

const Sample kSamples[] = {
    {u"", ""},
    {u"\u007f", "\x7f"},
    {u"\u0080", "\xC2\x80"},
    {u"\u00df", "\xC3\x9F"},
    {u"\u0100", "\xC4\x80"},  // its low byte is 0
    {u"\u4141", "\xE4\x85\x81"},
    {u"\xD83D\xDE00", "\xF0\x9F\x98\x80"},
    {u"\xD83D", "\xEF\xBF\xBD", true},
    {u"\xDE00", "\xEF\xBF\xBD", true},
};

std::string bytes_of(std::u16string_view units, bool big_endian) {
  std::string out;
  for (const char16_t unit : units) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8);
    out.append({big_endian ? high : low, big_endian ? low : high});
  }
  return out;
}

std::string letters(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<char>('A' + i % 26));
  return out;
}

}  // namespace

TEST_CASE("text: UTF-16 in both byte orders, a character of any size at any place") {
  for (const Sample& sample : kSamples) {
    for (std::size_t before = 0; before < 70; ++before) {
      for (const std::size_t after : {0, 1, 33}) {
        for (const bool big_endian : {false, true}) {
          const std::string head = letters(before);
          const std::string tail = letters(after);
          std::u16string units = u"\xFEFF";
          units.append(head.begin(), head.end()).append(sample.units).append(tail.begin(), tail.end());
          const std::string bytes = bytes_of(units, big_endian);
          const auto decoded = decode_text(bytes);
          INFO("\"", sample.utf8, "\" behind ", before, " letters, before ", after);
          REQUIRE(decoded.encoding == (big_endian ? Encoding::utf16be : Encoding::utf16le));
          REQUIRE(decoded.text == fmt::format("{}{}{}", head, sample.utf8, tail));
          REQUIRE(decoded.had_invalid == sample.invalid);
        }
      }
    }
  }
}

TEST_CASE("text: half a UTF-16 unit at the end is not text") {
  for (const std::size_t count : {1, 31, 32, 64}) {
    const std::string text = letters(count);
    const std::string bytes = bytes_of(std::u16string(u"\xFEFF").append(text.begin(), text.end()), false);
    const auto decoded = decode_text(bytes + "x");
    CHECK(decoded.text == text);
    CHECK(decoded.had_invalid);
  }
}

TEST_CASE("text: folding treats one character outside ASCII like those around it") {
  for (std::size_t before = 0; before < 40; ++before) {
    const std::string head = letters(before);
    INFO(before);
    CHECK(exaudit::base::fold(head + "\xC3\x84Z") == exaudit::base::ascii_lowered(head) + "\xC3\xA4z");
  }
  std::string out = "KEPT ";
  exaudit::base::fold_to("MAIL1", out);
  CHECK(out == "KEPT mail1");
}

TEST_CASE("text: comparison without regard to letter case knows letters only") {
  using exaudit::base::ascii_iequals;
  using exaudit::base::ascii_istarts_with;
  CHECK(ascii_iequals("CurrentControlSet", "CURRENTCONTROLSET"));
  CHECK_FALSE(ascii_iequals("a[", "A{"));  // 0x20 apart, as letters are
  CHECK_FALSE(ascii_iequals("ab", "abc"));
  CHECK(ascii_istarts_with("dword:01", "DWORD:"));
  CHECK(ascii_istarts_with("x", ""));
  CHECK_FALSE(ascii_istarts_with("DWO", "dword:"));
}
