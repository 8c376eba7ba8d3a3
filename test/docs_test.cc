// The documentation is tested: links lead somewhere, rule pages are complete, and what a page shows as output
// is what the program prints.
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "tree.h"

using exaudit::base::LineCursor;
using exaudit::base::trim;
using exaudit::test::files_below;
using exaudit::test::is_rule_id;
using exaudit::test::source_root;
using exaudit::test::TreeFile;

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
  Lines lines;
  LineCursor cursor(text);
  for (std::string_view line; cursor.next(line);) lines.emplace_back(line);
  return lines;
}

bool is_fence(std::string_view line) { return trim(line).starts_with("```"); }

// The text without fenced blocks and without code spans.
std::string prose_of(std::string_view text) {
  std::string prose;
  bool fenced = false;
  for (const std::string& line : lines_of(text)) {
    if (is_fence(line)) {
      fenced = !fenced;
    } else if (!fenced) {
      bool code = false;
      for (const char c : line) {
        if (c == '`') code = !code;
        if (!code) prose += c;
      }
      prose += '\n';
    }
  }
  return prose;
}

std::vector<TreeFile> all_pages() {
  return files_below(
      {"README.md", "CONTRIBUTING.md", "lib", "ldapschema", "cmd", "test", "fixtures", "deploy", "docs"},
      {".md"});
}

// Targets of [text](target) that lie in the repository, without their fragments.
std::vector<std::string> local_links(std::string_view text) {
  std::vector<std::string> links;
  const std::string prose = prose_of(text);
  for (auto at = prose.find("]("); at != std::string::npos; at = prose.find("](", at + 1)) {
    const std::size_t end = prose.find(')', at);
    if (end == std::string::npos) break;
    std::string target = prose.substr(at + 2, end - at - 2);
    if (target.find("://") != std::string::npos || target.starts_with("mailto:")) continue;
    target = target.substr(0, target.find('#'));
    if (!target.empty()) links.push_back(target);
  }
  return links;
}

struct Heading {
  std::size_t level;
  std::string text;
};

std::vector<Heading> headings_of(std::string_view text) {
  std::vector<Heading> headings;
  bool fenced = false;
  for (const std::string& line : lines_of(text)) {
    if (is_fence(line)) fenced = !fenced;
    const std::size_t level = line.find_first_not_of('#');
    if (fenced || level == 0 || level == std::string::npos || line[level] != ' ') continue;
    headings.push_back({level, std::string(trim(std::string_view(line).substr(level)))});
  }
  return headings;
}

// One command of a page with the output that the page shows.
struct Example {
  std::string command;  // as written, without "$ "
  Lines expected;       // a line "..." stands for any lines, also none
  std::size_t line = 0;
};

// Commands of fenced blocks. Everything up to the next command or the end of the block is its output.
std::vector<Example> examples_of(std::string_view text) {
  std::vector<Example> examples;
  bool fenced = false;
  bool ours = false;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (is_fence(line)) {
      fenced = !fenced;
      ours = false;
    } else if (fenced && line.starts_with("$ ")) {
      const std::string command = line.substr(2);
      ours = command.starts_with("exaudit ") || command.starts_with("./run audit ");
      if (ours) examples.push_back({command, {}, number});
    } else if (ours) {
      examples.back().expected.push_back(line);
    }
  }
  return examples;
}

bool output_matches(const Lines& expected, const Lines& actual) {
  // reachable[j]: the pattern so far can match the first j lines of the output.
  std::vector<char> reachable(actual.size() + 1, 0);
  reachable[0] = 1;
  for (const std::string& pattern : expected) {
    std::vector<char> next(actual.size() + 1, 0);
    for (std::size_t j = 0; j <= actual.size(); ++j) {
      if (trim(pattern) == "...") {
        next[j] = reachable[j] || (j > 0 && next[j - 1]);
      } else if (j > 0) {
        next[j] = reachable[j - 1] && actual[j - 1] == pattern;
      }
    }
    reachable = next;
  }
  return reachable.back() != 0;
}

