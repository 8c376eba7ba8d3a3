// One rule applied to one folder of evidence.
//
//   const auto verdicts = judge("KB828938.gateway-missing", "fixtures/kb828938/bad/gateway-missing");
//   CHECK(summary(verdicts) == "Mailbox Store (MAIL1) fail missing");
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "collectors/folder.h"
#include "model/case.h"
#include "rules/rule.h"
#include "rules/verdicts.h"
#include "tree.h"

namespace exaudit::test {

// `folder` from the root of the repository.
inline rules::Verdicts judge(std::string_view rule_id, std::string_view folder, model::Options options = {}) {
  const rules::Rule* rule = rules::find_rule(rule_id);
  REQUIRE(rule != nullptr);
  collectors::FolderOptions what;
  what.paths = {(source_root() / folder).string()};
  const auto snapshot = collectors::collect_folder(what);
  REQUIRE(snapshot);
  const model::Case evidence(*snapshot, std::move(options));
  rules::Verdicts verdicts(*rule);
  rule->check(evidence, verdicts);
  return verdicts;
}

// One line per verdict, sorted: "<subject> <verdict>", with the part in brackets behind the subject and the
// reason behind a fail.
inline std::string summary(const rules::Verdicts& verdicts) {
  const auto name = [](const findings::Subject& subject) {
    return subject.part.empty() ? subject.name : fmt::format("{} [{}]", subject.name, subject.part);
  };
  std::vector<std::string> lines;
  for (const auto& row : verdicts.rows) {
    if (row.verdict == findings::Verdict::fail) continue;
    lines.push_back(fmt::format("{} {}", name(row.subject), findings::verdict_name(row.verdict)));
  }
  for (const auto& finding : verdicts.findings)
    lines.push_back(fmt::format("{} fail {}", name(finding.subject), finding.reason));
  std::ranges::sort(lines);
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace exaudit::test
