#include "report/coverage.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/sample_result.h"

using exaudit::audit::Result;
using exaudit::facts::InputKind;
using exaudit::findings::Need;
using exaudit::findings::SubjectKind;
using exaudit::findings::Verdict;
using exaudit::findings::VerdictRow;
using exaudit::report::coverage_json;
using exaudit::report::coverage_of;
using exaudit::report::coverage_text;
using Json = nlohmann::json;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

VerdictRow row(const std::string& rule, const std::string& machine, Verdict verdict,
               std::vector<Need> needs = {}) {
  VerdictRow out;
  out.rule = rule;
  out.subject.kind = SubjectKind::machine;
  out.subject.name = machine;
  out.verdict = verdict;
  out.needs = std::move(needs);
  return out;
}

// `count` servers, MAIL1 with a greeting, the others without.
Result servers(int count, const std::string& prefix = "MAIL") {
  Result out;
  out.inputs.resize(1);
  out.inputs[0].kind = InputKind::smtp_greeting;
  out.inputs[0].path = "servers/MAIL1/ehlo.txt";
  out.inputs[0].machine = "MAIL1";
  out.verdicts.push_back(row("KB822939.verbs-missing", "MAIL1", Verdict::fail));
  for (int i = 2; i <= count; ++i) {
    out.verdicts.push_back(
        row("KB822939.verbs-missing", fmt::format("{}{}", prefix, i), Verdict::not_evaluated, {Need::ehlo}));
  }
  return out;
}

}  // namespace

TEST_CASE("coverage: which global catalog a server uses is collected for the rules of KB 828938") {
  Result result;
  VerdictRow store = row("KB828938.gateway-missing", "Mailbox Store (MAIL1)", Verdict::pass);
  store.subject.kind = SubjectKind::store;
  store.subject.server = "MAIL1";
  result.verdicts = {store, row("KB822939.verbs-missing", "MAIL1", Verdict::pass)};
  result.directory_servers.push_back(
      {"MAIL1", "", "", "", exaudit::model::DirectoryServerSource::none, {}, {}});
  const auto gaps = coverage_of(result).gaps;
  REQUIRE(gaps.size() == 1);
  CHECK(gaps[0].need == Need::global_catalog);
  CHECK(gaps[0].server == "MAIL1");
  CHECK(gaps[0].rules == std::set<std::string>{"KB828938.gateway-missing"});
  const std::string text = coverage_text(result, {});
  CHECK(contains(text,
                 "regedit /e servers\\MAIL1\\dsaccess.reg HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\"
                 "Services\\MSExchangeDSAccess\n"));
  result.directory_servers[0].source = exaudit::model::DirectoryServerSource::event;
  CHECK(coverage_of(result).gaps.empty());
}

TEST_CASE("coverage: a matrix of rules and servers, with what it rests on and how to collect the rest") {
  const std::string text = coverage_text(servers(2), {});
  CHECK(contains(text, "\nthe answer of the SMTP service to EHLO (ehlo)\n"));
  CHECK(contains(text, "  MAIL1  MAIL2\n"));
  CHECK(contains(text, "\n  files                   1      -\n"));
  CHECK(contains(text, "\n  KB822939.verbs-missing  !      ?\n"));
  CHECK(contains(text, "\n  MAIL1: servers/MAIL1/ehlo.txt\n"));
  CHECK(contains(text, "\non MAIL2:\n  if not exist servers\\MAIL2 md servers\\MAIL2\n"));
  CHECK(contains(text, "\n  telnet -f servers\\MAIL2\\ehlo.txt localhost 25\n"));
  CHECK_FALSE(contains(text, "\non MAIL1:\n"));
}

TEST_CASE("coverage: twelve servers fit a terminal, a hundred are a list that --verbose completes") {
  const std::string twelve = coverage_text(servers(12, "EXCHANGE-SERVER"), {});
  CHECK(contains(twelve, "\nColumns:\n   1  EXCHANGE-SERVER10\n"));
  CHECK(contains(twelve, "\n  12  MAIL1\n"));
  std::size_t begin = 0;
  for (std::size_t end = twelve.find('\n'); end != std::string::npos; end = twelve.find('\n', begin)) {
    if (contains(twelve.substr(begin, end - begin), "  KB822939.verbs-missing ")) CHECK(end - begin <= 110);
    begin = end + 1;
  }
  const std::string hundred = coverage_text(servers(100), {});
  CHECK(contains(hundred, "  KB822939.verbs-missing: 1 fail, 99 not-evaluated\n"));
  CHECK(contains(hundred, " and 87 more\n"));
  CHECK(contains(hundred, "\n... and 75 more servers; --verbose prints them.\n"));
  const std::string all = coverage_text(servers(100), {true});
  for (int i = 2; i <= 100; ++i) CHECK(contains(all, fmt::format("\non MAIL{}:\n", i)));
}

