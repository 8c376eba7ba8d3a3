#include "report/collect_script.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "rules/attributes.h"

using exaudit::base::ErrorCode;
using exaudit::findings::Need;
using exaudit::report::collect_script;
using exaudit::report::CollectRequest;
using exaudit::rules::all_rules;
using exaudit::rules::Rule;

namespace {

const std::string kDn = "CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";

std::vector<const Rule*> every_rule() { return {all_rules().begin(), all_rules().end()}; }

std::string script(std::vector<const Rule*> rules, std::vector<std::string> servers = {"MAIL1"},
                   const std::string& dn = kDn) {
  const auto out = collect_script({std::move(rules), std::move(servers), dn});
  REQUIRE(out);
  return *out;
}

const Rule* rule(std::string_view id) {
  const Rule* found = exaudit::rules::find_rule(id);
  REQUIRE(found != nullptr);
  return found;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// What the script of a rule that needs this must hold.
std::string command_for(Need need) {
  switch (need) {
    case Need::directory:
      return "\"CN=Microsoft Exchange,CN=Services,CN=Configuration,%FOREST%\" -p subtree";
    case Need::directory_recipients:
      return "-f \"%F%\\recipients.ldf\"";
    case Need::global_catalog:
      return "which global catalog the server uses (global-catalog)";
    case Need::ehlo:
      return "telnet -f \"%F%\\ehlo.txt\" %HOST% 25";
    case Need::metabase:
      return "copy /y \"\\\\%~1\\admin$\\system32\\inetsrv\\MetaBase.xml\"";
    case Need::metabase_backup:
      return "dir /t:w \"%INETSRV%\\MetaBack\" \"%INETSRV%\\History\" > \"%F%\\metaback.txt\"";
    case Need::registry_services:
      return "call :registry %1 services \"SYSTEM\\CurrentControlSet\\Services\"";
    case Need::registry_network:
      return "call :registry %1 network \"SYSTEM\\CurrentControlSet\\Control\\Network\"";
    case Need::events_application:
      return "call :eventlog %1 Application application";
    case Need::events_system:
      return "call :eventlog %1 System system";
    case Need::service_states:
      return "sc \\\\%~1 query state= all";
    case Need::mailbox_table:
      return "path Exchange_Mailbox get /format:csv";
    case Need::file_versions:
      return "(Emsmta.exe Ems_rid.dll Mtacheck.exe Mtamsg.dll Mtaperf.dll X400om.dll)";
  }
  return "";
}

}  // namespace

TEST_CASE("collect script: the evidence of a rule is collected, whichever rule is selected, and no other") {
  for (const Rule* each : all_rules()) {
    CAPTURE(std::string(each->id));
    const std::string text = script({each});
    for (std::size_t i = 0; i < exaudit::findings::kNeeds; ++i) {
      const auto need = static_cast<Need>(i);
      CAPTURE(std::string(need_name(need)));
      // The network rule's binding order stands below the services.
      if (need == Need::registry_services && reads(*each, Need::registry_network)) continue;
      // Event 2080 tells which global catalog the server uses.
      if (need == Need::events_application && reads(*each, Need::global_catalog)) continue;
      CHECK(contains(text, command_for(need)) == reads(*each, need));
    }
    // A tracking history exists only of a message that somebody tracks by hand.
    if (!each->needs.empty()) CHECK(contains(text, std::string(each->id)));
  }
}

TEST_CASE("collect script: it is ASCII with CRLF, no line too long, every label called is there") {
  const std::string text = script(every_rule(), {"MAIL1", "MAIL2"});
  CHECK(std::ranges::all_of(text, [](char c) { return c == '\r' || c == '\n' || (c >= ' ' && c <= '~'); }));
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    const std::string line = text.substr(begin, end - begin);
    CAPTURE(line);
    CHECK(line.ends_with('\r'));
    CHECK(line.size() < 2047);  // cmd.exe of Windows 2000
    CHECK(std::ranges::count(line, '"') % 2 == 0);
    CHECK(line.find('\r') == line.size() - 1);
    for (const char* jump : {"call :", "goto :"}) {
      const std::size_t at = line.find(jump);
      if (at == std::string::npos) continue;
      const std::string label = line.substr(at + 5, line.find_first_of(" \r", at + 6) - at - 5);
      CHECK((label == ":eof" || contains(text, "\n" + label + "\r\n")));
    }
    begin = end + 1;
  }
  CHECK(begin == text.size());
  CHECK(text.starts_with("@echo off\r\n"));
}

TEST_CASE("collect script: only the attributes that the selected rules read") {
  const std::string text = script({rule("KB828938.gateway-home-mta")});
  CHECK(contains(text, ",homeMTA,"));
  CHECK_FALSE(contains(text, "deliveryMechanism"));
  CHECK(contains(text, "instanceType"));
  CHECK(contains(text, "# requesting: cn distinguishedName homeMTA "));
  CHECK_FALSE(contains(script({rule("KB822939.verbs-missing")}), "ldifde"));
}

TEST_CASE("collect script: each server once, in the order given") {
  const std::string text = script(every_rule(), {"MAIL1", "mail1", "MAIL2"});
  CHECK(contains(
      text, "call :server MAIL1\r\ncall :server MAIL2\r\ncall :greeting MAIL1\r\ncall :greeting MAIL2\r\n"));
  CHECK_FALSE(contains(text, "mail1"));
}

TEST_CASE("collect script: the forest comes from the evidence only when its name is harmless ASCII") {
  CHECK(contains(script(every_rule()), "set \"FOREST=DC=contoso,DC=test\"\r\n"));
  for (const std::string dn : {"", "CN=X,DC=x\" & del *,DC=test", "CN=X,DC=%PATH%,DC=test",
                               "CN=X,DC=b\xC3\xBC"
                               "ro"}) {
    CAPTURE(dn);
    CHECK(contains(script(every_rule(), {"MAIL1"}, dn), "set \"FOREST=DC=%USERDNSDOMAIN:.=,DC=%\"\r\n"));
  }
}

TEST_CASE("collect script: names that could do anything else than name a server are refused") {
  for (const std::string name : {"", "MAIL 1", "M&del", "%PATH%", "..", "a\\b", "a/b", "x\"y", "-x", "a\nb",
                                 "NUL", "com1", "M\xC3\x84IL", "mail1.contoso.test", "a^b", "(a)", "!a!"}) {
    CAPTURE(name);
    const auto out = collect_script({every_rule(), {"MAIL1", name}, kDn});
    REQUIRE_FALSE(out);
    CHECK(out.error().code == ErrorCode::usage);
  }
  CHECK_FALSE(collect_script({every_rule(), {}, kDn}));
}
