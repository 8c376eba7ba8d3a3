// Writes registry hives: any tree of keys and values, in one bin.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/evt_writer.h"  // put16, put32, wide

namespace exaudit::test {

struct HiveValue {
  std::string name;
  std::uint32_t type = 1;
  std::string data;
};

inline HiveValue hive_sz(std::string name, std::string_view text) {
  return {std::move(name), 1, wide(text) + std::string(2, '\0')};
}
inline HiveValue hive_dword(std::string name, std::uint32_t number) {
  std::string data;
  put32(data, number);
  return {std::move(name), 4, data};
}
inline HiveValue hive_multi_sz(std::string name, const std::vector<std::string>& items) {
  std::string data;
  for (const std::string& item : items) data += wide(item) + std::string(2, '\0');
  return {std::move(name), 7, data + std::string(2, '\0')};
}

struct HiveKey {
  std::string name;
  std::vector<HiveValue> values;
  std::vector<HiveKey> children;  // sorted by upper-case name, as Windows keeps them
};

class HiveWriter {
 public:
  static std::string file(const HiveKey& root, bool dirty = false) {
    HiveWriter writer;
    writer.bin_ = std::string("hbin") + std::string(28, '\0');
    const std::uint32_t at = writer.key(root, 0, 0x2C);
    return writer.finish(at, dirty);
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  // A cell in use; gives its offset.
  std::uint32_t cell(const std::string& content) {
    const auto at = static_cast<std::uint32_t>(bin_.size());
    const auto size = static_cast<std::uint32_t>((content.size() + 4 + 7) / 8 * 8);
    put32(bin_, 0U - size);
    bin_ += content;
    bin_.resize(at + size);
    return at;
  }

  void set32(std::size_t at, std::uint32_t n) {
    std::string bytes;
    put32(bytes, n);
    bin_.replace(at, 4, bytes);
  }

  std::uint32_t value(const HiveValue& v) {
    std::string out = "vk";
    put16(out, static_cast<std::uint32_t>(v.name.size()));
    const auto size = static_cast<std::uint32_t>(v.data.size());
    if (size <= 4) {
      put32(out, size | 0x8000'0000U);
      out += v.data;
      out.resize(12);
    } else {
      put32(out, size);
      put32(out, cell(v.data));
    }
    put32(out, v.type);
    put16(out, 1);  // the name is 8-bit
    put16(out, 0);
    return cell(out + v.name);
  }

  std::uint32_t list(const std::vector<std::uint32_t>& offsets, std::string head, bool hashes) {
    for (const std::uint32_t offset : offsets) {
      put32(head, offset);
      if (hashes) put32(head, 0);
    }
    return cell(head);
  }

  std::uint32_t key(const HiveKey& k, std::uint32_t parent, std::uint32_t flags = 0x20) {
    std::string out = "nk";
    put16(out, flags);
    out.append(8, '\0');
    put32(out, 0);
    put32(out, parent);
    const auto children = static_cast<std::uint32_t>(k.children.size());
    const auto values = static_cast<std::uint32_t>(k.values.size());
    for (const std::uint32_t n :
         {children, 0U, kNone, kNone, values, kNone, kNone, kNone, 64U, 0U, 64U, 65536U, 0U})
      put32(out, n);
    put16(out, static_cast<std::uint32_t>(k.name.size()));
    put16(out, 0);
    const std::uint32_t at = cell(out + k.name);
    std::vector<std::uint32_t> offsets;
    for (const HiveValue& v : k.values) offsets.push_back(value(v));
    if (!offsets.empty()) set32(at + 4 + 40, list(offsets, {}, false));
    offsets.clear();
    for (const HiveKey& child : k.children) offsets.push_back(key(child, at));
    if (!offsets.empty()) {
      std::string head = "lh";
      put16(head, children);
      set32(at + 4 + 28, list(offsets, head, true));
    }
    return at;
  }

  std::string finish(std::uint32_t root, bool dirty) {
    const std::size_t used = bin_.size();
    bin_.resize((used + 8 + 4095) / 4096 * 4096);
    set32(used, static_cast<std::uint32_t>(bin_.size() - used));  // free
    set32(8, static_cast<std::uint32_t>(bin_.size()));
    std::string base = "regf";
    for (const std::uint32_t n :
         {dirty ? 8U : 7U, 7U, 0U, 0U, 1U, 3U, 0U, 1U, root, static_cast<std::uint32_t>(bin_.size()), 1U})
      put32(base, n);
    base.resize(508);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < 508; i += 4) {
      for (std::size_t b = 0; b < 4; ++b)
        sum ^= static_cast<std::uint32_t>(static_cast<unsigned char>(base[i + b])) << (8 * b);
    }
    put32(base, sum);
    base.resize(4096);
    return base + bin_;
  }

  std::string bin_;
};

}  // namespace exaudit::test
