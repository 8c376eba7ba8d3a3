// One line of mdutil's output.
//
// Sources: Q262168 (commands, keys and DWORD values), onhacks.org "More on Mdutil" (STRING values, the other
// brackets). How multi-strings and binary values look was found nowhere, so a value is taken only where its
// shape leaves no doubt: a number, or strings in quotes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exaudit::readers {

struct DumpProperty {
  std::string_view name;  // a number, or a name
  std::string_view type;  // "DWORD"
  std::string_view value;
};

// "KeyType : [S] <String> "IIsSmtpDomain"".
std::optional<DumpProperty> parse_dump_property(std::string_view line);

// The path of "[/smtpsvc/1]", without brackets; nothing for another line.
std::optional<std::string_view> parse_dump_key(std::string_view line);

// "C:\>mdutil enum -path:smtpsvc/1"
struct DumpCommand {
  std::string verb;       // lower case
  std::string_view path;  // "" when it names none
};
std::optional<DumpCommand> parse_dump_command(std::string_view line);

// The number behind "HRES(" in an error line, "0x800cc801".
std::optional<std::string_view> parse_dump_error(std::string_view line);

// "0x7574c1={7697601}", "0x7574c1", "7697601" as a decimal number.
std::optional<std::string> parse_dump_number(std::string_view value);

// The text between the first and the last quotation mark, which must enclose all of it.
std::optional<std::string> parse_dump_string(std::string_view value);

// One or more strings in quotes, separated by blanks or commas. Nothing for an empty value.
std::optional<std::vector<std::string>> parse_dump_strings(std::string_view value);

}  // namespace exaudit::readers
