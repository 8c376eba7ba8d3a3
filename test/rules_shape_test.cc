// What a rule brings along: a line in rules.def, a page, fixtures and a test, all found by its id.
//
// "KB828938.gateway-missing" is listed as EXAUDIT_RULE(kb828938_gateway_missing), written in
// lib/rules/kb828938_*.cc (or beside the rules of another article, when the head of that file names its own),
// explained under that heading in lib/rules/kb828938.md, shown in fixtures/kb828938/{bad,good}/ and named by
// a test below test/rules/.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

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

struct Definition {
  std::string name;  // of the Rule object
  std::string id;    // first string literal behind it
  std::string file;
};

std::vector<Definition> defined_rules() {
  constexpr std::string_view kStart = "extern const Rule ";
  std::vector<Definition> rules;
  for (const TreeFile& file : files_below({"lib/rules"}, {".cc"})) {
    const std::string_view text = file.text;
    for (auto at = text.find(kStart); at != std::string_view::npos; at = text.find(kStart, at + 1)) {
      const std::string_view rest = text.substr(at + kStart.size());
      const std::size_t open = rest.find('"');
      if (open == std::string_view::npos || rest.find(';') < open) continue;  // a mere declaration
      const std::size_t close = rest.find('"', open + 1);
      rules.push_back({std::string(rest.substr(0, rest.find_first_of(" ={"))),
                       std::string(rest.substr(open + 1, close - open - 1)), file.path});
    }
  }
  std::ranges::sort(rules, {}, &Definition::name);
  return rules;
}

// Rules of two articles that read the same evidence may share a file; then its first comment names both.
bool stands_in_its_place(const Definition& rule) {
  const std::string topic = topic_of(rule.id);
  if (rule.file.starts_with("lib/rules/" + topic + "_")) return true;
  const std::string text = slurp(source_root() / rule.file);
  const std::string_view head = std::string_view(text).substr(0, text.find("#include"));
  return topic.starts_with("kb") && head.find("KB " + topic.substr(2)) != std::string_view::npos;
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

TEST_CASE("shape: rules.def lists exactly the rules that are there, sorted") {
  const auto listed = listed_rules();
  CHECK(std::ranges::is_sorted(listed));
  std::vector<std::string> defined;
  for (const Definition& rule : defined_rules()) defined.push_back(rule.name);
  CHECK(fmt::format("{}", fmt::join(listed, "\n")) == fmt::format("{}", fmt::join(defined, "\n")));
}

TEST_CASE("shape: every rule has its name, page, fixtures and test") {
  const auto tested = ids_in(files_below({"test/rules"}, {".cc"}));
  for (const Definition& rule : defined_rules()) {
    CAPTURE(rule.file);
    CAPTURE(rule.id);
    CHECK(is_rule_id(rule.id));
    CHECK(rule.name == identifier_of(rule.id));
    CHECK(stands_in_its_place(rule));
    CHECK(has_heading(slurp(source_root() / "lib/rules" / (topic_of(rule.id) + ".md")), rule.id));
    CHECK(has_files(source_root() / "fixtures" / topic_of(rule.id) / "bad"));
    CHECK(has_files(source_root() / "fixtures" / topic_of(rule.id) / "good"));
    CHECK(tested.contains(rule.id));
  }
}
