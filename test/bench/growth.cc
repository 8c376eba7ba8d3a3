#include "bench/growth.h"

#include <algorithm>
#include <unistd.h>

#include <fmt/format.h>

#include "bench/synth_file.h"
#include "bench/table.h"

namespace exaudit::bench {

namespace {

namespace fs = std::filesystem;

// What an audit may need whatever the size; the rest is counted for the mailboxes.
constexpr double kFixedMegabytes = 32 * 1.048576;

class WrittenFile {
 public:
  WrittenFile(fs::path path, const test::SynthOptions& content) : path_(std::move(path)) {
    write_synth_file(path_, content);
  }
  ~WrittenFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  WrittenFile(const WrittenFile&) = delete;
  WrittenFile& operator=(const WrittenFile&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string in_seconds(const Contestant& contestant, double per) {
  const auto median = median_milliseconds(contestant);
  return median ? fmt::format("{:.3f}", *median / 1e3 / per) : "-";
}

void print_row(const Contestant& audit, const Contestant& one, const Contestant& lines, double mailboxes) {
  const auto time = median_milliseconds(audit);
  const auto count = median_milliseconds(lines);
  const double own = own_megabytes(audit);
  const double per_mailbox = std::max(0.0, own - kFixedMegabytes) * 1e6 / mailboxes;
  const int exit = audit.runs.empty() ? -1 : audit.runs.back().exit_code;
  fmt::print("{:>10} {:>9.1f} {:>9} {:>11} {:>9} {:>11} {:>9} {:>7} {:>8.1f} {:>12.1f} {:>5}\n",
             static_cast<std::uint64_t>(mailboxes), static_cast<double>(audit.bytes) / 1e6,
             in_seconds(audit, 1), in_seconds(audit, mailboxes / 1e6), in_seconds(one, 1),
             in_seconds(one, mailboxes / 1e6), in_seconds(lines, 1),
             time && count ? fmt::format("{:.1f}", *time / *count) : "-", own, per_mailbox, exit);
}

}  // namespace

void print_growth(const Options& options) {
  fmt::print(
      "growth: medians in seconds; own memory is the highest RssAnon of 2 threads, B/mailbox what is above "
      "32 "
      "MiB\n");
  fmt::print("{:>10} {:>9} {:>9} {:>11} {:>9} {:>11} {:>9} {:>7} {:>8} {:>12} {:>5}\n", "mailboxes", "MB",
             "2 threads", "per million", "1 thread", "per million", "wc -l", "ratio", "own MB", "B/mailbox",
             "exit");
  for (const std::uint64_t mailboxes : options.growth) {
    const WrittenFile file(options.folder / fmt::format("exaudit-bench-{}-growth.ldf", ::getpid()),
                           usual_organization(mailboxes));
    const std::string name = file.path().string();
    const std::uint64_t bytes = fs::file_size(file.path());
    const auto audit = [&](const char* threads) {
      return Contestant{threads,
                        {options.program, "audit", name, "--threads", threads},
                        bytes,
                        options.rounds,
                        kAuditExits};
    };
    std::vector<Workload> workloads = {
        {name, {audit("2"), audit("1"), {"wc", {"wc", "-l", name}, bytes, options.rounds}}}};
    compete(workloads, std::chrono::seconds(options.timeout));
    const auto& runners = workloads.front().contestants;
    print_row(runners[0], runners[1], runners[2], static_cast<double>(mailboxes));
    std::fflush(stdout);
  }
}

}  // namespace exaudit::bench
