// The programs that are compared, the rounds in which they run, and the one table about them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/measure.h"

namespace exaudit::bench {

struct Contestant {
  std::string name;
  std::vector<std::string> command;
  std::uint64_t bytes = 0;   // of the file that it reads; 0 where a speed would mean nothing
  std::uint64_t rounds = 0;  // takes part in so many rounds, the first ones
  std::vector<Run> runs = {};
};

// A file and those that read it.
struct Workload {
  std::string title;
  std::vector<Contestant> contestants;
};

// In each round every contestant runs once, one behind the other, so that what else the machine does hits all
// of them. A contestant that ran into the timeout, or is not installed, does not run again.
void compete(std::vector<Workload>& workloads, std::chrono::seconds timeout);

void print(const std::vector<Workload>& workloads);

}  // namespace exaudit::bench
