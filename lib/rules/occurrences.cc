#include "rules/occurrences.h"

#include <algorithm>

#include <fmt/format.h>

#include "facts/event_numbers.h"

namespace exaudit::rules {

namespace {

constexpr std::size_t kShown = 5;

findings::Evidence event_evidence(const facts::Event& event) {
  findings::Evidence out;
  out.at = event.location;
  std::string text = event.source;
  if (event.id != 0) text += fmt::format(" {}", event.id);
  if (!event.description.empty()) {
    text.append(": ").append(facts::unwrap(event.description));
  } else {
    for (const std::string& value : event.strings) text += fmt::format(" [{}]", value);
  }
  if (event.recovered) text += " (recovered from the unused part of the log)";
  out.actual = {std::move(text)};
  return out;
}

}  // namespace

void Occurrences::add(const facts::Event& event, const facts::EventLog& log,
                      std::optional<std::int64_t> not_before) {
  ++count_;
  if (event.time) {
    first_ = std::min(first_.value_or(*event.time), *event.time);
    last_ = std::max(last_.value_or(*event.time), *event.time);
    (log.utc ? utc_ : local_) = true;
  } else {
    undated_ = true;
  }
  const bool fresh = !event.time || !not_before || *event.time >= *not_before;
  current_ = current_ || (case_.is_current(event, log) && fresh);
  if (evidence_.size() < kShown) evidence_.push_back(event_evidence(event));
}

void Occurrences::attach(const facts::Event& event) {
  if (attached_.size() < kShown) attached_.push_back(event_evidence(event));
}

void Occurrences::describe(findings::Finding& finding) const {
  finding.count = count_;
  finding.first = first_;
  finding.last = last_;
  if (utc_) finding.clock = local_ ? findings::Clock::mixed : findings::Clock::utc;
  finding.evidence.insert(finding.evidence.end(), evidence_.begin(), evidence_.end());
  finding.evidence.insert(finding.evidence.end(), attached_.begin(), attached_.end());
  if (undated_) finding.message += " (copied without a date: it may be old)";
  if (!current_) {
    finding.severity = findings::Severity::info;
    finding.reason = "old";
  }
}

}  // namespace exaudit::rules
