#include "progress.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "base/text.h"
#include "terminal.h"

namespace exaudit::cmd {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kFirst{500};
constexpr std::chrono::milliseconds kBetween{200};

constexpr std::string_view kErase = "\r\x1b[K";

void put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

// "reading: 1248 of 1730 MB, 1773 MB/s, 0 s left"
std::string reading_text(std::uint64_t read, std::uint64_t expected, double seconds) {
  constexpr double kMega = 1e6;
  const double rate = static_cast<double>(read) / seconds;
  const double left = rate > 0 ? static_cast<double>(expected - read) / rate : 0;
  return fmt::format("reading: {:.0f} of {:.0f} MB, {:.0f} MB/s, {:.0f} s left",
                     static_cast<double>(read) / kMega, static_cast<double>(expected) / kMega, rate / kMega,
                     left);
}

class ProgressLine {
 public:
  ~ProgressLine() {
    if (shown_) put(kErase);
  }
  ProgressLine() = default;
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void update(const collectors::DirectoryProgress& progress) {
    const Clock::time_point now = Clock::now();
    if (now - begin_ < kFirst || (shown_ && now - last_ < kBetween)) return;
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(progress.entries) / seconds);
    put(fmt::format("{}{}: {}: {} entries, {} a second", kErase, base::visible(progress.server),
                    base::visible(progress.context), progress.entries, rate));
    last_ = now;
    shown_ = true;
  }

 private:
  Clock::time_point begin_ = Clock::now();
  Clock::time_point last_ = begin_;
  bool shown_ = false;
};

}  // namespace

collectors::ProgressFunction show_progress() {
  if (!is_terminal(Stream::error)) return {};
  auto line = std::make_shared<ProgressLine>();
  return [line](const collectors::DirectoryProgress& progress) { line->update(progress); };
}

ReadingProgress::ReadingProgress(const collectors::Reading& reading) : reading_(reading) {
  if (is_terminal(Stream::error)) thread_ = std::thread([this] { run(); });
}

ReadingProgress::~ReadingProgress() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void ReadingProgress::run() {
  const Clock::time_point begin = Clock::now();
  bool shown = false;
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, shown ? kBetween : kFirst, [this] { return end_; })) {
    const std::uint64_t read = reading_.bytes_read;
    const std::uint64_t expected = reading_.bytes_expected;
    if (read == 0 || read >= expected) continue;
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    put(std::string(kErase) + reading_text(read, expected, seconds));
    shown = true;
  }
  if (shown) put(kErase);
}

}  // namespace exaudit::cmd
