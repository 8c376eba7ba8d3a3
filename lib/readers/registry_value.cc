#include "readers/registry_value.h"

#include <string>

#include "base/text.h"

namespace exaudit::readers {

namespace {

using facts::RegistryType;

bool decode(std::string_view bytes, TextBytes encoding, std::string& text) {
  if (encoding == TextBytes::ansi) {
    text = base::windows1252_to_utf8(bytes);
    return text.find("\xEF\xBF\xBD") == std::string::npos;
  }
  bool had_invalid = false;
  text = base::utf16le_to_utf8(bytes, &had_invalid);
  return !had_invalid;
}

void split_items(std::string_view text, std::vector<std::string>& items) {
  while (text.ends_with('\0')) text.remove_suffix(1);
  if (text.empty()) return;
  for (const std::string_view item : base::split(text, '\0')) items.emplace_back(item);
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i > 0; --i)
    number = number << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return number;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace

RegistryType registry_type(std::uint64_t number) {
  if (number <= 7 || number == 11) return static_cast<RegistryType>(number);
  return RegistryType::other;
}

bool is_text(RegistryType type) {
  return type == RegistryType::sz || type == RegistryType::expand_sz || type == RegistryType::link ||
         type == RegistryType::multi_sz;
}

bool looks_like_utf16le(std::string_view bytes) {
  if (bytes.size() % 2 != 0) return false;
  for (std::size_t i = 1; i < bytes.size(); i += 2) {
    if (bytes[i] != '\0') return false;
  }
  return true;
}

bool set_from_bytes(facts::RegistryValue& value, std::string_view bytes, TextBytes encoding) {
  if (is_text(value.type)) {
    std::string text;
    if (!decode(bytes, encoding, text)) return false;
    if (value.type == RegistryType::multi_sz) {
      split_items(text, value.strings);
    } else {
      text.resize(std::min(text.find('\0'), text.size()));
      value.strings.push_back(std::move(text));
    }
    return true;
  }
  if (value.type == RegistryType::dword || value.type == RegistryType::dword_big_endian) {
    value.number = value.type == RegistryType::dword ? little_endian(bytes) : big_endian(bytes);
    return bytes.size() == 4;
  }
  if (value.type == RegistryType::qword) {
    value.number = little_endian(bytes);
    return bytes.size() == 8;
  }
  return true;
}

}  // namespace exaudit::readers
