#include <cstdlib>

#include "base/temporary_file.h"
#include "facts/event_catalogue.h"
#include "fuzz/targets.h"
#include "readers/readers.h"

// libevtx 20181227 forgets some memory when it gives up a damaged record; ours is still watched.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: the sanitizer's name
extern "C" const char* __lsan_default_suppressions() { return "leak:libevtx.so\n"; }

void exaudit::fuzz::event_log_evtx(std::string_view bytes) {
  const auto file = base::TemporaryFile::make(bytes);
  if (!file) return;
  facts::Input input;
  const facts::EventLog log = readers::read_event_log_evtx(file->path(), 0, input);
  if (log.records != input.records || (input.lost_records && input.complete)) std::abort();
  for (const facts::Event& event : log.events) {
    if (!facts::is_catalogued(event.source, event.id)) std::abort();
  }
}
