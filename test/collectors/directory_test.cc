// A directory server as evidence: what is asked, what is written, and what happens when the answer does not
// come to its end.
#include "collectors/directory.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "collectors/scripted_ldap.h"
#include "facts/dn.h"
#include "readers/readers.h"

using namespace exaudit;
using collectors::LdapStatus;

namespace {

const std::string kConfiguration = "CN=Configuration,DC=contoso,DC=test";
const std::string kExchange = "CN=Microsoft Exchange,CN=Services," + kConfiguration;
const std::string kOrganization = "CN=Contoso," + kExchange;

test::ScriptedDirectory contoso(int mailboxes) {
  test::ScriptedDirectory out;
  out.entries.push_back({"",
                         {{"dnsHostName", {"dc1.contoso.test"}},
                          {"configurationNamingContext", {kConfiguration}},
                          {"defaultNamingContext", {"DC=contoso,DC=test"}},
                          {"highestCommittedUSN", {"4711"}},
                          {"supportedControl", {"1.2.840.113556.1.4.319", "1.2.840.113556.1.4.417"}}}});
  out.entries.push_back({kExchange, {{"objectClass", {"top", "container"}}}});
  out.entries.push_back(
      {kOrganization,
       {{"objectClass", {"top", "msExchOrganizationContainer"}}, {"legacyExchangeDN", {"/o=Contoso"}}}});
  out.entries.push_back({"CN=Connections," + kOrganization, {{"objectClass", {"top", "container"}}}});
  for (int i = 0; i < mailboxes; ++i) {
    out.entries.push_back({fmt::format("CN=user{},OU=Staff,DC=contoso,DC=test", i),
                           {{"mailNickname", {fmt::format("user{}", i)}}}});
  }
  return out;
}

struct Collected {
  collectors::DirectoryReport report;
  std::string text;
  std::vector<facts::Input> inputs;
  std::vector<facts::DirectoryView> views;
};

Collected collect(test::ScriptedDirectory& directory, const std::string& uri = "ldap://dc1.contoso.test") {
  test::ScriptedLdap client(directory);
  collectors::DirectoryRequest request;
  request.uri = uri;
  request.configuration = {"cn", "legacyExchangeDN", "objectClass", "homeMDBBL"};
  request.recipients = {"mailNickname", "homeMDB"};
  collectors::LdifOutput output;
  Collected out;
  out.report = collectors::collect_directory(client, request, output, {});
  const auto buffer = output.finish();
  REQUIRE(buffer);
  out.text = std::string((*buffer)->view());
  out.inputs.emplace_back();
  facts::ViewBuilder builder("view");
  builder.begin_input(0, "view", *buffer);
  readers::read_ldif(*buffer, 0, out.inputs.front(), builder);
  out.views = builder.finish(out.inputs);
  return out;
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t out = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++out;
  return out;
}

}  // namespace

TEST_CASE("directory: configuration and recipients are collected page by page, to the end") {
  auto directory = contoso(2500);
  directory.page_size = 700;
  const Collected got = collect(directory);
  CHECK(got.report.complete);
  CHECK(got.report.server == "dc1.contoso.test");
  CHECK(got.report.entries == 2503);
  CHECK(got.inputs.front().complete);
  REQUIRE(got.views.size() == 1);
  CHECK(got.views.front().entries().size() == 3);
  CHECK(got.views.front().recipients().size() == 2500);
  CHECK(got.text.find("# complete: yes") != std::string::npos);
}

TEST_CASE("directory: the next page is requested before the last one is digested") {
  auto directory = contoso(30);
  directory.page_size = 10;
  test::ScriptedLdap client(directory);
  collectors::DirectoryRequest request;
  request.uri = "ldap://dc1";
  request.recipients = {"mailNickname"};
  collectors::LdifOutput output;
  std::vector<std::size_t> sent;  // searches sent when a page had been digested
  collectors::collect_directory(client, request, output, [&](const collectors::DirectoryProgress&) {
    sent.push_back(directory.searches.size());
  });
  REQUIRE(sent.size() >= 2);
  CHECK(sent[0] == directory.searches.size() - 1);
}

