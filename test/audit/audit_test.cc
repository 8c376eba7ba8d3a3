#include "audit/audit.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "support/contoso.h"
#include "support/ldif_reading.h"

namespace audit = exaudit::audit;
namespace facts = exaudit::facts;
namespace findings = exaudit::findings;
namespace model = exaudit::model;
using exaudit::test::contoso;
using exaudit::test::gateway;
using exaudit::test::joined;
using exaudit::test::kGroup;
using exaudit::test::kMailboxGuid;
using exaudit::test::kServer;
using exaudit::test::kStorageGroup;
using exaudit::test::LdifReading;
using exaudit::test::read_texts;
using exaudit::test::whole;

namespace {

facts::Snapshot snapshot_of(const std::vector<std::string>& files) {
  LdifReading reading = read_texts(files);
  facts::Snapshot out;
  out.inputs = std::move(reading.inputs);
  out.views = std::move(reading.views);
  return out;
}

std::vector<std::string> ids(const std::string& rules, const std::string& area = "") {
  audit::Options options;
  options.rules = rules;
  options.area = area;
  const auto selected = audit::select(options);
  REQUIRE(selected);
  std::vector<std::string> out;
  for (const auto* rule : *selected) out.emplace_back(rule->id);
  return out;
}

bool has(const std::vector<std::string>& list, const std::string& id) {
  return std::find(list.begin(), list.end(), id) != list.end();
}

// MAIL1's mailbox gateway points to an MTA that does not exist.
std::map<std::string, std::string> faulty(const std::string& home_mta) {
  auto records = contoso();
  records["9 gw mailbox"] =
      gateway("MAIL1", kMailboxGuid, home_mta, "CN=Mailbox Store (MAIL1)," + kStorageGroup);
  return records;
}

}  // namespace

TEST_CASE("selection: globs add, a minus removes, letter case does not matter") {
  CHECK(ids("").size() == exaudit::rules::all_rules().size());
  const auto gateways = ids("kb828938.gateway-*,-*.gateway-name");
  CHECK(has(gateways, "KB828938.gateway-missing"));
  CHECK_FALSE(has(gateways, "KB828938.gateway-name"));
  CHECK_FALSE(has(gateways, "KB828938.mailbox-missing"));
  const auto without = ids("-KB822939.*");
  CHECK(has(without, "KB828938.gateway-name"));
  CHECK_FALSE(has(without, "KB822939.imc-key"));
  CHECK(ids("", "transport").size() == 2);
}

TEST_CASE("selection: what selects nothing is a usage error, not an empty audit") {
  for (const auto& [rules, area] :
       {std::pair<std::string, std::string>{"KB999999.*", ""}, {"", "directorie"}}) {
    audit::Options options;
    options.rules = rules;
    options.area = area;
    const auto result = audit::run(facts::Snapshot(), options);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == exaudit::base::ErrorCode::usage);
  }
}

TEST_CASE("glob: stars match anything, also nothing, and never take exponential time") {
  CHECK(audit::glob_matches("*", ""));
  CHECK(audit::glob_matches("KB*.gateway-*", "KB828938.gateway-missing"));
  CHECK_FALSE(audit::glob_matches("KB*.gateway", "KB828938.gateway-missing"));
  CHECK_FALSE(audit::glob_matches("*a*a*a*a*a*a*a*a*a*a*b", std::string(10000, 'a')));
}

TEST_CASE("audit: a healthy organization has no finding") {
  const auto result = audit::run(snapshot_of({joined(contoso())}), {});
  REQUIRE(result);
  CHECK(result->findings.empty());
  CHECK(result->verdict_count(findings::Verdict::fail) == 0);
  CHECK(result->verdict_count(findings::Verdict::pass) > 0);
  CHECK_FALSE(result->incomplete());
}

TEST_CASE(
    "audit: equal findings of several views are one that lists them; the reason that comes first in the "
    "catalogue stands") {
  const auto not_found = joined(faulty("CN=Microsoft MTA,CN=GONE,CN=Servers," + kGroup));
  const auto deleted =
      joined(faulty("CN=Microsoft MTA\\0ADEL:11111111-2222-3333-4444-555555555555,CN=Deleted "
                    "Objects,CN=Configuration,DC=contoso,DC=test"));
  const auto result = audit::run(snapshot_of({not_found, deleted}), {});
  REQUIRE(result);
  REQUIRE(result->findings.size() == 2);
  CHECK(result->findings[1].rule == "KB828938.dc-divergence");  // of another kind: that they disagree
  CHECK(result->findings[0].rule == "KB828938.gateway-home-mta");
  CHECK(result->findings[0].reason == "deleted");
  CHECK(result->findings[0].views == std::vector<std::string>{"1.ldf", "2.ldf"});
  CHECK(result->findings[0].evidence.size() == 2);
  REQUIRE(result->directory_servers.size() == 1);
  CHECK(result->directory_servers[0].server == "MAIL1");
  CHECK(result->directory_servers[0].source == model::DirectoryServerSource::none);
}

TEST_CASE("audit: one view that could not be judged keeps the verdict from being a pass") {
  auto narrow = contoso();
  for (const auto* name : {"0 org", "1 groups", "2 group", "3 servers", "4 server", "5 mta", "6 is", "7 sg",
                           "8 mailbox", "8 public", "9 connections"})
    narrow.erase(name);
  narrow["9 gw mailbox"] =
      gateway("MAIL1", kMailboxGuid, "CN=Microsoft MTA," + kServer, "CN=Other," + kStorageGroup);
  const auto result = audit::run(snapshot_of({joined(contoso()), joined(narrow)}), {});
  REQUIRE(result);
  REQUIRE(result->findings.size() == 1);
  CHECK(result->findings[0].rule == "KB828938.dc-divergence");
  const auto row =
      std::find_if(result->verdicts.begin(), result->verdicts.end(), [](const findings::VerdictRow& each) {
        return each.rule == "KB828938.gateway-home-mdb" && each.subject.guid == kMailboxGuid;
      });
  REQUIRE(row != result->verdicts.end());
  CHECK(row->verdict == findings::Verdict::not_evaluated);
}

TEST_CASE("audit: names in options that are not in the evidence are usage errors") {
  audit::Options options;
  const auto error = [&] {
    const auto result = audit::run(snapshot_of({joined(contoso())}), options);
    return result ? std::string() : result.error().message;
  };
  options.gc = {{"MAIL7", "directory"}};
  CHECK(error() == "--gc: there is no server \"MAIL7\" in the evidence; there is MAIL1");
  options.gc = {{"MAIL1", "dc9"}};
  CHECK(error() == "--gc: there is no directory view \"dc9\"; there is directory");
  options.gc = {{"MAIL1", "directory"}};
  CHECK(audit::run(snapshot_of({joined(contoso())}), options));
  options.hosts = {{"NODE1", {"MAIL7"}}};
  CHECK_FALSE(audit::run(snapshot_of({joined(contoso())}), options));
}

TEST_CASE("audit: --min-severity leaves out what is below") {
  auto records = contoso();
  records["9 orphan"] = gateway("OLD1", "{99999999-0000-0000-0000-000000000001}",
                                "CN=Microsoft MTA," + kServer, "CN=Mailbox Store (MAIL1)," + kStorageGroup);
  audit::Options options;
  REQUIRE(audit::run(snapshot_of({joined(records)}), options)->findings.size() == 1);
  options.min_severity = findings::Severity::medium;
  CHECK(audit::run(snapshot_of({joined(records)}), options)->findings.empty());
}
