#include "base/words.h"

#include <algorithm>
#include <array>

namespace exaudit::base {

namespace {

struct Character {
  char32_t code = 0;
  std::size_t length = 0;
};

constexpr char32_t kNone = 0xFFFD;  // what is not UTF-8 counts as no letter

// The character at the beginning of `text`, which is not empty. Broken sequences are one byte of no meaning.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {kNone, 1};
  char32_t code = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {kNone, 1};
    code = code << 6 | (byte(i) & 0x3FU);
  }
  return {code, length};
}

bool is_word(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
  constexpr char32_t kPastAlphabets = 0x2000;  // punctuation, then the scripts of East Asia
  return c != 0xD7 && c != 0xF7 && c < kPastAlphabets;
}

constexpr std::array<std::string_view, 5> kWide = {" ", "\t", "\xC2\xA0", "\xE2\x80\xAF", "\xE3\x80\x80"};
constexpr std::array<std::string_view, 3> kWithoutWidth = {"\xEF\xBB\xBF", "\xE2\x80\x8B", "\xC2\xAD"};
// Hyphen-minus, hyphen, no-break hyphen, en dash, em dash, minus sign.
constexpr std::array<std::string_view, 6> kDashes = {
    "-", "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x88\x92"};

template <std::size_t N>
std::size_t length_of_one(const std::array<std::string_view, N>& kinds, std::string_view text) {
  const auto* const found =
      std::find_if(kinds.begin(), kinds.end(), [&](std::string_view kind) { return text.starts_with(kind); });
  return found == kinds.end() ? 0 : found->size();
}

}  // namespace

bool is_word_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_word(first_character(text.substr(at)).code);
}

bool is_word_before(std::string_view text, std::size_t at) {
  at = std::min(at, text.size());
  if (at == 0) return false;
  std::size_t begin = at - 1;
  while (begin > 0 && at - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
  const Character last = first_character(text.substr(begin, at - begin));
  return last.length == at - begin && is_word(last.code);
}

std::size_t blank_length(std::string_view text) {
  return std::max(length_of_one(kWide, text), length_of_one(kWithoutWidth, text));
}

std::size_t dash_length(std::string_view text) { return length_of_one(kDashes, text); }

std::string with_plain_blanks(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const std::size_t wide = length_of_one(kWide, rest);
    if (wide > 1) {
      out.push_back(' ');
      at += wide;
    } else if (const std::size_t nothing = length_of_one(kWithoutWidth, rest); nothing > 0) {
      at += nothing;
    } else {
      out.push_back(text[at++]);
    }
  }
  return out;
}

}  // namespace exaudit::base
