// What the program says about evidence that is not there yet: coverage, command files, symptoms.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "cmd/run_program.h"
#include "tree.h"

using exaudit::test::read_text;
using exaudit::test::Run;
using exaudit::test::run_program;
using exaudit::test::source_root;
using exaudit::test::TemporaryFolder;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string scenario(const std::string& name) {
  return (source_root() / "fixtures/scenarios" / name).string();
}

}  // namespace

TEST_CASE("cli coverage: findings are neither shown nor counted, --strict counts what is missing") {
  const Run run = run_program("--coverage " + scenario("several-faults"));
  CHECK(run.code == 0);
  CHECK(run.err == "");
  CHECK(contains(run.out, "MAIL1"));
  CHECK(contains(run.out, "\nTo collect, in the folder of the evidence:\n"));
  CHECK(run_program(scenario("several-faults")).code == 1);
  CHECK(run_program("--coverage --strict " + scenario("several-faults")).code == 3);
  CHECK(run_program("--coverage " + scenario("damaged-files")).code == 3);
  CHECK(run_program("--coverage /nonexistent").code == 2);
  const Run json = run_program("--coverage --format json " + scenario("several-faults"));
  CHECK(nlohmann::json::parse(json.out)["format"] == "exaudit-coverage");
  CHECK(contains(run_program("audit --help").out, "The exit code is 0, or 3"));
}

TEST_CASE("cli coverage: its output is no evidence") {
  const TemporaryFolder folder;
  folder.file("coverage.json", run_program("--coverage --format json " + scenario("several-faults")).out);
  folder.file("coverage.txt", run_program("--coverage " + scenario("several-faults")).out);
  const Run run = run_program(folder.path());
  CHECK(run.code == 2);
  CHECK(contains(run.err, "coverage.json (exaudit-output)"));
}

TEST_CASE("cli collect: commands for named servers and for those of the evidence") {
  Run run = run_program("collect --print-commands --server MAIL7 --server MAIL8 --rules 'KB822939.*'");
  CHECK(run.code == 0);
  CHECK(contains(run.out, "call :server MAIL7\r\ncall :server MAIL8\r\n"));
  CHECK_FALSE(contains(run.out, "ldifde"));
  run = run_program("collect --print-commands " + scenario("several-faults"));
  CHECK(run.code == 0);
  CHECK(contains(run.out, "call :server MAIL1\r\n"));
  CHECK(contains(run.out, "set \"FOREST=DC=contoso,DC=test\"\r\n"));
  const TemporaryFolder folder;
  const std::string file = folder.path("collect.cmd");
  CHECK(run_program("collect --print-commands --output " + file + " --server MAIL1 --area transport").code ==
        0);
  CHECK(contains(read_text(file), "telnet -f"));
}

TEST_CASE("cli collect: what cannot be collected is a usage error") {
  Run run = run_program("collect --server MAIL1");
  CHECK(run.code == 2);
  CHECK(contains(run.err, "needs servers to ask"));
  CHECK(run_program("collect --print-commands").code == 2);
  CHECK(run_program("collect --print-commands --server 'A & B'").code == 2);
  CHECK(run_program("collect --print-commands --server MAIL1 --rules nothing").code == 2);
  CHECK(run_program("collect --print-commands /nonexistent").code == 2);
  CHECK(run_program("audit --server MAIL1 " + scenario("healthy-2003")).code == 2);
}

TEST_CASE("cli explain: symptoms in every notation, several words, and JSON") {
  for (const char* query : {"0x80040148", "80040148", "-2147221176", "2147746120", "-- -2147221176"}) {
    CAPTURE(query);
    const Run run = run_program("explain " + std::string(query));
    CHECK(run.code == 0);
    CHECK(run.out.starts_with("Error 0x80040148 (-2147221176)\n"));
    CHECK(contains(run.out, "KB 828938, KB 840469"));
  }
  CHECK(run_program("explain event 326").out.starts_with("Event MSExchangeTransport 326\n"));
  CHECK(contains(run_program("explain local delivery queue").out, "KB 828938"));
  for (const char* page : {"828938", "KB828938", "kb 828938", "Q828938"})
    CHECK(run_program("explain " + std::string(page)).out.starts_with("# "));  // a page goes first
  const auto json = nlohmann::json::parse(run_program("explain --format json event 1194").out);
  CHECK(json["format"] == "exaudit-symptoms");
  CHECK(json["symptoms"].size() == 3);
  CHECK(json["symptoms"][0]["needs"].size() >= 2);
  CHECK(nlohmann::json::parse(run_program("explain --format json 828938").out)["format"] == "exaudit-page");
}

TEST_CASE("cli explain: of an unknown symptom it says what can be asked") {
  for (const char* query : {"0xdeadbeef", "event 65000", "printer toner"}) {
    CAPTURE(query);
    const Run run = run_program("explain " + std::string(query));
    CHECK(run.code == 2);
    CHECK(run.out == "");
    CHECK(contains(run.err, "known are events (116, "));
    CHECK(contains(run.err, "0x80040148"));
  }
  CHECK(contains(run_program("explain KB828938.gateway").err, "did you mean"));
}
