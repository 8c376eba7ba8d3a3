// Recognition of version tables and the spellings of a version; read_file_versions is declared in
// readers/readers.h.
#pragma once

#include <optional>
#include <string_view>

#include "base/version_number.h"

namespace exaudit::readers {

// True for a csv with a column of file names and one of versions, of which at least one row names a program
// file with its version. False when a row gives a version to a file that carries none (Dbserver.sch): that is
// a list of what a fix brings, out of an article, and says nothing about an installed file. `head` is decoded
// UTF-8.
bool looks_like_file_versions(std::string_view head);

// "5.5.2654.54", "5.5 (2654.54)", "5.5 (Build 2654.54: Service Pack 4)", "6.5.7638.1 (release)",
// "6, 5, 7638, 1". Nothing for less than three numbers: "5.5" tells no build.
std::optional<base::VersionNumber> parse_file_version(std::string_view text);

}  // namespace exaudit::readers
