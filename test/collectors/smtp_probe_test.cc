#include "collectors/smtp_probe.h"

#include "collectors/case_folder.h"
#include "collectors/scripted_network.h"

using namespace exaudit::test;
using exaudit::collectors::add_smtp_probes;
using exaudit::collectors::Evidence;
using exaudit::collectors::parse_smtp_target;
using exaudit::collectors::probe_all;
using exaudit::collectors::probe_smtp;
using exaudit::collectors::SmtpProbe;
using exaudit::collectors::SmtpProbeOptions;
using exaudit::collectors::SmtpTarget;
using exaudit::facts::SmtpGreeting;

namespace {

SmtpTarget target(std::string_view text) {
  const auto parsed = parse_smtp_target(text);
  REQUIRE(parsed);
  return *parsed;
}

// Of a server that does not say whom it talks to.
Script exchange(const std::string& host, const std::string& local = "192.0.2.77") {
  Script script;
  script.answers = {"220 " + host + " Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready\r\n",
                    "250-" + host + " Hello\r\n250-X-EXPS=LOGIN\r\n250-X-LINK2STATE\r\n250 XEXCH50\r\n",
                    "221 bye\r\n"};
  script.local = local;
  return script;
}

// mail1.example.test at 192.0.2.10, and an exchange server there.
ScriptedNetwork one_server() {
  ScriptedNetwork network;
  network.hosts["mail1.example.test"] = {"192.0.2.10"};
  network.servers["192.0.2.10"] = exchange("mail1.example.test");
  return network;
}

Snapshot audit_of(ScriptedNetwork& network, std::vector<std::string> targets, std::string machine = "") {
  Evidence evidence;
  for (const std::string& each : targets) {
    SmtpProbeOptions options;
    options.targets = {target(each)};
    if (!machine.empty()) options.machines = {{machine, target(each)}};
    add_smtp_probes(options, probe_all(options, network), evidence);
    network.said.clear();
  }
  return std::move(evidence).finish();
}

}  // namespace

TEST_CASE("smtp probe: how hosts and ports are written") {
  struct Written {
    const char* text;
    const char* host;
    int port;
    const char* path;
  };
  const Written all[] = {
      {"mail1", "mail1", 25, "smtp://mail1:25"},
      {"mail1.example.test:2525", "mail1.example.test", 2525, "smtp://mail1.example.test:2525"},
      {"192.0.2.10", "192.0.2.10", 25, "smtp://192.0.2.10:25"},
      {"192.0.2.10:65535", "192.0.2.10", 65535, "smtp://192.0.2.10:65535"},
      {"::1", "::1", 25, "smtp://[::1]:25"},
      {"[::1]", "::1", 25, "smtp://[::1]:25"},
      {"[2001:db8::10]:2525", "2001:db8::10", 2525, "smtp://[2001:db8::10]:2525"},
      {"fe80::1%eth0", "fe80::1%eth0", 25, "smtp://[fe80::1%eth0]:25"},
  };
  for (const Written& each : all) {
    CAPTURE(each.text);
    const SmtpTarget parsed = target(each.text);
    CHECK(parsed.host == each.host);
    CHECK(parsed.port == each.port);
    CHECK(parsed.path() == each.path);
    CHECK(target(parsed.path().substr(7)) == parsed);
  }
  for (const char* wrong : {"", ":25", "mail1:", "mail1:0", "mail1:65536", "mail1:smtp", "mail1:25x",
                            "mail1:-1", "[::1", "[::1]25", "[::1]:", "[mail1]:25", "[]", "smtp://mail1",
                            "mail 1", "mail1/", "user@mail1", "mail1\n", "mail\x1b[1m"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_smtp_target(wrong));
  }
  CHECK_FALSE(parse_smtp_target(std::string(254, 'a')));
}

TEST_CASE("smtp probe: the answer is evidence, with lines of the transcript") {
  ScriptedNetwork network = one_server();
  const Snapshot snapshot = audit_of(network, {"mail1.example.test:2525"});
  REQUIRE(snapshot.inputs.size() == 1);
  const Input& input = snapshot.inputs[0];
  CHECK(input.path == "smtp://mail1.example.test:2525");
  CHECK(input.kind == InputKind::smtp_greeting);
  CHECK(input.machine == "mail1");
  CHECK(input.complete);
  CHECK(input.records == 1);
  CHECK(input.problems.empty());
  REQUIRE(machine_names(snapshot) == Names{"mail1"});
  const SmtpGreeting& greeting = snapshot.machines[0].greetings.at(0);
  CHECK(greeting.ehlo_complete);
  CHECK(greeting.banner_line == 3);  // after "Trying" and "Connected to"
  CHECK(greeting.ehlo_line == 5);
  CHECK(greeting.find("XEXCH50")->line == 8);
  CHECK(greeting.across_network);
}

