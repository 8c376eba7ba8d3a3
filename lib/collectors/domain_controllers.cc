#include "collectors/domain_controllers.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::collectors {

namespace {

constexpr std::size_t kMaxDomain = 253;  // RFC 1035
constexpr std::uint16_t kLdapPort = 389;
constexpr std::size_t kMaxTargets = 1'000;  // domain controllers of one domain

bool is_domain(std::string_view name) {
  return !name.empty() && name.size() <= kMaxDomain && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '.' || c == '_';
         });
}

std::vector<std::string> uris_of(std::vector<ServiceTarget> targets) {
  std::erase_if(targets, [](const ServiceTarget& target) { return !is_domain(target.host); });
  std::sort(targets.begin(), targets.end(), [](const ServiceTarget& a, const ServiceTarget& b) {
    return std::make_tuple(a.priority, -static_cast<int>(a.weight), base::ascii_lowered(a.host)) <
           std::make_tuple(b.priority, -static_cast<int>(b.weight), base::ascii_lowered(b.host));
  });
  if (targets.size() > kMaxTargets) targets.resize(kMaxTargets);
  std::vector<std::string> out;
  for (const ServiceTarget& target : targets) {
    out.push_back(target.port == kLdapPort ? fmt::format("ldap://{}", target.host)
                                           : fmt::format("ldap://{}:{}", target.host, target.port));
  }
  return out;
}

}  // namespace

base::Result<DirectoryServers> find_directory_servers(const std::string& domain,
                                                      const ServiceLookup& lookup) {
  if (!is_domain(domain)) {
    return base::Error{base::ErrorCode::usage,
                       fmt::format("'{}' is no DNS name of a domain", base::visible(domain)), 0};
  }
  DirectoryServers out;
  const std::string name = "_ldap._tcp.dc._msdcs." + domain;
  auto controllers = lookup(name);
  if (!controllers) return controllers.error();
  out.domain_controllers = uris_of(std::move(*controllers));
  if (out.domain_controllers.empty()) {
    return base::Error{base::ErrorCode::not_found,
                       fmt::format("DNS knows no domain controller of {} (no SRV record {})", domain, name),
                       0};
  }
  std::string_view forest = domain;
  while (out.global_catalogs.empty() && forest.find('.') != std::string_view::npos) {
    auto catalogs = lookup(fmt::format("_gc._tcp.{}", forest));
    if (catalogs) out.global_catalogs = uris_of(std::move(*catalogs));
    forest.remove_prefix(forest.find('.') + 1);
  }
  return out;
}

}  // namespace exaudit::collectors
