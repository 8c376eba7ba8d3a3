// KB 822939: the event bindings of SMTP virtual servers.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "rules/audit_fixture.h"
#include "rules/sink_catalogue.h"

using exaudit::audit::Options;
using exaudit::rules::built_in_sinks;
using exaudit::test::audit_files;
using exaudit::test::edited;
using exaudit::test::findings_of;
using exaudit::test::only_finding;
using exaudit::test::small_site;
using exaudit::test::verdicts_of;

namespace {

const std::string kRule = "KB822939.sinks-missing";

struct Binding {
  std::string name;
  std::string enabled = "";  // "" = no such field, which means enabled
};

std::vector<Binding> all_but(const std::string& family) {
  std::vector<Binding> bindings;
  for (const auto& sink : built_in_sinks()) {
    if (sink.family != family) bindings.push_back({sink.display_name});
  }
  return bindings;
}

std::string field(const std::string& path, const std::string& value) {
  return fmt::format(
      "<IIsConfigObject\tLocation =\"{}\"><Custom Name=\"MD_0\" ID=\"0\" Value=\"{}\" "
      "Type=\"STRING\"/></IIsConfigObject>\n",
      path, value);
}

std::string virtual_server(const std::string& instance, const std::vector<Binding>& bindings) {
  std::string text = fmt::format("<IIsSmtpServer\tLocation =\"/LM/SmtpSvc/{}\"></IIsSmtpServer>\n", instance);
  std::size_t number = 0;
  for (const Binding& binding : bindings) {
    const std::string path = fmt::format(
        "/LM/SmtpSvc/{}/EventManager/EventTypes/{{F6628C8D-0D5E-11D2-AA68-00C04FA35B82}}/Bindings/"
        "{{00000000-0000-0000-0000-{:012}}}",
        instance, ++number);
    text += field(path + "/DisplayName", binding.name);
    if (!binding.enabled.empty()) text += field(path + "/Enabled", binding.enabled);
  }
  return text;
}

auto audited(const std::string& virtual_servers, const std::string& verbs = "", const Options& options = {}) {
  exaudit::test::Files files = {
      {"directory/a.ldf", small_site()},
      {"servers/MAIL1/MetaBase.xml", "<?xml version =\"1.0\"?>\n<configuration><MBProperty>\n" +
                                         virtual_servers + "</MBProperty></configuration>\n"}};
  if (!verbs.empty())
    files.emplace_back("servers/MAIL1/ehlo.txt",
                       "220 mail1.contoso.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 "
                       "ready\nehlo\n250-mail1.contoso.test Hello [127.0.0.1]\n" +
                           verbs + "250 OK\n");
  return audit_files(files, options);
}

const std::string kVerbs =
    "250-X-EXPS GSSAPI\n250-X-EXPS=LOGIN\n250-AUTH LOGIN\n250-AUTH=LOGIN\n250-X-LINK2STATE\n250-XEXCH50\n";

std::string about_sinks(const exaudit::audit::Result& result) {
  std::string lines;
  for (const auto& finding : result.findings) {
    if (finding.rule == kRule)
      lines += fmt::format("{} {} {}\n", exaudit::findings::severity_name(finding.severity), finding.reason,
                           finding.subject.part);
  }
  return lines;
}

}  // namespace

TEST_CASE("KB822939.sinks-missing: severity of a missing family") {
  CHECK(about_sinks(audited(virtual_server("1", all_but("")))) == "");
  for (const std::string family :
       {"X-EXPS", "X-LINK2STATE", "XEXCH50", "categorizer", "router", "storedriver"}) {
    CAPTURE(family);
    CHECK(about_sinks(audited(virtual_server("1", all_but(family)))) ==
          "high family-missing " + family + "\n");
  }
  for (const std::string family : {"imf", "mobile", "umconv", "avapi", "turf"})
    CHECK(about_sinks(audited(virtual_server("1", all_but(family)))) ==
          "info family-missing " + family + "\n");
}

TEST_CASE("KB822939.sinks-missing: an EHLO reply settles what the metabase cannot") {
  const std::string site = virtual_server("1", all_but("XEXCH50"));
  CHECK(about_sinks(audited(site, kVerbs)) == "info family-missing XEXCH50\n");
  CHECK(about_sinks(audited(site, edited(kVerbs, "250-XEXCH50\n", ""))) == "high family-missing XEXCH50\n");
  // The reply says nothing about families without a verb.
  CHECK(about_sinks(audited(virtual_server("1", all_but("router")), kVerbs)) ==
        "high family-missing router\n");
}

