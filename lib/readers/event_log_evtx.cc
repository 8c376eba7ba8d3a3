// .evtx logs through libevtx: what Windows Vista and later write, so of an Exchange 2000/2003 server only a
// log that was opened and saved again on a newer Windows.
#include <algorithm>
#include <cstdint>
#include <libevtx.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "facts/event_catalogue.h"
#include "readers/kept_events.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

constexpr std::int64_t kUnixEpoch = 11'644'473'600;  // seconds from 1601 (FILETIME) to 1970
constexpr std::uint64_t kTicks = 10'000'000;         // of 100 ns
constexpr int kMaxStrings = 1024;                    // an event has at most 256
constexpr std::size_t kMaxTextBytes = 1U << 20;      // an event is at most 64 KB

struct FileClosing {
  void operator()(libevtx_file_t* file) const {
    libevtx_file_close(file, nullptr);
    libevtx_file_free(&file, nullptr);
  }
};
using File = std::unique_ptr<libevtx_file_t, FileClosing>;

struct RecordFreeing {
  void operator()(libevtx_record_t* record) const { libevtx_record_free(&record, nullptr); }
};
using RecordPtr = std::unique_ptr<libevtx_record_t, RecordFreeing>;

// A text of libevtx: its size first (with the NUL), then its bytes. Nothing when there is none.
template <typename Size, typename Text>
std::optional<std::string> text_of(Size&& get_size, Text&& get_text) {
  std::size_t size = 0;
  if (get_size(&size) != 1 || size == 0 || size > kMaxTextBytes) return std::nullopt;
  std::string text(size, '\0');
  if (get_text(reinterpret_cast<std::uint8_t*>(text.data()), size) != 1) return std::nullopt;  // NOLINT
  text.resize(std::min(text.find('\0'), size));
  return text;
}

std::string source_of(libevtx_record_t* record) {
  return text_of([&](auto* size) { return libevtx_record_get_utf8_source_name_size(record, size, nullptr); },
                 [&](auto* text, auto size) {
                   return libevtx_record_get_utf8_source_name(record, text, size, nullptr);
                 })
      .value_or("");
}

std::string computer_of(libevtx_record_t* record) {
  return text_of(
             [&](auto* size) { return libevtx_record_get_utf8_computer_name_size(record, size, nullptr); },
             [&](auto* text, auto size) {
               return libevtx_record_get_utf8_computer_name(record, text, size, nullptr);
             })
      .value_or("");
}

std::optional<std::int64_t> time_of(libevtx_record_t* record) {
  std::uint64_t filetime = 0;
  if (libevtx_record_get_written_time(record, &filetime, nullptr) != 1) return std::nullopt;
  return static_cast<std::int64_t>(filetime / kTicks) - kUnixEpoch;
}

facts::EventType type_of(libevtx_record_t* record) {
  std::uint8_t level = 0;
  if (libevtx_record_get_event_level(record, &level, nullptr) != 1) return facts::EventType::unknown;
  switch (level) {
    case 1:
    case 2:
      return facts::EventType::error;
    case 3:
      return facts::EventType::warning;
    case 4:
      return facts::EventType::information;
    default:
      return facts::EventType::unknown;
  }
}

class LogReader {
 public:
  LogReader(facts::InputId id, facts::Input& input) : id_(id), input_(input) {
    log_.utc = true;
    log_.input = id;
  }

  facts::EventLog read(const std::string& path) {
    if (!open(path)) return std::move(log_);
    int count = 0;
    if (libevtx_file_get_number_of_records(file_.get(), &count, nullptr) != 1) count = 0;
    for (int i = 0; i < count; ++i) {
      libevtx_record_t* record = nullptr;
      const bool good = libevtx_file_get_record_by_index(file_.get(), i, &record, nullptr) == 1;
      take(RecordPtr(good ? record : nullptr), i, false);
    }
    read_recovered();
    log_.events = std::move(kept_).finish();
    input_.records = log_.records;
    if (newest_index_) note_computer(*newest_index_);
    if (!log_.newest) log_.newest = newest_recovered_;
    report_flags();
    return std::move(log_);
  }

 private:
  bool open(const std::string& path) {
    libevtx_file_t* file = nullptr;
    if (libevtx_file_initialize(&file, nullptr) == 1) file_.reset(file);
    if (!file_ || libevtx_file_open(file_.get(), path.c_str(), LIBEVTX_OPEN_READ, nullptr) != 1) {
      input_.skipped_record(0, "the event log is damaged or cut off within its header; it cannot be read");
      return false;
    }
    return true;
  }