TEST_CASE("directory: a dropped connection goes on with the lost page when the server takes the cookie") {
  auto directory = contoso(50);
  directory.page_size = 10;
  directory.cookies_survive = true;
  directory.drops_at = {6};
  const Collected got = collect(directory);
  CHECK(got.report.complete);
  CHECK(directory.connects == 2);
  CHECK(got.views.front().recipients().size() == 50);
  CHECK(count(got.text, "dn: CN=user7,") == 1);
}

TEST_CASE(
    "directory: a server that refuses the old cookie is asked from the beginning, and nothing is there "
    "twice") {
  auto directory = contoso(50);
  directory.page_size = 10;
  directory.drops_at = {6};
  const Collected got = collect(directory);
  CHECK(got.report.complete);
  CHECK(got.report.entries == 53);
  CHECK(got.views.front().recipients().size() == 50);
  CHECK(count(got.text, "dn: CN=user3,") == 1);
}

TEST_CASE("directory: a connection that drops again leaves an incomplete view, in which nothing is absent") {
  auto directory = contoso(50);
  directory.page_size = 10;
  directory.cookies_survive = true;
  directory.drops_at = {6, 7};
  const Collected got = collect(directory);
  CHECK_FALSE(got.report.complete);
  CHECK(got.report.failure.find("the connection was lost") != std::string::npos);
  CHECK(got.inputs.front().lost_records);
  REQUIRE_FALSE(got.inputs.front().problems.empty());
  CHECK(got.inputs.front().problems.front().message.find("recipients of DC=contoso,DC=test") !=
        std::string::npos);
  CHECK_FALSE(got.views.front().container_read(facts::dn_key("CN=Connections," + kOrganization).value()));
}

TEST_CASE("directory: a limit of the server cuts the view off and keeps what came") {
  auto directory = contoso(5);
  directory.refused["DC=contoso,DC=test"] = {LdapStatus::cut_off, 4,
                                             "the server's limit for the size of an answer was exceeded"};
  const Collected got = collect(directory);
  CHECK_FALSE(got.report.complete);
  CHECK(got.views.front().recipients().size() == 5);
  CHECK(got.inputs.front().lost_records);
}

