#include "bench/table.h"

#include <algorithm>

#include <fmt/format.h>

namespace exaudit::bench {

namespace {

bool ran_well(const Contestant& contestant, const Run& run) {
  return run.end == Run::End::exited && std::ranges::count(contestant.good_exits, run.exit_code) > 0;
}

void run_next(Contestant& contestant, std::chrono::seconds timeout) {
  if (!contestant.runs.empty() && !ran_well(contestant, contestant.runs.back())) return;
  contestant.runs.push_back(run(contestant.command, timeout));
}

double megabytes(long kilobytes) { return static_cast<double>(kilobytes) * 1024 / 1e6; }

template <typename Number>
Number highest(const std::vector<Run>& runs, Number Run::*member) {
  Number out = 0;
  for (const Run& run : runs) out = std::max(out, run.*member);
  return out;
}

const Run& median_of(std::vector<Run>& runs) {
  std::sort(runs.begin(), runs.end(),
            [](const Run& a, const Run& b) { return a.milliseconds < b.milliseconds; });
  return runs[runs.size() / 2];
}

std::optional<double> measure_of(const Workload& workload) {
  for (const Contestant& each : workload.contestants) {
    if (!workload.yardstick.empty() && each.name.starts_with(workload.yardstick))
      return median_milliseconds(each);
  }
  return std::nullopt;
}

void print(const Contestant& contestant, std::optional<double> measure) {
  fmt::print("  {:<42} ", contestant.name);
  auto runs = contestant.runs;
  if (runs.empty()) return fmt::print("no round asked for\n");
  switch (runs.back().end) {
    case Run::End::not_installed:
      return fmt::print("not installed\n");
    case Run::End::timed_out:
      return fmt::print("killed by the timeout after {:.0f} ms\n", runs.back().milliseconds);
    case Run::End::killed:
      return fmt::print("ended by a signal\n");
    case Run::End::exited:
      if (!ran_well(contestant, runs.back()))
        return fmt::print("failed with exit code {}\n", runs.back().exit_code);
      break;
  }
  const Run& median = median_of(runs);
  const std::string speed =
      contestant.bytes > 0
          ? fmt::format("{:.1f}", static_cast<double>(contestant.bytes) / 1e3 / median.milliseconds)
          : "";
  const std::string ratio = measure ? fmt::format("{:.2f}", median.milliseconds / *measure) : "";
  fmt::print("{:>9.1f} {:>9.1f} {:>9.1f} {:>7} {:>9.1f} {:>8} {:>8.1f} {:>8.1f} {:>6} {:>4}\n",
             median.milliseconds, runs.front().milliseconds, runs.back().milliseconds, ratio,
             median.processor_milliseconds, speed, own_megabytes(contestant),
             megabytes(highest(runs, &Run::resident_kilobytes)), runs.size(), median.exit_code);
}

}  // namespace

void compete(std::vector<Workload>& workloads, std::chrono::seconds timeout) {
  bool more = true;
  for (std::uint64_t round = 0; more; ++round) {
    more = false;
    for (Workload& workload : workloads) {
      for (Contestant& contestant : workload.contestants) {
        if (contestant.rounds <= round) continue;
        more = true;
        run_next(contestant, timeout);
      }
    }
  }
}

void print(const std::vector<Workload>& workloads) {
  fmt::print("{:<44} {:>9} {:>9} {:>9} {:>7} {:>9} {:>8} {:>8} {:>8} {:>6} {:>4}\n", "", "median ms",
             "fastest", "slowest", "ratio", "cpu ms", "MB/s", "own MB", "resident", "rounds", "exit");
  for (const Workload& workload : workloads) {
    fmt::print("{}{}\n", workload.title,
               workload.yardstick.empty() ? "" : fmt::format("; ratio: to {}", workload.yardstick));
    const auto measure = measure_of(workload);
    for (const Contestant& contestant : workload.contestants) print(contestant, measure);
  }
}

std::optional<double> median_milliseconds(const Contestant& contestant) {
  auto runs = contestant.runs;
  if (runs.empty() || !ran_well(contestant, runs.back())) return std::nullopt;
  return median_of(runs).milliseconds;
}

double own_megabytes(const Contestant& contestant) {
  return megabytes(highest(contestant.runs, &Run::own_kilobytes));
}

}  // namespace exaudit::bench
