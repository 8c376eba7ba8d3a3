// Text as the evidence has it: UTF-8 inside the program, whatever encoding outside.
//
// Encodings: input bytes are decoded once (decode_text), everything after that is UTF-8, possibly with
// invalid bytes where the source had them. Comparison is the directory's: Unicode full case folding, so
// "STRASSE" equals "straße", while diacritics are kept (MS-ADTS 3.1.1.2.2.4 compares case-insensitively;
// rules for names in this project are in lib/README.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exaudit::base {

enum class Encoding { utf8, utf8_bom, utf16le, utf16be, windows1252 };

std::string_view encoding_name(Encoding encoding);

struct DecodedText {
  std::string storage;    // empty when the input could be used as it is
  std::string_view text;  // UTF-8; points into `storage` or into the input bytes
  Encoding encoding = Encoding::utf8;
  bool had_invalid = false;  // some code unit could not be decoded and became U+FFFD

  DecodedText() = default;
  DecodedText(const DecodedText&) = delete;
  DecodedText& operator=(const DecodedText&) = delete;
  DecodedText(DecodedText&& other) noexcept { *this = std::move(other); }
  DecodedText& operator=(DecodedText&& other) noexcept;
};

// Byte order mark decides; without one: UTF-16LE/BE when every second byte of the beginning is NUL, UTF-8
// when the bytes are valid UTF-8 (or would be, but for a character cut off at the very end), else
// Windows-1252 ("ANSI", what NT-era tools write in Western locales; undefined bytes become U+FFFD). `bytes`
// must outlive the result.
DecodedText decode_text(std::string_view bytes);

// A character cut in two at the end is invalid.
std::string utf16_to_utf8(std::string_view bytes, bool big_endian, bool* had_invalid = nullptr);
std::string utf16le_to_utf8(std::string_view bytes, bool* had_invalid = nullptr);
std::string windows1252_to_utf8(std::string_view bytes);
bool is_valid_utf8(std::string_view bytes);
// Replaces every invalid sequence by U+FFFD; for output that must be UTF-8.
std::string to_valid_utf8(std::string_view bytes);

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }
bool ascii_iequals(std::string_view a, std::string_view b);
bool ascii_istarts_with(std::string_view text, std::string_view prefix);
std::string ascii_lowered(std::string_view text);
std::string ascii_uppered(std::string_view text);

// Unicode full case folding after canonical composition; ASCII takes a fast path. Invalid UTF-8 is kept byte
// by byte.
std::string fold(std::string_view text);
// In lower case, letter by letter; for showing, not for comparing.
std::string lowered(std::string_view text);
// Appends fold(text) to `out`; no allocation for ASCII when `out` has room.
void fold_to(std::string_view text, std::string& out);
bool fold_equals(std::string_view a, std::string_view b);

// Blanks and tabs only; line ends belong to the caller.
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
bool is_digits(std::string_view text);
// Decimal, all of the text; false when empty, not a number or out of range.
bool parse_uint(std::string_view text, std::uint64_t& value);
bool parse_int(std::string_view text, std::int64_t& value);
bool parse_hex(std::string_view text, std::uint64_t& value);  // without 0x

// Makes text safe for a terminal and for one line of a report: C0 and C1 controls, DEL, line separators and
// bidirectional overrides become \xNN or \u{NNNN}; invalid UTF-8 becomes \xNN. Everything else is kept.
std::string visible(std::string_view text);

// Iterates lines of a text. Line ends are LF, CRLF, lone CR or CR CR LF (wmic, redirected into a file); the
// last line needs none. A copy looks ahead.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text) : text_(text) {}
  // False at the end. `line` excludes the line end.
  bool next(std::string_view& line);
  std::uint32_t number() const { return number_; }  // 1-based number of the line last returned

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_feed_ = 0;  // the first one at or after at_, once a line was returned
  std::uint32_t number_ = 0;
};

}  // namespace exaudit::base
