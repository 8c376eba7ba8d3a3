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

inline constexpr std::size_t kEvtHeader = 48;
inline constexpr std::size_t kEvtEnd = 40;
inline constexpr std::size_t kEvtUnsplit = 56;  // the fixed part of a record never goes on behind the header
inline constexpr std::uint32_t kEvtDirty = 1;
inline constexpr std::uint32_t kEvtWrapped = 2;

// A record as the file has it, numbered.
inline std::string evt_record(const EvtRecord& r, std::uint32_t number) {
  std::string names = wide(r.source) + std::string(2, '\0') + wide(r.computer) + std::string(2, '\0');
  names.resize((names.size() + 3) / 4 * 4);
  std::string strings;
  for (const std::string& string : r.strings) strings += wide(string) + std::string(2, '\0');
  const auto string_offset = static_cast<std::uint32_t>(56 + names.size());
  const auto data_offset = static_cast<std::uint32_t>(string_offset + strings.size());  // behind the strings
  strings.resize((strings.size() + 3) / 4 * 4);
  const auto size = static_cast<std::uint32_t>(string_offset + strings.size() + 4);
  std::string out;
  for (const std::uint32_t n : {size, 0x654C664CU, number, r.time, r.time, 0xC000'0000U | r.id})
    put32(out, n);
  put16(out, r.type);
  put16(out, static_cast<std::uint32_t>(r.strings.size()));
  for (const std::uint32_t n : {0U, 0U, string_offset, 0U, string_offset, 0U, data_offset}) put32(out, n);
  out += names + strings;
  put32(out, size);
  return out;
}

// Where the records of a log lie and which they are: begin at `begin`, end at `end`, numbers [oldest, next).
struct EvtExtent {
  std::uint32_t begin = kEvtHeader;
  std::uint32_t end = kEvtHeader;
  std::uint32_t next = 1;
  std::uint32_t oldest = 1;
};

inline std::string evt_header(const EvtExtent& extent, std::uint32_t file_size, std::uint32_t flags) {
  std::string out;
  for (const std::uint32_t n : {48U, 0x654C664CU, 1U, 1U, extent.begin, extent.end, extent.next,
                                extent.oldest, file_size, flags, 0U, 48U})
    put32(out, n);
  return out;
}

inline std::string evt_end_marker(const EvtExtent& extent) {
  std::string out;
  for (const std::uint32_t n : {0x28U, 0x11111111U, 0x22222222U, 0x33333333U, 0x44444444U, extent.begin,
                                extent.end, extent.next, extent.oldest, 0x28U})
    put32(out, n);
  return out;
}

class EvtWriter {
 public:
  // `capacity`: bytes of the file; without it the file is as long as its records need.
  explicit EvtWriter(std::size_t capacity = 0) : capacity_(capacity) {}

  void add(const EvtRecord& record) { records_.push_back(evt_record(record, next_++)); }
  void mark_dirty() { flags_ |= kEvtDirty; }

  // Old records are overwritten when there is no room for all.
  std::string file() const {
    std::size_t needed = kEvtHeader + kEvtEnd;
    for (const std::string& record : records_) needed += record.size();
    const std::size_t size = capacity_ == 0 ? needed : capacity_;
    std::string out(size, '\0');
    std::size_t at = kEvtHeader;
    std::vector<std::size_t> starts;
    for (const std::string& record : records_) {
      if (size - at < kEvtUnsplit) {
        for (std::size_t i = at; i < size; ++i) out[i] = i % 4 == 0 ? '\x27' : '\0';
        at = kEvtHeader;
      }
      starts.push_back(at);
      at = put(out, at, record);
    }
    if (at == size && capacity_ != 0) at = kEvtHeader;
    // The oldest record that nothing has overwritten.
    std::size_t oldest = records_.size();
    std::size_t room = size - kEvtHeader - kEvtEnd;
    while (oldest > 0 && records_[oldest - 1].size() + (capacity_ == 0 ? 0 : kEvtUnsplit) <= room) {
      room -= records_[--oldest].size();
    }
    const EvtExtent extent{static_cast<std::uint32_t>(oldest < starts.size() ? starts[oldest] : at),
                           static_cast<std::uint32_t>(at), next_, static_cast<std::uint32_t>(oldest + 1)};
    put(out, at, evt_end_marker(extent));
    const bool dirty = (flags_ & kEvtDirty) != 0;
    return out.replace(0, kEvtHeader,
                       evt_header(dirty ? EvtExtent() : extent, static_cast<std::uint32_t>(size),
                                  flags_ | (oldest > 0 ? kEvtWrapped : 0U)));
  }

 private:
  static std::size_t put(std::string& out, std::size_t at, const std::string& bytes) {
    for (const char c : bytes) {
      if (at == out.size()) at = kEvtHeader;
      out[at++] = c;
    }
    return at;
  }

  std::size_t capacity_;
  std::vector<std::string> records_;
  std::uint32_t next_ = 1;
  std::uint32_t flags_ = 0;
};

}  // namespace exaudit::test
