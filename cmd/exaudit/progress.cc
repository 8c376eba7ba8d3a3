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

class ProgressLine {
 public:
  ~ProgressLine() {
    if (shown_) put("\r\x1b[K");
  }
  ProgressLine() = default;
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void update(const collectors::DirectoryProgress& progress) {
    const Clock::time_point now = Clock::now();
    if (now - begin_ < kFirst || (shown_ && now - last_ < kBetween)) return;
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(progress.entries) / seconds);
    put(fmt::format("\r\x1b[K{}: {}: {} entries, {} a second", base::visible(progress.server),
                    base::visible(progress.context), progress.entries, rate));
    last_ = now;
    shown_ = true;
  }

 private:
  static void put(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }

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

}  // namespace exaudit::cmd
