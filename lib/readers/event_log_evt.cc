// .evt: a ring of records behind a header of 48 bytes (registry-and-events.md 6; libyal/libevt describes the
// format). The newest record overwrites the oldest one; a record may begin at the end of the file and go on
// behind the header. Behind the newest record stands an end marker that knows where the oldest one begins;
// the header knows too, but not in a log that was copied from a running machine ("dirty").
//
// What lies between the end marker and the oldest record is unused, and full of records that were live once.
// A log that grew holds copies of live records there as well.
//
// One pass over the bytes; nothing is kept but the events asked for.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"
#include "facts/event_catalogue.h"
#include "readers/kept_events.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using base::u16_at;
using base::u32_at;

constexpr std::size_t kHeaderBytes = 48;
constexpr std::size_t kFixedBytes = 56;  // of a record, up to the name of its source
constexpr std::size_t kMinRecord = kFixedBytes + 4;
constexpr std::string_view kMark = "LfLe";
constexpr std::uint32_t kDirty = 1;
constexpr std::uint32_t kWrapped = 2;
constexpr std::size_t kEndBytes = 40;
constexpr std::string_view kEndMark(
    "\x28\0\0\0\x11\x11\x11\x11\x22\x22\x22\x22\x33\x33\x33\x33\x44\x44\x44\x44", 20);

struct EndMarker {
  std::size_t at = 0;
  std::size_t begin = 0;   // of the oldest record
  std::uint32_t next = 0;  // record numbers are [oldest, next)
  std::uint32_t oldest = 0;
};

facts::EventType type_of(std::uint16_t type) {
  switch (type) {
    case 1:
      return facts::EventType::error;
    case 2:
      return facts::EventType::warning;
    case 4:
      return facts::EventType::information;
    case 8:
      return facts::EventType::audit_success;
    case 16:
      return facts::EventType::audit_failure;
    default:
      return facts::EventType::unknown;
  }
}

// A record's bytes, its size at both ends included.
class Record {
 public:
  explicit Record(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t number() const { return u32_at(bytes_, 8); }
  std::uint32_t generated() const { return u32_at(bytes_, 12); }
  std::uint32_t id() const { return u32_at(bytes_, 20) & 0xFFFFU; }
  std::string source() const { return base::utf16le_to_utf8(source_text()); }
  std::string computer() const {
    return base::utf16le_to_utf8(base::utf16_text_at(content(), kFixedBytes + source_text().size() + 2));
  }
  // False when some of them do not lie inside the record.
  bool read(facts::Event& event) const {
    event.type = type_of(u16_at(bytes_, 24));
    event.time = generated();
    event.computer = computer();
    std::uint64_t at = u32_at(bytes_, 36);
    for (std::uint16_t count = u16_at(bytes_, 26); count > 0; --count) {
      if (at < kFixedBytes || at >= content().size()) return false;
      const std::string_view text = base::utf16_text_at(content(), at);
      event.strings.push_back(base::utf16le_to_utf8(text));
      at += text.size() + 2;
    }
    return true;
  }

 private:
  std::string_view content() const { return bytes_.substr(0, bytes_.size() - 4); }
  std::string_view source_text() const { return base::utf16_text_at(content(), kFixedBytes); }

  std::string_view bytes_;
};

class LogReader {
 public:
  LogReader(std::string_view bytes, facts::InputId id, facts::Input& input)
      : bytes_(bytes), id_(id), input_(input) {
    log_.input = id;
    log_.utc = true;
  }

  facts::EventLog read() {
    if (bytes_.size() < kHeaderBytes || bytes_.substr(4, 4) != kMark) {
      input_.skipped_record(0, "the event log ends within its header");
      return std::move(log_);
    }
    whole_ = u32_at(bytes_, 32) <= bytes_.size();
    end_ = find_end();
    report_missing_end();
    if (end_) {
      read_ring();
    } else {
      // Nobody knows where the live part ends. The header's lowest number may be too low, never too high.
      oldest_ = u32_at(bytes_, 28);
      scan(kHeaderBytes, bytes_.size(), Part::live);
    }
    finish();
    return std::move(log_);
  }

 private:
  enum class Part { live, unused };

