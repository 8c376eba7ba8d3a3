#include <filesystem>

#include <fmt/format.h>

#include "base/text.h"
#include "commands.h"
#include "gather.h"
#include "memory_limit.h"
#include "output.h"
#include "report/coverage.h"
#include "report/json.h"
#include "report/text.h"
#include "terminal.h"

namespace exaudit::cmd {

namespace {

// What was found instead of evidence.
std::string nothing_audited(const audit::Result& result) {
  for (const facts::Input& input : result.inputs) {
    if (input.live && !input.problems.empty())
      return fmt::format("nothing to audit: {}: {}", base::visible(input.path),
                         base::visible(input.problems.front().message));
  }
  if (result.inputs.empty()) return "nothing to audit: there are no files in what was named";
  constexpr std::size_t kNamed = 5;
  std::string names;
  for (std::size_t i = 0; i < std::min(kNamed, result.inputs.size()); ++i) {
    const facts::Input& input = result.inputs[i];
    names +=
        fmt::format("{}{} ({})", i == 0 ? "" : ", ", base::visible(input.path), facts::kind_name(input.kind));
    if (!input.problems.empty()) names += ": " + base::visible(input.problems.front().message);
  }
  if (result.inputs.size() > kNamed) names += fmt::format(" and {} more", result.inputs.size() - kNamed);
  return "nothing to audit: no file is evidence of a kind that this version reads: " + names;
}

// The input of an evidence kind that `file` would overwrite. An earlier report inside the audited folder is
// no evidence and may be replaced.
const facts::Input* overwritten(const std::string& file, const Invocation& invocation,
                                const std::vector<facts::Input>& inputs) {
  for (const facts::Input& input : inputs) {
    if (input.kind == facts::InputKind::exaudit_output || input.kind == facts::InputKind::empty) continue;
    if (same_file(file, input.path)) return &input;
    for (const std::string& path : invocation.folder.paths) {
      if (same_file(file, (std::filesystem::path(path) / input.path).string())) return &input;
    }
  }
  return nullptr;
}

std::optional<std::string> refused_target(const Invocation& invocation,
                                          const std::vector<facts::Input>& inputs) {
  std::vector<std::string> files = {invocation.report.file};
  for (const ReportTarget& target : invocation.reports) files.push_back(target.file);
  for (const std::string& file : files) {
    const facts::Input* input = file.empty() || file == "-" ? nullptr : overwritten(file, invocation, inputs);
    if (input != nullptr)
      return "'" + base::visible(file) + "' is one of the files to be audited and is not overwritten";
  }
  return std::nullopt;
}

std::optional<base::Error> write_report(const ReportTarget& target, const Invocation& invocation,
                                        const audit::Result& result, const std::string& timestamp) {
  auto output = open_output(target.file);
  if (!output) return output.error();
  const report::Sink sink = [&output](std::string_view piece) { (*output)->write(piece); };
  if (invocation.coverage) {
    (*output)->write(target.format == Format::json ? report::coverage_json(result)
                                                   : report::coverage_text(result, {invocation.verbose}));
  } else if (target.format == Format::json) {
    const report::JsonOptions options{invocation.verdicts.value_or(report::VerdictFilter::all), timestamp};
    report::write_json(result, options, sink);
  } else {
    const bool standard = target.file.empty() || target.file == "-";
    const report::TextOptions options{
        standard ? use_color(invocation.color, is_terminal(Stream::output))
                 : invocation.color == ColorMode::always,
        invocation.verbose, invocation.verdicts.value_or(report::VerdictFilter::problems), timestamp};
    report::write_text(result, options, sink);
  }
  return (*output)->finish();
}

std::string incomplete_text(const audit::Result& result) {
  std::size_t damaged = 0;
  std::size_t unattributed = 0;
  for (const facts::Input& input : result.inputs) {
    damaged += input.complete ? 0 : 1;
    unattributed += input.unattributed ? 1 : 0;
  }
  std::vector<std::string> reasons;
  const auto add = [&reasons](std::uint64_t count, std::string_view what) {
    if (count != 0) reasons.push_back(fmt::format("{} {}", count, what));
  };
  add(damaged, damaged == 1 ? "input was not read completely" : "inputs were not read completely");
  add(unattributed,
      unattributed == 1 ? "input belongs to no known machine" : "inputs belong to no known machine");
  add(result.verdict_count(findings::Verdict::error), "checks broke");
  return reasons.empty() ? "the audit is incomplete"
                         : fmt::format("the audit is incomplete: {}", fmt::join(reasons, ", "));
}

// Why the exit code will not be 0.
void explain_exit(const Invocation& invocation, const audit::Result& result) {
  if (invocation.quiet) return;
  const auto count = invocation.coverage ? 0 : audit::findings_at_or_above(result, invocation.fail_on);
  if (count != 0) {
    message(fmt::format("{} {} at or above {}", count, count == 1 ? "finding" : "findings",
                        findings::severity_name(*invocation.fail_on)));
  }
  if (result.incomplete()) message(incomplete_text(result));
  const auto unknown = result.verdict_count(findings::Verdict::not_evaluated);
  if (invocation.strict && unknown != 0) {
    message(
        fmt::format("{} {} not evaluated (--strict)", unknown, unknown == 1 ? "check was" : "checks were"));
  }
}

}  // namespace

int run_audit(const Invocation& invocation) {
  const auto snapshot = gather(invocation);
  if (!snapshot) {
    message(base::visible(snapshot.error().message));
    return audit::kExitUsage;
  }
  if (const auto refused = refused_target(invocation, snapshot->inputs)) return usage_error(*refused);
  audit::Options options = invocation.audit;
  options.stop = memory_limit(invocation.max_memory);
  const auto result = audit::run(*snapshot, options);
  if (!result && result.error().code == base::ErrorCode::too_large) {
    message(out_of_memory(invocation.max_memory).message);
    return audit::kExitUsage;
  }
  if (!result) return usage_error(base::visible(result.error().message));
  if (!audit::anything_audited(*result)) {
    message(nothing_audited(*result));
    return audit::kExitUsage;
  }
  // A coverage shows no findings: an exit code for them would point at nothing.
  const audit::Threshold fail_on = invocation.coverage ? std::nullopt : invocation.fail_on;
  int code = audit::exit_code(*result, fail_on, invocation.strict);
  std::vector<ReportTarget> targets = {invocation.report};
  targets.insert(targets.end(), invocation.reports.begin(), invocation.reports.end());
  const std::string timestamp = invocation.timestamp ? current_time() : "";
  for (const ReportTarget& target : targets) {
    const auto error = write_report(target, invocation, *result, timestamp);
    if (!error) continue;
    message(error->message);
    if (code == audit::kExitDone) code = audit::kExitIncomplete;
  }
  explain_exit(invocation, *result);
  return code;
}

}  // namespace exaudit::cmd
