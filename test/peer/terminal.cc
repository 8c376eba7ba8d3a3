#include "peer/terminal.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "peer/process.h"

namespace exaudit::test {

namespace {

constexpr auto kPatience = std::chrono::seconds(30);
constexpr int kPauseMilliseconds = 20;

}  // namespace

Terminal::Terminal(const std::vector<std::string>& arguments) {
  const std::string program = find_program(arguments.at(0));
  if (program.empty()) throw std::runtime_error("no such program: " + arguments[0]);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  if (::openpty(&master_, &slave_, nullptr, nullptr, nullptr) != 0)
    throw std::runtime_error("no terminal can be made");
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close(master_);
  if (::login_tty(slave_) != 0) ::_exit(126);
  ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(slave_);
  ::close(master_);
}

// False when there is nothing more to read: the program ended, or the time is over.
bool Terminal::read_more(std::chrono::steady_clock::time_point until) {
  while (std::chrono::steady_clock::now() < until) {
    pollfd ready{master_, POLLIN, 0};
    if (::poll(&ready, 1, kPauseMilliseconds) > 0) {
      std::array<char, 4096> bytes{};
      const ssize_t n = ::read(master_, bytes.data(), bytes.size());
      if (n <= 0) return false;
      screen_.append(bytes.data(), static_cast<std::size_t>(n));
      return true;
    }
    if (pid_ < 0) return false;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) continue;
    pid_ = -1;  // what it wrote last can still be read
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return false;
}

bool Terminal::shows(std::string_view text) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    const std::size_t at = screen_.find(text, seen_);
    if (at != std::string::npos) {
      seen_ = at + text.size();
      return true;
    }
    if (!read_more(until)) return false;
  }
}

void Terminal::type(std::string_view keys) {
  if (::write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
    throw std::runtime_error("the terminal takes no keys");
}

int Terminal::end() {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (read_more(until)) {
  }
  return code_;
}

bool Terminal::echoes() const {
  termios mode{};
  return ::tcgetattr(master_, &mode) == 0 && (mode.c_lflag & ECHO) != 0;
}

}  // namespace exaudit::test
