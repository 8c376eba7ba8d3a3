#include <cstdlib>

#include "collectors/domain_controllers.h"
#include "fuzz/targets.h"

// Targets of a DNS answer are names that fit into an address, or there are none.
void exaudit::fuzz::dns_answer(std::string_view bytes) {
  const auto answer = collectors::parse_service_answer(bytes);
  if (!answer) return;
  const auto servers = collectors::find_directory_servers(
      "contoso.test", [&](const std::string&) { return collectors::parse_service_answer(bytes); });
  if (!servers) return;
  for (const std::string& uri : servers->domain_controllers) {
    if (!uri.starts_with("ldap://") || uri.find_first_of(" \n\r\"'<>\\", 7) != std::string::npos ||
        uri.find('/', 7) != std::string::npos)
      std::abort();
  }
}
