// Finds the files that the user named, and those in the folders he named, in an order that depends on nothing
// but their names.
//
// Paths are bytes: a name may hold control characters or invalid UTF-8 and survives as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace exaudit::collectors {

// One file, or something that may not or could not be read as one.
struct FoundFile {
  std::string path;      // what the user wrote, joined with the path below it
  std::string real;      // canonical: opened by this name, compared by it; "-" for standard input
  std::string below;     // path below the named folder; "" when the file itself was named
  std::string problem;   // why it is not opened, a sentence; "" = open it
  bool lost = false;     // `problem` may hide evidence
  std::size_t root = 0;  // index into Walk::roots

  bool named() const { return below.empty(); }
};

struct Root {
  std::string path;  // as the user wrote it
  std::string real;  // canonical
};

struct Walk {
  std::vector<Root> roots;
  std::vector<FoundFile> files;
};

struct WalkLimits {
  std::uint32_t max_files = 0;  // files and folders, over all that is named
  std::uint32_t max_depth = 0;  // folders inside each other
};

inline constexpr std::string_view kStandardInput = "-";

// Every path is visited in the given order, folders in byte order of the names. A file that is reached twice
// is listed once, where it was reached first. Links found in a folder are not followed: what they name is
// read by its own name when it lies in the same named folder, otherwise they are listed with a problem.
// Error: a named path does not exist.
base::Result<Walk> walk(const std::vector<std::string>& paths, const WalkLimits& limits);

// The canonical form of `path`, for comparison with FoundFile::real. Error: it does not exist.
base::Result<std::string> real_path(const std::string& path);

// True when `path` is `folder` or lies below it; both canonical.
bool is_within(std::string_view path, std::string_view folder);

// The parts between the slashes, without empty ones and "."; "a/.." cancels out.
std::vector<std::string_view> path_parts(std::string_view path);
// "a/b" of "a/b/c"; "" when there is no slash.
std::string_view parent_of(std::string_view path);
// "c" of "a/b/c".
std::string_view leaf_of(std::string_view path);
// Joins with one slash.
std::string join_path(std::string_view folder, std::string_view name);

}  // namespace exaudit::collectors
