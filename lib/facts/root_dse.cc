#include "facts/root_dse.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "facts/dn.h"

namespace exaudit::facts {

namespace {

constexpr std::array<std::string_view, 8> kAttributes = {"dnsHostName",
                                                         "serverName",
                                                         "dsServiceName",
                                                         "rootDomainNamingContext",
                                                         "namingContexts",
                                                         "defaultNamingContext",
                                                         "configurationNamingContext",
                                                         "supportedLDAPVersion"};

bool is_of_root_dse(std::string_view name) {
  return std::any_of(kAttributes.begin(), kAttributes.end(),
                     [&](std::string_view known) { return base::ascii_iequals(known, name); });
}

// The value of RDN number `at`, counted from the leaf.
std::string rdn_value(std::string_view dn_text, std::size_t at) {
  const auto dn = parse_dn(dn_text);
  return dn && dn->rdns.size() > at ? dn->rdns[at].front().value : std::string();
}

}  // namespace

std::optional<RootDse> read_root_dse(Record& record) {
  bool any = false;
  RootDse out;
  std::string object;  // CN=DC1,CN=Servers,...
  std::string storage;
  for (RecordValue& value : record.values) {
    if (!is_of_root_dse(value.name)) continue;
    any = true;
    std::string_view bytes;
    const bool host = base::ascii_iequals(value.name, "dnsHostName");
    const bool server = base::ascii_iequals(value.name, "serverName");
    const bool service = base::ascii_iequals(value.name, "dsServiceName");  // CN=NTDS Settings,CN=DC1,...
    if ((!host && !server && !service) || !decode_value(value, storage, bytes)) continue;
    if (host) {
      out.host = base::trim(bytes);
    } else {
      object = rdn_value(bytes, service ? 1 : 0);
    }
  }
  if (!any) return std::nullopt;
  if (out.host.empty()) out.host = std::move(object);
  return out;
}

}  // namespace exaudit::facts
