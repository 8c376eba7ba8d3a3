// Folders as `dir` lists them (with or without /s), or Get-ChildItem of PowerShell.
//
// Kept are the folders that can hold backups of the metabase (facts/metabase_backup.h). Of all others only
// the newest time is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

struct ListedFile {
  std::string name;
  std::optional<std::uint64_t> bytes;
  // Seconds since 1970-01-01 in the local time of who listed it. Where nothing tells whether the day or the
  // month comes first, the two readings of its date; nothing when there is no date.
  std::optional<std::int64_t> earliest, latest;
  std::uint32_t line = 0;
};

struct ListedFolder {
  std::string path;  // as written, in some languages with words behind it
  std::vector<ListedFile> files;
  // All of its files are here: it was listed without a pattern ("." and ".." are shown), and the number of
  // files in its summary is that of its lines.
  bool complete = false;
  std::uint32_t line = 0;
};

struct FolderListing {
  std::vector<ListedFolder> folders;             // MetaBack and History
  std::optional<std::int64_t> newest_elsewhere;  // of the files of other folders, read as early as possible
  std::uint32_t newest_line = 0;
  std::string machine_hint;  // host of a UNC path, "" when there is none
  Location location;
};

}  // namespace exaudit::facts