// Runs the command with the built program, in the root of the repository; standard output only.
Lines run_example(std::string command) {
  const std::string program = fmt::format("\"{}\"", EXAUDIT_PROGRAM);
  const std::string_view prefix = command.starts_with("./run ") ? "./run" : "exaudit";
  command.replace(0, prefix.size(), program);
  const std::string line =
      fmt::format("cd \"{}\" && env -u EXAUDIT_CONFIG NO_COLOR=1 {} 2>/dev/null </dev/null",
                  source_root().string(), command);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(line.c_str(), "r"), pclose);
  REQUIRE(pipe);
  std::string output;
  std::array<char, 4096> chunk{};
  while (const std::size_t n = std::fread(chunk.data(), 1, chunk.size(), pipe.get()))
    output.append(chunk.data(), n);
  return lines_of(output);
}

std::string joined(const Lines& lines) { return fmt::format("{}", fmt::join(lines, "\n")); }

}  // namespace

TEST_CASE("docs: links inside the repository lead somewhere") {
  CHECK(local_links("[a](b/c.md#d) [e](https://example.test/) `[x](y)` [f](#g)\n```\n[p](q)\n```") ==
        Lines{"b/c.md"});
  const auto pages = all_pages();
  CHECK_FALSE(pages.empty());
  for (const TreeFile& page : pages) {
    CAPTURE(page.path);
    for (const std::string& link : local_links(page.text)) {
      CAPTURE(link);
      CHECK(std::filesystem::exists((source_root() / page.path).parent_path() / link));
    }
  }
}

TEST_CASE("docs: a rule's page has its five sections in order") {
  const Lines sections = {"What it means", "How it is detected", "How to fix it", "When it is fine",
                          "Sources"};
  for (const TreeFile& page : files_below({"lib/rules"}, {".md"})) {
    CAPTURE(page.path);
    std::string rule;
    Lines found;
    const auto finish_rule = [&] {
      CAPTURE(rule);
      if (!rule.empty()) CHECK(joined(found) == joined(sections));
      found.clear();
    };
    std::size_t rules = 0;
    for (const Heading& heading : headings_of(page.text)) {
      if (heading.level == 2) {
        finish_rule();
        rule = is_rule_id(heading.text) ? heading.text : "";
        rules += rule.empty() ? 0 : 1;
      } else if (heading.level == 3) {
        found.push_back(heading.text);
      }
    }
    finish_rule();
    CHECK(rules > 0);
  }
}

TEST_CASE("docs: the output that pages show is what the program prints") {
  for (const TreeFile& page : all_pages()) {
    for (const Example& example : examples_of(page.text)) {
      INFO(page.path, ":", example.line, ": ", example.command);
      const Lines actual = run_example(example.command);
      INFO("expected:\n", joined(example.expected), "\nactual:\n", joined(actual));
      CHECK(output_matches(example.expected, actual));
    }
  }
}

TEST_CASE("docs: examples are found and compared line by line") {
  const auto examples =
      examples_of("text\n```\n$ exaudit version\nexaudit 1\n$ ls\nfile\n```\n$ exaudit outside\n");
  REQUIRE(examples.size() == 1);
  CHECK(examples[0].command == "exaudit version");
  CHECK(examples[0].expected == Lines{"exaudit 1"});
  CHECK(examples[0].line == 3);
  CHECK(output_matches({"a", "...", "d"}, {"a", "b", "c", "d"}));
  CHECK(output_matches({"a", "...", "d"}, {"a", "d"}));
  CHECK(output_matches({"..."}, {}));
  CHECK_FALSE(output_matches({"a"}, {"a", "b"}));
  CHECK_FALSE(output_matches({"a", "...", "d"}, {"a", "d", "e"}));
  CHECK_FALSE(output_matches({"a", "b"}, {"a"}));
}
