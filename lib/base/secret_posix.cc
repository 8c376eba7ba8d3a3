#include "base/secret.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <string>
#include <sys/mman.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

#include "base/descriptor.h"

namespace exaudit::base {

namespace {

// Typed characters are not echoed while this lives.
class SilentTerminal {
 public:
  explicit SilentTerminal(int fd) : fd_(fd) {
    known_ = ::tcgetattr(fd_, &before_) == 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (known_) ::tcsetattr(fd_, TCSAFLUSH, &silent);
  }
  ~SilentTerminal() {
    if (known_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

 private:
  int fd_;
  bool known_ = false;
  termios before_{};
};

volatile std::sig_atomic_t noted_signal = 0;
void note_signal(int number) { noted_signal = number; }

// While this lives, signals that end or stop the program are only noted, and only while wait() waits: the
// terminal must not stay silent afterwards.
class SignalsNoted {
 public:
  SignalsNoted() {
    noted_signal = 0;
    sigset_t held{};
    ::sigemptyset(&held);
    for (const int number : kSignals) ::sigaddset(&held, number);
    ::pthread_sigmask(SIG_BLOCK, &held, &mask_);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      struct sigaction noting {};
      noting.sa_handler = note_signal;  // NOLINT(*-union-access)
      ::sigaction(kSignals[i], nullptr, &before_[i]);
      if (before_[i].sa_handler != SIG_IGN)  // NOLINT: the macro casts
        ::sigaction(kSignals[i], &noting, nullptr);
    }
  }
  ~SignalsNoted() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
  }
  SignalsNoted(const SignalsNoted&) = delete;
  SignalsNoted& operator=(const SignalsNoted&) = delete;

  // Until there is something to read; false when a signal came first.
  bool wait(int descriptor) const {
    int ready = -1;
    while (ready < 0 && noted_signal == 0) {
      fd_set waiting;
      FD_ZERO(&waiting);
      FD_SET(descriptor, &waiting);
      ready = ::pselect(descriptor + 1, &waiting, nullptr, nullptr, nullptr, &mask_);
      if (ready < 0 && errno != EINTR) break;
    }
    return noted_signal == 0;
  }

 private:
  static constexpr std::array kSignals = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP};
  sigset_t mask_{};  // as it was
  std::array<struct sigaction, kSignals.size()> before_{};
};

}  // namespace

Secret::~Secret() {
  if (data_ == nullptr) return;
  ::explicit_bzero(data_, kMaxBytes);
  ::munmap(data_, kMaxBytes);
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

bool Secret::allocate() {
  void* page = ::mmap(nullptr, kMaxBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;  // NOLINT(performance-no-int-to-ptr)
  ::mlock(page, kMaxBytes);
  ::madvise(page, kMaxBytes, MADV_DONTDUMP);
  data_ = static_cast<char*>(page);
  return true;
}

Result<Secret> Secret::read_line(int descriptor, const std::function<bool(int)>& wait) {
  Secret out;
  if (!out.allocate()) return system_error("no memory for a password", errno);
  while (out.size_ < kMaxBytes) {
    if (wait && !wait(descriptor)) return Error{ErrorCode::io, "nobody answered", 0};
    const ssize_t n = ::read(descriptor, out.data_ + out.size_, kMaxBytes - out.size_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot be read", errno);
    if (n == 0) return out;
    const auto* const end =
        static_cast<const char*>(std::memchr(out.data_ + out.size_, '\n', static_cast<std::size_t>(n)));
    out.size_ += static_cast<std::size_t>(n);
    if (end == nullptr) continue;
    out.size_ = static_cast<std::size_t>(end - out.data_);
    if (out.size_ > 0 && out.data_[out.size_ - 1] == '\r') --out.size_;
    return out;
  }
  return Error{ErrorCode::too_large, "holds a first line of more than 4 KB, which is no password", 0};
}

Result<Secret> Secret::read_file(const char* path) {
  const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));  // NOLINT(*-vararg)
  if (file.get() < 0) return system_error("cannot be opened", errno);
  return read_line(file.get());
}

Result<Secret> Secret::ask(std::string_view prompt) {
  const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));  // NOLINT(*-vararg)
  if (terminal.get() < 0) return Error{ErrorCode::io, "there is no terminal to ask on", 0};
  const auto say = [&](std::string_view text) {
    return ::write(terminal.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  };
  while (true) {
    auto line = [&]() -> Result<Secret> {
      const SignalsNoted noted;
      const SilentTerminal silent(terminal.get());  // before the prompt: an answer may come at once
      if (!say(prompt)) return system_error("the terminal cannot be written to", errno);
      return read_line(terminal.get(), [&](int descriptor) { return noted.wait(descriptor); });
    }();
    say("\n");
    const int number = noted_signal;
    noted_signal = 0;
    if (number == 0) return line;
    ::raise(number);
    if (number != SIGTSTP) return line;
  }
}

}  // namespace exaudit::base