TEST_CASE("smtp probe: a saved transcript is the same evidence") {
  const Folder here;
  for (const char* local : {"192.0.2.77", "192.0.2.10"}) {
    ScriptedNetwork network = one_server();
    network.servers["192.0.2.10"].local = local;
    const SmtpProbe probe = probe_smtp(target("mail1.example.test"), seconds(30), network);
    Folder::write("ehlo.txt", probe.transcript);
    const Snapshot saved = collect({"ehlo.txt"});
    CHECK(saved.inputs[0].kind == InputKind::smtp_greeting);
    CHECK(machine_names(saved) == Names{"mail1"});
    const SmtpGreeting& greeting = saved.machines[0].greetings.at(0);
    CHECK(greeting.ehlo_complete);
    CHECK(greeting.find("XEXCH50")->line == 8);
    CHECK(greeting.across_network == (std::string_view(local) == "192.0.2.77"));
  }
}

TEST_CASE("smtp probe: what was seen across a network, and what on the machine itself") {
  struct Way {
    const char* server;
    const char* local;
    const char* hello;  // what the server says about the client, if anything
    bool across;
  };
  const Way ways[] = {
      {"127.0.0.1", "127.0.0.1", "", false},
      {"::1", "::1", "", false},
      {"192.0.2.10", "192.0.2.10", "", false},  // an own address
      {"2001:db8::10", "2001:db8::10", "", false},
      {"192.0.2.10", "192.0.2.77", "", true},
      {"2001:db8::10", "2001:db8::77", "", true},
      {"192.0.2.10", "10.0.0.77", " [203.0.113.5]", true},  // translated on the way
      {"127.0.0.1", "127.0.0.1", " [10.0.0.5]", true},      // a forwarded port
      {"127.0.0.1", "127.0.0.1", " [127.0.0.1]", false},    // a tunnel that ends on the server
      {"192.0.2.10", "192.0.2.77", " [127.0.0.1]",
       true},  // something on the server stands before the service
      {"::1", "::1", " [IPv6:::1]", false},
  };
  for (const Way& way : ways) {
    CAPTURE(way.server);
    CAPTURE(way.local);
    CAPTURE(way.hello);
    ScriptedNetwork network;
    network.hosts[way.server] = {way.server};
    network.servers[way.server] = exchange("mail1.example.test", way.local);
    std::string& reply = network.servers[way.server].answers[1];
    reply.insert(reply.find(" Hello") + 6, way.hello);
    const Snapshot snapshot = audit_of(network, {way.server});
    REQUIRE(snapshot.machines.size() == 1);
    CHECK(snapshot.machines[0].greetings.at(0).across_network == way.across);
  }
}

TEST_CASE("smtp probe: the addresses of a host are tried in turn, and share the time") {
  ScriptedNetwork network = one_server();
  network.hosts["mail1.example.test"] = {"2001:db8::10", "198.51.100.10", "192.0.2.10", "203.0.113.10"};
  network.refusals["2001:db8::10"] = "network is unreachable";
  const SmtpProbe probe = probe_smtp(target("mail1.example.test"), seconds(30), network);
  CHECK(probe.problem == "");
  // 7.5 seconds each; the first took none of them, so that 10 are left to the second.
  CHECK(network.tried == Names{"2001:db8::10 7s", "198.51.100.10 10s", "192.0.2.10 10s"});
  CHECK(
      probe.transcript.starts_with("Trying 2001:db8::10...\nTrying 198.51.100.10...\nTrying 192.0.2.10...\n"
                                   "Connected to mail1.example.test.\n220 mail1.example.test "));
}

TEST_CASE(
    "smtp probe: a server that cannot be reached leaves an incomplete input, and a machine to ask about") {
  ScriptedNetwork network;
  network.hosts["mail1.example.test"] = {"192.0.2.10", "2001:db8::10"};
  network.hosts["192.0.2.20"] = {"192.0.2.20"};
  network.hosts["localhost"] = {"127.0.0.1"};
  network.refusals["192.0.2.10"] = "connection refused";
  network.refusals["2001:db8::10"] = "network is unreachable";
  network.refusals["127.0.0.1"] = "connection refused";
  const Snapshot snapshot =
      audit_of(network, {"mail1.example.test", "192.0.2.20:2525", "nowhere.example.test", "localhost"});
  const char* problems[] = {
      "192.0.2.10:25: connection refused; [2001:db8::10]:25: network is unreachable",
      "192.0.2.20:2525: no answer within the time limit",
      "nowhere.example.test: name or service not known",
      "127.0.0.1:25: connection refused",
  };
  REQUIRE(snapshot.inputs.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const Input& input = snapshot.inputs[i];
    CHECK(input.kind == InputKind::smtp_greeting);
    CHECK(input.lost_records);
    REQUIRE(input.problems.size() == 1);
    CHECK(input.problems[0].message == problems[i]);
  }
  CHECK(machine_names(snapshot) == Names{"192.0.2.20", "?", "mail1", "nowhere"});
  for (const MachineFacts& machine : snapshot.machines) CHECK(machine.greetings.empty());
  CHECK(network.said == "");
}

