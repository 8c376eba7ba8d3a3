// The healthy part of a made organization: its configuration, and what Setup puts into each domain.
#include <fmt/format.h>

#include "support/synth_parts.h"

namespace exaudit::test {

namespace {

constexpr std::uint64_t kObjectGuids = 32;
constexpr std::uint64_t kSystemMailboxGuids = 48;

// What every object of an export carries.
void begin_object(SynthText& out, const std::string& dn, std::initializer_list<std::string_view> classes,
                  std::uint64_t number, const base::Guid* guid = nullptr) {
  out.line("dn", dn);
  out.line("changetype", "add");
  out.line("objectClass", "top");
  for (const std::string_view name : classes) out.line("objectClass", name);
  const std::string rdn = dn.substr(0, dn.find(','));
  const std::string value = rdn.substr(rdn.find('=') + 1);
  out.line(rdn.starts_with("DC=") ? "dc" : "cn", value);
  out.line("distinguishedName", dn);
  out.line("instanceType", "4");
  out.line("whenCreated", "20030611083000.0Z");
  out.line("whenChanged", "20030611083000.0Z");
  out.line("uSNCreated", std::to_string(12'000 + number));
  out.line("uSNChanged", std::to_string(12'000 + number));
  out.line("name", value);
  base::Guid own;
  for (std::size_t i = 0; i < own.octets.size(); ++i)
    own.octets[i] = static_cast<std::uint8_t>(mixed(i, kObjectGuids, number));
  out.guid("objectGUID", guid != nullptr ? *guid : own);
}

class Configuration {
 public:
  Configuration(const SynthLayout& layout, SynthText& out) : layout_(layout), out_(out) {}

  void run() {
    const std::string& organization = layout_.organization_dn;
    const std::string& group = layout_.group_dn;
    object(layout_.configuration_dn, {"configuration"});
    object(organization.substr(organization.find(',') + 1), {"container", "msExchConfigurationContainer"});
    begin(organization, {"container", "msExchOrganizationContainer"});
    out_.line("legacyExchangeDN", "/o=Contoso");
    end();
    object("CN=Connections," + organization, {"container"});
    object("CN=Administrative Groups," + organization, {"msExchAdminGroupContainer"});
    begin(group, {"msExchAdminGroup"});
    out_.line("legacyExchangeDN", layout_.group_legacy_dn);
    end();
    object("CN=Routing Groups," + group, {"container", "msExchRoutingGroupContainer"});
    object(routing_group(), {"container", "msExchRoutingGroup"});
    object("CN=Servers," + group, {"msExchServersContainer"});
    for (const SynthServer& server : layout_.servers) add(server);
  }

 private:
  void begin(const std::string& dn, std::initializer_list<std::string_view> classes,
             const base::Guid* guid = nullptr) {
    begin_object(out_, dn, classes, ++number_, guid);
  }
  void end() { out_.end_record(); }
  void object(const std::string& dn, std::initializer_list<std::string_view> classes) {
    begin(dn, classes);
    end();
  }
  std::string routing_group() const { return "CN=First Routing Group,CN=Routing Groups," + layout_.group_dn; }

  void add(const SynthServer& server) {
    const std::string& domain = layout_.domains[server.domain].name;
    begin(server.dn, {"server", "msExchExchangeServer"});
    out_.line("legacyExchangeDN", server.legacy_dn);
    out_.line("serialNumber", "Version 6.5 (Build 7638.2: Service Pack 2)");
    out_.line("networkAddress", "netbios:", server.name);
    out_.line("networkAddress", "ncacn_ip_tcp:", server.name, ".", domain);
    out_.line("msExchHomeRoutingGroup", routing_group());
    out_.line("msExchResponsibleMTAServer", server.mta_dn);
    end();
    begin(server.mta_dn, {"mTA"});
    out_.line("legacyExchangeDN", server.legacy_dn, "/cn=Microsoft MTA");
    out_.line("mTALocalDesig", server.name);
    out_.line("transRetryMins", "10");
    out_.line("transTimeoutMins", "20");
    end();
    begin("CN=Microsoft System Attendant," + server.dn, {"exchangeAdminService"});
    out_.line("legacyExchangeDN", server.legacy_dn, "/cn=Microsoft System Attendant");
    out_.line("deliveryMechanism", "2");
    out_.line("homeMDB", server.stores.front().dn);
    out_.line("homeMTA", server.mta_dn);
    out_.line("mailNickname", server.name, "-SA");
    out_.line("proxyAddresses", "SMTP:", server.name, "-SA@", domain);
    end();
    object("CN=InformationStore," + server.dn, {"container", "msExchInformationStore"});
    object(server.storage_group_dn, {"container", "msExchStorageGroup"});
    for (const SynthStore& store : server.stores) add(server, store);
  }

  void add(const SynthServer& server, const SynthStore& store) {
    const std::string guid = store.guid.text();
    begin(store.dn, {"msExchMDB", store.is_public ? "msExchPublicMDB" : "msExchPrivateMDB"}, &store.guid);
    out_.line("legacyExchangeDN", server.legacy_dn,
              store.is_public ? "/cn=Microsoft Public MDB" : "/cn=Microsoft Private MDB");
    if (store.is_public) {
      out_.line("homeMTA", server.mta_dn);
      out_.line("proxyAddresses", "SMTP:", server.name, "-IS@", layout_.domains[server.domain].name);
    }
    out_.line("deliveryMechanism", "1");
    out_.line("msExchOwningServer", server.dn);
    end();
    begin(fmt::format("CN=SMTP ({}-{}),CN=Connections,{}", server.name, guid, layout_.organization_dn),
          {"msExchConnector", "mailGateway"});
    out_.line("legacyExchangeDN", layout_.group_legacy_dn, "/cn=Configuration/cn=Connections/cn=SMTP (",
              server.name, ")/cn=", guid);
    out_.line("deliveryMechanism", "2");
    out_.line("homeMDB", store.dn);
    out_.line("homeMTA", server.mta_dn);
    end();
  }

  const SynthLayout& layout_;
  SynthText& out_;
  std::uint64_t number_ = 0;
};

}  // namespace

void write_synth_configuration(const SynthLayout& layout, SynthText& out) {
  Configuration(layout, out).run();
}

void write_synth_domain(const SynthLayout& layout, const SynthOptions& options, std::uint64_t domain,
                        SynthText& out) {
  constexpr std::uint64_t kNumbersPerDomain = 1'000'000;
  const SynthDomain& here = layout.domains[domain];
  const std::string container = "CN=Microsoft Exchange System Objects," + here.dn;
  std::uint64_t number = kNumbersPerDomain * (domain + 1);
  begin_object(out, here.dn, {"domain", "domainDNS"}, ++number);
  out.end_record();
  begin_object(out, container, {"container", "msExchSystemObjectsContainer"}, ++number);
  out.end_record();
  for (const SynthServer& server : layout.servers) {
    for (const SynthStore& store : server.stores) {
      if (server.domain != domain || store.is_public) continue;
      const std::string name = "SystemMailbox" + store.guid.text();
      begin_object(out, fmt::format("CN={},{}", name, container), {"person", "organizationalPerson", "user"},
                   ++number);
      base::Guid mailbox = store.guid;
      mailbox.octets[0] ^= static_cast<std::uint8_t>(mixed(options.seed, kSystemMailboxGuids, number) | 1U);
      out.line("displayName", name);
      out.line("mailNickname", name);
      out.line("legacyExchangeDN", layout.group_legacy_dn, "/cn=Recipients/cn=", name);
      out.line("homeMDB", store.dn);
      out.line("homeMTA", server.mta_dn);
      out.line("msExchHomeServerName", server.legacy_dn);
      out.guid("msExchMailboxGuid", mailbox);
      out.line("proxyAddresses", "SMTP:", name, "@", here.name);
      out.end_record();
    }
  }
}

}  // namespace exaudit::test
