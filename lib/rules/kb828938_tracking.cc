// The message tracking histories that KB 828938 and KB 822939 print: local delivery tried again and again,
// and a report that cannot be routed.
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using facts::TrackingStep;
using findings::Severity;
using findings::SubjectKind;

namespace {

findings::Evidence line_evidence(const facts::TrackingHistory& history, const facts::TrackingLine& line) {
  findings::Evidence out;
  out.at = history.location;
  out.at.line = line.line;
  out.actual = {line.text};
  return out;
}

// "Delivered locally" followed by "scheduled to retry", counted for the recipient that was named last.
std::map<std::string, std::vector<const facts::TrackingLine*>> retries(
    const facts::TrackingHistory& history) {
  std::map<std::string, std::vector<const facts::TrackingLine*>> out;
  const facts::TrackingLine* delivered = nullptr;
  for (const facts::TrackingLine& line : history.lines) {
    if (line.step == TrackingStep::retry_scheduled && delivered != nullptr)
      out[base::fold(delivered->recipient)].push_back(delivered);
    delivered = line.step == TrackingStep::delivered_locally ? &line : nullptr;
  }
  return out;
}

// Visits the machines that a history was copied from; for the others it gives no verdict: a history exists
// only of messages that somebody tracked.
template <typename Visit>
void each_history(const model::Case& c, Visit visit) {
  for (const model::Machine& machine : c.machines) {
    if (machine.files == nullptr) continue;
    for (const facts::TrackingHistory& history : machine.files->histories) visit(machine, history);
  }
}

void delivery_retry(const model::Case& c, Verdicts& out) {
  each_history(c, [&](const model::Machine& machine, const facts::TrackingHistory& history) {
    bool any = false;
    for (const auto& [recipient, lines] : retries(history)) {
      if (lines.size() < 2) continue;
      any = true;
      auto& finding =
          out.fail(subject_of(machine), "retry",
                   fmt::format("local delivery to {} was tried {} times and rescheduled each time",
                               recipient.empty() ? "a recipient" : recipient, lines.size()));
      finding.count = lines.size();
      for (const facts::TrackingLine* line : lines) finding.evidence.push_back(line_evidence(history, *line));
    }
    if (!any) out.pass(subject_of(machine));
  });
}

void unroutable_report(const model::Case& c, Verdicts& out) {
  constexpr std::array kSequence = {TrackingStep::report_generated, TrackingStep::submitted_from_store,
                                    TrackingStep::submitted_to_mta,
                                    TrackingStep::unroutable_report_discarded};
  each_history(c, [&](const model::Machine& machine, const facts::TrackingHistory& history) {
    std::vector<findings::Evidence> evidence;
    std::size_t next = 0;
    for (const facts::TrackingLine& line : history.lines) {
      if (next == kSequence.size() || line.step != kSequence[next]) continue;
      evidence.push_back(line_evidence(history, line));
      ++next;
    }
    if (next < kSequence.size()) {
      out.pass(subject_of(machine));
      return;
    }
    auto& finding = out.fail(subject_of(machine), "sequence",
                             "a report went from the store to the MTA and was discarded as unroutable");
    finding.evidence = std::move(evidence);
  });
}

}  // namespace

extern const Rule kb828938_delivery_retry = {
    "KB828938.delivery-retry",
    "Local delivery succeeds without being rescheduled again and again.",
    "828938",
    Severity::info,
    "events",
    "2000 2003",
    SubjectKind::machine,
    {},
    "retry",
    delivery_retry};
extern const Rule kb822939_unroutable_report = {"KB822939.unroutable-report",
                                                "Reports are routed.",
                                                "822939",
                                                Severity::info,
                                                "events",
                                                "2000 2003",
                                                SubjectKind::machine,
                                                {},
                                                "sequence",
                                                unroutable_report};

}  // namespace exaudit::rules