TEST_CASE("KB822939.sinks-missing: an incomplete family") {
  auto bindings = all_but("");
  const auto one = std::ranges::find(bindings, "Exchange SMTP Protocol XEXCH50 EOD Sink", &Binding::name);
  REQUIRE(one != bindings.end());
  bindings.erase(one);
  const std::string site = virtual_server("1", bindings);
  const std::string incomplete = "family-incomplete XEXCH50\n";
  CHECK(about_sinks(audited(site)) == "info " + incomplete);
  CHECK(about_sinks(audited(site, kVerbs)) == "info " + incomplete);
  CHECK(about_sinks(audited(site, edited(kVerbs, "250-XEXCH50\n", ""))) == "medium " + incomplete);
  CHECK(only_finding(audited(site), kRule).evidence.at(0).expected.value() ==
        std::vector<std::string>{"Exchange SMTP Protocol XEXCH50 EOD Sink"});
}

TEST_CASE("KB822939.sink-disabled: what Enabled may say") {
  const auto with_enabled = [](const std::string& value) {
    auto bindings = all_but("");
    for (Binding& binding : bindings) {
      if (binding.name == "Exchange Router") binding.enabled = value;
    }
    return findings_of(audited(virtual_server("1", bindings)));
  };
  const std::string found =
      "high KB822939.sinks-missing family-missing SmtpSvc/1 router\nmedium KB822939.sink-disabled disabled "
      "SmtpSvc/1 Exchange Router";
  for (const std::string no : {"0", "false", "False"}) CHECK(with_enabled(no) == found);
  for (const std::string yes : {"1", "-1", "4294967295", "True", "Wahr"}) CHECK(with_enabled(yes) == "");
}

TEST_CASE("KB822939.sinks-missing: virtual servers are judged one by one") {
  const auto result = audited(virtual_server("1", all_but("")) + virtual_server("2", all_but("router")));
  CHECK(verdicts_of(result, kRule) == "SmtpSvc/1 pass\nSmtpSvc/2 fail");
  CHECK(only_finding(result, kRule).subject.machine == "MAIL1");
}

TEST_CASE("KB822939.no-bindings: none at all, or a partial export") {
  const std::string none = virtual_server("1", {}) + virtual_server("2", {});
  CHECK(findings_of(audited(none)) == "high KB822939.no-bindings none MAIL1");
  CHECK(verdicts_of(audited(none), kRule) == "SmtpSvc/1 not-applicable\nSmtpSvc/2 not-applicable");
  // Verbs that work come from bindings that are there: the file does not hold them.
  CHECK(findings_of(audited(none, kVerbs)) == "info KB822939.no-bindings none MAIL1");
  // Such a file explains no missing verb.
  CHECK(findings_of(audited(none, edited(kVerbs, "250-XEXCH50\n", ""))) ==
        "high KB822939.verbs-missing incomplete MAIL1\ninfo KB822939.no-bindings none MAIL1");
  // Other vendors' bindings are bindings.
  const auto foreign = audited(virtual_server("1", {{"Fabrikam Disclaimer Sink"}}));
  CHECK(verdicts_of(foreign, "KB822939.no-bindings") == "MAIL1 pass");
  CHECK(foreign.details.size() == 1);
  CHECK(findings_of(foreign).find("Fabrikam") == std::string::npos);
}

TEST_CASE("KB822939.sinks-missing: names compare without letter case, and the catalogue can be replaced") {
  CHECK(about_sinks(
            audited(edited(virtual_server("1", all_but("")), "Exchange Router", "EXCHANGE ROUTER"))) == "");
  Options options;
  options.sink_catalogue =
      "display_name\tfamily\tabsence_is_fault_confidence\nFabrikam Disclaimer Sink\tfabrikam\tlow\n";
  CHECK(about_sinks(audited(virtual_server("1", {{"Exchange Router"}}), "", options)) ==
        "info family-missing fabrikam\n");
  CHECK(about_sinks(audited(virtual_server("1", {{"fabrikam disclaimer sink"}}), "", options)) == "");
}
