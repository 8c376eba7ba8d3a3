// Versions of program files: from their own version resource, or from a csv of names and versions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/version_number.h"
#include "facts/location.h"

namespace exaudit::facts {

struct FileVersion {
  std::string name;                            // file name without folder, as found: "Emsmta.exe"
  std::optional<base::VersionNumber> version;  // nothing when the file carries none, or none that can be read
  std::string text;                            // as written, "5.5.2654.54 (release)"
  std::string machine_hint;                    // the Node column of a csv; "" when there is none
  Location location;
};

}  // namespace exaudit::facts
