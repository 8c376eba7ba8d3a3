// Names of computers as evidence writes them: "dc1.contoso.test", "DC1", "\\\\DC1", "dc1.contoso.test.".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exaudit::facts {

inline constexpr std::size_t kMaxHostName = 255;  // RFC 1035 2.3.4

// Without what may stand around a name: blanks, leading backslashes, a dot at the end.
std::string_view bare_host_name(std::string_view text);
// Letters of any script, digits, '-', '_' and single dots between them, at most kMaxHostName bytes.
bool is_host_name(std::string_view text);

// How well two names agree, letter case ignored. A name without a domain agrees with every name that begins
// with it and a dot.
enum class SameHost { no, by_first_label, yes };
SameHost same_host(std::string_view a, std::string_view b);

// By folded name, each once.
void sort_host_names(std::vector<std::string>& names);

}  // namespace exaudit::facts
