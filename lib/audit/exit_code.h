// The exit code of an audit, the one thing that scripts read.
//
//   0  audited, nothing at or above the threshold
//   1  headline findings at or above the threshold (explained ones do not count on their own); wins over 3
//   2  usage error, or nothing could be audited
//   3  no such finding, but the audit is incomplete; strict adds checks that were not evaluated
#pragma once

#include <cstdint>
#include <optional>

#include "audit/result.h"
#include "findings/finding.h"

namespace exaudit::audit {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFindings = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitIncomplete = 3;
inline constexpr int kExitInterrupted = 130;  // 128 + SIGINT, as shells count

using Threshold = std::optional<findings::Severity>;  // --fail-on; nothing = "none"

// Evidence of a kind that this version reads, so that something could be judged from it.
bool is_evidence(facts::InputKind kind);
bool anything_audited(const Result& result);

std::uint64_t findings_at_or_above(const Result& result, Threshold fail_on);
int exit_code(const Result& result, Threshold fail_on, bool strict);

}  // namespace exaudit::audit
