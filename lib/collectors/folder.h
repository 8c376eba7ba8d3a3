// Collects the files that the user named on the command line: walks folders, tells each file's kind by its
// content, reads it, and decides which machine or directory view it belongs to.
//
// Symbolic links inside a folder are not followed out of it; devices, sockets and pipes are never opened.
// Nothing is read that was not named.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "collectors/evidence.h"

namespace exaudit::collectors {

struct FolderOptions {
  std::vector<std::string> paths;                             // files, folders, or "-" for standard input
  std::vector<std::pair<std::string, std::string>> machines;  // --machine NAME=PATH
  std::vector<std::pair<std::string, std::string>> views;     // --view NAME=PATH
  bool hash_inputs = false;
  std::uint64_t max_file_bytes =
      std::uint64_t{64} << 30;  // larger files are refused by name; an LDIF of 3,000,000 mailboxes is 5 GB
  std::uint32_t max_files = 100'000;  // a folder with more is not an evidence folder
  std::uint32_t max_depth = 32;
};

// An error only when a named path does not exist or nothing at all could be opened; everything else is said
// by the inputs.
std::optional<base::Error> add_folder(const FolderOptions& options, Evidence& evidence);

// The files alone.
base::Result<facts::Snapshot> collect_folder(const FolderOptions& options);

}  // namespace exaudit::collectors
