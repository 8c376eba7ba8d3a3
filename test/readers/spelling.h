// The same text as different tools save it. Facts must not depend on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exaudit::test {

// LF to CRLF.
inline std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out.push_back('\r');
    out.push_back(c);
  }
  return out;
}

// ASCII and Latin-1 letters only.
inline std::u16string utf16_units(std::string_view utf8) {
  std::u16string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x80) {
      out.push_back(c);
    } else {
      const auto low = static_cast<unsigned char>(utf8[++i]);
      out.push_back(static_cast<char16_t>((c & 0x1F) << 6 | (low & 0x3F)));
    }
  }
  return out;
}

inline std::string utf16le(std::string_view utf8) {
  std::string out = "\xFF\xFE";
  for (const char16_t unit : utf16_units(utf8)) {
    out.push_back(static_cast<char>(unit & 0xFF));
    out.push_back(static_cast<char>(unit >> 8));
  }
  return out;
}

inline std::string ansi(std::string_view utf8) {
  std::string out;
  for (const char16_t unit : utf16_units(utf8)) out.push_back(static_cast<char>(unit));
  return out;
}

struct Spelling {
  std::string name;
  std::string bytes;
};

// Every spelling; the first is `text` itself.
inline std::vector<Spelling> spellings(std::string_view text) {
  return {{"UTF-8", std::string(text)},
          {"UTF-8 with BOM", "\xEF\xBB\xBF" + std::string(text)},
          {"CRLF", crlf(text)},
          {"UTF-16", utf16le(text)},
          {"UTF-16 with CRLF", utf16le(crlf(text))},
          {"ANSI", ansi(text)},
          {"ANSI with CRLF", ansi(crlf(text))}};
}

}  // namespace exaudit::test
