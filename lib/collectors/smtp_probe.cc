#include "collectors/smtp_probe.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <system_error>

#include <fmt/format.h>

#include "base/sha256.h"
#include "base/text.h"
#include "collectors/machine_table.h"
#include "collectors/smtp_session.h"
#include "readers/readers.h"
#include "readers/smtp_line.h"

namespace exaudit::collectors {

namespace {

bool is_ipv6(std::string_view host) { return host.find(':') != std::string_view::npos; }

std::string with_port(std::string_view host, std::uint16_t port) {
  return is_ipv6(host) ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

bool is_host_byte(unsigned char c) {
  return c > 0x20 && c != 0x7F &&
         std::string_view("/\\@[]?#\"<>").find(static_cast<char>(c)) == std::string_view::npos;
}

// The name of the machine behind a host that was asked, when its greeting does not say. An address names it
// too, but for those that every computer has.
std::string machine_of_host(const std::string& host) {
  std::string name = machine_hint(host);
  if (!name.empty()) return name;
  const auto addresses = readers::addresses_in(host);
  return addresses.empty() || readers::is_loopback(addresses.front()) ? std::string() : host;
}

// The first connection that succeeds; the transcript tells of all attempts.
std::unique_ptr<Connection> connect(const SmtpTarget& target, TimePoint deadline, Network& network,
                                    SmtpProbe& out) {
  auto addresses = network.resolve(target.host, deadline);
  if (!addresses) {
    out.problem = fmt::format("{}: {}", target.host, addresses.error().message);
    return nullptr;
  }
  if (addresses->size() > kMaxSmtpAddresses) addresses->resize(kMaxSmtpAddresses);
  std::vector<std::string> failures;
  auto left = static_cast<std::int64_t>(addresses->size());
  for (const std::string& address : *addresses) {
    const TimePoint now = network.now();
    const TimePoint share = now + std::max(deadline - now, TimePoint::duration::zero()) / left--;
    out.transcript += fmt::format("Trying {}...\n", address);
    auto connection = network.connect(address, target.port, share);
    if (connection) {
      out.transcript += fmt::format("Connected to {}.\n", target.host);
      return std::move(*connection);
    }
    failures.push_back(fmt::format("{}: {}", with_port(address, target.port), connection.error().message));
  }
  out.problem = fmt::format("{}", fmt::join(failures, "; "));
  return nullptr;
}

// One connection is one session with one server; a server that shows several has made them up.
std::vector<facts::SmtpGreeting> greeting_of(const SmtpProbe& probe, facts::InputId id, facts::Input& input) {
  if (!probe.heard) return {};
  auto greetings = readers::read_smtp_transcript(probe.transcript, id, input);
  if (greetings.size() > 1) greetings.resize(1);
  input.records = greetings.size();
  // Whatever the lines look like: the server was not heard to the end.
  for (facts::SmtpGreeting& greeting : greetings)
    greeting.ehlo_complete = greeting.ehlo_complete && probe.problem.empty();
  return greetings;
}

// `machine`: from the options, or "".
void add_probe(const SmtpTarget& target, const SmtpProbe& probe, const std::string& machine, bool hash_inputs,
               Evidence& evidence) {
  const facts::InputId id = evidence.add_input({});
  facts::Input& input = evidence.input(id);
  input.kind = facts::InputKind::smtp_greeting;
  input.path = target.path();
  input.machine = machine;
  input.bytes = probe.transcript.size();
  if (hash_inputs) input.sha256 = base::sha256_hex(probe.transcript);
  if (!probe.problem.empty()) input.skipped_record(0, probe.problem);
  auto greetings = greeting_of(probe, id, input);
  const std::string asked = machine_of_host(target.host);
  const std::string said = greetings.empty() ? "" : machine_hint(greetings.front());
  if (machine.empty() && !said.empty() && !asked.empty() && !base::fold_equals(said, asked)) {
    input.note(greetings.front().location.line,
               fmt::format("calls itself {}, and counts as that machine (--machine NAME={} overrides)", said,
                           input.path));
  }
  facts::MachineFacts& owner = evidence.owner(id, said.empty() ? asked : said);
  for (facts::SmtpGreeting& greeting : greetings) owner.greetings.push_back(std::move(greeting));
}

// Runs job(0) to job(count - 1), some of them at once: as many as there are threads to be had.
template <typename Job>
void run_all(std::size_t count, const Job& job) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) job(i);
  };
  std::vector<std::future<void>> helpers;
  try {
    for (std::size_t i = 1; i < std::min(count, kMaxProbesAtOnce); ++i)
      helpers.push_back(std::async(std::launch::async, work));
  } catch (const std::system_error&) {
    // This thread does the rest.
  }
  work();
  for (std::future<void>& helper : helpers) helper.get();
}

}  // namespace

std::string SmtpTarget::path() const { return fmt::format("{}{}", kSmtpScheme, with_port(host, port)); }

base::Result<SmtpTarget> parse_smtp_target(std::string_view text) {
  const base::Error error{base::ErrorCode::usage, "takes HOST or HOST:PORT ([ADDRESS]:PORT for IPv6)", 0};
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return error;
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!is_ipv6(host)) return error;
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    host = text.substr(0, text.find(':'));
    port = text.substr(host.size());
  }
  SmtpTarget target;
  target.host = host;
  constexpr std::size_t kMaxHost = 253;  // octets of a domain name in text (RFC 1035 2.3.4)
  if (host.empty() || host.size() > kMaxHost || !std::all_of(host.begin(), host.end(), is_host_byte))
    return error;
  if (port.empty()) return target;
  std::uint64_t number = 0;
  if (!port.starts_with(':') || !base::parse_uint(port.substr(1), number) || number == 0 ||
      number > UINT16_MAX)
    return error;
  target.port = static_cast<std::uint16_t>(number);
  return target;
}

SmtpProbe probe_smtp(const SmtpTarget& target, std::chrono::seconds limit, Network& network) {
  SmtpProbe out;
  const TimePoint deadline = network.now() + limit;
  const auto connection = connect(target, deadline, network, out);
  if (connection == nullptr) return out;
  SmtpSession session = talk_smtp(*connection, deadline);
  out.transcript += session.transcript;
  out.heard = session.reply_lines > 0;
  out.problem = std::move(session.problem);
  return out;
}

std::vector<SmtpProbe> probe_all(const SmtpProbeOptions& options, Network& network) {
  std::vector<SmtpProbe> probes(options.targets.size());
  run_all(probes.size(),
          [&](std::size_t i) { probes[i] = probe_smtp(options.targets[i], options.timeout, network); });
  return probes;
}

void add_smtp_probes(const SmtpProbeOptions& options, const std::vector<SmtpProbe>& probes,
                     Evidence& evidence) {
  for (std::size_t i = 0; i < probes.size(); ++i) {
    const SmtpTarget& target = options.targets[i];
    const auto named = std::find_if(options.machines.begin(), options.machines.end(),
                                    [&](const auto& pair) { return pair.second == target; });
    add_probe(target, probes[i], named == options.machines.end() ? "" : named->first, options.hash_inputs,
              evidence);
  }
}

}  // namespace exaudit::collectors