TEST_CASE("directory: 50,000 values in one attribute are followed to the end") {
  auto directory = contoso(0);
  std::vector<std::string> many;
  for (int i = 0; i < 50'000; ++i) many.push_back(fmt::format("CN=user{},OU=Staff,DC=contoso,DC=test", i));
  directory.entries[2].attributes.emplace_back("homeMDBBL", many);
  const Collected got = collect(directory);
  const facts::Entry* organization = got.views.front().find(facts::dn_key(kOrganization).value());
  REQUIRE(organization != nullptr);
  const facts::Attribute* values = organization->find("homeMDBBL");
  REQUIRE(values != nullptr);
  CHECK(values->values.size() == 50'000);
  CHECK_FALSE(values->partial_range);
}

TEST_CASE("directory: values that could not be followed to the end are known to be a part") {
  auto directory = contoso(0);
  directory.entries[2].attributes.emplace_back("homeMDBBL",
                                               std::vector<std::string>(4000, "CN=x,DC=contoso,DC=test"));
  directory.refused[kOrganization] = {LdapStatus::refused, 51, "the server is busy"};
  const Collected got = collect(directory);
  const facts::Entry* organization = got.views.front().find(facts::dn_key(kOrganization).value());
  REQUIRE(organization != nullptr);
  REQUIRE(organization->find("homeMDBBL") != nullptr);
  CHECK(organization->find("homeMDBBL")->partial_range);
}

TEST_CASE("directory: a server that cannot be reached is an input that says why, and no view") {
  auto directory = contoso(0);
  directory.connect_outcome = {LdapStatus::denied, 49, "the bind failed: the password is wrong"};
  const Collected got = collect(directory);
  CHECK(got.report.failure == "the bind failed: the password is wrong");
  CHECK(got.report.entries == 0);
  REQUIRE_FALSE(got.inputs.front().problems.empty());
  CHECK(got.inputs.front().problems.front().message == "the bind failed: the password is wrong");
  CHECK(got.inputs.front().lost_records);
}

TEST_CASE("directory: why a certificate is not trusted stands behind long names, and is said to its end") {
  test::ScriptedDirectory directory;
  directory.connect_outcome = {
      LdapStatus::denied, -1,
      fmt::format("it is for OU={0} and issued by OU={0}, which is not trusted", std::string(200, 'x'))};
  const Collected got = collect(directory);
  REQUIRE_FALSE(got.inputs.front().problems.empty());
  CHECK(got.inputs.front().problems.front().message == directory.connect_outcome.message);
}

TEST_CASE("directory: objects that the account may list and not read leave an incomplete view") {
  auto directory = contoso(1);
  for (auto& entry : directory.entries) {
    if (entry.dn == kOrganization) entry.attributes.clear();
  }
  const Collected got = collect(directory);
  CHECK_FALSE(got.report.complete);
  CHECK(got.report.failure.find("may not read one object of the Exchange configuration, " + kOrganization) !=
        std::string::npos);
  CHECK(got.report.failure.find("Exchange View Only Administrator") != std::string::npos);
  CHECK_FALSE(got.inputs.front().complete);
}

TEST_CASE("directory: a configuration in which no organization shows is no complete view") {
  auto directory = contoso(1);
  std::erase_if(directory.entries, [](const auto& entry) { return entry.dn.ends_with(kOrganization); });
  const Collected got = collect(directory);
  CHECK_FALSE(got.report.complete);
  CHECK(got.report.failure.find("no Exchange organization") != std::string::npos);
}

TEST_CASE("directory: a hostile server writes no lines of its own") {
  auto directory = contoso(0);
  directory.sends_everything = true;
  directory.entries[2].attributes.emplace_back("cn\ndn: CN=evil,DC=contoso,DC=test",
                                               std::vector<std::string>{"x"});
  directory.entries[2].attributes.emplace_back(
      "cn", std::vector<std::string>{"a\n\ndn: CN=evil,DC=contoso,DC=test\ncn: evil"});
  directory.entries[0].attributes[0].second = {"dc1\n# complete: yes\n\ndn: CN=evil,DC=contoso,DC=test"};
  const Collected got = collect(directory);
  CHECK(got.text.find("\ndn: CN=evil") == std::string::npos);
  CHECK(got.views.front().entries().size() == 3);
}

TEST_CASE("directory: a global catalog searches all domains and asks for no deleted objects") {
  auto directory = contoso(3);
  directory.entries.push_back(
      {"CN=user9,OU=Staff,DC=child,DC=contoso,DC=test", {{"mailNickname", {"user9"}}}});
  const Collected got = collect(directory, "ldap://dc1.contoso.test:3268");
  CHECK(got.report.global_catalog);
  CHECK(got.views.front().recipients().size() == 4);
  for (const auto& search : directory.searches) CHECK_FALSE(search.show_deleted);
}

TEST_CASE("directory: tombstones come along where the account may see them, and are missed by nobody else") {
  auto directory = contoso(0);
  const std::string deleted =
      "CN=Microsoft MTA\\0ADEL:4352683f-c43a-519e-a9fa-1bce0c62a1fc,CN=Deleted Objects," + kConfiguration;
  directory.entries.push_back({deleted, {{"isDeleted", {"TRUE"}}, {"objectClass", {"top", "mTA"}}}});
  const Collected seen = collect(directory);
  CHECK(seen.text.find("DEL:4352683f") != std::string::npos);
  directory.refused["CN=Deleted Objects," + kConfiguration] = {LdapStatus::denied, 50,
                                                               "the account may not do this"};
  const Collected unseen = collect(directory);
  CHECK(unseen.report.complete);
  CHECK(unseen.inputs.front().complete);
}

TEST_CASE("directory: the change history is asked for on gateways alone, and every gateway is written once") {
  auto directory = contoso(0);
  directory.entries.push_back(
      {"CN=SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}),CN=Connections," + kOrganization,
       {{"cn", {"x"}},
        {"objectClass", {"top", "mailGateway"}},
        {"msDS-ReplAttributeMetaData", {"<DS_REPL_ATTR_META_DATA/>"}}}});
  test::ScriptedLdap client(directory);
  collectors::DirectoryRequest request;
  request.uri = "ldap://dc1";
  request.configuration = {"cn", "objectClass"};
  request.originating_changes = true;
  collectors::LdifOutput output;
  REQUIRE(collectors::collect_directory(client, request, output, {}).complete);
  const auto buffer = output.finish();
  REQUIRE(buffer);
  CHECK(count((*buffer)->view(), "dn: CN=SMTP (") == 1);
  CHECK(count((*buffer)->view(), "msDS-ReplAttributeMetaData:: ") == 1);
  for (const auto& search : directory.searches) {
    const bool asked = std::find(search.attributes.begin(), search.attributes.end(),
                                 "msDS-ReplAttributeMetaData") != search.attributes.end();
    CHECK(asked == search.base.starts_with("CN=Connections,"));
  }
}

TEST_CASE("directory: gateways whose history was lost on the way come with the rest of the configuration") {
  auto directory = contoso(0);
  directory.page_size = 2;
  for (int i = 0; i < 5; ++i) {
    directory.entries.push_back(
        {fmt::format("CN=SMTP (MAIL{}-{{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}}),CN=Connections,", i) +
             kOrganization,
         {{"cn", {"x"}}, {"objectClass", {"top", "mailGateway"}}}});
  }
  directory.drops_at = {5, 7};  // the second page of gateways, and the first one of the attempt after that
  test::ScriptedLdap client(directory);
  collectors::DirectoryRequest request;
  request.uri = "ldap://dc1";
  request.configuration = {"cn", "objectClass"};
  request.originating_changes = true;
  collectors::LdifOutput output;
  CHECK(collectors::collect_directory(client, request, output, {}).complete);
  const auto buffer = output.finish();
  REQUIRE(buffer);
  CHECK(count((*buffer)->view(), "dn: CN=SMTP (") == 5);
}

TEST_CASE("directory: a mailbox that is called Configuration is a recipient") {
  auto directory = contoso(0);
  directory.entries.push_back(
      {"CN=Configuration,OU=Staff,DC=contoso,DC=test", {{"mailNickname", {"configuration"}}}});
  CHECK(collect(directory).views.front().recipients().size() == 1);
}

TEST_CASE("directory: a global catalog is told by its port, not by digits of an address") {
  auto directory = contoso(0);
  CHECK(collect(directory, "ldaps://dc1.contoso.test:3269/").report.global_catalog);
  CHECK_FALSE(collect(directory, "ldap://[2001:db8::3268:1]").report.global_catalog);
  CHECK_FALSE(collect(directory, "ldap://[2001:db8::3268]").report.global_catalog);
}

TEST_CASE("directory: an answer without an end is given up") {
  auto directory = contoso(3);
  directory.endless = true;
  const Collected got = collect(directory);
  CHECK_FALSE(got.report.complete);
  CHECK(got.report.failure.find("does not come to an end") != std::string::npos);
  CHECK(got.inputs.front().lost_records);
}

TEST_CASE("directory: a server that takes no large pages is asked for smaller ones") {
  auto directory = contoso(300);
  directory.largest_page_taken = 100;
  const Collected got = collect(directory);
  CHECK(got.report.complete);
  CHECK(got.report.entries == 303);
}

TEST_CASE("directory: view names are file names") {
  CHECK(collectors::view_name_of_uri("ldap://dc1.contoso.test") == "dc1.contoso.test");
  CHECK(collectors::view_name_of_uri("ldaps://dc1.contoso.test:3269/") == "dc1.contoso.test-3269");
  CHECK(collectors::view_name_of_uri("ldap://[2001:db8::1]:389") == "2001-db8-1-389");
  CHECK(collectors::view_name_of_uri("ldapi://%2fvar%2frun%2fslapd") == "2fvar-2frun-2fslapd");
  CHECK(collectors::view_name_of_uri("ldap://../../etc") == "directory");
}
