// A server on a free port of the loopback address, for the time of a test.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace exaudit::test {

// One connection, seen from the server.
class Client {
 public:
  Client(int fd, const std::atomic<bool>& stop) : fd_(fd), stop_(stop) {}

  // False when the other side is gone or the test is over.
  bool send(std::string_view bytes) const;
  // Without its end; "" when there is none.
  std::string read_line() const;
  // Until the other side closes.
  void wait() const;
  // Until then or for the given time; false when there is nobody to wait for any more.
  bool pause(int milliseconds) const;
  // The connection will end with a reset.
  void reset_on_close() const;

 private:
  int fd_;
  const std::atomic<bool>& stop_;
};

class LoopbackServer {
 public:
  using Talk = std::function<void(const Client&)>;
  // `family`: AF_INET or AF_INET6. Connections are served one after the other.
  explicit LoopbackServer(Talk talk, int family = AF_INET);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  // 0 when this computer has no loopback address of the family.
  std::uint16_t port() const { return port_; }
  std::string address() const;  // "127.0.0.1:40123", "[::1]:40123"

 private:
  void serve();

  Talk talk_;
  int family_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// A port on which nothing listens.
std::uint16_t closed_port();

// [0] is the greeting, [n] the answer to the client's nth line; then waits for the other side to close.
LoopbackServer::Talk saying(std::vector<std::string> answers);

// The greeting and the EHLO reply of an Exchange server of that name; `keywords` as in "250-X-EXPS".
LoopbackServer::Talk exchange_server(const std::string& host,
                                     const std::vector<std::string>& keywords = {
                                         "X-EXPS GSSAPI NTLM LOGIN", "X-EXPS=LOGIN", "AUTH GSSAPI NTLM LOGIN",
                                         "AUTH=LOGIN", "X-LINK2STATE", "XEXCH50"});

}  // namespace exaudit::test
