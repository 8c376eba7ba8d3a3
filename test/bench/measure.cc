#include "bench/measure.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

extern char** environ;

namespace exaudit::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSampleMilliseconds = 2;

// Nothing changes once the program has ended: its memory is gone, and so are the lines about it.
void sample_memory(pid_t process, Run& run) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  const auto raise = [](const std::string& line, std::string_view field, long& highest) {
    if (line.starts_with(field)) highest = std::max(highest, std::stol(line.substr(field.size())));
  };
  for (std::string line; std::getline(status, line);) {
    raise(line, "VmHWM:", run.resident_kilobytes);
    raise(line, "RssAnon:", run.own_kilobytes);
  }
}

// The new process, -1 when the program could not be started.
pid_t start(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& each : command)
    arguments.push_back(const_cast<char*>(each.c_str()));  // posix_spawn does not change them
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const int failed = posix_spawnp(&child, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? child : -1;
}

double milliseconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

}  // namespace

Run run(const std::vector<std::string>& command, std::chrono::seconds timeout) {
  Run out;
  if (command.empty()) return out;
  const auto begin = Clock::now();
  const pid_t child = start(command);
  if (child < 0) return out;
  // The header of glibc 2.36 declares pidfd_open as a C++ function.
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  pollfd ended{handle, POLLIN, 0};
  bool killed = false;
  while (handle >= 0 && ::poll(&ended, 1, kSampleMilliseconds) == 0) {
    sample_memory(child, out);
    if (!killed && Clock::now() - begin > timeout) {
      ::kill(child, SIGKILL);
      killed = true;
    }
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  out.milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  if (handle >= 0) ::close(handle);
  out.processor_milliseconds = milliseconds_of(usage.ru_utime) + milliseconds_of(usage.ru_stime);
  out.exit_code = WEXITSTATUS(status);
  out.end = killed ? Run::End::timed_out : WIFEXITED(status) ? Run::End::exited : Run::End::killed;
  return out;
}

}  // namespace exaudit::bench
