// Writes tiny programs: nothing but headers and, if asked for, a version resource.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/evt_writer.h"  // put16, put32, wide

namespace exaudit::test {

struct PeOptions {
  bool plus = false;  // PE32+
  // VS_FIXEDFILEINFO as 5.5.2654.54 -> {0x00050005, 0x0A5E0036}
  std::optional<std::pair<std::uint32_t, std::uint32_t>> fixed;
  std::string text;  // FileVersion; "" = none
};

namespace pe {

inline void pad(std::string& out) { out.resize((out.size() + 3) / 4 * 4); }

inline std::string block(std::string_view name, const std::string& value, bool text,
                         const std::string& children) {
  std::string out(2, '\0');
  put16(out, static_cast<std::uint32_t>(text ? value.size() / 2 : value.size()));
  put16(out, text ? 1 : 0);
  out += wide(name) + std::string(2, '\0');
  pad(out);
  out += value;
  if (!children.empty()) pad(out);
  out += children;
  std::string length;
  put16(length, static_cast<std::uint32_t>(out.size()));
  out.replace(0, 2, length);
  std::string padded = out;
  return padded;
}

inline std::string version_block(const PeOptions& options) {
  std::string fixed;
  if (options.fixed) {
    for (const std::uint32_t n : {0xFEEF04BDU, 0x10000U, options.fixed->first, options.fixed->second})
      put32(fixed, n);
    fixed.resize(52);
  }
  std::string children =
      block("VarFileInfo", {}, true, block("Translation", std::string(4, '\1'), false, {}));
  pad(children);
  if (!options.text.empty()) {
    std::string strings = block("CompanyName", wide("Contoso") + std::string(2, '\0'), true, {});
    pad(strings);
    strings += block("FileVersion", wide(options.text) + std::string(2, '\0'), true, {});
    children += block("StringFileInfo", {}, true, block("040904B0", {}, true, strings));
  }
  return block("VS_VERSION_INFO", fixed, false, children);
}

// Three levels with one entry each, the data entry, the version.
inline std::string resources(const PeOptions& options, std::uint32_t address) {
  std::string out;
  const auto directory = [&](std::uint32_t id, std::uint32_t target) {
    out.append(12, '\0');
    put16(out, 0);
    put16(out, 1);
    put32(out, id);
    put32(out, target);
  };
  directory(16, 0x80000000U | 24U);
  directory(1, 0x80000000U | 48U);
  directory(1033, 72);
  const std::string version = version_block(options);
  put32(out, address + 88);
  put32(out, static_cast<std::uint32_t>(version.size()));
  out.append(8, '\0');
  return out + version;
}

}  // namespace pe

inline std::string pe_file(const PeOptions& options) {
  constexpr std::uint32_t kAddress = 0x3000;
  constexpr std::uint32_t kPosition = 0x200;
  const bool any = options.fixed || !options.text.empty();
  const std::string data = any ? pe::resources(options, kAddress) : std::string(16, '\0');
  std::string out = "MZ";
  out.resize(0x3C);
  put32(out, 0x40);
  out += std::string("PE\0\0", 4);
  put16(out, options.plus ? 0x8664 : 0x14C);
  put16(out, 1);  // sections
  out.append(12, '\0');
  const std::size_t optional = options.plus ? 240 : 224;
  put16(out, static_cast<std::uint32_t>(optional));
  put16(out, 2);
  std::string header;
  put16(header, options.plus ? 0x20B : 0x10B);
  header.resize(options.plus ? 108 : 92);
  put32(header, 16);
  header.append(16, '\0');
  put32(header, any ? kAddress : 0);
  put32(header, any ? static_cast<std::uint32_t>(data.size()) : 0);
  header.resize(optional);
  out += header + std::string(".rsrc\0\0\0", 8);
  for (const std::uint32_t n : {static_cast<std::uint32_t>(data.size()), kAddress,
                                static_cast<std::uint32_t>(data.size()), kPosition, 0U, 0U, 0U, 0U})
    put32(out, n);
  out.resize(kPosition);
  return out + data;
}

}  // namespace exaudit::test
