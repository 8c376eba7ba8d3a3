// What means the same is judged the same: the spelling of an export changes no finding.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "audit/audit.h"
#include "support/random_organization.h"

namespace exaudit::test {

namespace {

constexpr std::uint64_t kOrganizations = 25;

// All that a finding says, but for places and for names in the spelling of the export.
std::string picture(const RandomOrganization& organization, const Spelling& spelling, std::uint64_t start) {
  Random random(start + 1000);
  audit::Options options;
  options.area = "directory,mailboxes";
  const auto snapshot = snapshot_of(organization, spelling, random);
  CHECK(snapshot.views.size() == 1);
  for (const auto& input : snapshot.inputs)
    CHECK_MESSAGE(input.problems.empty(), input.problems.front().message);
  const auto result = audit::run(snapshot, options);
  REQUIRE(result);
  std::vector<std::string> lines;
  for (const auto& finding : result->findings) {
    const auto& subject = finding.subject;
    lines.push_back(fmt::format(
        "{} {} {} | {} @ {} [{}] {} {} {} | {} | {} | because of {}", finding.rule, finding.reason,
        findings::severity_name(finding.severity), subject.name, subject.server, subject.part, subject.guid,
        subject.identity, subject.organization, finding.message, finding.fingerprint, finding.explained_by));
  }
  for (const auto& row : result->verdicts) {
    lines.push_back(
        fmt::format("{} {} {} {}", row.rule, row.subject.name, findings::verdict_name(row.verdict), row.why));
  }
  return fmt::format("{}", fmt::join(lines, "\n"));
}

struct Variant {
  const char* name;
  void (*apply)(Spelling&);
};

constexpr Variant kVariants[] = {
    {"order of entries", [](Spelling& s) { s.shuffled_entries = true; }},
    {"order of attributes and of objectClass", [](Spelling& s) { s.shuffled_attributes = true; }},
    {"folding", [](Spelling& s) { s.random_folding = true; }},
    {"CRLF", [](Spelling& s) { s.crlf = true; }},
    {"folding with CRLF", [](Spelling& s) { s.crlf = s.random_folding = true; }},
    {"base64", [](Spelling& s) { s.base64_everything = true; }},
    {"folded base64", [](Spelling& s) { s.base64_everything = s.random_folding = true; }},
    {"letter case of attribute names", [](Spelling& s) { s.odd_letter_case = true; }},
    {"spelling of names", [](Spelling& s) { s.respelled_names = true; }},
    {"comments of ldapsearch", [](Spelling& s) { s.comments = true; }},
    {"three files", [](Spelling& s) { s.files = 3; }},
    {"everything at once", [](Spelling& s) { s = {true, true, true, true, false, true, true, true, 2}; }},
};

}  // namespace

TEST_CASE("property: the spelling of an export changes nothing") {
  for (const std::uint64_t start : random_starts(kOrganizations)) {
    Random random(start);
    RandomShape shape;
    shape.empty_containers = false;
    RandomOrganization organization(random, shape);
    inject_faults(organization, random, 6);
    const std::string expected = picture(organization, {}, start);
    CHECK(!expected.empty());
    for (const Variant& variant : kVariants) {
      INFO("EXAUDIT_RANDOM_START=" << start << ", " << variant.name);
      Spelling spelling;
      variant.apply(spelling);
      CHECK(picture(organization, spelling, start) == expected);
    }
    INFO("EXAUDIT_RANDOM_START=" << start << ", one unrelated entry more");
    organization.add_object(organization.child("Unrelated", organization.domains.front()), "top container");
    organization.add_object("CN=Partitions,CN=Configuration,DC=contoso,DC=test", "top crossRefContainer");
    CHECK(picture(organization, {}, start) == expected);
  }
}

}  // namespace exaudit::test
