// A rule: data, and one pure function from a Case to verdicts.
//
// A function visits every subject of its kind and gives each exactly one verdict per view (and per part,
// where a subject has parts):
//
//   void gateway_class(const model::Case& c, Verdicts& out) {
//     for (const auto& gateway : judged_gateways(c, out)) {
//       if (...) out.pass(...); else out.fail(...);
//     }
//   }
//
// It never reads a file, asks the clock or formats a report. rules.def is the only list of rules.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"
#include "model/case.h"

namespace exaudit::rules {

class Verdicts;  // rules/verdicts.h

struct Rule {
  std::string_view id;       // "KB828938.gateway-missing"
  std::string_view title;    // one sentence
  std::string_view article;  // "828938", "" for recipient rules
  findings::Severity severity =
      findings::Severity::medium;  // of its first reason; single findings may differ
  std::string_view area;  // "directory", "mailboxes", "transport", "iis", "registry", "services", "events",
                          // "recipients", "files"
  std::string_view products;  // "2000 2003" or "5.5"
  findings::SubjectKind subject = findings::SubjectKind::organization;
  std::span<const findings::Need> needs;
  std::string_view reasons;  // blank-separated
  void (*check)(const model::Case&, Verdicts&) = nullptr;
};

// All rules, sorted by id.
std::span<const Rule* const> all_rules();
const Rule* find_rule(std::string_view id);  // exact id; null when there is none

}  // namespace exaudit::rules
