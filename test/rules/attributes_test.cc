#include "rules/attributes.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <doctest/doctest.h>

#include "base/text.h"
#include "ldapschema/ldapschema.h"
#include "rules/audit_fixture.h"
#include "tree.h"

using exaudit::base::ascii_lowered;
using exaudit::findings::Need;
using exaudit::rules::all_rules;
using exaudit::rules::attributes_read;
using exaudit::rules::Rule;
using exaudit::test::audit_files;
using exaudit::test::Files;
using exaudit::test::findings_of;
using exaudit::test::slurp;
using exaudit::test::source_root;

namespace {

namespace fs = std::filesystem;

std::vector<const Rule*> every_rule() { return {all_rules().begin(), all_rules().end()}; }

std::set<std::string> lowered(const std::vector<std::string_view>& names) {
  std::set<std::string> out;
  for (const std::string_view name : names) out.insert(ascii_lowered(name));
  return out;
}

// The export as it would be had it been asked for these attributes only.
std::string reduced(const std::string& ldif, const std::set<std::string>& attributes) {
  std::string out;
  bool keep = true;
  exaudit::base::LineCursor lines(ldif);
  for (std::string_view line; lines.next(line);) {
    if (!line.starts_with(' ') && !line.starts_with('#') && !line.empty()) {
      const std::string name = ascii_lowered(line.substr(0, line.find_first_of(":;")));
      keep = name == "dn" || name == "changetype" || name == "version" || attributes.contains(name);
    } else if (line.empty() || line.starts_with('#')) {
      keep = true;
    }
    if (keep) out += std::string(line) + "\n";
  }
  return out;
}

Files files_of(const fs::path& folder, const std::set<std::string>* attributes) {
  Files out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    if (name == "README.md" || name == "expected.json") continue;
    const std::string bytes = slurp(entry.path());
    const bool ldif = name.ends_with(".ldf") || name.ends_with(".ldif");
    out.emplace_back(name, ldif && attributes != nullptr ? reduced(bytes, *attributes) : bytes);
  }
  return out;
}

}  // namespace

TEST_CASE("attributes: every name is one of the schema, sorted, once") {
  for (const Need need : {Need::directory, Need::directory_recipients}) {
    const auto names = attributes_read(every_rule(), need);
    CHECK(names.size() > 10);
    CHECK(lowered(names).size() == names.size());
    for (const std::string_view name : names) {
      CAPTURE(std::string(name));
      CHECK(exaudit::ldapschema::find_attribute(name) != nullptr);
    }
    for (const char* complete : {"instancetype", "whencreated", "usnchanged", "objectcategory", "objectguid",
                                 "distinguishedname", "objectclass"}) {
      CAPTURE(complete);
      CHECK(lowered(names).contains(complete));
    }
  }
}

TEST_CASE("attributes: rules that do not read the directory ask for nothing") {
  const Rule* rule = exaudit::rules::find_rule("KB822939.verbs-missing");
  REQUIRE(rule != nullptr);
  CHECK(attributes_read({rule}, Need::directory).empty());
  CHECK(attributes_read({exaudit::rules::find_rule("KB828938.mailbox-missing")}, Need::directory).size() >
        10);
  const auto names =
      lowered(attributes_read({exaudit::rules::find_rule("KB828938.gateway-home-mta")}, Need::directory));
  CHECK(names.contains("homemta"));
  CHECK_FALSE(names.contains("homemdb"));
}

TEST_CASE("attributes: every scenario gives the same findings from these attributes alone") {
  auto attributes = lowered(attributes_read(every_rule(), Need::directory));
  attributes.merge(lowered(attributes_read(every_rule(), Need::directory_recipients)));
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(source_root() / "fixtures/scenarios")) {
    if (entry.path().filename() == "damaged-files") continue;  // no line structure to reduce
    CAPTURE(entry.path().filename().string());
    CHECK(findings_of(audit_files(files_of(entry.path(), &attributes))) ==
          findings_of(audit_files(files_of(entry.path(), nullptr))));
    ++compared;
  }
  CHECK(compared > 20);
}

TEST_CASE("attributes: a rule alone needs no more than it asks for") {
  const fs::path folder = source_root() / "fixtures/scenarios/several-faults";
  for (const Rule* rule : all_rules()) {
    exaudit::audit::Options options;
    options.rules = std::string(rule->id);
    CAPTURE(options.rules);
    auto attributes = lowered(attributes_read({rule}, Need::directory));
    attributes.merge(lowered(attributes_read({rule}, Need::directory_recipients)));
    if (attributes.empty()) continue;
    CHECK(findings_of(audit_files(files_of(folder, &attributes), options)) ==
          findings_of(audit_files(files_of(folder, nullptr), options)));
  }
}
