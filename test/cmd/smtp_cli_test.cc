// `exaudit audit --smtp`, against servers on the loopback address.
#include <chrono>
#include <filesystem>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "cmd/run_program.h"
#include "support/loopback_server.h"

using exaudit::test::Client;
using exaudit::test::closed_port;
using exaudit::test::exchange_server;
using exaudit::test::LoopbackServer;
using exaudit::test::Run;
using exaudit::test::run_program;
using exaudit::test::TemporaryFolder;
using nlohmann::json;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// "rule verdict" of the machine, for the two rules that judge an EHLO reply.
std::string verdicts(const json& result, const std::string& machine) {
  std::string out;
  for (const json& row : result["verdicts"]) {
    const std::string rule = row["rule"];
    const bool about_ehlo = rule == "KB822939.verbs-missing" || rule == "KB822939.auth-verbs";
    if (about_ehlo && row["subject"]["name"] == machine)
      out += rule.substr(rule.find('.') + 1) + " " + std::string(row["verdict"]) + ";";
  }
  return out;
}

void check_usage_error(const std::string& arguments, const std::string& part) {
  CAPTURE(arguments);
  const Run run = run_program(arguments);
  CHECK(run.code == 2);
  CHECK(run.out == "");
  CAPTURE(run.err);
  CHECK(contains(run.err, part));
}

}  // namespace

TEST_CASE("cli collect --smtp: a server that was not heard is as unheard in the bundle as live") {
  const TemporaryFolder folder;
  const LoopbackServer cut(
      [](const Client& client) { client.send("220 mail1.example.test Microsoft ESMTP MAIL Service\r\n"); });
  const std::string closed = "127.0.0.1:" + std::to_string(closed_port());
  for (const std::string& address : {cut.address(), closed}) {
    CAPTURE(address);
    const std::string bundle = folder.path("bundle");
    CHECK(run_program("collect --timeout 5 --smtp " + address + " --output " + bundle).code == 3);
    const Run later = run_program("audit --format json " + bundle);
    CHECK(later.code == 3);
    const json result = json::parse(later.out);
    bool told = false;
    for (const json& input : result["inputs"]) {
      if (input["kind"] != "smtp-greeting") continue;
      told = true;
      CHECK(input["complete"] == false);
      CHECK_FALSE(input["problems"].empty());
    }
    CHECK(told);
    std::filesystem::remove_all(bundle);
  }
}

TEST_CASE("cli --smtp: a healthy server alone is an audit") {
  const LoopbackServer server(exchange_server("mail1.example.test"));
  const Run run = run_program("audit --format json --smtp " + server.address());
  CHECK(run.code == 0);
  CHECK(run.err == "");
  const json result = json::parse(run.out);
  REQUIRE(result["inputs"].size() == 1);
  CHECK(result["inputs"][0]["path"] == "smtp://" + server.address());
  CHECK(result["inputs"][0]["kind"] == "smtp-greeting");
  CHECK(result["inputs"][0]["machine"] == "mail1");
  CHECK(result["inputs"][0]["complete"] == true);
  CHECK(verdicts(result, "mail1") == "auth-verbs pass;verbs-missing pass;");
  // Without the command's name, too; and once is once.
  CHECK(run_program("--format json --smtp " + server.address() + " --smtp " + server.address()).out ==
        run.out);
}

TEST_CASE("cli --smtp: what is missing is found, with the line of the transcript") {
  const LoopbackServer server(exchange_server("mail1.example.test", {"AUTH LOGIN", "X-EXPS=LOGIN"}));
  const Run run = run_program("--smtp " + server.address());
  CHECK(run.code == 1);
  CHECK(contains(run.out, "smtp://" + server.address() +
                              ":5: high: the SMTP service of mail1 does not advertise "
                              "X-LINK2STATE, XEXCH50 [KB822939.verbs-missing]\n"));
}

