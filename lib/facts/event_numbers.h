// Numbers and names inside event texts, for event_match: whatever the language around them, and wherever a
// copied text was wrapped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exaudit::facts {

// Runs of blanks and line breaks as one blank.
std::string unwrap(std::string_view text);
// ASCII letters only.
std::size_t find_ignoring_case(std::string_view text, std::string_view what, std::size_t from = 0);
// Where `word` stands in `text` as a word of its own (base/words.h), npos when it does not; letter case does
// not matter.
std::size_t find_word(std::string_view text, std::string_view word);
bool has_word(std::string_view text, std::string_view word);

// The first 0x number of at most 8 digits.
std::optional<std::uint32_t> find_hex(std::string_view text);
// "%%1083", as the log keeps it when the message library is not there.
std::optional<std::uint32_t> find_inserted_error(std::string_view text);
// The first or last decimal number that stands for itself ("11004", "-2147219168", "(14)", but not "x86");
// negative ones as HRESULTs: -2147219168 is 0x80040920. Every kind of dash is a minus.
std::optional<std::uint32_t> first_number(std::string_view text);
std::optional<std::uint32_t> last_number(std::string_view text);
// The error in an insertion string: 0x number, %%number, decimal number, or 8 hexadecimal digits.
std::optional<std::uint32_t> error_number(std::string_view text);

}  // namespace exaudit::facts
