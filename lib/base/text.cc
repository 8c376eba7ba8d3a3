// Decoding, case folding and making text safe to print. utf8proc does Unicode; ASCII never reaches it.
#include "base/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <utf8proc.h>

namespace exaudit::base {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

void append_utf8(char32_t c, std::string& out) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto n = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes.data());
  for (utf8proc_ssize_t i = 0; i < n; ++i)
    out.push_back(static_cast<char>(bytes[static_cast<std::size_t>(i)]));
}

// Windows-1252 0x80..0x9F; 0 = undefined.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

constexpr std::size_t kBlock = 32;  // code units

// Most of what is decoded is ASCII: a whole block of it at once, in loops that compilers turn into vector
// instructions. False when other characters are among the `kBlock` units at `bytes`.
bool narrow_ascii(const char* bytes, bool swapped, std::array<char, kBlock>& out) {
  std::array<std::uint16_t, kBlock> units;  // NOLINT(*-member-init): filled by the next line
  std::memcpy(units.data(), bytes, sizeof units);
  if (swapped) {
    for (std::uint16_t& unit : units) unit = static_cast<std::uint16_t>(unit << 8U | unit >> 8U);
  }
  std::uint16_t all = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    all |= units[i];
    out[i] = static_cast<char>(units[i]);
  }
  return all < 0x80;
}

// Length of the valid UTF-8 sequence at the beginning of `text`, 0 when it is invalid.
std::size_t sequence_length(std::string_view text, char32_t* code_point) {
  utf8proc_int32_t c = 0;
  const auto n = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                  static_cast<utf8proc_ssize_t>(text.size()), &c);
  if (n <= 0) return 0;
  if (code_point != nullptr) *code_point = static_cast<char32_t>(c);
  return static_cast<std::size_t>(n);
}

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

// UTF-8 whose last character was cut off by the end of the input: other characters must show that it is UTF-8
// at all.
bool is_cut_utf8(std::string_view bytes) {
  const auto byte = [&](std::size_t back) {
    return static_cast<unsigned char>(bytes[bytes.size() - 1 - back]);
  };
  std::size_t tail = 0;
  while (tail < 3 && tail < bytes.size() && (byte(tail) & 0xC0U) == 0x80U) ++tail;
  if (tail >= bytes.size() || byte(tail) < 0xC2U) return false;
  const std::string_view head = bytes.substr(0, bytes.size() - 1 - tail);
  return !is_ascii(head) && is_valid_utf8(head);
}

}  // namespace

std::string_view encoding_name(Encoding encoding) {
  switch (encoding) {
    case Encoding::utf8:
      return "UTF-8";
    case Encoding::utf8_bom:
      return "UTF-8 with byte order mark";
    case Encoding::utf16le:
      return "UTF-16LE";
    case Encoding::utf16be:
      return "UTF-16BE";
    case Encoding::windows1252:
      return "Windows-1252";
  }
  return "";
}

DecodedText& DecodedText::operator=(DecodedText&& other) noexcept {
  const bool owns = !other.storage.empty();
  storage = std::move(other.storage);
  text = owns ? std::string_view(storage) : other.text;
  encoding = other.encoding;
  had_invalid = other.had_invalid;
  return *this;
}

DecodedText decode_text(std::string_view bytes) {
  DecodedText out;
  const auto own = [&](std::string text) {
    out.storage = std::move(text);
    out.text = out.storage;
  };
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    out.encoding = Encoding::utf8_bom;
    out.text = bytes.substr(3);
    out.had_invalid = !is_valid_utf8(out.text);
    return out;
  }
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    const bool big = bytes[0] == '\xFE';
    out.encoding = big ? Encoding::utf16be : Encoding::utf16le;
    own(utf16_to_utf8(bytes.substr(2), big, &out.had_invalid));
    return out;
  }
  // Without a mark: Western text in UTF-16 has a NUL in every second byte.
  const std::string_view head = bytes.substr(0, 64);
  std::size_t even_nul = 0;
  std::size_t odd_nul = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '\0') ++(i % 2 == 0 ? even_nul : odd_nul);
  }
  const std::size_t most = head.size() / 2 * 3 / 4;
  if (head.size() >= 4 && most > 0 &&
      ((odd_nul >= most && even_nul == 0) || (even_nul >= most && odd_nul == 0))) {
    const bool big = even_nul > 0;
    out.encoding = big ? Encoding::utf16be : Encoding::utf16le;
    own(utf16_to_utf8(bytes, big, &out.had_invalid));
    return out;
  }
  const bool valid = is_valid_utf8(bytes);
  if (valid || is_cut_utf8(bytes)) {
    out.text = bytes;
    out.had_invalid = !valid;
    return out;
  }
  out.encoding = Encoding::windows1252;
  own(windows1252_to_utf8(bytes));
  return out;
}

std::string utf16_to_utf8(std::string_view bytes, bool big_endian, bool* had_invalid) {
  std::string out;
  out.reserve(bytes.size() / 2 + 16);
  const auto unit = [&](std::size_t i) {
    const auto a = static_cast<unsigned char>(bytes[i]);
    const auto b = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(big_endian ? (a << 8 | b) : (b << 8 | a));
  };
  bool invalid = bytes.size() % 2 != 0;
  const bool swapped = big_endian != (std::endian::native == std::endian::big);
  std::array<char, kBlock> block{};
  std::size_t i = 0;
  while (i + 1 < bytes.size()) {
    if (bytes.size() - i >= 2 * kBlock && narrow_ascii(bytes.data() + i, swapped, block)) {
      out.append(block.data(), kBlock);
      i += 2 * kBlock;
      continue;
    }
    // Character by character up to where the next block may be ASCII again.
    for (const std::size_t end = std::min(i + 2 * kBlock, bytes.size() - 1); i < end; i += 2) {
      char32_t c = unit(i);
      if (c >= 0xD800 && c <= 0xDFFF) {
        const char32_t low = c < 0xDC00 && i + 3 < bytes.size() ? unit(i + 2) : 0;
        if (low >= 0xDC00 && low <= 0xDFFF) {
          c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
          i += 2;
        } else {
          c = kReplacement;
          invalid = true;
        }
      }
      if (c < 0x80) {
        out.push_back(static_cast<char>(c));
      } else {
        append_utf8(c, out);
      }
    }
  }
  if (had_invalid != nullptr) *had_invalid = invalid;
  return out;
}