TEST_CASE("cli --smtp: a server that cannot be asked makes the audit incomplete, never healthy") {
  const std::string nobody = "127.0.0.1:" + std::to_string(closed_port());
  const Run run = run_program("--smtp " + nobody + " --machine MAIL1=smtp://" + nobody + " --format json");
  CHECK(run.code == 3);
  CHECK(contains(run.err, "1 input was not read completely"));
  const json result = json::parse(run.out);
  CHECK(result["inputs"][0]["complete"] == false);
  CHECK(result["inputs"][0]["problems"][0]["message"] == nobody + ": connection refused");
  CHECK(verdicts(result, "MAIL1") == "auth-verbs not-evaluated;verbs-missing not-evaluated;");
  CHECK(contains(run_program("--smtp " + nobody).out,
                 "smtp://" + nobody + ": " + nobody + ": connection refused\n"));

  const LoopbackServer silent([](const Client& client) { client.wait(); });
  const Run waited = run_program("--timeout 1 --smtp " + silent.address());
  CHECK(waited.code == 3);
  CHECK(contains(waited.out, "no greeting: the time limit was reached"));
}

TEST_CASE("cli --smtp: beside files, and several servers, in the order of the command line") {
  const TemporaryFolder folder;
  folder.file("case/servers/MAIL2/services.reg",
              "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\RESvc]\r\n"
              "\"Start\"=dword:00000002\r\n");
  const LoopbackServer one(exchange_server("mail1.example.test"));
  const LoopbackServer two(exchange_server("mail2.example.test"));
  const Run run = run_program("--format json --smtp " + two.address() + " --smtp " + one.address() + " " +
                              folder.path("case"));
  const json result = json::parse(run.out);
  REQUIRE(result["inputs"].size() == 3);
  CHECK(result["inputs"][0]["kind"] == "registry-export");
  CHECK(result["inputs"][1]["path"] == "smtp://" + two.address());
  CHECK(result["inputs"][1]["machine"] == "MAIL2");
  CHECK(result["inputs"][2]["machine"] == "mail1");
  CHECK(verdicts(result, "MAIL2") == "auth-verbs pass;verbs-missing pass;");
}

TEST_CASE("cli --smtp: --machine names the machine of a server, and of nothing else") {
  const LoopbackServer server(exchange_server("relay.example.test"));
  const std::string at = server.address();
  const Run run = run_program("--format json --smtp " + at + " --machine MAIL1=smtp://" + at);
  CHECK(run.code == 0);
  CHECK(json::parse(run.out)["inputs"][0]["machine"] == "MAIL1");
  for (const std::string& wrong :
       std::vector<std::string>{"smtp://127.0.0.1:1", at, "smtp://" + at + "0", "/nonexistent"}) {
    CAPTURE(wrong);
    const Run refused = run_program("--smtp " + at + " --machine MAIL1=" + wrong);
    CHECK(refused.code == 2);
    CHECK(contains(refused.err, "--machine MAIL1=" + wrong));
  }
}

TEST_CASE("cli --smtp: usage errors") {
  check_usage_error("--smtp", "--smtp");
  check_usage_error("--smtp mail1:0",
                    "--smtp takes HOST or HOST:PORT ([ADDRESS]:PORT for IPv6), not 'mail1:0'");
  check_usage_error("--smtp smtp://mail1", "not 'smtp://mail1'");
  check_usage_error("--timeout 0 --smtp 127.0.0.1", "--timeout takes a number from 1 to 3600, not '0'");
  check_usage_error("--timeout 5", "no evidence given");
  check_usage_error("list machines --smtp 127.0.0.1", "--smtp is no option of 'list'");
  check_usage_error("--smtp 127.0.0.1 /nonexistent", "/nonexistent");
}

TEST_CASE("cli --smtp: a config file and the environment can name servers, for the commands that ask them") {
  const TemporaryFolder folder;
  const LoopbackServer server(exchange_server("mail1.example.test"));
  const std::string config = folder.file("audit.conf", "smtp = " + server.address() + "\n");
  CHECK(run_program("audit --config " + config).code == 0);
  CHECK(run_program("audit", "EXAUDIT_SMTP=" + server.address()).code == 0);
  check_usage_error("list machines --config " + config, "'list' needs evidence");
}

TEST_CASE("cli --smtp: an interrupt ends a waiting probe") {
  const LoopbackServer silent([](const Client& client) { client.wait(); });
  const auto begin = std::chrono::steady_clock::now();
  const Run run =
      run_program("--timeout 60 --smtp " + silent.address(), "timeout --preserve-status -s INT 1");
  CHECK(run.code == 130);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
}
