#include "model/organization.h"

#include <doctest/doctest.h>

#include "support/contoso.h"
#include "support/ldif_reading.h"

using exaudit::model::parse_gateway_name;

TEST_CASE("gateway name: both published shapes, split at the last brace") {
  const auto canonical = parse_gateway_name("SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B})");
  REQUIRE(canonical);
  CHECK(canonical->server == "MAIL1");
  CHECK(canonical->hyphen);
  CHECK(canonical->guid.text() == "{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}");

  const auto no_hyphen = parse_gateway_name("smtp (mail1{37c1c681-d0cf-4e2e-b464-41fc38a8b11b})");
  REQUIRE(no_hyphen);
  CHECK(no_hyphen->server == "mail1");
  CHECK_FALSE(no_hyphen->hyphen);

  const auto hyphenated = parse_gateway_name("SMTP (X-MAN-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B})");
  REQUIRE(hyphenated);
  CHECK(hyphenated->server == "X-MAN");
}

TEST_CASE("gateway name: real connectors and damaged names are none") {
  for (const auto* name : {"SMTP (Internet)", "SMTP ({37C1C681-D0CF-4E2E-B464-41FC38A8B11B})",
                           "SMTP (MAIL1-{37C1C681})", "X400 (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B})",
                           "SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B)", "", "SMTP (", "SMTP (})"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_gateway_name(name));
  }
}

namespace {

using exaudit::model::Generation;
using exaudit::model::Organization;
using exaudit::model::Recovery;
using exaudit::test::contoso;
using exaudit::test::joined;
using exaudit::test::kGroup;
using exaudit::test::kMailboxGuid;
using exaudit::test::kOrg;
using exaudit::test::kServer;
using exaudit::test::kStorageGroup;
using exaudit::test::LdifReading;
using exaudit::test::read_texts;
using exaudit::test::record;
using exaudit::test::whole;

struct Model {
  LdifReading reading;
  std::vector<std::unique_ptr<Organization>> organizations;
  const Organization& only() const {
    REQUIRE(organizations.size() == 1);
    return *organizations.front();
  }
};

Model model_of(const std::map<std::string, std::string>& records) {
  Model out;
  out.reading = read_texts({joined(records)});
  out.organizations = exaudit::model::build_organizations(out.reading.views);
  return out;
}

}  // namespace

TEST_CASE("organization: servers, stores and gateways are linked") {
  const Model model = model_of(contoso());
  const Organization& org = model.only();
  CHECK(org.name == "Contoso");
  CHECK(org.guid == "{11111111-2222-3333-4444-555555555555}");
  REQUIRE(org.servers.size() == 1);
  CHECK(org.servers[0].generation == Generation::exchange2003);
  CHECK(org.servers[0].fqdn == "mail1.contoso.test");
  CHECK(org.servers[0].domain_key == "dc=contoso,dc=test");
  CHECK(org.servers[0].mta_dn == "CN=Microsoft MTA," + kServer);
  CHECK_FALSE(org.servers[0].cluster);
  REQUIRE(org.stores.size() == 2);
  CHECK(org.stores[0].recovery == Recovery::no);
  CHECK(org.stores[0].gateway_name() == fmt::format("SMTP (MAIL1-{})", kMailboxGuid));
  REQUIRE(org.gateways.size() == 2);
  for (const auto& gateway : org.gateways) CHECK(gateway.store != nullptr);
  CHECK(org.connections_read);
  CHECK(org.all_servers_read);
  CHECK(org.all_stores_read);
}

TEST_CASE(
    "organization: recovery is told by the store or its storage group, and unknown without the group's "
    "entry") {
  auto records = contoso();
  records["7 sg"] = whole(kStorageGroup, "msExchStorageGroup", {{"msExchRecovery", "TRUE"}});
  const Model marked = model_of(records);
  CHECK(marked.only().stores[0].recovery == Recovery::yes);
  records.erase("7 sg");
  const Model unseen = model_of(records);
  CHECK(unseen.only().stores[0].recovery == Recovery::not_observed);
  CHECK(unseen.only().stores[0].server->name == "MAIL1");
}

TEST_CASE("organization: on a cluster msExchResponsibleMTAServer names the MTA of every virtual server") {
  auto records = contoso();
  const std::string second = "CN=MAIL2,CN=Servers," + kGroup;
  records["4 server2"] = whole(second, "msExchExchangeServer",
                               {{"serialNumber", "Version 6.0 (Build 6249.4)"},
                                {"msExchResponsibleMTAServer", "CN=Microsoft MTA," + kServer}});
  const Model model = model_of(records);
  const Organization& org = model.only();
  const auto* mail2 = org.server_named("mail2");
  REQUIRE(mail2 != nullptr);
  CHECK(mail2->generation == Generation::exchange2000);
  CHECK(mail2->mta_key == org.server_named("MAIL1")->mta_key);
  CHECK(mail2->cluster);
  CHECK(org.server_named("MAIL1")->cluster);
}

