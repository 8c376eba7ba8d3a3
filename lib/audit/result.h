// The result of an audit, before it is rendered.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "facts/input.h"
#include "findings/finding.h"

namespace exaudit::audit {

struct OrganizationRow {
  std::string name, guid, dn;  // guid "" = not observed
};

struct Result {
  std::vector<OrganizationRow> organizations;
  std::vector<facts::Input> inputs;
  std::vector<findings::Finding> findings;     // sorted: severity (high first), rule, subject, part
  std::vector<findings::VerdictRow> verdicts;  // sorted: rule, subject
  // For each server of the directory the view that counts (the global catalog it uses), as one line of text;
  // "" = not known.
  std::vector<std::string> view_notes;
  // Names of directory views, third-party event bindings and the like that only --verbose prints.
  std::vector<std::string> details;

  // Counts of unexplained findings by severity, index = Severity.
  std::array<std::uint64_t, 4> headlines() const;
  std::uint64_t explained() const;
  std::uint64_t verdict_count(findings::Verdict verdict) const;
  // Something could not be read to its end, not be attributed, or a rule broke: exit code 3.
  bool incomplete() const;
};

}  // namespace exaudit::audit
