// Shows a registry as text, so that tests can compare all facts of two of them at once.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "facts/registry.h"

namespace exaudit::test {

inline std::string show(const facts::RegistryValue& value) {
  std::string out = fmt::format("{}={}:{}:{}", value.name, static_cast<std::uint32_t>(value.type),
                                value.readable, value.number);
  for (const std::string& item : value.strings) out += fmt::format(" <{}>", item);
  return out;
}

inline std::string show(const facts::Registry& registry) {
  std::string out = fmt::format("machine {} lost {}\n", registry.machine_hint, registry.lost_records);
  for (const facts::RegistryKey& key : registry.keys()) {
    out += fmt::format("[{}] {}\n", key.path, key.values_complete);
    for (const facts::RegistryValue& value : key.values) out += fmt::format("  {}\n", show(value));
  }
  return out;
}

// What a cut-off copy may say: every key and every readable value of `part` must be in `whole`, word for
// word.
inline bool invents_nothing(const facts::Registry& part, const facts::Registry& whole) {
  for (const facts::RegistryKey& key : part.keys()) {
    const facts::RegistryKey* original = whole.find(key.path);
    if (original == nullptr) return false;
    for (const facts::RegistryValue& value : key.values) {
      const facts::RegistryValue* expected = original->find(value.name);
      if (expected == nullptr || (value.readable && show(*expected) != show(value))) return false;
    }
  }
  return true;
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

// Latin text (UTF-8, up to U+00FF) in other encodings.
inline std::string latin1(std::string_view utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    out.push_back(c < 0x80
                      ? utf8[i]
                      : static_cast<char>((c & 3U) << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3FU)));
  }
  return out;
}

inline std::string utf16(std::string_view utf8, bool big_endian = false) {
  std::string out;
  for (const char c : latin1(utf8)) {
    out.push_back(big_endian ? '\0' : c);
    out.push_back(big_endian ? c : '\0');
  }
  return out;
}

}  // namespace exaudit::test
