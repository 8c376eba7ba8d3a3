// How new the evidence about a machine is: without a clock, ages are told by the newest time that anything
// shows.
//
// The clock of a log may be UTC or that of the machine, a directory's is UTC: times are good to a day.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/case.h"

namespace exaudit::model {

struct NewestEvidence {
  std::int64_t time = 0;  // seconds since 1970-01-01
  std::string what;       // "the newest record of an event log"
  facts::Location location;
};

// Looks at the machine's event logs, its greetings, and the files that listings show outside of the folders
// of metabase backups; and at whenChanged of what Exchange has in the directory of its organization.
class EvidenceClock {
 public:
  explicit EvidenceClock(const Case& c);
  // Nothing when none of it has a time.
  std::optional<NewestEvidence> newest(const Machine& machine) const;

 private:
  std::map<std::string, NewestEvidence, std::less<>> directories_;  // by identity of the organization
};

}  // namespace exaudit::model
