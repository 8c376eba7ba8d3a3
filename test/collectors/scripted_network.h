// Servers that say what a script tells them, in a time of their own: a limit of 30 seconds takes none.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/connection.h"

namespace exaudit::test {

using collectors::Received;
using collectors::TimePoint;
using std::chrono::seconds;

struct Script {
  std::vector<std::string> answers;  // [0] is the greeting, [n] what follows the client's nth line
  std::string endless;               // after the answers, again and again
  Received::End end = Received::End::timed_out;  // after all of that; timed_out = silence
  std::size_t chunk = collectors::kReadBytes;    // bytes that arrive together
  std::chrono::milliseconds pause{0};            // before each chunk
  bool deaf = false;                             // what the client says is refused
  std::string local = "192.0.2.77";              // the client's end
};

class ScriptedConnection final : public collectors::Connection {
 public:
  // `said` collects what the client said; it outlives the connection, as `clock` does.
  ScriptedConnection(Script script, TimePoint& clock, std::string& said)
      : script_(std::move(script)), clock_(clock), said_(said) {}

  TimePoint now() const override { return clock_; }

  Received read(TimePoint deadline) override {
    const auto heard = static_cast<std::size_t>(std::count(said_.begin(), said_.end(), '\n'));
    while (pending_.empty() && next_ < script_.answers.size() && next_ <= heard)
      pending_ = script_.answers[next_++];
    if (pending_.empty() && next_ >= script_.answers.size()) pending_ = script_.endless;
    if (pending_.empty() && script_.end != Received::End::timed_out)
      return {script_.end, {}, script_.end == Received::End::failed ? "connection reset by peer" : ""};
    if (pending_.empty() || clock_ + script_.pause > deadline) {
      clock_ = std::max(clock_, deadline);
      return {Received::End::timed_out, {}, {}};
    }
    clock_ += script_.pause;
    std::string bytes = pending_.substr(0, script_.chunk);
    pending_.erase(0, bytes.size());
    return {Received::End::open, std::move(bytes), {}};
  }

  std::optional<base::Error> write(std::string_view bytes, TimePoint) override {
    if (script_.deaf) return base::Error{base::ErrorCode::io, "broken pipe", 0};
    said_ += bytes;
    return std::nullopt;
  }

  std::string local_address() const override { return script_.local; }

 private:
  Script script_;
  TimePoint& clock_;
  std::string& said_;
  std::string pending_;
  std::size_t next_ = 0;
};

// Hosts and what listens at their addresses. For tests that ask one server at a time.
class ScriptedNetwork final : public collectors::Network {
 public:
  std::map<std::string, std::vector<std::string>> hosts;
  std::map<std::string, Script> servers;        // by address
  std::map<std::string, std::string> refusals;  // by address: why; of all others nothing is heard
  TimePoint clock{};
  std::string said;
  std::vector<std::string> tried;  // "192.0.2.10 5s": address, and the time it was given

  TimePoint now() const override { return clock; }

  base::Result<std::vector<std::string>> resolve(const std::string& host, TimePoint) override {
    const auto found = hosts.find(host);
    if (found == hosts.end()) return base::Error{base::ErrorCode::not_found, "name or service not known", 0};
    return found->second;
  }

  base::Result<std::unique_ptr<collectors::Connection>> connect(const std::string& address, std::uint16_t,
                                                                TimePoint deadline) override {
    const auto given = std::chrono::duration_cast<seconds>(deadline - clock).count();
    tried.push_back(address + " " + std::to_string(given) + "s");
    const auto server = servers.find(address);
    if (server != servers.end()) {
      return std::unique_ptr<collectors::Connection>(
          std::make_unique<ScriptedConnection>(server->second, clock, said));
    }
    const auto refused = refusals.find(address);
    if (refused != refusals.end()) return base::Error{base::ErrorCode::io, refused->second, 0};
    clock = deadline;
    return base::Error{base::ErrorCode::io, "no answer within the time limit", 0};
  }
};

}  // namespace exaudit::test
