// What a rule brings along: a line in rules.def, a page, fixtures and a test, all found by its id.
//
// "KB828938.gateway-missing" is listed as EXAUDIT_RULE(kb828938_gateway_missing), written in
// lib/rules/kb828938_*.cc, explained under that heading in lib/rules/kb828938.md, shown in
// fixtures/kb828938/{bad,good}/ and named by a test below test/rules/.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "base/text.h"
#include "tree.h"

using exaudit::base::ascii_lowered;
using exaudit::base::LineCursor;
using exaudit::test::files_below;
using exaudit::test::is_rule_id;
using exaudit::test::slurp;
using exaudit::test::source_root;
using exaudit::test::TreeFile;

namespace {

std::string identifier_of(std::string_view id) {
  std::string name = ascii_lowered(id);
  std::ranges::replace(name, '.', '_');
  std::ranges::replace(name, '-', '_');
  return name;
}

// "kb828938", "recipients": names the page, the fixtures and the sources.
std::string topic_of(std::string_view id) { return ascii_lowered(id.substr(0, id.find('.'))); }

std::vector<std::string> listed_rules() {
  constexpr std::string_view kMacro = "EXAUDIT_RULE(";
  std::vector<std::string> names;
  const std::string text = slurp(source_root() / "lib/rules/rules.def");
  LineCursor cursor(text);
  for (std::string_view line; cursor.next(line);) {
    if (line.starts_with(kMacro))
      names.emplace_back(line.substr(kMacro.size(), line.find(')') - kMacro.size()));
  }
  return names;
}

// String literals that are rule ids.
std::set<std::string> ids_in(const std::vector<TreeFile>& files) {
  std::set<std::string> ids;
  for (const TreeFile& file : files) {
    const std::string_view text = file.text;
    for (auto at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
      const auto end = text.find('"', at + 1);
      if (end == std::string_view::npos) break;
      const std::string_view literal = text.substr(at + 1, end - at - 1);
      if (is_rule_id(literal)) ids.emplace(literal);
    }
  }
  return ids;
}

std::set<std::string> rule_ids() {
  std::set<std::string> ids = ids_in(files_below({"lib/rules"}, {".cc"}));
  const auto listed = listed_rules();
  std::erase_if(ids,
                [&](const std::string& id) { return std::ranges::count(listed, identifier_of(id)) == 0; });
  return ids;
}

bool has_files(const std::filesystem::path& folder) {
  return std::filesystem::is_directory(folder) && !std::filesystem::is_empty(folder);
}

bool has_heading(std::string_view page, std::string_view id) {
  LineCursor cursor(page);
  for (std::string_view line; cursor.next(line);) {
    if (line.starts_with("## ") && line.substr(3) == id) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("shape: rules.def is sorted and lists each rule once, by the name that its id gives") {
  const auto listed = listed_rules();
  CHECK(std::ranges::is_sorted(listed));
  CHECK(std::set(listed.begin(), listed.end()).size() == listed.size());
  std::set<std::string> named;
  for (const std::string& id : rule_ids()) named.insert(identifier_of(id));
  for (const std::string& name : listed) {
    CAPTURE(name);
    CHECK(named.contains(name));
  }
}

TEST_CASE("shape: every rule has its page, fixtures and test") {
  const auto tested = ids_in(files_below({"test/rules"}, {".cc"}));
  for (const std::string& id : rule_ids()) {
    CAPTURE(id);
    CHECK(has_heading(slurp(source_root() / "lib/rules" / (topic_of(id) + ".md")), id));
    CHECK(has_files(source_root() / "fixtures" / topic_of(id) / "bad"));
    CHECK(has_files(source_root() / "fixtures" / topic_of(id) / "good"));
    CHECK(tested.contains(id));
  }
}
