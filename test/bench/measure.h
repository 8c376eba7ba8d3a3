// Runs another program with its output thrown away and measures what it took.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace exaudit::bench {

struct Run {
  enum class End { exited, killed, timed_out, not_installed };

  End end = End::not_installed;
  int exit_code = 0;
  double milliseconds = 0;            // wall clock, from the start of the program to its end
  double processor_milliseconds = 0;  // user and system
  // Both read from /proc/PID/status every two milliseconds, so that a program which ends sooner has none.
  // VmHWM, the highest resident size so far. Pages of mapped files are part of it: they are the page cache's,
  // and the kernel takes them back when somebody else needs memory.
  long resident_kilobytes = 0;
  // Highest RssAnon: the heap and the stacks, what the program keeps for itself. A peak between two readings
  // is missed.
  long own_kilobytes = 0;
};

// `timeout`: the program is killed after it. An empty command is a program that is not installed.
Run run(const std::vector<std::string>& command, std::chrono::seconds timeout);

}  // namespace exaudit::bench