  std::optional<EndMarker> end_marker_at(std::size_t at) const;
  std::optional<EndMarker> find_end() const;
  void report_missing_end();
  void read_ring();
  std::size_t scan(std::size_t from, std::size_t to, Part part);
  std::size_t size_at(std::size_t at) const;
  std::size_t next_mark(std::size_t from, std::size_t to) const;
  Record record_at(std::size_t at, std::size_t size);
  void take(std::size_t at, std::size_t size, Part part);
  void keep(const Record& record, std::size_t at, bool recovered);
  void finish();

  std::string_view bytes_;
  facts::InputId id_;
  facts::Input& input_;
  facts::EventLog log_;
  bool whole_ = true;  // the end of the file is there, so records may go on behind the header
  std::optional<EndMarker> end_;
  std::uint32_t oldest_ = 0;
  std::uint32_t last_ = 0;  // number of the live record read before
  std::uint32_t newest_ = 0;
  std::size_t newest_at_ = 0;
  std::uint64_t recovered_ = 0;
  std::optional<std::int64_t> newest_recovered_;
  KeptEvents kept_;
  std::string joined_;  // a record that goes on behind the header
};

std::optional<EndMarker> LogReader::end_marker_at(std::size_t at) const {
  if (at < kHeaderBytes || at >= bytes_.size()) return std::nullopt;
  std::string marker(bytes_.substr(at, kEndBytes));
  marker.append(bytes_, kHeaderBytes, kEndBytes - marker.size());
  if (!marker.starts_with(kEndMark) || u32_at(marker, 24) != at) return std::nullopt;
  const EndMarker end{at, u32_at(marker, 20), u32_at(marker, 28), u32_at(marker, 32)};
  return end.begin < kHeaderBytes ? std::nullopt : std::optional(end);
}

// The header's, unless the log is dirty; of several the one with the highest numbers.
std::optional<EndMarker> LogReader::find_end() const {
  if ((u32_at(bytes_, 36) & kDirty) == 0) {
    if (const auto end = end_marker_at(u32_at(bytes_, 20))) return end;
  }
  std::optional<EndMarker> best;
  const auto try_at = [&](std::size_t at) {
    const auto end = end_marker_at(at);
    if (end && (!best || end->next > best->next)) best = end;
  };
  for (std::size_t at = bytes_.find(kEndMark, kHeaderBytes); at != std::string_view::npos;
       at = bytes_.find(kEndMark, at + kEndMark.size())) {
    try_at(at);
  }
  // It may go on behind the header, like a record.
  for (std::size_t at = bytes_.size() - std::min(bytes_.size(), kEndMark.size()); at < bytes_.size(); ++at)
    try_at(at);
  return best;
}

// A log that has not wrapped needs no more than its end marker.
void LogReader::report_missing_end() {
  if (!whole_ && (!end_ || end_->begin > end_->at)) {
    input_.skipped_record(
        0, fmt::format("the event log is cut off after {} of {} bytes; the records behind them are lost",
                       bytes_.size(), u32_at(bytes_, 32)));
  } else if (!end_) {
    input_.skipped_record(0, "the event log has no end marker; its newest records may be lost");
  }
}

void LogReader::read_ring() {
  oldest_ = end_->oldest;
  const std::size_t begin = std::min(end_->begin, bytes_.size());
  const std::size_t behind = end_->at + kEndBytes;
  if (begin > end_->at) {
    const std::size_t rest = scan(begin, bytes_.size(), Part::live);
    scan(rest, end_->at, Part::live);
    scan(behind, begin, Part::unused);
    return;
  }
  scan(begin, end_->at, Part::live);
  const std::size_t rest = behind > bytes_.size() ? kHeaderBytes + (behind - bytes_.size())
                                                  : scan(behind, bytes_.size(), Part::unused);
  scan(rest, begin, Part::unused);
}

// Reads [from, to). The last record may go on behind the header: gives where it ends there.
std::size_t LogReader::scan(std::size_t from, std::size_t to, Part part) {
  std::size_t at = from;
  while (at < to) {
    const std::size_t size = size_at(at);
    if (size > 0 && (size <= to - at || to == bytes_.size())) {
      take(at, size, part);
      at += size;
      continue;
    }
    const std::size_t next = next_mark(at + 1, to);
    // Where the fixed part of a record has no room before the end of the file, none begins.
    const bool filler = next == bytes_.size() && next - at < kFixedBytes && whole_;
    if (part == Part::live && !filler) {
      input_.skipped_record(0, fmt::format("{} bytes behind record {} are damaged, what stood there is lost",
                                           next - at, last_));
    }
    at = next;
  }
  return kHeaderBytes + (at - to);
}

// Size of the record that begins at `at`, 0 when none does.
std::size_t LogReader::size_at(std::size_t at) const {
  const std::string_view fixed = base::range_of(bytes_, at, kFixedBytes);
  const std::size_t size = u32_at(fixed, 0);
  if (size < kMinRecord || fixed.substr(4, kMark.size()) != kMark) return 0;
  std::size_t end = at + size;
  if (end > bytes_.size()) {
    end = kHeaderBytes + (end - bytes_.size());
    if (!whole_ || end > at) return 0;
  }
  return u32_at(bytes_, end - 4) == size ? size : 0;
}

std::size_t LogReader::next_mark(std::size_t from, std::size_t to) const {
  const std::size_t mark = bytes_.find(kMark, from + 4);
  return mark == std::string_view::npos ? to : std::min(mark - 4, to);
}

Record LogReader::record_at(std::size_t at, std::size_t size) {
  if (size <= bytes_.size() - at) return Record(bytes_.substr(at, size));
  joined_ = bytes_.substr(at);
  joined_.append(bytes_, kHeaderBytes, size - joined_.size());
  return Record(joined_);
}

void LogReader::take(std::size_t at, std::size_t size, Part part) {
  const Record record = record_at(at, size);
  const std::uint32_t number = record.number();
  if (part == Part::unused && number >= oldest_ && end_ && number < end_->next) return;  // a copy
  const bool recovered = part == Part::unused || number < oldest_;
  // The file does not say which log it is. The sources of its records do, whatever their ids.
  if (log_.kind == facts::LogKind::unknown) log_.kind = facts::log_kind_of_source(record.source());
  auto& newest_time = recovered ? newest_recovered_ : log_.newest;
  newest_time = std::max<std::int64_t>(newest_time.value_or(0), record.generated());
  if (recovered) {
    ++recovered_;
  } else {
    last_ = number;
    ++log_.records;
    if (number >= newest_) {
      newest_ = number;
      newest_at_ = at;
    }
  }
  keep(record, at, recovered);
}

void LogReader::keep(const Record& record, std::size_t at, bool recovered) {
  if (!facts::is_catalogued_id(record.id())) return;
  facts::Event event;
  event.id = record.id();
  event.source = record.source();
  if (!facts::is_catalogued(event.source, event.id)) return;
  event.recovered = recovered;
  event.location = {.input = id_, .line = 0, .record = record.number(), .offset = at};
  if (!record.read(event)) {
    input_.skipped_value(0, fmt::format("record {}: not all of its strings can be read", record.number()));
  }
  kept_.add(std::move(event));
}

void LogReader::finish() {
  log_.events = std::move(kept_).finish();
  input_.records = log_.records;
  if (log_.records > 0) log_.computer = record_at(newest_at_, size_at(newest_at_)).computer();
  if (!log_.newest) log_.newest = newest_recovered_;
  const std::uint32_t flags = u32_at(bytes_, 36);
  if ((flags & kDirty) != 0) {
    input_.note(0,
                "the event log is marked dirty, as it is when it is copied from a running machine; its end "
                "was found by its content");
  }
  if ((flags & kWrapped) != 0) input_.note(0, "the event log has wrapped: older records were overwritten");
  if (recovered_ > 0) {
    input_.note(0, fmt::format("{} found in the unused part of the event log",
                               recovered_ == 1 ? "1 older record was"
                                               : fmt::format("{} older records were", recovered_)));
  }
}

}  // namespace

facts::EventLog read_event_log_evt(std::string_view bytes, facts::InputId id, facts::Input& input) {
  return LogReader(bytes, id, input).read();
}

}  // namespace exaudit::readers
