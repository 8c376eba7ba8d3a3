#include "peer/proxy.h"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace exaudit::test {

namespace {

constexpr int kPollMilliseconds = 20;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.sin_port = htons(port);
  return out;
}

bool readable(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  return ::poll(&waiting, 1, kPollMilliseconds) > 0;
}

bool send_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::send(fd, bytes, size, MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

Proxy::Proxy(std::uint16_t server_port, ProxyFaults faults) : server_port_(server_port), faults_(faults) {
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("the proxy cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Proxy::~Proxy() {
  stop_ = true;
  thread_.join();
  ::close(listener_);
}

// One connection after the other, as one client makes them.
void Proxy::run() {
  while (!stop_) {
    if (!readable(listener_)) continue;
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0) continue;
    ++connections_;
    serve(client);
    ::close(client);
  }
}

void Proxy::serve(int client) {
  const int server = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(server_port_);
  if (::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(server);
    return;
  }
  const bool faulty = faults_.after_bytes > 0 && connections_ <= faults_.times;
  std::uint64_t answered = 0;
  std::array<char, 16384> bytes{};
  while (!stop_) {
    std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (::poll(both.data(), both.size(), kPollMilliseconds) <= 0) continue;
    const bool from_server = both[1].revents != 0;
    const ssize_t n = ::recv(from_server ? server : client, bytes.data(), bytes.size(), 0);
    if (n <= 0) break;
    answered += from_server ? static_cast<std::uint64_t>(n) : 0;
    if (faulty && answered > faults_.after_bytes) {
      while (faults_.stall && !stop_ && ::recv(client, bytes.data(), 1, MSG_PEEK | MSG_DONTWAIT) != 0)
        ::usleep(10'000);
      break;
    }
    if (!send_all(from_server ? client : server, bytes.data(), static_cast<std::size_t>(n))) break;
  }
  ::close(server);
}

}  // namespace exaudit::test
