#include "audit/result.h"

#include <algorithm>

namespace exaudit::audit {

std::array<std::uint64_t, 4> Result::headlines() const {
  std::array<std::uint64_t, 4> counts{};
  for (const findings::Finding& finding : findings) {
    if (finding.explained_by.empty()) ++counts[static_cast<std::size_t>(finding.severity)];
  }
  return counts;
}

std::uint64_t Result::explained() const {
  return static_cast<std::uint64_t>(
      std::count_if(findings.begin(), findings.end(),
                    [](const findings::Finding& finding) { return !finding.explained_by.empty(); }));
}

std::uint64_t Result::verdict_count(findings::Verdict verdict) const {
  std::uint64_t count = 0;
  for (const findings::VerdictRow& row : verdicts) {
    if (row.counts) {
      count += (*row.counts)[static_cast<std::size_t>(verdict)];
    } else if (row.verdict == verdict) {
      ++count;
    }
  }
  return count;
}

bool Result::incomplete() const {
  return std::any_of(inputs.begin(), inputs.end(),
                     [](const facts::Input& input) { return !input.complete || input.unattributed; }) ||
         verdict_count(findings::Verdict::error) > 0;
}

}  // namespace exaudit::audit
