#include "rules/audit_fixture.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "cmd/run_program.h"
#include "collectors/folder.h"
#include "tree.h"

namespace exaudit::test {

namespace {

namespace fs = std::filesystem;
using findings::Finding;
using findings::Verdict;

audit::Result audit_path(const std::string& path, const audit::Options& options) {
  collectors::FolderOptions what;
  what.paths = {path};
  const auto snapshot = collectors::collect_folder(what);
  if (!snapshot) FAIL(snapshot.error().message);
  auto result = audit::run(*snapshot, options);
  if (!result) FAIL(result.error().message);
  return std::move(*result);
}

std::string joined(std::vector<std::string> lines) {
  std::ranges::sort(lines);
  return fmt::format("{}", fmt::join(lines, "\n"));
}

std::string line_of(const Finding& finding) {
  const std::string part = finding.subject.part.empty() ? "" : " " + finding.subject.part;
  return fmt::format("{}{} {} {} {}{}", finding.explained_by.empty() ? "" : "  ",
                     findings::severity_name(finding.severity), finding.rule, finding.reason,
                     finding.subject.name, part);
}

std::string slug_of(const std::string& rule) { return rule.substr(rule.find('.') + 1); }

// Every subject of the rule has this verdict, and there is one.
void check_verdict(const audit::Result& result, const FixtureRow& row, Verdict verdict) {
  std::size_t subjects = 0;
  for (const auto& each : result.verdicts) {
    if (each.rule != row.rule) continue;
    ++subjects;
    CHECK(findings::verdict_name(each.verdict) == findings::verdict_name(verdict));
    std::vector<std::string_view> needs;
    for (const findings::Need need : each.needs) needs.push_back(findings::need_name(need));
    CHECK(fmt::format("{}", fmt::join(needs, " ")) == (verdict == Verdict::not_evaluated ? row.needs : ""));
  }
  CHECK(subjects > 0);
}

void check_row(const std::string& article, const FixtureRow& row) {
  CAPTURE(row.rule);
  const auto folder = [&](std::string_view kind) {
    return fmt::format("fixtures/{}/{}/{}", article, kind, slug_of(row.rule));
  };
  const std::size_t blank = row.bad.find(' ');
  std::vector<std::string> expected = {
      fmt::format("{} {} {}", row.bad.substr(0, blank), row.rule, row.bad.substr(blank + 1))};
  if (!row.also.empty()) expected.push_back(row.also);
  CHECK(findings_of(audit_folder(folder("bad"))) == joined(expected));

  const audit::Result good = audit_folder(folder("good"));
  CHECK(findings_of(good) == "");
  check_verdict(good, row, Verdict::pass);
  CHECK(fs::exists(source_root() / folder("not-evaluated")) == !row.needs.empty());
  if (!row.needs.empty()) check_verdict(audit_folder(folder("not-evaluated")), row, Verdict::not_evaluated);
  if (fs::exists(source_root() / folder("not-applicable")))
    check_verdict(audit_folder(folder("not-applicable")), row, Verdict::not_applicable);
}

struct Span {
  std::size_t begin, end;
};

Span record_of(const std::string& ldif, const std::string& dn) {
  const std::size_t begin = ldif.find("dn: " + dn + "\n");
  REQUIRE_MESSAGE(begin != std::string::npos, dn);
  const std::size_t blank = ldif.find("\n\n", begin);
  return {begin, blank == std::string::npos ? ldif.size() : blank + 2};
}

}  // namespace

audit::Result audit_folder(const std::string& folder, const audit::Options& options) {
  return audit_path((source_root() / folder).string(), options);
}

audit::Result audit_files(const Files& files, const audit::Options& options) {
  const TemporaryFolder folder;
  for (const auto& [name, content] : files) folder.file(name, content);
  return audit_path(folder.path(), options);
}

std::string findings_of(const audit::Result& result) {
  std::vector<std::string> lines;
  for (const Finding& finding : result.findings) lines.push_back(line_of(finding));
  return joined(std::move(lines));
}

std::string verdicts_of(const audit::Result& result, std::string_view rule) {
  std::vector<std::string> lines;
  for (const auto& row : result.verdicts) {
    if (row.rule != rule) continue;
    std::vector<std::string_view> needs;
    for (const findings::Need need : row.needs) needs.push_back(findings::need_name(need));
    lines.push_back(fmt::format("{} {}{}", row.subject.name, findings::verdict_name(row.verdict),
                                needs.empty() ? "" : fmt::format(" ({})", fmt::join(needs, " "))));
  }
  return joined(std::move(lines));
}

const Finding& only_finding(const audit::Result& result, std::string_view rule) {
  const Finding* found = nullptr;
  for (const Finding& finding : result.findings) {
    if (finding.rule != rule) continue;
    REQUIRE(found == nullptr);
    found = &finding;
  }
  REQUIRE(found != nullptr);
  return *found;
}

void check_fixtures(const std::string& article, const std::vector<FixtureRow>& rows) {
  std::set<std::string> slugs;
  for (const FixtureRow& row : rows) {
    slugs.insert(slug_of(row.rule));
    check_row(article, row);
  }
  for (const std::string_view kind : {"bad", "good", "not-evaluated", "not-applicable"}) {
    const fs::path folder = source_root() / "fixtures" / article / kind;
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      CHECK_MESSAGE(slugs.contains(entry.path().filename().string()),
                    entry.path().string() << " has no row in the table of its article's test");
    }
  }
}

std::string small_site() {
  return slurp(source_root() / "fixtures/kb828938/good/gateway-missing/directory/organization.ldf");
}

std::string edited(std::string text, std::string_view from, std::string_view to) {
  std::size_t at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, std::string(from));
  for (; at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

std::string without_record(std::string ldif, const std::string& dn) {
  const Span span = record_of(ldif, dn);
  return ldif.erase(span.begin, span.end - span.begin);
}

std::string with_value(const std::string& ldif, const std::string& dn, const std::string& attribute,
                       const std::string& line) {
  const Span span = record_of(ldif, dn);
  std::string changed;
  bool found = false;
  base::LineCursor lines(std::string_view(ldif).substr(span.begin, span.end - span.begin));
  for (std::string_view each; lines.next(each);) {
    if (each.empty()) break;
    if (each.starts_with(attribute + ":")) {
      found = true;
    } else {
      changed.append(each).append("\n");
    }
  }
  REQUIRE_MESSAGE((found || !line.empty()), attribute);
  if (!line.empty()) changed.append(line).append("\n");
  return ldif.substr(0, span.begin) + changed + "\n" + ldif.substr(span.end);
}

std::string record(const std::string& dn, const std::string& classes, const std::vector<std::string>& lines) {
  std::string text = fmt::format("dn: {}\n", dn);
  for (const std::string_view name : base::split(classes, ' '))
    text += fmt::format("objectClass: {}\n", name);
  text += "instanceType: 4\nuSNCreated: 4711\n";
  for (const std::string& line : lines) text += line + "\n";
  return text + "\n";
}

}  // namespace exaudit::test
