// Points in time as directories write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace exaudit::base {

// Generalized time in UTC, "20040131120000.0Z" (MS-ADTS 3.1.1.2.2.2.13), as seconds since 1970-01-01. Nothing
// for anything else.
std::optional<std::int64_t> parse_generalized_time(std::string_view text);

}  // namespace exaudit::base
