#include "report/json.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "report/catalogue.h"
#include "report/sample_result.h"

using exaudit::report::json_report;
using exaudit::report::JsonOptions;
using exaudit::report::VerdictFilter;
using exaudit::test::sample_result;
using nlohmann::json;

namespace {

const std::string kSchema = EXAUDIT_SOURCE_DIR "/lib/report/exaudit-result.schema.json";

// The validator's complaints; "" when `text` satisfies the schema. Needs the package python3-jsonschema.
std::string schema_errors(const std::string& text) {
  const std::string stem =
      (std::filesystem::temp_directory_path() / ("exaudit-json-" + std::to_string(::getpid()))).string();
  std::ofstream(stem + ".json") << text;
  std::ofstream(stem + ".py") << "import json, sys, jsonschema\n"
                                 "schema = json.load(open(sys.argv[1]))\n"
                                 "checker = jsonschema.Draft202012Validator\n"
                                 "checker.check_schema(schema)\n"
                                 "for e in checker(schema).iter_errors(json.load(open(sys.argv[2]))):\n"
                                 "    print(e.json_path, e.message)\n";
  const std::string command = "/usr/bin/python3 " + stem + ".py " + kSchema + " " + stem + ".json 2>&1";
  std::string out;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
  if (::pclose(pipe) != 0) out += "the validator failed";
  std::filesystem::remove(stem + ".json");
  std::filesystem::remove(stem + ".py");
  return out;
}

json parsed(const JsonOptions& options = {}) { return json::parse(json_report(sample_result(), options)); }

}  // namespace

TEST_CASE("json report: the order of repair names findings by their fingerprints") {
  const json order = parsed()["repair_order"];
  REQUIRE(order.size() == 2);
  CHECK(order[0]["place"].is_null());
  CHECK(order[0]["steps"][0]["step"] == "recipients");
  CHECK(order[1]["place"] == "MAIL1");
  REQUIRE(order[1]["steps"].size() == 2);
  CHECK(order[1]["steps"][0]["step"] == "smtp-extensions");
  CHECK(order[1]["steps"][1]["findings"] == json::array({sample_result().findings[0].fingerprint}));
}

TEST_CASE("json report: times of binary logs are marked as UTC") {
  auto result = sample_result();
  const auto times = [&] {
    const json finding = json::parse(json_report(result, {}))["findings"][1];
    return finding["first"].get<std::string>() + " " + finding["last"].get<std::string>();
  };
  CHECK(times() == "2004-03-01T10:00:00 2004-03-05T10:00:00");
  result.findings[1].clock = exaudit::findings::Clock::utc;
  CHECK(times() == "2004-03-01T10:00:00Z 2004-03-05T10:00:00Z");
  CHECK(schema_errors(json_report(result, {})) == "");
}

TEST_CASE("json report: satisfies its schema, and the schema is strict") {
  JsonOptions options;
  options.timestamp = "2026-01-02T03:04:05Z";
  CHECK(schema_errors(json_report(sample_result(), options)) == "");
  CHECK(schema_errors(json_report({}, {})) == "");
  for (const char* place :
       {"/extra", "/findings/0/extra", "/findings/0/evidence/0/extra", "/findings/0/subject/extra",
        "/inputs/0/extra", "/summary/extra", "/repair_order/0/extra", "/repair_order/0/steps/0/extra",
        "/verdicts/0/extra", "/tool/extra"}) {
    json changed = parsed();
    changed[json::json_pointer(place)] = 1;
    CAPTURE(place);
    CHECK(schema_errors(changed.dump()) != "");
  }
}

TEST_CASE("json report: carries what the contract names") {
  const json result = parsed();
  CHECK(result["format"] == "exaudit-result");
  CHECK(result["version"] == 1);
  CHECK(result["tool"]["version"] == EXAUDIT_VERSION);
  CHECK_FALSE(result.contains("timestamp"));
  const json& finding = result["findings"][0];
  CHECK(finding["rule"] == "KB828938.gateway-home-mta");
  CHECK(finding["subject"]["part"].is_null());
  CHECK(finding["views"] == json({"dc1", "dc2"}));
  CHECK(finding["evidence"][0]["input"] == "in1");
  CHECK(finding["evidence"][0]["line"] == 301);
  CHECK(finding["evidence"][0]["path"].is_null());
  CHECK(finding["explained_by"].is_null());
  const json& consequence = result["findings"][1];
  CHECK(consequence["explained_by"] == finding["fingerprint"]);
  CHECK(consequence["count"] == 12);
  CHECK(consequence["first"] == "2004-03-01T10:00:00");
  CHECK(consequence["last"] == "2004-03-05T10:00:00");
  CHECK(result["findings"][2]["article"].is_null());
  CHECK(result["findings"][2]["evidence"][0]["actual"].size() == 2);
  CHECK(result["inputs"][1]["id"] == "in2");
  CHECK(result["inputs"][1]["complete"] == false);
  CHECK(result["inputs"][1]["problems"][0]["line"] == 88);
  CHECK(result["inputs"][1]["problems"][1]["message"] == "7 more problems");
  CHECK(result["inputs"][0]["sha256"].is_null());
  CHECK(result["directory_servers"] ==
        json::array(
            {{{"server", "MAIL1"}, {"view", "dc1"}, {"host", "dc1.contoso.test"}, {"source", "registry"}}}));
  CHECK(result["inputs"][5]["kind"] == "not-evidence");
  CHECK(result["summary"]["findings"]["high"] == 2);
  CHECK(result["summary"]["explained"] == 2);
  CHECK(result["summary"]["verdicts"]["pass"] == 1'234'568);
}

