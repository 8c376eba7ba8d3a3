// Random organizations: a healthy one gives no finding and leaves nothing open, an injected fault gives
// exactly what it promises.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "audit/audit.h"
#include "rules/rule.h"
#include "support/ldif_reading.h"
#include "support/random_organization.h"

namespace exaudit::test {

namespace {

constexpr std::uint64_t kHealthy = 100;
constexpr std::uint64_t kFaulty = 300;

audit::Result audit_of(const RandomOrganization& organization, Random& random) {
  audit::Options options;
  options.area = "directory,mailboxes";
  Spelling spelling;
  spelling.shuffled_entries = true;
  auto result = audit::run(snapshot_of(organization, spelling, random), options);
  REQUIRE(result);
  return std::move(*result);
}

std::vector<std::string> lines_of(const std::vector<findings::Finding>& all) {
  const auto head = [](const findings::Finding& finding) {
    return ExpectedFinding{finding.rule, finding.subject.name, finding.subject.server, {}, {}, {}}.head();
  };
  std::map<std::string, std::string> heads;
  for (const auto& finding : all) heads[finding.fingerprint] = head(finding);
  std::vector<std::string> out;
  for (const auto& finding : all) {
    const std::string cause = finding.explained_by.empty() ? "" : heads.at(finding.explained_by);
    out.push_back(ExpectedFinding{finding.rule, finding.subject.name, finding.subject.server, finding.reason,
                                  std::string(findings::severity_name(finding.severity)), cause}
                      .line());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> lines_of(const std::vector<ExpectedFinding>& all) {
  std::vector<std::string> out;
  for (const auto& finding : all) out.push_back(finding.line());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> missing_from(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

}  // namespace

TEST_CASE("property: a healthy organization gives no finding, and every directory rule judges it") {
  for (const std::uint64_t start : random_starts(kHealthy)) {
    Random random(start);
    const RandomOrganization organization(random, {});
    const audit::Result result = audit_of(organization, random);
    INFO("EXAUDIT_RANDOM_START=" << start);
    CHECK(fmt::format("{}", fmt::join(lines_of(result.findings), "\n")) == "");
    std::set<std::string> judged;
    for (const auto& row : result.verdicts) {
      const rules::Rule* rule = rules::find_rule(row.rule);
      if (rule == nullptr || rule->area != "directory") continue;
      const bool settled =
          row.verdict == findings::Verdict::pass || row.verdict == findings::Verdict::not_applicable;
      CHECK_MESSAGE(settled, fmt::format("{} {}: {} ({})", row.rule, row.subject.name,
                                         findings::verdict_name(row.verdict), row.why));
      if (row.verdict == findings::Verdict::pass) judged.insert(row.rule + row.subject.identity);
    }
    for (const auto& input : result.inputs)
      CHECK_MESSAGE(input.problems.empty(),
                    fmt::format("{}: {}", input.path, fmt::join(problems_of(input), "; ")));
    for (const auto& store : organization.stores) {
      if (store.gateway == nullptr) continue;
      CHECK(judged.contains("KB828938.gateway-missing" + store.guid.text()));
      CHECK(judged.contains("KB828938.gateway-home-mta" + store.guid.text()));
      CHECK(judged.contains("KB316622.system-mailbox-missing" + store.guid.text()) == !store.is_public);
    }
  }
}

TEST_CASE("property: injected faults give exactly their findings") {
  std::set<std::string> injected;
  const auto starts = random_starts(kFaulty);
  for (const std::uint64_t start : starts) {
    Random random(start);
    RandomOrganization organization(random, {});
    for (const std::string& name : inject_faults(organization, random, random.between(1, 8)))
      injected.insert(name);
    const auto found = lines_of(audit_of(organization, random).findings);
    const auto expected = lines_of(organization.expected);
    INFO("EXAUDIT_RANDOM_START=" << start);
    CHECK(fmt::format("{}", fmt::join(missing_from(expected, found), "\n")) == "");  // overlooked
    CHECK(fmt::format("{}", fmt::join(missing_from(found, expected), "\n")) == "");  // false alarms
  }
  if (starts.size() < kFaulty) return;
  const auto names = fault_names();
  for (const std::string& name : names) CHECK_MESSAGE(injected.contains(name), name);
}

TEST_CASE(
    "property: there is a fault for every reason of every rule on the directory and on mailbox tables") {
  const auto names = fault_names();
  for (const rules::Rule* rule : rules::all_rules()) {
    if (rule->area != "directory" && rule->area != "mailboxes") continue;
    if (rule->id == "KB828938.dc-divergence") continue;  // needs two views
    std::string_view reasons = rule->reasons;
    const std::string_view short_id = rule->id.substr(rule->id.find('.') + 1);
    while (!reasons.empty()) {
      const std::string fault = fmt::format("{} {}", short_id, reasons.substr(0, reasons.find(' ')));
      CHECK_MESSAGE(std::find(names.begin(), names.end(), fault) != names.end(), fault);
      reasons.remove_prefix(std::min(reasons.size(), reasons.substr(0, reasons.find(' ')).size() + 1));
    }
  }
}

}  // namespace exaudit::test
