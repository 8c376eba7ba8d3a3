// What a server sends to the SMTP probe. The first byte says how it sends: in pieces of which size, how
// slowly, and what it does at the end.
#include <cstdlib>

#include "collectors/scripted_network.h"
#include "collectors/smtp_probe.h"
#include "collectors/smtp_session.h"
#include "fuzz/targets.h"

void exaudit::fuzz::smtp_session(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto how = static_cast<unsigned char>(bytes.front());
  constexpr std::size_t kChunks[] = {1, 2, 5, collectors::kReadBytes};
  constexpr test::Received::End kEnds[] = {test::Received::End::closed, test::Received::End::failed,
                                           test::Received::End::timed_out};
  test::Script script;
  script.answers = {std::string(bytes.substr(1))};
  script.chunk = kChunks[how % 4];
  script.end = kEnds[how / 4 % 3];
  script.pause = std::chrono::milliseconds(how / 16 * 100);
  script.deaf = how == 0xFF;
  test::ScriptedNetwork network;
  network.hosts["mail1.example.test"] = {"192.0.2.10"};
  network.servers["192.0.2.10"] = script;
  const collectors::SmtpTarget target{"mail1.example.test", 25};
  constexpr std::chrono::seconds kLimit{30};
  const collectors::SmtpProbe probe = collectors::probe_smtp(target, kLimit, network);

  const std::string_view said = network.said;
  constexpr std::string_view kAll = "EHLO [192.0.2.77]\r\nQUIT\r\n";
  if (!kAll.starts_with(said) && said != "QUIT\r\n") std::abort();
  if (probe.problem.empty() && said != kAll) std::abort();
  if (network.clock - test::TimePoint{} > kLimit) std::abort();
  if (probe.transcript.size() > collectors::kMaxSessionBytes + 2 * collectors::kReadBytes) std::abort();

  collectors::Evidence evidence;
  collectors::SmtpProbeOptions options;
  options.targets = {target};
  collectors::add_smtp_probes(options, {probe}, evidence);
  const facts::Snapshot snapshot = std::move(evidence).finish();
  if (snapshot.inputs.size() != 1 || snapshot.machines.size() != 1) std::abort();
  if (!probe.problem.empty() && snapshot.inputs[0].complete) std::abort();
  for (const facts::SmtpGreeting& greeting : snapshot.machines[0].greetings) {
    if (greeting.ehlo_complete && !probe.problem.empty()) std::abort();
  }
}
