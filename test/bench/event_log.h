// An event log (.evt) as it is copied from a running machine: dirty, and wrapped once, so that its oldest
// record stands somewhere in the middle, one record goes on behind the header, and the header knows where the
// newest record stood a while ago.
#pragma once

#include <cstdint>
#include <filesystem>

namespace exaudit::bench {

struct WrittenLog {
  std::uint64_t records = 0;
  std::uint64_t relevant = 0;  // those that some rule reads
};

// `bytes`: size of the file, at most what 32-bit offsets can name. Records are those of a system and an
// application log, 220 bytes on average, one of 2,000 is relevant.
WrittenLog write_event_log(const std::filesystem::path& path, std::uint32_t bytes);

}  // namespace exaudit::bench
