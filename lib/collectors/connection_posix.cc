#include "collectors/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <mutex>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/text.h"

namespace exaudit::collectors {

namespace {

using base::Error;
using base::ErrorCode;
using Milliseconds = std::chrono::milliseconds;

// As a part of a sentence: "connection refused".
std::string lowered(std::string text) {
  if (!text.empty()) text.front() = base::ascii_lower(text.front());
  return text;
}
std::string system_text(int number) { return lowered(std::generic_category().message(number)); }
Error io_error(int number) { return {ErrorCode::io, system_text(number), 0}; }
Error timed_out() { return {ErrorCode::io, "no answer within the time limit", 0}; }

// Until `events` or a failure of the socket can be seen: 0; else ETIMEDOUT or what poll said.
int wait_for(int fd, short events, TimePoint deadline) {
  while (true) {
    const auto left = std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    pollfd waiting{fd, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX)));
    if (ready > 0) return 0;
    if (ready == 0 && left <= INT_MAX) return ETIMEDOUT;
    if (ready < 0 && errno != EINTR) return errno;
  }
}

int pending_error(int fd) {
  int number = 0;
  socklen_t size = sizeof number;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size) == 0 ? number : errno;
}

class Addresses {
 public:
  // getaddrinfo's number; 0 = good.
  int look_up(const std::string& host, const char* port, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    return ::getaddrinfo(host.c_str(), port, &hints, &first_);
  }
  Addresses() = default;
  ~Addresses() {
    if (first_ != nullptr) ::freeaddrinfo(first_);
  }
  Addresses(const Addresses&) = delete;
  Addresses& operator=(const Addresses&) = delete;

  const addrinfo* first() const { return first_; }

 private:
  addrinfo* first_ = nullptr;
};

std::string address_text(const sockaddr* address, socklen_t size) {
  std::array<char, NI_MAXHOST> text{};
  const int failed = ::getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return failed != 0 ? std::string() : std::string(text.data());
}

base::Result<std::vector<std::string>> addresses_of(const std::string& host, int flags) {
  Addresses found;
  const int number = found.look_up(host, nullptr, flags);
  if (number == EAI_SYSTEM) return io_error(errno);
  if (number != 0) return Error{ErrorCode::not_found, lowered(::gai_strerror(number)), 0};
  std::vector<std::string> out;
  for (const addrinfo* each = found.first(); each != nullptr; each = each->ai_next) {
    std::string text = address_text(each->ai_addr, each->ai_addrlen);
    if (!text.empty() && std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
  }
  if (out.empty()) return Error{ErrorCode::not_found, "the name has no address", 0};
  return out;
}

// getaddrinfo knows no deadline. It is left to a thread that nobody waits for longer than that; the answer
// belongs to both, so that a late one has a place to go.
struct LookUp {
  std::mutex mutex;
  std::condition_variable arrived;
  std::optional<base::Result<std::vector<std::string>>> answer;
};

void answer(const std::string& host, LookUp& look_up) {
  auto found = addresses_of(host, 0);
  const std::lock_guard lock(look_up.mutex);
  look_up.answer = std::move(found);
  look_up.arrived.notify_all();
}

class SocketConnection final : public Connection {
 public:
  explicit SocketConnection(int fd) : fd_(fd) {}
  ~SocketConnection() override { ::close(fd_); }
  SocketConnection(const SocketConnection&) = delete;
  SocketConnection& operator=(const SocketConnection&) = delete;

  TimePoint now() const override { return std::chrono::steady_clock::now(); }

  Received read(TimePoint deadline) override {
    std::array<char, kReadBytes> bytes{};
    while (true) {
      const int failed = wait_for(fd_, POLLIN, deadline);
      if (failed == ETIMEDOUT) return {Received::End::timed_out, {}, {}};
      if (failed != 0) return {Received::End::failed, {}, system_text(failed)};
      const ssize_t n = ::recv(fd_, bytes.data(), bytes.size(), 0);
      if (n > 0) return {Received::End::open, std::string(bytes.data(), static_cast<std::size_t>(n)), {}};
      if (n == 0) return {Received::End::closed, {}, {}};
      if (errno != EINTR && errno != EAGAIN) return {Received::End::failed, {}, system_text(errno)};
    }
  }

  std::optional<Error> write(std::string_view bytes, TimePoint deadline) override {
    while (!bytes.empty()) {
      const int failed = wait_for(fd_, POLLOUT, deadline);
      if (failed != 0) return failed == ETIMEDOUT ? timed_out() : io_error(failed);
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(n));
      } else if (errno != EINTR && errno != EAGAIN) {
        return io_error(errno);
      }
    }
    return std::nullopt;
  }

  std::string local_address() const override {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto* const own = reinterpret_cast<sockaddr*>(&address);
    return ::getsockname(fd_, own, &size) == 0 ? address_text(own, size) : std::string();
  }

 private:
  int fd_;
};

class SystemNetwork final : public Network {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }

  base::Result<std::vector<std::string>> resolve(const std::string& host, TimePoint deadline) override {
    if (auto numeric = addresses_of(host, AI_NUMERICHOST)) return numeric;
    const auto look_up = std::make_shared<LookUp>();
    try {
      std::thread([host, look_up] { answer(host, *look_up); }).detach();
    } catch (const std::system_error& error) {
      return Error{ErrorCode::io, lowered(error.what()), 0};
    }
    std::unique_lock lock(look_up->mutex);
    const auto here = [&] { return look_up->answer.has_value(); };
    if (!look_up->arrived.wait_until(lock, deadline, here)) return timed_out();
    return *look_up->answer;
  }

  base::Result<std::unique_ptr<Connection>> connect(const std::string& address, std::uint16_t port,
                                                    TimePoint deadline) override {
    Addresses target;
    const int number = target.look_up(address, std::to_string(port).c_str(), AI_NUMERICHOST | AI_NUMERICSERV);
    if (number != 0) return Error{ErrorCode::not_found, lowered(::gai_strerror(number)), 0};
    const addrinfo& to = *target.first();
    const int fd = ::socket(to.ai_family, to.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to.ai_protocol);
    if (fd < 0) return io_error(errno);
    auto connection = std::make_unique<SocketConnection>(fd);
    int failed = ::connect(fd, to.ai_addr, to.ai_addrlen) == 0 ? 0 : errno;
    if (failed == EINPROGRESS || failed == EINTR) {
      const int waited = wait_for(fd, POLLOUT, deadline);
      if (waited == ETIMEDOUT) return timed_out();
      failed = waited != 0 ? waited : pending_error(fd);
    }
    if (failed != 0) return io_error(failed);
    return std::unique_ptr<Connection>(std::move(connection));
  }
};

}  // namespace

std::unique_ptr<Network> system_network() { return std::make_unique<SystemNetwork>(); }

}  // namespace exaudit::collectors
