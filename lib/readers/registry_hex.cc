#include "readers/registry_hex.h"

#include <array>
#include <cstdint>

#include "base/text.h"

namespace exaudit::readers {

namespace {

constexpr std::uint8_t kNoDigit = 0x80;
constexpr std::array<std::uint8_t, 256> kHexDigits = [] {
  std::array<std::uint8_t, 256> table{};
  for (auto& entry : table) entry = kNoDigit;
  for (std::uint8_t i = 0; i < 10; ++i) table['0' + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) table['a' + i] = table['A' + i] = static_cast<std::uint8_t>(10 + i);
  return table;
}();

std::uint8_t hex_digit(char c) { return kHexDigits[static_cast<unsigned char>(c)]; }

bool is_byte(const char* digits) { return ((hex_digit(digits[0]) | hex_digit(digits[1])) & kNoDigit) == 0; }

char byte_of(const char* digits) {
  return static_cast<char>(hex_digit(digits[0]) << 4 | hex_digit(digits[1]));
}

}  // namespace

std::string_view trim_left(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

bool is_blank_or_comment(std::string_view text) {
  text = trim_left(text);
  return text.empty() || text.front() == ';';
}

void HexBytes::clear() {
  bytes_.clear();
  comma_ = false;
}

// Nearly all of a large export is lines of "xx,xx,xx,...,\", so this loop decides how fast it is read. It
// takes such a line whole, or nothing of it. Gives what is left of the line.
std::string_view HexBytes::add_pairs(std::string_view line) {
  const std::size_t count = line.size() / 3;
  if (!comma_ && !bytes_.empty()) return line;
  const std::size_t before = bytes_.size();
  bytes_.resize(before + count);
  char* const out = bytes_.data() + before;
  unsigned wrong = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char* const at = line.data() + 3 * i;
    const unsigned high = hex_digit(at[0]);
    const unsigned low = hex_digit(at[1]);
    out[i] = static_cast<char>(high << 4 | low);
    wrong |= ((high | low) & kNoDigit) | static_cast<unsigned>(at[2] ^ ',');
  }
  if (wrong != 0) {
    bytes_.resize(before);
    return line;
  }
  comma_ = comma_ || count > 0;
  return line.substr(3 * count);
}

bool HexBytes::add_line(std::string_view line, bool& continued) {
  std::string_view rest = add_pairs(line);
  if (!add_loose(rest)) {
    continued = base::trim(line).ends_with('\\');
    return false;
  }
  continued = rest.starts_with('\\');
  return !continued || is_blank_or_comment(rest.substr(1));
}

// The last byte of a value, lines with a comment, and bytes that somebody set apart with blanks. Stops at a
// continuation or comment.
bool HexBytes::add_loose(std::string_view& rest) {
  for (rest = trim_left(rest); !rest.empty() && rest[0] != ';' && rest[0] != '\\'; rest = trim_left(rest)) {
    if (rest[0] == ',') {
      if (comma_ || bytes_.empty()) return false;
      comma_ = true;
      rest.remove_prefix(1);
      continue;
    }
    if (rest.size() < 2 || !is_byte(rest.data()) || !(comma_ || bytes_.empty())) return false;
    bytes_.push_back(byte_of(rest.data()));
    comma_ = false;
    rest.remove_prefix(2);
  }
  return true;
}

}  // namespace exaudit::readers
