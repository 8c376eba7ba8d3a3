// What an audit rests on: rules x servers, and how to collect what is missing (`exaudit audit --coverage`).
//
//   metabase: the IIS metabase                  MAIL1  MAIL2
//     rests on                                    2      -
//     KB822939.no-bindings                        +      ?
//
// Findings are not shown: a failed check is as well looked at as a passed one.
//
// JSON: {"format": "exaudit-coverage", "version": 1, "tool": {...}, "servers": ["MAIL1", ...],
//        "needs": [{"need", "title", "rules": [{"rule", "title", "cells": [{"server", "verdict",
//                   "verdicts": {"pass": n, ...}, "rests_on": ["path"], "missing": ["ehlo"], "why":
//                   ["..."]}]}]}],
//        "collect": [{"server": "MAIL1" or null, "need", "where", "rules": [...], "commands": [...], "notes":
//        [...]}], "summary": {"verdicts": {...}}}
// A cell that is not there: the rule has no subject on that server. "server" null: evidence that is collected
// once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "audit/result.h"
#include "report/report.h"

namespace exaudit::report {

// Subjects that belong to no server (recipients, values, the organization) stand in a column of this name.
inline constexpr std::string_view kNoServer = "(organization)";

struct CoverageCell {
  std::array<std::uint64_t, 5> verdicts{};  // index = findings::Verdict
  std::set<std::string>
      rests_on;  // paths of inputs that can hold this evidence; empty when nothing was judged
  std::set<findings::Need> missing;
  std::set<std::string> why;  // of checks that were not evaluated

  std::uint64_t of(findings::Verdict verdict) const { return verdicts[static_cast<std::size_t>(verdict)]; }
  // The one that a reader has to know first: broken, not evaluated, failed, passed, not applicable.
  findings::Verdict worst() const;
};

struct CoverageRule {
  std::string rule, title;
  std::map<std::size_t, CoverageCell> cells;  // by column
};

struct CoverageGroup {
  std::optional<findings::Need> need;  // nothing: rules that read what was copied by hand
  std::vector<CoverageRule> rules;     // sorted by id
  std::map<std::size_t, std::set<std::string>>
      inputs;  // by column: paths of inputs that can hold this evidence
};

// One piece of evidence that would close gaps.
struct CoverageGap {
  std::string server;  // "" = collected once, for all
  findings::Need need = findings::Need::directory;
  std::set<std::string> rules;
  std::vector<std::string> commands,
      notes;  // filled; of a name that must not enter a command the placeholder stays
};

struct Coverage {
  std::vector<std::string> servers;   // columns, sorted by name; "?" and kNoServer last
  std::vector<CoverageGroup> groups;  // in the order of Need
  std::vector<CoverageGap> gaps;      // those that are collected once first, then by server
  std::array<std::uint64_t, 5> verdicts{};
};

Coverage coverage_of(const audit::Result& result);

struct CoverageOptions {
  bool verbose = false;     // nothing is cut
  std::size_t width = 110;  // of the matrix; wider ones get numbered columns
};
// More columns than this make a list, not a matrix.
inline constexpr std::size_t kMatrixColumns = 24;

std::string coverage_text(const audit::Result& result, const CoverageOptions& options);
std::string coverage_json(const audit::Result& result);

}  // namespace exaudit::report
