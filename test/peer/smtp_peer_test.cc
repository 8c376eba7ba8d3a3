// `exaudit audit --smtp` against a real mail server, and the output of nmap about the same server.
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cmd/run_program.h"
#include "peer/process.h"

using exaudit::test::components_present;
using exaudit::test::free_port;
using exaudit::test::Process;
using exaudit::test::read_text;
using exaudit::test::Run;
using exaudit::test::run_program;
using exaudit::test::run_successfully;
using exaudit::test::TemporaryFolder;
using nlohmann::json;

namespace {

constexpr const char* kMaster = "/usr/lib/postfix/sbin/master";

// Postfix wants root: its processes change their user.
bool postfix_present() {
  if (!components_present({{kMaster, "postfix"}, {"nmap", "nmap"}})) return false;
  if (::geteuid() == 0) return true;
  MESSAGE("postfix can only be started by root: not tested");
  return false;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++out;
  return out;
}

// Three doors of one Postfix as mail1.example.test: one that serves, one that refuses everybody, and one that
// hangs up on clients who talk before the greeting has ended.
class Postfix {
 public:
  Postfix() {
    namespace fs = std::filesystem;
    fs::permissions(folder_.path(), fs::perms::others_exec | fs::perms::group_exec, fs::perm_options::add);
    for (const char* each : {"spool", "data"}) fs::create_directory(folder_.path(each));
    run_successfully({"chown", "postfix", folder_.path("data")});
    folder_.file("etc/main.cf", main_configuration());
    folder_.file("etc/master.cf", services());
    run_successfully({"postfix", "-c", folder_.path("etc"), "check"});
    process_ = std::make_unique<Process>(std::vector<std::string>{kMaster, "-c", folder_.path("etc"), "-s"},
                                         folder_.path("log"));
    constexpr std::chrono::seconds kStart{60};
    process_->wait_until([this] { return count(log(), "daemon started") > 0; }, kStart);
  }

  // How often the log has `part`, once it has it at all; it is written a little later than the client is
  // served.
  std::size_t logged(const std::string& part) const {
    constexpr std::chrono::seconds kPatience{10};
    process_->wait_until([&] { return count(log(), part) > 0; }, kPatience);
    return count(log(), part);
  }

  const std::uint16_t serving = free_port();
  const std::uint16_t refusing = free_port();
  const std::uint16_t patient = free_port();

 private:
  std::string main_configuration() const {
    return fmt::format(
        "compatibility_level = 3.6\nqueue_directory = {}\ndata_directory = {}\n"
        "myhostname = mail1.example.test\nmydestination =\ninet_interfaces = loopback-only\n"
        "inet_protocols = ipv4\nmaillog_file = /dev/stdout\nsmtpd_peername_lookup = no\nalias_maps =\n"
        "alias_database =\n",
        folder_.path("spool"), folder_.path("data"));
  }

  std::string services() const {
    return fmt::format(
        "127.0.0.1:{} inet n - n - - smtpd\n"
        "127.0.0.1:{} inet n - n - - smtpd -o smtpd_delay_reject=no -o smtpd_client_restrictions=reject\n"
        "127.0.0.1:{} inet n - n - 1 postscreen -o postscreen_greet_action=drop -o postscreen_greet_wait=2s\n"
        "  -o postscreen_access_list= -o postscreen_cache_map=\n"
        "smtpd pass - - n - - smtpd\n"
        "postlog unix-dgram n - n - 1 postlogd\n"
        "anvil unix - - n - 1 anvil\nrewrite unix - - n - - trivial-rewrite\n"
        "proxymap unix - - n - - proxymap\ncleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n",
        serving, refusing, patient);
  }

  std::string log() const { return read_text(folder_.path("log")); }

  TemporaryFolder folder_;
  std::unique_ptr<Process> process_;
};

// MAIL1 is known to run Exchange, so that its reply to EHLO is judged.
std::string exchange_case(const TemporaryFolder& folder) {
  folder.file("case/servers/MAIL1/services.reg",
              "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\RESvc]\r\n"
              "\"Start\"=dword:00000002\r\n");
  return folder.path("case");
}

// The keyword lines that the finding about missing verbs shows.
json shown_keywords(const json& result) {
  for (const json& finding : result["findings"]) {
    if (finding["rule"] == "KB822939.verbs-missing") return finding["evidence"][0]["actual"];
  }
  return nullptr;
}

std::string at(std::uint16_t port) { return fmt::format("127.0.0.1:{}", port); }

}  // namespace

TEST_CASE("smtp peer: postfix is told EHLO and QUIT, and its answer is what nmap sees") {
  if (!postfix_present()) return;
  const Postfix server;
  const TemporaryFolder folder;
  const std::string evidence = exchange_case(folder);
  const Run probed = run_program("--format json --smtp " + at(server.serving) + " " + evidence);
  CHECK(probed.code == 1);
  const json ours = json::parse(probed.out);
  REQUIRE(ours["inputs"].size() == 2);
  CHECK(ours["inputs"][1]["machine"] == "MAIL1");
  CHECK(ours["inputs"][1]["complete"] == true);
  CHECK(ours["inputs"][1]["records"] == 1);
  CHECK(server.logged("] ehlo=1 quit=1 commands=2\n") == 1);

  const std::string nmap = run_successfully(
      {"nmap", "-Pn", "-n", "-p", std::to_string(server.serving), "--script", "+smtp-commands", "127.0.0.1"});
  CAPTURE(nmap);
  folder.file("case/servers/MAIL1/nmap.txt", nmap);
  const Run read = run_program("--format json " + evidence);
  CHECK(read.code == 1);
  const json theirs = json::parse(read.out);
  CHECK(theirs["inputs"][0]["kind"] == "smtp-greeting");
  CHECK(theirs["inputs"][0]["complete"] == true);
  REQUIRE(shown_keywords(ours).size() >= 5);
  CHECK(shown_keywords(ours) == shown_keywords(theirs));
}

TEST_CASE("smtp peer: a postfix that refuses is an incomplete input, and told QUIT") {
  if (!postfix_present()) return;
  const Postfix server;
  const Run run = run_program("--format json --smtp " + at(server.refusing) + " --machine MAIL1=smtp://" +
                              at(server.refusing));
  CHECK(run.code == 3);
  const json result = json::parse(run.out);
  CHECK(result["inputs"][0]["complete"] == false);
  const std::string problem = result["inputs"][0]["problems"][0]["message"];
  CHECK(problem.starts_with("the server refuses sessions: 554 5.7.1 "));
  CHECK(server.logged("] quit=1 commands=1\n") == 1);
}

TEST_CASE("smtp peer: the probe waits for the end of a greeting, as postscreen wants it") {
  if (!postfix_present()) return;
  const Postfix server;
  const Run run = run_program("--format json --smtp " + at(server.patient));
  CHECK(run.code == 0);
  CHECK(json::parse(run.out)["inputs"][0]["machine"] == "mail1");
  CHECK(server.logged("PASS NEW") == 1);
  CHECK(server.logged("] ehlo=1 quit=1 commands=2\n") == 1);
}