TEST_CASE("coverage: JSON has every cell and every gap") {
  const Json json = Json::parse(coverage_json(servers(100)));
  CHECK(json["format"] == "exaudit-coverage");
  CHECK(json["servers"].size() == 100);
  REQUIRE(json["needs"].size() == 1);
  CHECK(json["needs"][0]["need"] == "ehlo");
  const Json& cells = json["needs"][0]["rules"][0]["cells"];
  REQUIRE(cells.size() == 100);
  CHECK(cells[0]["verdict"] == "fail");
  CHECK(cells[0]["rests_on"] == Json::array({"servers/MAIL1/ehlo.txt"}));
  CHECK(cells[1]["missing"] == Json::array({"ehlo"}));
  CHECK(cells[1]["rests_on"].empty());
  REQUIRE(json["collect"].size() == 99);
  CHECK(json["collect"][0]["commands"] == Json::array({"telnet -f servers\\MAIL10\\ehlo.txt localhost 25"}));
  CHECK(json["summary"]["verdicts"]["not-evaluated"] == 99);
}

TEST_CASE("coverage: names from evidence cannot smuggle anything into a command or a terminal") {
  Result result = servers(1);
  result.verdicts.push_back(
      row("KB822939.verbs-missing", "M\x1b[2J & del *", Verdict::not_evaluated, {Need::ehlo}));
  result.verdicts.push_back(row("KB822939.imc-key", "?", Verdict::not_evaluated, {Need::registry_services}));
  const std::string text = coverage_text(result, {});
  CHECK_FALSE(contains(text, "\x1b"));
  CHECK(contains(text, "\n  if not exist servers\\MACHINE md servers\\MACHINE\n"));
  CHECK(contains(text, "\non the machine of which the name is not known:\n"));
  const Json json = Json::parse(coverage_json(result));
  for (const Json& gap : json["collect"]) {
    for (const Json& command : gap["commands"]) CHECK_FALSE(contains(command.get<std::string>(), "del *"));
  }
}

TEST_CASE(
    "coverage: the counts are those of the audit, recipients and servers of one name in any case included") {
  const Result result = exaudit::test::sample_result();
  const auto coverage = coverage_of(result);
  for (const Verdict verdict :
       {Verdict::pass, Verdict::fail, Verdict::not_applicable, Verdict::not_evaluated})
    CHECK(coverage.verdicts[static_cast<std::size_t>(verdict)] == result.verdict_count(verdict));
  CHECK(coverage.servers.back() == exaudit::report::kNoServer);
  Result twice = servers(2);
  twice.verdicts[1].subject.name = "mail1";
  CHECK(coverage_of(twice).servers == std::vector<std::string>{"MAIL1"});
  CHECK(coverage_text({}, {}).find("No rule had anything to judge.") != std::string::npos);
}

TEST_CASE("coverage: an event log is evidence for the log that it is") {
  Result result = servers(1);
  for (const auto& [path, log] : {std::pair{"app.evt", exaudit::facts::LogKind::application},
                                  std::pair{"sys.evt", exaudit::facts::LogKind::system},
                                  std::pair{"some.txt", exaudit::facts::LogKind::unknown}}) {
    auto& input = result.inputs.emplace_back();
    input.kind = InputKind::event_log_evt;
    input.path = path;
    input.machine = "MAIL1";
    input.log = log;
  }
  result.verdicts.push_back(row("KB840469.mta-start-failure", "MAIL1", Verdict::pass));
  result.verdicts.push_back(row("KB277770.service-start-failure", "MAIL1", Verdict::pass));
  const std::string text = coverage_text(result, {});
  CHECK(contains(text, "\n  MAIL1: app.evt, some.txt\n"));
  CHECK(contains(text, "\n  MAIL1: some.txt, sys.evt\n"));
}

TEST_CASE("coverage: the directory is collected once, whichever servers wait for it") {
  Result result = servers(1);
  for (const char* server : {"MAIL1", "MAIL2"})
    result.verdicts.push_back(row("KB247130.mta-missing", server, Verdict::not_evaluated, {Need::directory}));
  const auto coverage = coverage_of(result);
  REQUIRE(coverage.gaps.size() == 1);
  CHECK(coverage.gaps[0].server == "");
  CHECK(coverage.gaps[0].commands.front().starts_with("ldifde -f directory.ldf"));
}
