#include "readers/console.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace exaudit::readers {

namespace {

constexpr std::array<std::string_view, 5> kBanners = {"Microsoft Windows", "Microsoft (R) ", "(C) Copyright ",
                                                      "Copyright (C) ", "(c) "};

bool is_drive(std::string_view line) {
  return line.size() > 2 && base::ascii_lower(line[0]) >= 'a' && base::ascii_lower(line[0]) <= 'z' &&
         line.substr(1, 2) == ":\\";
}

}  // namespace

bool is_console_line(std::string_view line) {
  line = base::trim(line);
  if (is_drive(line) && line.find('>') != std::string_view::npos) return true;
  return std::any_of(kBanners.begin(), kBanners.end(),
                     [&](std::string_view banner) { return line.starts_with(banner); });
}

}  // namespace exaudit::readers
