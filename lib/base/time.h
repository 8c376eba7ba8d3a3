// Points in time as directories and mail write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exaudit::base {

// Generalized time in UTC, "20040131120000.0Z" (MS-ADTS 3.1.1.2.2.2.13), as seconds since 1970-01-01. Nothing
// for anything else.
std::optional<std::int64_t> parse_generalized_time(std::string_view text);

// Seconds since 1970-01-01 of the first "1 Mar 2006 10:00:00" in `text` (RFC 5322 3.3), as written: its zone
// is not looked at. Nothing when there is none.
std::optional<std::int64_t> find_mail_time(std::string_view text);

// "2006-03-01"; "" for years outside 1..9999.
std::string date_text(std::int64_t seconds);

}  // namespace exaudit::base
