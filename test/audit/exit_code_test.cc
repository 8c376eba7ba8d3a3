#include "audit/exit_code.h"

#include <doctest/doctest.h>

#include "report/sample_result.h"

using exaudit::audit::exit_code;
using exaudit::audit::Result;
using exaudit::findings::Severity;
using exaudit::test::sample_result;

namespace {

Result healthy() {
  Result result;
  result.inputs.resize(1);
  result.inputs[0].kind = exaudit::facts::InputKind::ldif;
  return result;
}

}  // namespace

TEST_CASE("exit code: 0 audited, 2 nothing audited") {
  CHECK(exit_code(healthy(), Severity::medium, false) == 0);
  CHECK(exit_code({}, Severity::medium, false) == 2);
  Result foreign = healthy();
  foreign.inputs[0].kind = exaudit::facts::InputKind::unknown;
  CHECK(exit_code(foreign, Severity::medium, false) == 2);
  foreign.inputs[0].kind = exaudit::facts::InputKind::metabase_binary;  // recognised, but not readable
  CHECK(exit_code(foreign, Severity::medium, false) == 2);
}

TEST_CASE("exit code: 1 for headline findings at or above the threshold") {
  Result result = healthy();
  result.findings = {sample_result().findings[3]};  // medium
  CHECK(exit_code(result, Severity::info, false) == 1);
  CHECK(exit_code(result, Severity::medium, false) == 1);
  CHECK(exit_code(result, Severity::high, false) == 0);
  CHECK(exit_code(result, std::nullopt, false) == 0);
  result.findings[0].explained_by = "x";  // counts with its cause only
  CHECK(exit_code(result, Severity::info, false) == 0);
}

TEST_CASE("exit code: 3 when incomplete, and 1 wins over it") {
  Result result = healthy();
  result.inputs[0].skipped_value(7, "damaged");
  CHECK(exit_code(result, Severity::medium, false) == 3);
  result.findings = {sample_result().findings[3]};
  CHECK(exit_code(result, Severity::medium, false) == 1);
  CHECK(exit_code(result, Severity::high, false) == 3);
  Result unattributed = healthy();
  unattributed.inputs[0].unattributed = true;
  CHECK(exit_code(unattributed, Severity::medium, false) == 3);
}

TEST_CASE("exit code: checks that were not evaluated count with strict only, broken rules always") {
  Result result = healthy();
  result.verdicts.resize(1);
  result.verdicts[0].verdict = exaudit::findings::Verdict::not_evaluated;
  CHECK(exit_code(result, Severity::medium, false) == 0);
  CHECK(exit_code(result, Severity::medium, true) == 3);
  result.verdicts[0].verdict = exaudit::findings::Verdict::error;
  CHECK(exit_code(result, Severity::medium, false) == 3);
}
