// In place of event_log_evtx.cc where libevtx was not found at build time.
#include "readers/readers.h"

namespace exaudit::readers {

facts::EventLog read_event_log_evtx(const std::string& /*path*/, facts::InputId id, facts::Input& input) {
  input.skipped_record(
      0,
      "logs of Windows Vista and later cannot be read: this build lacks the libevtx library; "
      "open it in Event Viewer and save it as text (csv or tab delimited)");
  facts::EventLog log;
  log.utc = true;
  log.input = id;
  return log;
}

}  // namespace exaudit::readers
