// The network, as collectors see it: names give addresses, addresses give connections. Small interfaces, so
// that tests can put scripted servers and a clock of their own in the place of the real ones.
//
// Every call returns at its deadline at the latest, whatever the other side does, and none of them raises
// SIGPIPE. Messages are one sentence without the address they are about.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace exaudit::collectors {

using TimePoint = std::chrono::steady_clock::time_point;

// What one read gave.
struct Received {
  enum class End { open, closed, timed_out, failed };
  End end = End::open;
  std::string bytes;  // not empty while `end` is open, else empty
  std::string why;    // of `failed`
};

class Connection {
 public:
  virtual ~Connection() = default;
  virtual TimePoint now() const = 0;
  // Waits for bytes and gives those that are there, at most kReadBytes.
  virtual Received read(TimePoint deadline) = 0;
  // All of `bytes`, or why not.
  virtual std::optional<base::Error> write(std::string_view bytes, TimePoint deadline) = 0;
  // The address of this end, as Network::resolve writes addresses.
  virtual std::string local_address() const = 0;
};

inline constexpr std::size_t kReadBytes = 4096;

// May be used by several threads at once.
class Network {
 public:
  virtual ~Network() = default;
  virtual TimePoint now() const = 0;
  // The addresses of a host name (or of an address), in the order in which they should be tried: IPv4 as
  // "192.0.2.10", IPv6 as "2001:db8::10", with its zone where it has one ("fe80::1%eth0"). Never empty.
  virtual base::Result<std::vector<std::string>> resolve(const std::string& host, TimePoint deadline) = 0;
  // TCP to an address that resolve gave.
  virtual base::Result<std::unique_ptr<Connection>> connect(const std::string& address, std::uint16_t port,
                                                            TimePoint deadline) = 0;
};

// The network of this computer.
std::unique_ptr<Network> system_network();

}  // namespace exaudit::collectors
