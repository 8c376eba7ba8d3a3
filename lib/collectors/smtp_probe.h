// Asks live SMTP servers how they answer to EHLO. What a server says becomes a transcript, as telnet shows
// it, and is read like a transcript in a file: the same evidence, only fresher.
//
//   smtp://mail1.example.test:25:6: high: the SMTP service of mail1 does not advertise XEXCH50
//                               ^ line of the transcript
//
// Only what the user named is connected to, once; the server is told EHLO and QUIT and nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "collectors/connection.h"
#include "collectors/evidence.h"

namespace exaudit::collectors {

inline constexpr std::string_view kSmtpScheme = "smtp://";

struct SmtpTarget {
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 25;

  std::string path() const;  // Input::path: "smtp://mail1.example.test:25", "smtp://[2001:db8::10]:25"
  bool operator==(const SmtpTarget&) const = default;
};

// "HOST", "HOST:PORT", "[ADDRESS]", "[ADDRESS]:PORT"; an IPv6 address without a port needs no brackets. The
// error's message says what was expected.
base::Result<SmtpTarget> parse_smtp_target(std::string_view text);

inline constexpr std::size_t kMaxSmtpAddresses = 16;  // of one host that are tried
inline constexpr std::size_t kMaxProbesAtOnce = 16;

// What was seen of one server.
struct SmtpProbe {
  // "Trying 192.0.2.10...", "Connected to ...", the session (smtp_session.h); lines end with LF. Can be saved
  // and audited later.
  std::string transcript;
  bool heard = false;   // the server sent at least one line
  std::string problem;  // why there is no whole reply to EHLO, one sentence; "" when there is
};

// The addresses of a host are tried in turn until one of them can be connected to. All of it takes at most
// `limit`; an address that does not answer leaves time for those after it.
SmtpProbe probe_smtp(const SmtpTarget& target, std::chrono::seconds limit, Network& network);

struct SmtpProbeOptions {
  std::vector<SmtpTarget> targets;
  std::vector<std::pair<std::string, SmtpTarget>> machines;  // --machine NAME=smtp://HOST:PORT
  std::chrono::seconds timeout{30};  // of each probe; Exchange may look the client up before it answers
  bool hash_inputs = false;
};

// One probe for each target, in their order; several servers are asked at once.
std::vector<SmtpProbe> probe_all(const SmtpProbeOptions& options, Network& network);

// Adds what probe_all gave: one input of the kind smtp_greeting for each target. It belongs to the machine
// that the options name, else to the host that the greeting names, else to the host that was asked. A probe
// with a problem is an incomplete input, and proves that no verb is missing.
void add_smtp_probes(const SmtpProbeOptions& options, const std::vector<SmtpProbe>& probes,
                     Evidence& evidence);

}  // namespace exaudit::collectors
