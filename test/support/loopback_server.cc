#include "support/loopback_server.h"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace exaudit::test {

namespace {

constexpr int kTickMilliseconds = 20;  // how soon a server notices that the test is over

// A socket bound to a free port of the loopback address, -1 when that cannot be had.
int bound_socket(int family, std::uint16_t& port) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_addr = in6addr_loopback;
  auto* const address =
      family == AF_INET ? reinterpret_cast<sockaddr*>(&ipv4) : reinterpret_cast<sockaddr*>(&ipv6);
  socklen_t size = family == AF_INET ? sizeof ipv4 : sizeof ipv6;
  if (::bind(fd, address, size) != 0 || ::getsockname(fd, address, &size) != 0) {
    ::close(fd);
    return -1;
  }
  port = ntohs(family == AF_INET ? ipv4.sin_port : ipv6.sin6_port);
  return fd;
}

// False when the test is over.
bool wait_readable(int fd, const std::atomic<bool>& stop) {
  while (!stop) {
    pollfd waiting{fd, POLLIN, 0};
    if (::poll(&waiting, 1, kTickMilliseconds) > 0) return true;
  }
  return false;
}

}  // namespace

bool Client::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    pollfd waiting{fd_, POLLOUT, 0};
    if (::poll(&waiting, 1, kTickMilliseconds) == 0) {
      if (stop_) return false;
      continue;
    }
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string Client::read_line() const {
  std::string line;
  char c = 0;
  while (wait_readable(fd_, stop_) && ::recv(fd_, &c, 1, 0) == 1 && c != '\n') line += c;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

void Client::wait() const {
  std::array<char, 256> ignored{};
  while (wait_readable(fd_, stop_) && ::recv(fd_, ignored.data(), ignored.size(), 0) > 0) {
  }
}

bool Client::pause(int milliseconds) const {
  pollfd waiting{fd_, POLLIN, 0};
  std::array<char, 256> ignored{};
  if (::poll(&waiting, 1, milliseconds) > 0 && ::recv(fd_, ignored.data(), ignored.size(), 0) <= 0)
    return false;
  return !stop_;
}

void Client::reset_on_close() const {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

LoopbackServer::LoopbackServer(Talk talk, int family) : talk_(std::move(talk)), family_(family) {
  fd_ = bound_socket(family, port_);
  if (fd_ < 0 || ::listen(fd_, SOMAXCONN) != 0) {
    port_ = 0;
    return;
  }
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  if (fd_ >= 0) ::close(fd_);
}

std::string LoopbackServer::address() const {
  return fmt::format("{}:{}", family_ == AF_INET ? "127.0.0.1" : "[::1]", port_);
}

void LoopbackServer::serve() {
  while (wait_readable(fd_, stop_)) {
    const int fd = ::accept(fd_, nullptr, nullptr);
    if (fd < 0) continue;
    talk_(Client(fd, stop_));
    ::close(fd);
  }
}

std::uint16_t closed_port() {
  std::uint16_t port = 0;
  const int fd = bound_socket(AF_INET, port);
  if (fd >= 0) ::close(fd);
  return port;
}

LoopbackServer::Talk saying(std::vector<std::string> answers) {
  return [answers = std::move(answers)](const Client& client) {
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (i > 0 && client.read_line().empty()) return;
      if (!client.send(answers[i])) return;
    }
    client.wait();
  };
}

LoopbackServer::Talk exchange_server(const std::string& host, const std::vector<std::string>& keywords) {
  std::string reply = fmt::format("250-{} Hello [127.0.0.1]\r\n250-TURN\r\n250-SIZE 2097152\r\n", host);
  for (const std::string& keyword : keywords) reply += fmt::format("250-{}\r\n", keyword);
  return saying({fmt::format("220 {} Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready\r\n", host),
                 reply + "250 OK\r\n", "221 2.0.0 Service closing transmission channel\r\n"});
}

}  // namespace exaudit::test
