// Events counted for a finding: how often, first and last, and whether any of them is current.
//
// An event is current when it is not older than the event window before the newest record of its log (an old
// log is not now), and not older than `not_before`. Text copied out of a log has no age: it counts as
// current, and the finding says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "facts/event.h"
#include "findings/finding.h"
#include "model/case.h"

namespace exaudit::rules {

class Occurrences {
 public:
  explicit Occurrences(const model::Case& c) : case_(c) {}

  void add(const facts::Event& event, const facts::EventLog& log,
           std::optional<std::int64_t> not_before = std::nullopt);
  // An event that proves nothing alone and accompanies this one: shown, not counted.
  void attach(const facts::Event& event);

  bool any() const { return count_ > 0; }
  bool current() const { return current_; }
  // Count, times and evidence; a finding without a current event becomes information with reason "old".
  void describe(findings::Finding& finding) const;

 private:
  const model::Case& case_;
  std::uint64_t count_ = 0;
  bool current_ = false;
  bool undated_ = false;
  bool utc_ = false, local_ = false;  // clocks of the dated ones
  std::optional<std::int64_t> first_, last_;
  std::vector<findings::Evidence> evidence_, attached_;
};

// Every event of the machine's logs, with its log.
template <typename Visit>
void each_event(const model::Machine& machine, Visit visit) {
  if (machine.files == nullptr) return;
  for (const facts::EventLog& log : machine.files->event_logs) {
    for (const facts::Event& event : log.events) visit(event, log);
  }
}

}  // namespace exaudit::rules
