// Writes small .evt files: the events that a test needs, as a ring of any size, clean or as copied from a
// running machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exaudit::test {

struct EvtRecord {
  std::string source;
  std::uint32_t id = 0;
  std::vector<std::string> strings;
  std::uint32_t time = 1'100'000'000;
  std::uint16_t type = 1;
  std::string computer = "MAIL1";
};

// ASCII to UTF-16LE.
inline std::string wide(std::string_view text) {
  std::string out;
  for (const char c : text) out.append({c, '\0'});
  return out;
}

inline void put16(std::string& out, std::uint32_t n) {
  out.push_back(static_cast<char>(n & 0xFFU));
  out.push_back(static_cast<char>(n >> 8U & 0xFFU));
}
inline void put32(std::string& out, std::uint32_t n) {
  put16(out, n & 0xFFFFU);
  put16(out, n >> 16U);
}

class EvtWriter {
 public:
  // `capacity`: bytes of the file; without it the file is as long as its records need.
  explicit EvtWriter(std::size_t capacity = 0) : capacity_(capacity) {}

  void add(const EvtRecord& record) { records_.push_back(encoded(record, next_++)); }
  void mark_dirty() { flags_ |= 1U; }

  // Old records are overwritten when there is no room for all.
  std::string file() const {
    std::size_t needed = kHeader + kEnd;
    for (const std::string& record : records_) needed += record.size();
    const std::size_t size = capacity_ == 0 ? needed : capacity_;
    std::string out(size, '\0');
    std::size_t at = kHeader;
    std::vector<std::size_t> starts;
    for (const std::string& record : records_) {
      if (size - at < 56) {  // the fixed part of a record is never split
        for (std::size_t i = at; i < size; ++i) out[i] = i % 4 == 0 ? '\x27' : '\0';
        at = kHeader;
      }
      starts.push_back(at);
      at = put(out, at, record);
    }
    if (at == size && capacity_ != 0) at = kHeader;
    // The oldest record that nothing has overwritten.
    std::size_t oldest = records_.size();
    std::size_t room = size - kHeader - kEnd;
    while (oldest > 0 && records_[oldest - 1].size() + (capacity_ == 0 ? 0 : 56) <= room) {
      room -= records_[--oldest].size();
    }
    const auto begin = static_cast<std::uint32_t>(oldest < starts.size() ? starts[oldest] : at);
    const auto first = static_cast<std::uint32_t>(oldest + 1);
    std::string end;
    for (const std::uint32_t n : {0x28U, 0x11111111U, 0x22222222U, 0x33333333U, 0x44444444U, begin,
                                  static_cast<std::uint32_t>(at), next_, first, 0x28U})
      put32(end, n);
    put(out, at, end);
    const bool dirty = (flags_ & 1U) != 0;
    std::string header;
    for (const std::uint32_t n :
         {48U, 0x654C664CU, 1U, 1U, dirty ? 48U : begin, dirty ? 48U : static_cast<std::uint32_t>(at),
          dirty ? 1U : next_, dirty ? 1U : first, static_cast<std::uint32_t>(size),
          flags_ | (oldest > 0 ? 2U : 0U), 0U, 48U})
      put32(header, n);
    return out.replace(0, kHeader, header);
  }

 private:
  static constexpr std::size_t kHeader = 48;
  static constexpr std::size_t kEnd = 40;

  static std::size_t put(std::string& out, std::size_t at, const std::string& bytes) {
    for (const char c : bytes) {
      if (at == out.size()) at = kHeader;
      out[at++] = c;
    }
    return at;
  }

  static std::string encoded(const EvtRecord& r, std::uint32_t number) {
    std::string names = wide(r.source) + std::string(2, '\0') + wide(r.computer) + std::string(2, '\0');
    names.resize((names.size() + 3) / 4 * 4);
    std::string strings;
    for (const std::string& string : r.strings) strings += wide(string) + std::string(2, '\0');
    strings.resize((strings.size() + 3) / 4 * 4);
    const auto string_offset = static_cast<std::uint32_t>(56 + names.size());
    const auto size = static_cast<std::uint32_t>(string_offset + strings.size() + 4);
    std::string out;
    for (const std::uint32_t n : {size, 0x654C664CU, number, r.time, r.time, 0xC000'0000U | r.id})
      put32(out, n);
    put16(out, r.type);
    put16(out, static_cast<std::uint32_t>(r.strings.size()));
    for (const std::uint32_t n : {0U, 0U, string_offset, 0U, string_offset, 0U, string_offset}) put32(out, n);
    out += names + strings;
    put32(out, size);
    return out;
  }

  std::size_t capacity_;
  std::vector<std::string> records_;
  std::uint32_t next_ = 1;
  std::uint32_t flags_ = 0;
};

}  // namespace exaudit::test
