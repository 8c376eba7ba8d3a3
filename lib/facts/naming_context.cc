#include "facts/naming_context.h"

#include <algorithm>

namespace exaudit::facts {

bool in_configuration(std::string_view key) {
  constexpr std::string_view kRdn = "cn=configuration";
  for (std::size_t at = key.find(kRdn); at != std::string_view::npos; at = key.find(kRdn, at + 1)) {
    if (at != 0 && key[at - 1] != ',') continue;
    std::string_view rest = key.substr(at + kRdn.size());
    while (rest.starts_with(",dc=")) rest = rest.substr(std::min(rest.size(), rest.find(',', 4)));
    if (rest.empty()) return true;
  }
  return false;
}

bool in_schema(std::string_view key) {
  constexpr std::string_view kRdn = "cn=schema,cn=configuration";
  const std::size_t at = key.find(kRdn);
  return at != std::string_view::npos && (at == 0 || key[at - 1] == ',') &&
         in_configuration(key.substr(at + 10));
}

std::string_view domain_of(std::string_view key) {
  const std::size_t at = key.starts_with("dc=") ? 0 : key.find(",dc=");
  return at == std::string_view::npos ? std::string_view() : key.substr(at == 0 ? 0 : at + 1);
}

}  // namespace exaudit::facts
