// The programs that are compared, the rounds in which they run, and the one table about them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/measure.h"

namespace exaudit::bench {

// Of an audit: no finding, findings, incomplete evidence.
inline const std::vector<int> kAuditExits = {0, 1, 3};

struct Contestant {
  std::string name;
  std::vector<std::string> command;  // none: what it needs is not installed
  std::uint64_t bytes = 0;           // of the file that it reads; 0 where a speed would mean nothing
  std::uint64_t rounds = 0;          // takes part in so many rounds, the first ones
  // With which it has done its work; with another one, the table says so instead of a time.
  std::vector<int> good_exits = {0};
  std::vector<Run> runs = {};
};

// A file and those that read it.
struct Workload {
  std::string title;
  std::vector<Contestant> contestants;
  // The first whose name begins so is the measure of the others; "" where none is.
  std::string yardstick = {};
};

// In each round every contestant runs once, one behind the other, so that what else the machine does hits all
// of them. A contestant that failed, ran into the timeout, or is not installed does not run again.
void compete(std::vector<Workload>& workloads, std::chrono::seconds timeout);

void print(const std::vector<Workload>& workloads);

// Of the wall clock; nothing when it did not do its work.
std::optional<double> median_milliseconds(const Contestant& contestant);
// The highest of all runs: heap and stacks (Run::own_kilobytes).
double own_megabytes(const Contestant& contestant);

}  // namespace exaudit::bench
