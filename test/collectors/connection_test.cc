// Real sockets, on the loopback address only.
#include "collectors/connection.h"

#include <doctest/doctest.h>

#include "collectors/smtp_probe.h"
#include "support/loopback_server.h"

using exaudit::collectors::parse_smtp_target;
using exaudit::collectors::probe_smtp;
using exaudit::collectors::Received;
using exaudit::collectors::SmtpProbe;
using exaudit::collectors::SmtpTarget;
using exaudit::collectors::system_network;
using exaudit::test::Client;
using exaudit::test::closed_port;
using exaudit::test::exchange_server;
using exaudit::test::LoopbackServer;
using exaudit::test::saying;
using std::chrono::seconds;

namespace {

constexpr seconds kPatient{20};  // a loaded computer is slow, a test that waits so long has failed
constexpr seconds kShort{1};

SmtpProbe ask(const std::string& address, seconds limit = kPatient) {
  const auto target = parse_smtp_target(address);
  REQUIRE(target);
  const auto network = system_network();
  return probe_smtp(*target, limit, *network);
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("connection: a server on the loopback address, IPv4 and IPv6") {
  const LoopbackServer ipv4(exchange_server("mail1.example.test"));
  const SmtpProbe probe = ask(ipv4.address());
  CHECK(probe.problem == "");
  CHECK(probe.transcript.starts_with(
      "Trying 127.0.0.1...\nConnected to 127.0.0.1.\n220 mail1.example.test Microsoft ESMTP MAIL Service, "
      "Version: 6.0.3790.3959 ready\nEHLO [127.0.0.1]\n250-mail1.example.test Hello [127.0.0.1]\n"));
  CHECK(probe.transcript.ends_with(
      "250 OK\nQUIT\n221 2.0.0 Service closing transmission channel\nConnection closed.\n"));

  const LoopbackServer ipv6(exchange_server("mail1.example.test"), AF_INET6);
  if (ipv6.port() == 0) {
    MESSAGE("no IPv6 here: not tested");
    return;
  }
  const SmtpProbe other = ask(ipv6.address());
  CHECK(other.problem == "");
  CHECK(contains(other.transcript, "\nEHLO [IPv6:::1]\n"));
}

TEST_CASE("connection: a name, of which only one address answers") {
  const LoopbackServer server(exchange_server("mail1.example.test"));
  const SmtpProbe probe = ask("localhost:" + std::to_string(server.port()));
  CHECK(probe.problem == "");
  CHECK(contains(probe.transcript, "Trying 127.0.0.1...\nConnected to localhost.\n"));
}

TEST_CASE("connection: nobody listens") {
  const std::string port = std::to_string(closed_port());
  CHECK(ask("127.0.0.1:" + port).problem == "127.0.0.1:" + port + ": connection refused");
  CHECK(contains(ask("localhost:" + port).problem, "127.0.0.1:" + port + ": connection refused"));
}

TEST_CASE("connection: no host has that name") {
  // RFC 6761 6.4: "invalid" has no names. A label of 64 bytes is refused without asking anybody.
  const SmtpProbe probe = ask(std::string(64, 'a') + ".invalid", kShort);
  CHECK(probe.problem.starts_with(std::string(64, 'a') + ".invalid: "));
  CHECK(probe.transcript == "");
  CHECK_FALSE(probe.heard);
}

TEST_CASE("connection: the time limit holds, whatever the server does") {
  const LoopbackServer::Talk silence = [](const Client& client) { client.wait(); };
  const LoopbackServer::Talk drip = [](const Client& client) {
    while (client.send("2") && client.pause(100)) {
    }
  };
  const LoopbackServer::Talk slow_reply = [](const Client& client) {
    client.send("220 mail1.example.test ESMTP\r\n");
    client.read_line();
    while (client.send("250-X\r\n") && client.pause(100)) {
    }
  };
  for (const auto& talk : {silence, drip, slow_reply}) {
    const LoopbackServer server(talk);
    const auto begin = std::chrono::steady_clock::now();
    const SmtpProbe probe = ask(server.address(), kShort);
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(contains(probe.problem, "the time limit was reached"));
    CHECK(took >= kShort);
    CHECK(took < kShort + seconds(5));
  }
}

TEST_CASE("connection: a server that hangs up, resets or floods") {
  const LoopbackServer closing([](const Client&) {});
  CHECK(contains(ask(closing.address()).problem, "no greeting: "));

  // EHLO and QUIT go to a closed connection: no signal may end the program.
  const LoopbackServer resetting([](const Client& client) {
    client.send("220 mail1.example.test ESMTP\r\n");
    client.reset_on_close();
  });
  for (int i = 0; i < 20; ++i) CHECK(ask(resetting.address()).problem != "");

  const LoopbackServer flooding([](const Client& client) {
    while (client.send(std::string(1000, 'x'))) {
    }
  });
  CHECK(contains(ask(flooding.address()).problem, "a line of more than"));
  const LoopbackServer chatting([](const Client& client) {
    while (client.send("220 hello\r\n220 again\r\n")) {
    }
  });
  CHECK(ask(chatting.address()).problem != "");
  const LoopbackServer binary([](const Client& client) {
    client.send(std::string("\x15\x03\x01\x00\x02\x02\x0A", 7) + std::string(100, '\0'));
    client.wait();
  });
  CHECK(contains(ask(binary.address()).problem, "no SMTP reply"));
}

TEST_CASE("connection: several servers at once, in the order in which they were named") {
  // The first answers last.
  const LoopbackServer slow([](const Client& client) {
    if (client.pause(300)) exchange_server("mail1.example.test")(client);
  });
  const LoopbackServer quick(exchange_server("mail2.example.test"));
  exaudit::collectors::SmtpProbeOptions options;
  const std::string nobody = "127.0.0.1:" + std::to_string(closed_port());
  for (const std::string& address : {slow.address(), nobody, quick.address()})
    options.targets.push_back(*parse_smtp_target(address));
  exaudit::collectors::Evidence evidence;
  const auto probes = exaudit::collectors::probe_all(options, *system_network());
  exaudit::collectors::add_smtp_probes(options, probes, evidence);
  const auto snapshot = std::move(evidence).finish();
  REQUIRE(snapshot.inputs.size() == 3);
  CHECK(snapshot.inputs[0].path == "smtp://" + slow.address());
  CHECK(snapshot.inputs[0].machine == "mail1");
  CHECK(snapshot.inputs[1].path == "smtp://" + nobody);
  CHECK_FALSE(snapshot.inputs[1].complete);
  CHECK(snapshot.inputs[2].machine == "mail2");
}