TEST_CASE(
    "organization: a renamed administrative group keeps its legacyExchangeDN in what a gateway must have") {
  auto records = contoso();
  for (auto& [name, text] : records) {
    for (std::size_t at = text.find("CN=First Administrative Group"); at != std::string::npos;
         at = text.find("CN=First Administrative Group")) {
      text.replace(at, 29, "CN=HQ");
    }
  }
  const Model model = model_of(records);
  const Organization& org = model.only();
  CHECK(org.groups[0].name == "HQ");
  CHECK(org.expected_legacy_dn(org.stores[0]).prefix == "/o=Contoso/ou=First Administrative Group");
}

TEST_CASE("organization: the expected legacyExchangeDN falls back to the server's, then to none") {
  auto records = contoso();
  records.erase("2 group");
  const Model by_server = model_of(records);
  CHECK(by_server.only().expected_legacy_dn(by_server.only().stores[0]).prefix ==
        "/o=Contoso/ou=First Administrative Group");
  records["4 server"] = record(kServer, {{"objectClass", "msExchExchangeServer"}});
  const Model none = model_of(records);
  CHECK_FALSE(none.only().expected_legacy_dn(none.only().stores[0]).prefix);
}

TEST_CASE("organization: what hangs below CN=Microsoft Exchange without being an organization is none") {
  auto records = contoso();
  const std::string above(kOrg.substr(kOrg.find(',') + 1));
  records["x adc"] =
      whole("CN=Active Directory Connections," + above, "container", {}) +
      whole("CN=ADC_MAIL1,CN=Active Directory Connections," + above, "msExchActiveDirectoryConnector", {});
  CHECK(model_of(records).organizations.size() == 1);
  // Without its own entry the organization is still recognised by what it holds.
  records.erase("0 org");
  const Model model = model_of(records);
  CHECK(model.only().name == "Contoso");
  CHECK(model.only().guid.empty());
  CHECK(model.only().identity == model.only().key);
}

TEST_CASE("organization: a store outside a storage group is a later version's") {
  auto records = contoso();
  records["8 later"] = whole("CN=Databases," + kGroup, "container", {}) +
                       whole("CN=DB1,CN=Databases," + kGroup, "msExchPrivateMDB",
                             {{"objectGUID", "{AAAAAAAA-0000-0000-0000-000000000001}"}});
  const Model model = model_of(records);
  CHECK(model.only().stores.size() == 2);
  CHECK(model.only().database(*exaudit::base::Guid::parse("{AAAAAAAA-0000-0000-0000-000000000001}")) !=
        nullptr);
}

TEST_CASE("organization: facts that a global catalog lacks come from the other view") {
  auto gc = contoso();
  gc["4 server"] = whole(kServer, "msExchExchangeServer",
                         {{"legacyExchangeDN",
                           "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Servers/cn=MAIL1"}});
  gc["5 mta"] = whole("CN=Microsoft MTA," + kServer, "mTA", {});
  const LdifReading reading = read_texts({joined(gc), joined(contoso())});
  REQUIRE(reading.views.size() == 2);  // the files contradict each other: one view each
  const auto organizations = exaudit::model::build_organizations(reading.views);
  REQUIRE(organizations.size() == 2);
  CHECK(organizations[0]->servers[0].generation == Generation::exchange2003);
  CHECK(organizations[0]->identity == organizations[1]->identity);
}

TEST_CASE("organization: stores are known to be all there only when every server was read down to them") {
  auto records = contoso();
  CHECK(model_of(records).only().all_stores_read);
  records["4 server2"] =
      whole("CN=MAIL2,CN=Servers," + kGroup, "msExchExchangeServer", {{"serialNumber", "Version 6.5"}});
  const Model deeper = model_of(records);
  CHECK(deeper.only().all_servers_read);
  records.erase("1 groups");
  records.erase("2 group");
  const std::string text = joined(records);
  const LdifReading cut = read_texts({text.substr(0, text.size() - 10)});
  const auto organizations = exaudit::model::build_organizations(cut.views);
  CHECK_FALSE(organizations[0]->all_servers_read);
  CHECK_FALSE(organizations[0]->connections_read);
}
