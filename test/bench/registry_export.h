// What regedit writes when somebody exports HKEY_LOCAL_MACHINE of a server: UTF-16LE with a byte order mark,
// CRLF, hexadecimal data broken into lines of 25 bytes.
#pragma once

#include <cstdint>
#include <filesystem>

namespace exaudit::bench {

struct WrittenRegistry {
  std::uint64_t keys = 0;
  double hex_share = 0;     // of the bytes, lines of hexadecimal data
  double system_share = 0;  // of the bytes, the control sets: rules read what stands in them
};

// About `bytes` bytes: the class registrations, installer data and version keys of SOFTWARE first (two
// thirds), then SYSTEM with two control sets and the current one (hardware, services, network).
WrittenRegistry write_registry_export(const std::filesystem::path& path, std::uint64_t bytes);

}  // namespace exaudit::bench
