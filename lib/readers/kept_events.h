// What is kept of a binary log, whose records may be millions: the events that somebody reads
// (facts/event_catalogue.h), and of those that are logged again and again to the same end, the last.
#pragma once

#include <vector>

#include "facts/event.h"

namespace exaudit::readers {

class KeptEvents {
 public:
  // `event` is of the catalogue, with its time and insertion strings.
  void add(facts::Event event);
  // In the order of the log, but for the last topology events, which come at the end.
  std::vector<facts::Event> finish() &&;

 private:
  std::vector<facts::Event> events_;
  // MSExchangeDSAccess 2080, once a quarter of an hour for each process: only the newest count
  // (model/directory_servers.h), all of one second together; those that name no server count for nothing once
  // one does.
  std::vector<facts::Event> topology_;
  bool readable_ = false;
};

}  // namespace exaudit::readers