TEST_CASE("json report: bytes that are not UTF-8 are replaced and kept as base64") {
  const json evidence = parsed()["findings"][3]["evidence"][0];
  CHECK(evidence["actual"] == "Fal\xEF\xBF\xBDse");
  CHECK(evidence["actual_base64"] == "RmFs/3Nl");
  CHECK_FALSE(parsed()["findings"][0]["evidence"][0].contains("actual_base64"));
}

TEST_CASE("json report: any bytes anywhere give JSON") {
  exaudit::audit::Result result = sample_result();
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (auto& input : result.inputs) input.path = bytes;
  for (auto& finding : result.findings) {
    finding.message = bytes;
    finding.subject.name = bytes;
    finding.evidence[0].actual = {bytes, bytes};
    finding.evidence[0].dn = bytes;
  }
  for (auto& row : result.verdicts) row.subject.name = bytes;
  const std::string text = json_report(result, {});
  CHECK(schema_errors(text) == "");
  CHECK(json::parse(text)["findings"][0]["evidence"][0]["actual_base64"].size() == 2);
}

TEST_CASE("json report: verdicts are listed as asked for") {
  JsonOptions options;
  CHECK(parsed(options)["verdicts"].size() == sample_result().verdicts.size());
  options.verdicts = VerdictFilter::none;
  CHECK(parsed(options)["verdicts"].empty());
  options.verdicts = VerdictFilter::problems;
  const json rows = parsed(options)["verdicts"];
  CHECK(rows.size() == 8);  // all but one pass and one not-applicable
  for (const json& row : rows) CHECK(row["verdict"] != "pass");
  CHECK(rows.back()["counts"]["pass"] == 1'234'567);
}

TEST_CASE("json report: the same result gives the same bytes, in a stable key order") {
  const std::string text = json_report(sample_result(), {});
  CHECK(text == json_report(sample_result(), {}));
  CHECK(text.starts_with("{\n  \"format\": \"exaudit-result\",\n  \"version\": 1,\n  \"tool\": {"));
  CHECK(text.find("\"organizations\"") < text.find("\"inputs\""));
  CHECK(text.find("\"inputs\"") < text.find("\"summary\""));
  CHECK(text.find("\"summary\"") < text.find("\"findings\": [\n    {"));
  CHECK(text.ends_with("\n  ]\n}\n"));
}

TEST_CASE("listing: a tree as text and as JSON") {
  using exaudit::model::ListNode;
  const std::vector<ListNode> nodes = {{"server",
                                        "MAIL1\x1b",
                                        {{"version", "6.5"}, {"view", "dc1"}, {"view", "dc2"}},
                                        {{"store", "Mailboxes", {}, {}, {}}},
                                        {0, 12, 0, 0}}};
  const auto inputs = sample_result().inputs;
  CHECK(exaudit::report::listing_text(nodes, inputs) ==
        "server MAIL1\\x1B  (directory/dc1/configuration.ldf:12)\n"
        "  version: 6.5\n"
        "  view:    dc1\n"
        "  view:    dc2\n"
        "    store Mailboxes\n");
  const json list = json::parse(exaudit::report::listing_json(nodes, inputs));
  CHECK(list["format"] == "exaudit-list");
  CHECK(list["list"][0]["fields"]["version"] == "6.5");
  CHECK(list["list"][0]["fields"]["view"] == json({"dc1", "dc2"}));
  CHECK(list["list"][0]["location"]["line"] == 12);
  CHECK(list["list"][0]["children"][0]["name"] == "Mailboxes");
  CHECK(list["list"][0]["children"][0]["location"].is_null());
}

TEST_CASE("rules: grouped by article as text, complete as JSON") {
  using exaudit::findings::Need;
  constexpr std::array kNeeds = {Need::directory, Need::ehlo};
  exaudit::rules::Rule rule;
  rule.id = "KB828938.gateway-class";
  rule.title = "The gateway has another class than mailGateway.";
  rule.article = "828938";
  rule.severity = exaudit::findings::Severity::high;
  rule.area = "directory";
  rule.needs = kNeeds;
  rule.reasons = "class other";
  const std::string text = exaudit::report::rules_text({&rule});
  CHECK(text.starts_with(
      "KB828938\n  KB828938.gateway-class  high    The gateway has another class than mailGateway.\n"));
  const json out = json::parse(exaudit::report::rules_json({&rule}));
  CHECK(out["rules"][0]["needs"] == json({"directory", "ehlo"}));
  CHECK(out["rules"][0]["reasons"] == json({"class", "other"}));
}