  void read_recovered() {
    int count = 0;
    if (libevtx_file_get_number_of_recovered_records(file_.get(), &count, nullptr) != 1) return;
    for (int i = 0; i < count; ++i) {
      libevtx_record_t* record = nullptr;
      if (libevtx_file_get_recovered_record_by_index(file_.get(), i, &record, nullptr) != 1) continue;
      take(RecordPtr(record), i, true);
    }
  }

  void take(const RecordPtr& record, int index, bool recovered) {
    std::uint32_t id = 0;
    if (!record || libevtx_record_get_event_identifier(record.get(), &id, nullptr) != 1) {
      if (!recovered)
        input_.skipped_record(0, fmt::format("behind record {}: a record cannot be read and is lost", last_));
      return;
    }
    if (log_.kind == facts::LogKind::unknown) log_.kind = facts::log_kind_of_source(source_of(record.get()));
    std::uint64_t number = 0;
    libevtx_record_get_identifier(record.get(), &number, nullptr);
    const auto time = time_of(record.get());
    auto& newest = recovered ? newest_recovered_ : log_.newest;
    if (time && (!newest || *time >= *newest)) {
      newest = time;
      if (!recovered) newest_index_ = index;
    }
    if (!recovered) {
      ++log_.records;
      last_ = number;
    }
    recovered_ += recovered ? 1 : 0;
    keep(record.get(), id & 0xFFFFU, number, time, recovered);
  }

  void keep(libevtx_record_t* record, std::uint32_t id, std::uint64_t number,
            std::optional<std::int64_t> time, bool recovered) {
    if (!facts::is_catalogued_id(id)) return;
    facts::Event event;
    event.source = source_of(record);
    event.id = id;
    if (!facts::is_catalogued(event.source, id)) return;
    event.type = type_of(record);
    event.time = time;
    event.computer = computer_of(record);
    event.recovered = recovered;
    event.location = {.input = id_, .line = 0, .record = static_cast<std::uint32_t>(number), .offset = 0};
    if (!read_strings(record, event))
      input_.skipped_value(0, fmt::format("record {}: not all of its strings can be read", number));
    kept_.add(std::move(event));
  }

  static bool read_strings(libevtx_record_t* record, facts::Event& event) {
    int count = 0;
    if (libevtx_record_get_number_of_strings(record, &count, nullptr) != 1 || count > kMaxStrings)
      return false;
    for (int i = 0; i < count; ++i) {
      auto text =
          text_of([&](auto* size) { return libevtx_record_get_utf8_string_size(record, i, size, nullptr); },
                  [&](auto* bytes, auto size) {
                    return libevtx_record_get_utf8_string(record, i, bytes, size, nullptr);
                  });
      event.strings.push_back(std::move(text).value_or(""));
    }
    return true;
  }

  void note_computer(int index) {
    libevtx_record_t* record = nullptr;
    if (libevtx_file_get_record_by_index(file_.get(), index, &record, nullptr) != 1) return;
    log_.computer = computer_of(RecordPtr(record).get());
  }

  void report_flags() {
    std::uint32_t flags = 0;
    if (libevtx_file_get_flags(file_.get(), &flags, nullptr) == 1 &&
        (flags & std::uint32_t{LIBEVTX_FILE_FLAG_IS_DIRTY}) != 0) {
      input_.note(0, "the event log is marked dirty, as it is when it is copied from a running machine");
    }
    if (libevtx_file_is_corrupted(file_.get(), nullptr) == 1)
      input_.skipped_record(
          0, fmt::format("the event log is damaged behind record {}; records are lost", last_));
    if (recovered_ > 0)
      input_.note(0, fmt::format("{} records were found in unused parts of the event log", recovered_));
  }

  facts::InputId id_;
  facts::Input& input_;
  facts::EventLog log_;
  KeptEvents kept_;
  File file_;
  std::uint64_t last_ = 0;
  std::uint64_t recovered_ = 0;
  std::optional<int> newest_index_;
  std::optional<std::int64_t> newest_recovered_;
};

}  // namespace

facts::EventLog read_event_log_evtx(const std::string& path, facts::InputId id, facts::Input& input) {
  return LogReader(id, input).read(path);
}

}  // namespace exaudit::readers
