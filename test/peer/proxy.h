// A wire that can be cut: stands between the program and a server and fails where a test wants it to.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace exaudit::test {

struct ProxyFaults {
  std::uint64_t after_bytes = 0;  // of the server's answers, counted over each connection; 0: never
  int times = 1;                  // so many connections fail, the next ones work
  bool stall = false;             // nothing comes any more, instead of an end of the connection
};

class Proxy {
 public:
  Proxy(std::uint16_t server_port, ProxyFaults faults);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void run();
  void serve(int client);

  std::uint16_t server_port_;
  ProxyFaults faults_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<bool> stop_{false};
  std::atomic<int> connections_{0};
  std::thread thread_;
};

}  // namespace exaudit::test
