#include "readers/kept_events.h"

#include <iterator>
#include <utility>

#include "facts/discovered_servers.h"
#include "facts/event_catalogue.h"

namespace exaudit::readers {

namespace {

constexpr std::size_t kMaxOfOneSecond = 64;  // processes of Exchange on one computer

}  // namespace

void KeptEvents::add(facts::Event event) {
  if (!facts::is_kind(event, facts::EventKind::directory_topology)) {
    events_.push_back(std::move(event));
    return;
  }
  const bool readable = facts::discovered_servers(event).has_value();
  if (readable != readable_) {
    if (!readable) return;
    topology_.clear();
    readable_ = true;
  }
  if (!topology_.empty() && event.time < topology_.front().time) return;
  if (!topology_.empty() && event.time > topology_.front().time) topology_.clear();
  if (topology_.size() < kMaxOfOneSecond) topology_.push_back(std::move(event));
}

std::vector<facts::Event> KeptEvents::finish() && {
  std::move(topology_.begin(), topology_.end(), std::back_inserter(events_));
  return std::move(events_);
}

}  // namespace exaudit::readers
