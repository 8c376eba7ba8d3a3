#include "peer/process.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "cmd/run_program.h"

namespace exaudit::test {

namespace {

constexpr auto kPause = std::chrono::milliseconds(20);
constexpr auto kGracePeriod = std::chrono::seconds(10);
constexpr std::size_t kShownLog = 4000;

void open_as(int descriptor, const std::string& path, int flags) {
  constexpr mode_t kMode = 0600;
  const int opened = ::open(path.c_str(), flags, kMode);
  if (opened < 0 || ::dup2(opened, descriptor) < 0) ::_exit(126);
  if (opened != descriptor) ::close(opened);
}

struct Files {
  std::string in, out, err;
};

pid_t start(const std::vector<std::string>& arguments, const Files& files) {
  const std::string program = find_program(arguments.at(0));
  if (program.empty()) throw std::runtime_error("no such program: " + arguments[0]);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid > 0) return pid;
  // Between fork and exec: no allocation is needed for what follows. A crashed test must not leave servers
  // behind.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(126);
  open_as(0, files.in, O_RDONLY);
  open_as(1, files.out, O_WRONLY | O_CREAT | O_APPEND);
  open_as(2, files.err, O_WRONLY | O_CREAT | O_APPEND);
  ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class Socket {
 public:
  Socket() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() { ::close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  operator int() const { return descriptor_; }  // NOLINT(google-explicit-constructor)

 private:
  int descriptor_;
};

bool is_ci() {
  const char* value = std::getenv("CI");  // NOLINT(concurrency-mt-unsafe)
  return value != nullptr && *value != '\0';
}

}  // namespace

std::string find_program(std::string_view name) {
  namespace fs = std::filesystem;
  const auto is_program = [](const fs::path& path) {
    std::error_code unreadable;
    return fs::is_regular_file(path, unreadable) && ::access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string_view::npos) return is_program(name) ? std::string(name) : "";
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  const std::string folders = std::string(path != nullptr ? path : "") + ":/usr/bin:/usr/sbin:/sbin";
  for (const auto folder : base::split(folders, ':')) {
    if (folder.empty()) continue;
    const fs::path candidate = fs::path(folder) / name;
    if (is_program(candidate)) return candidate.string();
  }
  return {};
}

void not_tested(const std::string& reason) {
  if (is_ci()) {
    FAIL_CHECK(reason);
  } else {
    MESSAGE("nothing was tested; " << reason);
  }
}

bool components_present(std::initializer_list<Component> components) {
  std::string missing, packages;
  for (const Component& component : components) {
    const bool there = component.what.starts_with('/') ? std::filesystem::exists(component.what)
                                                       : !find_program(component.what).empty();
    if (there) continue;
    missing += fmt::format(" {}", component.what);
    packages += fmt::format(" {}", component.package);
  }
  if (missing.empty()) return true;
  not_tested(fmt::format("missing:{}. ./run test-all installs it, or as root: apt-get install{}", missing,
                         packages));
  return false;
}

Finished run_to_end(const std::vector<std::string>& arguments, const std::string& input) {
  const TemporaryFolder folder;
  const pid_t pid = start(arguments, {folder.file("in", input), folder.path("out"), folder.path("err")});
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error("waitpid failed");
  }
  return {code_of(status), read_text(folder.path("out")), read_text(folder.path("err"))};
}

std::string run_successfully(const std::vector<std::string>& arguments, const std::string& input) {
  Finished finished = run_to_end(arguments, input);
  if (finished.code != 0) {
    throw std::runtime_error(
        fmt::format("{} ended with code {}: {}{}", arguments[0], finished.code, finished.out, finished.err));
  }
  return std::move(finished.out);
}

Process::Process(const std::vector<std::string>& arguments, std::string log)
    : pid_(start(arguments, {"/dev/null", log, log})), log_(std::move(log)) {}

bool Process::running() {
  if (pid_ < 0) return false;
  if (::waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

void Process::stop() {
  if (!running()) return;
  ::kill(pid_, SIGTERM);
  const auto end = std::chrono::steady_clock::now() + kGracePeriod;
  while (running()) {
    if (std::chrono::steady_clock::now() > end) ::kill(pid_, SIGKILL);
    std::this_thread::sleep_for(kPause);
  }
}

void Process::wait_until(const std::function<bool()>& ready, std::chrono::seconds at_most) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  while (true) {
    const bool alive = running();
    if (alive && ready()) return;
    if (!alive || std::chrono::steady_clock::now() > end) {
      const std::string log = read_text(log_);
      throw std::runtime_error(
          fmt::format("the server {}; the end of its log:\n{}",
                      alive ? fmt::format("did not answer within {} s", at_most.count()) : "ended",
                      log.substr(log.size() > kShownLog ? log.size() - kShownLog : 0)));
    }
    std::this_thread::sleep_for(kPause);
  }
}

std::uint16_t free_port() {
  const Socket socket;
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

bool accepts_connections(std::uint16_t port) {
  const Socket socket;
  const sockaddr_in address = loopback(port);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace exaudit::test