TEST_CASE("smtp probe: whose greeting it is") {
  ScriptedNetwork network = one_server();
  network.hosts["relay.example.test"] = {"192.0.2.10"};
  network.hosts["192.0.2.10"] = {"192.0.2.10"};
  const Snapshot named = audit_of(network, {"relay.example.test"});
  CHECK(machine_names(named) == Names{"mail1"});
  CHECK(has_problem(named.inputs[0], "calls itself mail1"));
  CHECK(named.inputs[0].complete);
  const Snapshot given = audit_of(network, {"relay.example.test"}, "MAIL7");
  CHECK(machine_names(given) == Names{"MAIL7"});
  CHECK(given.inputs[0].problems.empty());
  const Snapshot by_address = audit_of(network, {"192.0.2.10"});
  CHECK(machine_names(by_address) == Names{"mail1"});

  // The banner is masked, and the reply names nobody.
  network.servers["192.0.2.10"].answers = {"220 ****************************\r\n", "250 localhost\r\n",
                                           "221 bye\r\n"};
  CHECK(machine_names(audit_of(network, {"relay.example.test"})) == Names{"relay"});
  CHECK(machine_names(audit_of(network, {"192.0.2.10"})) == Names{"192.0.2.10"});
}

TEST_CASE("smtp probe: on this computer, a greeting without a name belongs to no known machine") {
  ScriptedNetwork network;
  network.hosts["localhost"] = {"127.0.0.1"};
  network.servers["127.0.0.1"] = exchange("localhost", "127.0.0.1");
  const Snapshot snapshot = audit_of(network, {"localhost"});
  CHECK(machine_names(snapshot) == Names{"?"});
  CHECK(snapshot.inputs[0].unattributed);
  CHECK(snapshot.inputs[0].complete);
}

TEST_CASE("smtp probe: a server speaks for one machine, once") {
  ScriptedNetwork network = one_server();
  network.servers["192.0.2.10"].answers.back() =
      "221-bye\r\n220 mail2.example.test ESMTP\r\n221 bye\r\n";  // behind our QUIT
  network.servers["192.0.2.10"].endless = "220 mail3.example.test ESMTP\r\n250-mail3\r\n250 OK\r\n";
  const Snapshot snapshot = audit_of(network, {"mail1.example.test"});
  CHECK(machine_names(snapshot) == Names{"mail1"});
  REQUIRE(snapshot.machines[0].greetings.size() == 1);
  CHECK(snapshot.machines[0].greetings[0].find("XEXCH50") != nullptr);
}

TEST_CASE("smtp probe: a reply that was cut off proves nothing about what is missing") {
  ScriptedNetwork network = one_server();
  std::string& reply = network.servers["192.0.2.10"].answers[1];
  // What the dialogue takes for no end, the reader takes for one: " 250 OK" is a reply behind a blank.
  reply = "250-mail1.example.test Hello\r\n250-TURN\r\n 250 OK\r\n";
  const Snapshot snapshot = audit_of(network, {"mail1.example.test"});
  CHECK(snapshot.inputs[0].lost_records);
  CHECK(has_problem(snapshot.inputs[0], "the reply to EHLO has no end: the time limit was reached"));
  CHECK_FALSE(snapshot.machines[0].greetings.at(0).ehlo_complete);
}

TEST_CASE("smtp probe: files and servers are one audit") {
  const Folder here;
  Folder::write("servers/MAIL1/services.reg", registry());
  ScriptedNetwork network = one_server();
  Evidence evidence;
  REQUIRE_FALSE(exaudit::collectors::add_folder(naming({"."}), evidence));
  SmtpProbeOptions options;
  options.targets = {target("mail1.example.test")};
  options.hash_inputs = true;
  add_smtp_probes(options, probe_all(options, network), evidence);
  const Snapshot snapshot = std::move(evidence).finish();
  CHECK(paths_of(snapshot) == Names{"./servers/MAIL1/services.reg", "smtp://mail1.example.test:25"});
  CHECK(machine_names(snapshot) == Names{"MAIL1"});
  CHECK(snapshot.inputs[1].machine == "MAIL1");
  CHECK(snapshot.inputs[1].sha256.size() == 64);
  CHECK(snapshot.machines[0].registries.size() == 1);
  CHECK(snapshot.machines[0].greetings.size() == 1);
  CHECK(snapshot.machines[0].greetings[0].location.input == 1);
}

TEST_CASE("smtp probe: --machine goes by the target") {
  ScriptedNetwork network = one_server();
  Evidence evidence;
  SmtpProbeOptions options;
  options.targets = {target("mail1.example.test")};
  options.machines = {{"OTHER", target("mail1.example.test:2525")},
                      {"NODE1", target("mail1.example.test:25")}};
  add_smtp_probes(options, probe_all(options, network), evidence);
  CHECK(machine_names(std::move(evidence).finish()) == Names{"NODE1"});
}
