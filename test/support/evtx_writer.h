// Writes .evtx files of one chunk: each record brings its own template.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

#include "support/evt_writer.h"  // EvtRecord, put16, put32, wide

namespace exaudit::test {

class EvtxWriter {
 public:
  void add(const EvtRecord& r) { records_.push_back(r); }
  void mark_dirty() { dirty_ = true; }

  std::string file() const {
    std::string chunk(kChunkHeader, '\0');
    std::uint32_t number = 0;
    std::uint32_t last = kChunkHeader;
    for (const EvtRecord& r : records_) {
      last = static_cast<std::uint32_t>(chunk.size());
      add_record(chunk, r, ++number);
    }
    const auto used = static_cast<std::uint32_t>(chunk.size());
    std::string head("ElfChnk\0", 8);
    for (const std::uint32_t n : {1U, 0U, number, 0U, 1U, 0U, number, 0U, 128U, last, used,
                                  crc(std::string_view(chunk).substr(kChunkHeader))})
      put32(head, n);
    head.resize(kChunkHeader);
    set32(head, 124, crc(head.substr(0, 120) + head.substr(128)));
    chunk.replace(0, kChunkHeader, head);
    chunk.resize(0x10000);

    std::string header("ElfFile\0", 8);
    for (const std::uint32_t n : {0U, 0U, 0U, 0U, number + 1, 0U, 128U}) put32(header, n);
    put16(header, 1);
    put16(header, 3);
    put16(header, 4096);
    put16(header, 1);
    header.resize(120);
    put32(header, dirty_ ? 1 : 0);
    put32(header, crc(header.substr(0, 120)));
    header.resize(4096);
    return header + chunk;
  }

 private:
  static constexpr std::uint32_t kChunkHeader = 512;

  static std::uint32_t crc(std::string_view bytes) {
    return static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()),  // NOLINT
                                            static_cast<uInt>(bytes.size())));
  }

  static void set32(std::string& out, std::size_t at, std::uint32_t n) {
    std::string bytes;
    put32(bytes, n);
    out.replace(at, 4, bytes);
  }

  // A name at the place where it is used first; offsets count from the beginning of the chunk.
  static void put_name(std::string& out, std::string_view name) {
    put32(out, static_cast<std::uint32_t>(out.size() + 4));
    std::uint32_t hash = 0;
    for (const char c : name) hash = hash * 65599 + static_cast<unsigned char>(c);
    put32(out, 0);
    put16(out, hash & 0xFFFFU);
    put16(out, static_cast<std::uint32_t>(name.size()));
    out += wide(name) + std::string(2, '\0');
  }

  static void put_text(std::string& out, std::string_view text) {
    out += "\x05\x01";
    put16(out, static_cast<std::uint32_t>(text.size()));
    out += wide(text);
  }

  struct Element {
    std::string_view name;
    std::string_view attribute;  // "" = none
    std::string value;           // of the attribute
    std::string text;
    std::vector<Element> children;
    std::string substitution = {};  // instead of text: a number has its place behind the template
  };

  static void put_element(std::string& out, const Element& e) {
    const bool with_attribute = !e.attribute.empty();
    out.push_back(with_attribute ? '\x41' : '\x01');
    put16(out, 0xFFFF);
    const std::size_t size_at = out.size();
    put32(out, 0);
    put_name(out, e.name);
    if (with_attribute) {
      const std::size_t list_at = out.size();
      put32(out, 0);
      out.push_back('\x06');
      put_name(out, e.attribute);
      put_text(out, e.value);
      set32(out, list_at, static_cast<std::uint32_t>(out.size() - list_at - 4));
    }
    if (e.text.empty() && e.children.empty() && e.substitution.empty()) {
      out.push_back('\x03');
    } else {
      out.push_back('\x02');
      if (!e.text.empty()) put_text(out, e.text);
      out += e.substitution;
      for (const Element& child : e.children) put_element(out, child);
      out.push_back('\x04');
    }
    set32(out, size_at, static_cast<std::uint32_t>(out.size() - size_at - 4));
  }

  static std::string substitution(std::uint32_t index, char type) {
    std::string out = "\x0D";
    put16(out, index);
    return out + type;
  }

  static void put_template(std::string& chunk, const Element& root, std::uint32_t id) {
    chunk += "\x0C\x01";
    put32(chunk, id);
    put32(chunk, static_cast<std::uint32_t>(chunk.size() + 4));
    put32(chunk, 0);
    for (const std::uint32_t n : {id, 0U, 0U, 0U}) put32(chunk, n);
    const std::size_t size_at = chunk.size();
    put32(chunk, 0);
    chunk += std::string("\x0F\x01\x01\0", 4);
    put_element(chunk, root);
    chunk.push_back('\0');
    set32(chunk, size_at, static_cast<std::uint32_t>(chunk.size() - size_at - 4));
  }

  static void add_record(std::string& chunk, const EvtRecord& r, std::uint32_t number) {
    const std::size_t begin = chunk.size();
    const std::uint64_t filetime = (std::uint64_t{r.time} + 11'644'473'600) * 10'000'000;
    for (const std::uint32_t n : {0x00002A2AU, 0U, number, 0U, static_cast<std::uint32_t>(filetime),
                                  static_cast<std::uint32_t>(filetime >> 32U)})
      put32(chunk, n);
    chunk += std::string("\x0F\x01\x01\0", 4);
    Element data{"EventData", {}, {}, {}, {}};
    for (std::uint32_t i = 0; i < r.strings.size(); ++i)
      data.children.push_back({"Data", {}, {}, {}, {}, substitution(2 + i, 1)});
    const Element system{"System",
                         {},
                         {},
                         {},
                         {{"Provider", "Name", r.source, {}, {}},
                          {"EventID", {}, {}, {}, {}, substitution(0, 6)},
                          {"Level", {}, {}, {}, {}, substitution(1, 4)},
                          {"Computer", {}, {}, r.computer, {}}}};
    put_template(chunk, {"Event", {}, {}, {}, {system, data}, {}}, number);
    put32(chunk, static_cast<std::uint32_t>(2 + r.strings.size()));
    put32(chunk, 0x0006'0002U);  // type and size
    put32(chunk, 0x0004'0001U);
    for (const std::string& string : r.strings)
      put32(chunk, 0x0001'0000U | static_cast<std::uint32_t>(string.size() * 2));
    put16(chunk, r.id);
    chunk.push_back(static_cast<char>(r.type + 1));
    for (const std::string& string : r.strings) chunk += wide(string);
    chunk.push_back('\0');
    chunk.resize((chunk.size() + 4 + 7) / 8 * 8 - 4);
    const auto size = static_cast<std::uint32_t>(chunk.size() - begin + 4);
    put32(chunk, size);
    set32(chunk, begin + 4, size);
  }

  std::vector<EvtRecord> records_;
  bool dirty_ = false;
};

}  // namespace exaudit::test