std::string utf16le_to_utf8(std::string_view bytes, bool* had_invalid) {
  return utf16_to_utf8(bytes, false, had_invalid);
}

std::string windows1252_to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const char byte : bytes) {
    const auto c = static_cast<unsigned char>(byte);
    if (c < 0x80) {
      out.push_back(byte);
    } else if (c < 0xA0) {
      const char16_t mapped = kWindows1252[c - 0x80U];
      append_utf8(mapped != 0 ? mapped : kReplacement, out);
    } else {
      append_utf8(c, out);
    }
  }
  return out;
}

bool is_valid_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    if (static_cast<unsigned char>(bytes.front()) < 0x80) {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t n = sequence_length(bytes, nullptr);
    if (n == 0) return false;
    bytes.remove_prefix(n);
  }
  return true;
}

std::string to_valid_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t n = sequence_length(bytes, nullptr);
    if (n == 0) {
      append_utf8(kReplacement, out);
      bytes.remove_prefix(1);
    } else {
      out.append(bytes.substr(0, n));
      bytes.remove_prefix(n);
    }
  }
  return out;
}

bool ascii_iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ascii_istarts_with(a, b);
}

bool ascii_istarts_with(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  if (text.starts_with(prefix)) return true;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (ascii_lower(text[i]) != ascii_lower(prefix[i])) return false;
  }
  return true;
}

std::string ascii_lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

std::string ascii_uppered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_upper(c);
  return out;
}

void fold_to(std::string_view text, std::string& out) {
  if (is_ascii(text)) {
    const std::size_t before = out.size();
    out.append(text);
    for (std::size_t i = before; i < out.size(); ++i) out[i] = ascii_lower(out[i]);
    return;
  }
  utf8proc_uint8_t* folded = nullptr;
  constexpr auto kOptions =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  const auto n = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                              static_cast<utf8proc_ssize_t>(text.size()), &folded, kOptions);
  if (n < 0) {  // invalid UTF-8: fold what is ASCII, keep the rest as bytes
    for (const char c : text) out.push_back(ascii_lower(c));
    return;
  }
  out.append(reinterpret_cast<const char*>(folded), static_cast<std::size_t>(n));
  std::free(folded);  // NOLINT: allocated by utf8proc with malloc
}

std::string lowered(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    char32_t c = 0;
    const std::size_t size = sequence_length(text, &c);
    if (size <= 1) {  // ASCII, or not UTF-8: kept as it is
      out.push_back(ascii_lower(text.front()));
    } else {
      append_utf8(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))), out);
    }
    text.remove_prefix(std::max<std::size_t>(1, size));
  }
  return out;
}

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  fold_to(text, out);
  return out;
}

bool fold_equals(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (is_ascii(a) && is_ascii(b)) return ascii_iequals(a, b);
  return fold(a) == fold(b);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t at = text.find(separator);
    out.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

bool is_digits(std::string_view text) {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

namespace {
template <typename T>
bool parse_number(std::string_view text, T& value, int radix) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, radix);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}
}  // namespace

bool parse_uint(std::string_view text, std::uint64_t& value) { return parse_number(text, value, 10); }
bool parse_int(std::string_view text, std::int64_t& value) { return parse_number(text, value, 10); }
bool parse_hex(std::string_view text, std::uint64_t& value) { return parse_number(text, value, 16); }

std::string visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    char32_t c = 0;
    const std::size_t n = sequence_length(text, &c);
    if (n == 0) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned>(static_cast<unsigned char>(text.front())));
      text.remove_prefix(1);
      continue;
    }
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    const bool deceptive = c == 0x2028 || c == 0x2029 || c == 0x061C || c == 0xFEFF ||
                           (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
                           (c >= 0x2060 && c <= 0x206F);
    if (control) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned>(c));
    } else if (deceptive) {
      out += fmt::format("\\u{{{:04X}}}", static_cast<unsigned>(c));
    } else {
      out.append(text.substr(0, n));
    }
    text.remove_prefix(n);
  }
  return out;
}

bool LineCursor::next(std::string_view& line) {
  if (at_ >= text_.size()) return false;
  // Both searches are memchr, and the line feed is remembered: a text with lone CRs must not be searched to
  // its end per line.
  if (number_ == 0 || line_feed_ < at_) line_feed_ = std::min(text_.find('\n', at_), text_.size());
  ++number_;
  const std::string_view upto = text_.substr(at_, line_feed_ - at_);
  const std::size_t length = std::min(upto.find('\r'), upto.size());
  line = upto.substr(0, length);
  const std::size_t end = at_ + length;
  std::size_t next = end + 1;
  if (line_feed_ < text_.size()) {
    const bool crlf = end + 1 == line_feed_;
    const bool crcrlf = end + 2 == line_feed_ && text_[end + 1] == '\r';
    if (crlf || crcrlf) next = line_feed_ + 1;
  }
  at_ = std::min(next, text_.size());
  return true;
}

}  // namespace exaudit::base
