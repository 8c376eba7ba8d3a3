#include "ldapschema/ldapschema.h"

#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "base/text.h"

using namespace std::string_view_literals;
using exaudit::base::ascii_lowered;
using exaudit::base::split;
namespace ldapschema = exaudit::ldapschema;

namespace {

// Sorted without regard to letter case, which also makes names unique; OIDs are unique too.
template <typename Info>
void check_table(std::span<const Info> table) {
  std::set<std::string_view> oids;
  std::string previous;
  for (const Info& row : table) {
    CAPTURE(row.name);
    const std::string key = ascii_lowered(row.name);
    CHECK(previous < key);
    previous = key;
    CHECK(oids.insert(row.oid).second);
    CHECK(row.oid.find_first_not_of("0123456789.") == std::string_view::npos);
  }
}

void check_class_names(std::string_view names) {
  for (const auto name : split(names, ' ')) {
    CAPTURE(name);
    CHECK((name.empty() || ldapschema::find_class(name)));
  }
}

void check_attribute_names(std::string_view names) {
  for (const auto name : split(names, ' ')) {
    CAPTURE(name);
    CHECK((name.empty() || ldapschema::find_attribute(name)));
  }
}

template <typename Info>
std::size_t exchange_rows(std::span<const Info> table) {
  std::size_t n = 0;
  for (const Info& row : table) n += row.origin == ldapschema::Origin::exchange;
  return n;
}

}  // namespace

TEST_CASE("ldapschema: rows are sorted and unique, and none of Exchange's is missing") {
  check_table(ldapschema::attributes());
  check_table(ldapschema::classes());
  CHECK(exchange_rows(ldapschema::attributes()) ==
        907);  // 908 with legacyExchangeDN, which is the base schema's
  CHECK(exchange_rows(ldapschema::classes()) == 165);
}

TEST_CASE("ldapschema: every name is found, in any letter case") {
  for (const auto& row : ldapschema::attributes()) {
    CHECK(ldapschema::find_attribute(row.name) == &row);
    CHECK(ldapschema::find_attribute(exaudit::base::ascii_uppered(row.name)) == &row);
  }
  for (const auto& row : ldapschema::classes())
    CHECK(ldapschema::find_class(ascii_lowered(row.name)) == &row);
  for (const auto name : {""sv, "homeMT"sv, "homeMTAx"sv, "homeMDB;range=0-9"sv, "~"sv, "\xff"sv}) {
    CAPTURE(name);
    CHECK_FALSE(ldapschema::find_attribute(name));
    CHECK_FALSE(ldapschema::find_class(name));
  }
}

TEST_CASE("ldapschema: the hierarchy is closed and ends at top") {
  for (const auto& row : ldapschema::classes()) {
    CAPTURE(row.name);
    CHECK(ldapschema::find_class(row.superior));
    CHECK(ldapschema::derives_from(row.name, "top"));
    if (row.name != "top") CHECK_FALSE(ldapschema::derives_from(row.superior, row.name));
    check_class_names(row.auxiliaries);
    check_class_names(row.possible_superiors);
    check_attribute_names(row.must);
    check_attribute_names(row.may);
  }
}

TEST_CASE("ldapschema: every back link has its forward link") {
  std::map<int, const ldapschema::AttributeInfo*> links;
  for (const auto& row : ldapschema::attributes()) {
    CAPTURE(row.name);
    if (row.link_id == 0) continue;
    CHECK(links.emplace(row.link_id, &row).second);
    CHECK((row.syntax == ldapschema::Syntax::dn || row.syntax == ldapschema::Syntax::or_name ||
           row.syntax == ldapschema::Syntax::dn_binary));
  }
  for (const auto& link : links) {
    const ldapschema::AttributeInfo& row = *link.second;
    CAPTURE(row.name);
    if (row.origin != ldapschema::Origin::exchange) continue;
    const int partner = row.is_back_link() ? row.link_id - 1 : row.link_id + 1;
    CHECK(links.contains(partner) ==
          (row.link_id != 1032));  // msExchImportContainerLinked alone has no back link
  }
}

TEST_CASE("ldapschema: facts that rules rest on") {
  const auto* home_mta = ldapschema::find_attribute("homeMTA");
  REQUIRE(home_mta);
  CHECK(home_mta->oid == "1.2.840.113556.1.2.171");
  CHECK(home_mta->syntax == ldapschema::Syntax::dn);
  CHECK(home_mta->link_id == 0);

  const auto* home_mdb = ldapschema::find_attribute("homeMDB");
  const auto* home_mdb_bl = ldapschema::find_attribute("homeMDBBL");
  REQUIRE((home_mdb && home_mdb_bl));
  CHECK((home_mdb->link_id == 32 && home_mdb->is_forward_link() && !home_mdb->is_back_link()));
  CHECK((home_mdb_bl->link_id == 33 && home_mdb_bl->is_back_link() && !home_mdb_bl->is_forward_link()));
  CHECK(home_mdb_bl->values == ldapschema::Values::multi);
  CHECK(ldapschema::find_attribute("deliveryMechanism")->syntax == ldapschema::Syntax::enumeration);
  CHECK(ldapschema::find_attribute("legacyExchangeDN")->search_flags ==
        (ldapschema::kIndexed | ldapschema::kAmbiguousNameResolution | ldapschema::kKeptOnTombstones));
}

TEST_CASE("ldapschema: global catalog") {
  using enum ldapschema::InGlobalCatalog;
  for (const auto name : {"homeMTA", "homeMDB", "homeMDBBL", "legacyExchangeDN", "msExchRestore",
                          "versionNumber", "networkAddress", "garbageCollPeriod", "proxyAddresses",
                          "showInAddressBook", "objectGUID", "OBJECTCLASS"}) {
    CAPTURE(name);
    CHECK(ldapschema::in_global_catalog(name) == yes);
  }
  for (const auto name :
       {"msExchOwningServer", "msExchResponsibleMTAServer", "msExchRecovery", "msExchHomeRoutingGroup",
        "msExchMixedMode", "msExchEDBFile", "serialNumber", "serverRole", "delivEITs"}) {
    CAPTURE(name);
    CHECK(ldapschema::in_global_catalog(name) == no);
  }
  CHECK(ldapschema::in_global_catalog("msDS-ReplAttributeMetaData") == unknown);
  CHECK(ldapschema::in_global_catalog("contosoBadgeNumber") == unknown);
}

TEST_CASE("ldapschema: inheritance") {
  using ldapschema::derives_from;
  CHECK(derives_from("msExchRoutingSMTPConnector", "mailGateway"));
  CHECK(derives_from("msexchroutingsmtpconnector", "MSEXCHCONNECTOR"));
  CHECK(derives_from("mailGateway", "mailGateway"));
  CHECK(derives_from("msExchPrivateMDB", "msExchMDB"));
  CHECK(derives_from("msExchExchangeServer", "server"));
  CHECK(derives_from("computer", "person"));
  CHECK_FALSE(derives_from("mailGateway", "msExchRoutingSMTPConnector"));
  CHECK_FALSE(derives_from("mailGateway", "msExchBaseClass"));  // auxiliary
  CHECK_FALSE(derives_from("contosoThing", "top"));
  CHECK_FALSE(derives_from("mailGateway", "contosoThing"));
}
