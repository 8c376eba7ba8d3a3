#include "collectors/server_info.h"

#include <algorithm>

#include "base/text.h"
#include "facts/dn.h"

namespace exaudit::collectors {

namespace {

constexpr std::string_view kPagedResults = "1.2.840.113556.1.4.319";
constexpr std::string_view kShowDeleted = "1.2.840.113556.1.4.417";

std::string first_of(const LdapPage& page, std::string_view attribute) {
  auto values = values_of(page, attribute);
  return values.empty() ? std::string() : std::move(values.front());
}

}  // namespace

std::vector<std::string> values_of(const LdapPage& page, std::string_view attribute) {
  std::vector<std::string> out;
  if (page.entries.empty()) return out;
  const LdapPage::Entry& entry = page.entries.front();
  for (std::uint32_t i = 0; i < entry.count; ++i) {
    const LdapPage::Attribute& found = page.attributes[entry.first + i];
    if (!base::ascii_iequals(found.name.substr(0, found.name.find(';')), attribute)) continue;
    for (std::uint32_t k = 0; k < found.count; ++k) out.emplace_back(page.values[found.first + k]);
  }
  return out;
}

const std::vector<std::string>& ServerInfo::attributes() {
  static const std::vector<std::string> kNames = {
      "configurationNamingContext", "defaultNamingContext", "dnsHostName",     "dsServiceName",
      "highestCommittedUSN",        "namingContexts",       "supportedControl"};
  return kNames;
}

ServerInfo ServerInfo::of(const LdapPage& page) {
  ServerInfo out;
  out.host = first_of(page, "dnsHostName");
  out.configuration = first_of(page, "configurationNamingContext");
  out.default_domain = first_of(page, "defaultNamingContext");
  out.service = first_of(page, "dsServiceName");
  out.highest_committed_usn = first_of(page, "highestCommittedUSN");
  out.naming_contexts = values_of(page, "namingContexts");
  const auto controls = values_of(page, "supportedControl");
  const auto has = [&](std::string_view oid) {
    return std::find(controls.begin(), controls.end(), oid) != controls.end();
  };
  out.paging = has(kPagedResults);
  out.show_deleted = has(kShowDeleted);
  return out;
}

std::vector<std::string> ServerInfo::domains() const {
  if (!default_domain.empty()) return {default_domain};
  std::vector<std::string> out;
  for (const std::string& context : naming_contexts) {
    const std::string key = facts::dn_key(context).value_or("");
    if (!key.starts_with("cn=configuration,") && !key.starts_with("cn=schema,")) out.push_back(context);
  }
  return out;
}

}  // namespace exaudit::collectors
