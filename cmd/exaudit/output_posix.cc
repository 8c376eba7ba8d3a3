#include "output.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "audit/exit_code.h"
#include "base/text.h"

namespace exaudit::cmd {

namespace {

using base::Error;
using base::ErrorCode;

// The temporary file that exists right now, for the signal handler; reports are written one after the other.
std::array<char, PATH_MAX> temporary_name{};
std::atomic<bool> temporary_exists{false};

Error system_error(int number, const std::string& file) {
  const std::string name = file.empty() ? "standard output" : "'" + base::visible(file) + "'";
  if (number == EPIPE) return {ErrorCode::io, name + " was closed before the report was written", 0};
  return {ErrorCode::io, name + " cannot be written: " + std::strerror(number),
          0};  // NOLINT(concurrency-mt-unsafe)
}

class PosixOutput : public Output {
 public:
  PosixOutput(int fd, std::string file, bool owned) : file_(std::move(file)), fd_(fd), owned_(owned) {
    buffer_.reserve(kBufferBytes);
  }
  ~PosixOutput() override { close(); }
  PosixOutput(const PosixOutput&) = delete;
  PosixOutput& operator=(const PosixOutput&) = delete;

  void write(std::string_view piece) override {
    if (failed_ != 0) return;
    if (buffer_.size() + piece.size() > kBufferBytes) flush();
    if (piece.size() > kBufferBytes) {
      put(piece);
    } else {
      buffer_ += piece;
    }
  }

  std::optional<Error> finish() override {
    flush();
    if (owned_ && failed_ == 0) sync();
    if (!close() && failed_ == 0) failed_ = errno;
    if (failed_ != 0) return system_error(failed_, file_);
    return std::nullopt;
  }

 protected:
  virtual void sync() {}
  int descriptor() const { return fd_; }
  void fail(int number) { failed_ = number; }

 private:
  static constexpr std::size_t kBufferBytes = 1U << 16;

  void flush() {
    put(buffer_);
    buffer_.clear();
  }

  void put(std::string_view bytes) {
    while (failed_ == 0 && !bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
      if (n < 0 && errno != EINTR) failed_ = errno;
    }
  }

  // Network file systems report a full disk only now.
  bool close() {
    if (!owned_ || fd_ < 0) return true;
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd) == 0;
  }

  std::string file_;
  std::string buffer_;
  int fd_;
  bool owned_;
  int failed_ = 0;
};

class ReplacingOutput final : public PosixOutput {
 public:
  ReplacingOutput(int fd, std::string temporary, std::string target, const std::string& file)
      : PosixOutput(fd, file, true),
        temporary_(std::move(temporary)),
        target_(std::move(target)),
        name_(file) {}
  ~ReplacingOutput() override { discard(); }
  ReplacingOutput(const ReplacingOutput&) = delete;
  ReplacingOutput& operator=(const ReplacingOutput&) = delete;

  std::optional<Error> finish() override {
    if (auto error = PosixOutput::finish()) return error;
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) return system_error(errno, name_);
    temporary_exists = false;
    renamed_ = true;
    return std::nullopt;
  }

 protected:
  // So that the new name never stands for an empty file after a power failure.
  void sync() override {
    if (::fsync(descriptor()) != 0 && errno != EINVAL) fail(errno);
  }

 private:
  void discard() {
    if (renamed_) return;
    temporary_exists = false;
    ::unlink(temporary_.c_str());
  }

  std::string temporary_;
  std::string target_;
  std::string name_;
  bool renamed_ = false;
};

// A link is not replaced, but the file it leads to.
std::string resolved(const std::string& file) {
  char* path = ::realpath(file.c_str(), nullptr);
  if (path == nullptr) return file;
  std::string out = path;
  std::free(path);  // NOLINT: allocated by realpath with malloc
  return out;
}

base::Result<std::unique_ptr<Output>> open_replacing(const std::string& file, const struct stat* old) {
  const std::string target = resolved(file);
  constexpr int kAttempts = 10;  // a killed process of the same number may have left its file
  std::string temporary;
  int fd = -1;
  for (int i = 0; i < kAttempts && fd < 0 && (i == 0 || errno == EEXIST); ++i) {
    temporary = target + fmt::format(".{}-{}.tmp", ::getpid(), i);
    fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);  // NOLINT(*-vararg)
  }
  if (fd < 0) return system_error(errno, file);
  if (old != nullptr) static_cast<void>(::fchmod(fd, old->st_mode & 07777U));
  if (temporary.size() < temporary_name.size()) {
    std::memcpy(temporary_name.data(), temporary.c_str(), temporary.size() + 1);
    temporary_exists = true;
  }
  return std::unique_ptr<Output>(std::make_unique<ReplacingOutput>(fd, temporary, target, file));
}

void on_signal(int number) {
  if (temporary_exists) ::unlink(temporary_name.data());
  constexpr std::string_view kMessage = "\nexaudit: interrupted\n";
  if (::write(STDERR_FILENO, kMessage.data(), kMessage.size()) < 0) {
    // Nobody is left to tell.
  }
  ::_exit(number == SIGINT ? audit::kExitInterrupted : 128 + number);
}

}  // namespace

base::Result<std::unique_ptr<Output>> open_output(const std::string& file) {
  if (file.empty() || file == "-") {
    return std::unique_ptr<Output>(std::make_unique<PosixOutput>(STDOUT_FILENO, "", false));
  }
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return open_replacing(file, nullptr);
  if (S_ISDIR(status.st_mode)) return system_error(EISDIR, file);
  if (S_ISREG(status.st_mode)) return open_replacing(file, &status);
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);  // NOLINT(*-vararg)
  if (fd < 0) return system_error(errno, file);
  return std::unique_ptr<Output>(std::make_unique<PosixOutput>(fd, file, true));
}

bool same_file(const std::string& a, const std::string& b) {
  struct stat one {};
  struct stat two {};
  return ::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &two) == 0 && one.st_dev == two.st_dev &&
         one.st_ino == two.st_ino;
}

void prepare_process() {
  // Opened for reading: what is written to a closed standard output must fail, not vanish.
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;                                         // NOLINT(*-vararg)
    if (::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) break;  // NOLINT(*-vararg)
  }
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT: the macro casts
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    ::sigaction(number, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;  // NOLINT: a shell's background job stays deaf to Ctrl-C
    action.sa_handler = on_signal;
    ::sigaction(number, &action, nullptr);
  }
}

void keep_out_of_core_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
  ::prctl(PR_SET_DUMPABLE, 0);  // NOLINT(*-vararg): nor may another process of this user look inside
#endif
}

void message(std::string_view text) {
  const std::string line = fmt::format("exaudit: {}\n", text);
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) {
    // Nobody is left to tell.
  }
}

}  // namespace exaudit::cmd
