// KB 828938: the fixtures, and what the gateway rules make of unusual evidence.
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "rules/audit_fixture.h"

using namespace std::string_literals;  // NOLINT(google-build-using-namespace): literals only
using exaudit::audit::Options;
using exaudit::test::audit_files;
using exaudit::test::check_fixtures;
using exaudit::test::edited;
using exaudit::test::findings_of;
using exaudit::test::kConfiguration;
using exaudit::test::kConnections;
using exaudit::test::kGateway;
using exaudit::test::kGatewayDn;
using exaudit::test::kGroup;
using exaudit::test::kGuid;
using exaudit::test::kMta;
using exaudit::test::kServer;
using exaudit::test::kStorageGroup;
using exaudit::test::kStore;
using exaudit::test::kStoreDn;
using exaudit::test::only_finding;
using exaudit::test::record;
using exaudit::test::small_site;
using exaudit::test::verdicts_of;
using exaudit::test::with_value;
using exaudit::test::without_record;

namespace {

const std::string kLegacyTail = "/cn=Configuration/cn=Connections/cn=SMTP (MAIL1)/cn=" + kGuid;
const std::string kLegacy = "/o=Contoso/ou=First Administrative Group" + kLegacyTail;
const std::string kDeletedMta =
    "CN=Microsoft MTA\\0ADEL:0a1b2c3d-0000-4000-8000-000000000001,CN=Deleted "
    "Objects," +
    kConfiguration;

std::string audited(const std::string& ldif) { return findings_of(audit_files({{"directory/a.ldf", ldif}})); }

std::string verdict(const std::string& ldif, std::string_view rule) {
  return verdicts_of(audit_files({{"directory/a.ldf", ldif}}), rule);
}

std::string gateway(const std::string& attribute, const std::string& line) {
  return with_value(small_site(), kGatewayDn, attribute, line);
}

std::string high(const std::string& rule, const std::string& reason) {
  return fmt::format("high KB828938.{} {} {}", rule, reason, kGateway);
}

// A second server whose MTA and store can be confused with those of MAIL1.
std::string other_server() {
  const std::string server = edited(kServer, "MAIL1", "MAIL2");
  return record(server, "top server msExchExchangeServer",
                {"serialNumber: Version 6.5 (Build 7638.2: Service Pack 2)"}) +
         record("CN=Microsoft MTA," + server, "top mTA") +
         record("CN=First Storage Group,CN=InformationStore," + server, "top container msExchStorageGroup");
}

std::string as_public(std::string ldif) {
  return edited(std::move(ldif), "msExchPrivateMDB", "msExchPublicMDB");
}

// Event 326 about MAIL1's store, and a later event that makes the log as new as it says.
std::string event_log(const std::string& day, const std::string& newest) {
  return fmt::format(
      "{}\t10:00:00 AM\tMSExchangeTransport\tError\tExchange Store Driver\t326\tN/A\tMAIL1\t"
      "Service Account failed to logon to the store as {}. Error code : 0x80040148. \r\n"
      "{}\t10:00:00 AM\teventlog\tInformation\tNone\t6005\tN/A\tMAIL1\tThe Event log service "
      "was started. \r\n",
      day, kLegacy, newest);
}

}  // namespace

TEST_CASE("KB828938: fixtures") {
  check_fixtures(
      "kb828938",
      {
          {"KB828938.dc-divergence", "medium deliveryMechanism " + kGateway + " deliveryMechanism", "",
           "medium KB828938.gateway-delivery-mechanism value " + kGateway},
          {"KB828938.delivery-retry", "info retry MAIL1", ""},
          {"KB828938.gateway-class", "high class " + kGateway, "directory"},
          {"KB828938.gateway-delivery-mechanism", "medium value " + kGateway, "directory"},
          {"KB828938.gateway-duplicate", "medium conflict " + kStore, "directory"},
          {"KB828938.gateway-home-mdb", "high not-found " + kGateway, "directory"},
          {"KB828938.gateway-home-mta", "high deleted " + kGateway, "directory"},
          {"KB828938.gateway-legacy-dn", "high shape " + kGateway, "directory"},
          {"KB828938.gateway-missing", "high missing " + kStore, "directory"},
          {"KB828938.gateway-name", "low no-hyphen " + edited(kGateway, "-{", "{"), "directory"},
          {"KB828938.gateway-orphan", "low server-removed SMTP (OLD1-{0E2F8576-678B-429F-883B-343E22545246})",
           "directory"},
          {"KB828938.mailbox-disconnected", "high disconnected " + kStore, "mailbox-table"},
          {"KB828938.mailbox-missing", "high missing " + kStore, "mailbox-table"},
          {"KB828938.smtp-interface-failure", "medium 0x80004005 MAIL1", "events-application"},
          {"KB828938.store-logon-failure", "high 0x80040148 " + kStore + " 0x80040148", "events-application"},
      });
}

TEST_CASE("KB828938: names compare as the directory compares them") {
  CHECK(audited(small_site()) == "");
  SUBCASE("letter case of a link") {
    CHECK(audited(gateway("homeMTA", "homeMTA: " + edited(kMta, "CN=M", "cn=m"))) == "");
  }
  SUBCASE("blanks beside commas and equal signs") {
    CHECK(audited(gateway("homeMTA", "homeMTA: " + edited(edited(kMta, ",", " , "), "CN=", "CN = "))) == "");
  }
  SUBCASE("escapes that need not be") {
    CHECK(audited(gateway("homeMDB", "homeMDB: " + edited(edited(kStoreDn, "(", "\\28"), ")", "\\)"))) == "");
  }
  SUBCASE("letter case of the name and of the GUID") {
    CHECK(audited(edited(small_site(), kGateway, "smtp (mail1-{37c1c681-d0cf-4e2e-b464-41fc38a8b11b})")) ==
          "");
  }
  SUBCASE("letter case of legacyExchangeDN") {
    CHECK(audited(gateway(
              "legacyExchangeDN",
              "legacyExchangeDN: " + edited(edited(kLegacy, "Contoso", "CONTOSO"), "/cn=", "/CN="))) == "");
  }
  SUBCASE("ß is ss") {
    const std::string site = edited(small_site(), "First Administrative Group", "Strasse");
    CHECK(audited(with_value(site, edited(kGatewayDn, "MAIL1", "MAIL1"), "homeMTA",
                             "homeMTA: " + edited(kMta, "First Administrative Group", "Straße"))) == "");
  }
  SUBCASE("diacritics count") {
    CHECK(audited(gateway("homeMTA", "homeMTA: " + edited(kMta, "MAIL1", "MÁIL1"))) ==
          high("gateway-home-mta", "not-found"));
  }
}

TEST_CASE("KB828938.gateway-home-mta: reasons") {
  const std::string two = small_site() + other_server();
  const auto with_mta = [&](const std::string& value) {
    return audited(with_value(two, kGatewayDn, "homeMTA", value));
  };
  CHECK(audited(two) == "");
  CHECK(with_mta("") == high("gateway-home-mta", "missing"));
  CHECK(with_mta("homeMTA: " + kDeletedMta) == high("gateway-home-mta", "deleted"));
  CHECK(with_mta("homeMTA: CN=Microsoft MTA,CN=Deleted Objects," + kConfiguration) ==
        high("gateway-home-mta", "deleted"));
  CHECK(with_mta("homeMTA: " + edited(kMta, "MAIL1", "MAIL2")) == high("gateway-home-mta", "other-server"));
  CHECK(with_mta("homeMTA: " + edited(kMta, "MAIL1", "MAIL9")) == high("gateway-home-mta", "not-found"));
  CHECK(with_mta("homeMTA: " + kStoreDn) == high("gateway-home-mta", "not-found"));
}

TEST_CASE("KB828938.gateway-home-mta: what was not observed is not absent") {
  // The value is a URL, which is never fetched.
  CHECK(audited(gateway("homeMTA", "homeMTA:< file:///etc/passwd")) == "");
  CHECK(verdict(gateway("homeMTA", "homeMTA:< file:///etc/passwd"), "KB828938.gateway-home-mta") ==
        kGateway + " not-evaluated (directory)");
  // A line that nobody can read may have been the homeMTA.
  CHECK(verdict(gateway("homeMTA", "home?TA"), "KB828938.gateway-home-mta") ==
        kGateway + " not-evaluated (directory)");
  // Without the MTA object nobody knows the right value, but a deleted one is wrong anyway. The server's
  // entry names its MTA nowhere, and something else stands below it.
  const std::string no_mta = without_record(small_site(), kMta);
  CHECK(verdict(no_mta, "KB828938.gateway-home-mta") == kGateway + " not-evaluated (directory)");
  const auto deleted = audit_files(
      {{"directory/a.ldf", with_value(no_mta, kGatewayDn, "homeMTA", "homeMTA: " + kDeletedMta)}});
  CHECK(only_finding(deleted, "KB828938.gateway-home-mta").reason == "deleted");
}

TEST_CASE("KB828938.gateway-home-mta: on a cluster the server names the MTA") {
  const std::string site = with_value(small_site() + other_server(), kServer, "msExchResponsibleMTAServer",
                                      "msExchResponsibleMTAServer: " + edited(kMta, "MAIL1", "MAIL2"));
  CHECK(audited(site) == high("gateway-home-mta", "other-server"));
  CHECK(audited(with_value(site, kGatewayDn, "homeMTA", "homeMTA: " + edited(kMta, "MAIL1", "MAIL2"))) == "");
}

TEST_CASE("KB828938.gateway-home-mdb: reasons") {
  const std::string other = edited(kStoreDn, "Mailbox Store", "Recovered");
  const std::string two =
      small_site() + record(other, "top msExchMDB msExchPrivateMDB",
                            {"msExchRestore: TRUE", "objectGUID:: AQIDBAUGBwgJCgsMDQ4PEA=="});
  const auto with_mdb = [&](const std::string& value) {
    return audited(with_value(two, kGatewayDn, "homeMDB", value));
  };
  CHECK(with_mdb("homeMDB: " + kStoreDn) == "");
  CHECK(with_mdb("") == high("gateway-home-mdb", "missing"));
  CHECK(with_mdb("homeMDB: CN=x\\0ADEL:0a1b2c3d-0000-4000-8000-000000000001,CN=Deleted Objects," +
                 kConfiguration) == high("gateway-home-mdb", "deleted"));
  CHECK(with_mdb("homeMDB: " + other) == high("gateway-home-mdb", "other-store"));  // also a recovery store
  CHECK(with_mdb("homeMDB: " + kMta) == high("gateway-home-mdb", "not-found"));
}

TEST_CASE("KB828938.gateway-legacy-dn: reasons, the first one counts") {
  const auto with_legacy = [&](const std::string& value) {
    return audited(gateway("legacyExchangeDN", "legacyExchangeDN: " + value));
  };
  CHECK(audited(gateway("legacyExchangeDN", "")) == high("gateway-legacy-dn", "missing"));
  CHECK(with_legacy(edited(kLegacy, ")/cn=", "-") + ")") == high("gateway-legacy-dn", "shape"));
  CHECK(with_legacy(edited(kLegacy, "SMTP (", "SMTP(")) == high("gateway-legacy-dn", "shape"));
  const std::string other_guid = edited(kLegacy, "{37C1", "{47C1");
  CHECK(with_legacy(other_guid) == high("gateway-legacy-dn", "guid"));
  CHECK(with_legacy(edited(other_guid, "MAIL1", "MAIL2")) == high("gateway-legacy-dn", "guid"));
  CHECK(with_legacy(edited(kLegacy, "MAIL1", "MAIL2")) == high("gateway-legacy-dn", "server"));
  CHECK(with_legacy(edited(edited(kLegacy, "MAIL1", "MAIL2"), "ou=First", "ou=Other")) ==
        high("gateway-legacy-dn", "server"));
  CHECK(with_legacy(edited(kLegacy, "ou=First", "ou=Other")) == high("gateway-legacy-dn", "prefix"));
}

TEST_CASE("KB828938.gateway-legacy-dn: the prefix is the administrative group's legacyExchangeDN") {
  // Renamed: DNs say HQ, legacy names keep the first name.
  const std::string renamed = edited(small_site(), "CN=First Administrative Group,", "CN=HQ,");
  CHECK(audited(renamed) == "");
  const auto prefix = [](const std::string& ldif) {
    const auto result = audit_files({{"directory/a.ldf", ldif}});
    return findings_of(result);
  };
  const std::string wrong = with_value(small_site(), kGatewayDn, "legacyExchangeDN",
                                       "legacyExchangeDN: /o=Contoso/ou=HQ" + kLegacyTail);
  CHECK(prefix(wrong) == high("gateway-legacy-dn", "prefix"));
  // The group says nothing: the server's legacyExchangeDN tells it.
  const std::string by_server = with_value(wrong, kGroup, "legacyExchangeDN", "");
  CHECK(prefix(by_server) == high("gateway-legacy-dn", "prefix"));
  // Neither says anything: everything but the prefix is checked.
  const std::string by_nobody = with_value(by_server, kServer, "legacyExchangeDN", "");
  CHECK(prefix(by_nobody) == "");
  CHECK(prefix(edited(by_nobody, "/cn=SMTP (MAIL1)/cn=", "/cn=SMTP (MAIL2)/cn=")) ==
        high("gateway-legacy-dn", "server"));
}

TEST_CASE("KB828938.gateway-delivery-mechanism: reasons") {
  CHECK(audited(gateway("deliveryMechanism", "")) ==
        "medium KB828938.gateway-delivery-mechanism missing " + kGateway);
  CHECK(audited(gateway("deliveryMechanism", "deliveryMechanism: 3")) ==
        "medium KB828938.gateway-delivery-mechanism value " + kGateway);
}

TEST_CASE("KB828938.gateway-class: the most specific structural class counts, in any order") {
  const std::string site = edited(small_site(), "objectClass: msExchConnector\nobjectClass: mailGateway\n",
                                  "objectClass: mailGateway\nobjectClass: msExchConnector\n");
  CHECK(audited(site) == "");
  const std::string connector = edited(site, "objectClass: mailGateway\n",
                                       "objectClass: msExchRoutingSMTPConnector\nobjectClass: mailGateway\n");
  CHECK(audited(connector) == high("gateway-class", "class"));
  const std::string none = edited(site, "objectClass: mailGateway\nobjectClass: msExchConnector\n", "");
  CHECK(verdict(edited(none, "objectClass: top\ncn: SMTP", "cn: SMTP"), "KB828938.gateway-class") ==
        kGateway + " not-evaluated (directory)");
}

TEST_CASE("KB828938.gateway-name: another server's name comes before the missing hyphen") {
  const std::string two = small_site() + other_server();
  const std::string name = "SMTP (MAIL2" + kGuid + ")";
  CHECK(audited(edited(two, kGateway, name)) == "low KB828938.gateway-name server " + name);
  // The name of a conflict copy is stripped before it is judged. The only copy is no duplicate.
  CHECK(audited(edited(
            two, "dn: " + kGatewayDn,
            "dn: " + edited(kGatewayDn, "})", "})\\0ACNF:0a1b2c3d-0000-4000-8000-000000000002"))) == "");
}

TEST_CASE("KB828938.gateway-duplicate: copies with and without a conflict") {
  const auto copy = [](const std::string& cn) {
    return record(
        "CN=" + cn + "," + kConnections, "top msExchConnector mailGateway",
        {"legacyExchangeDN: " + kLegacy, "deliveryMechanism: 2", "homeMTA: " + kMta, "homeMDB: " + kStoreDn});
  };
  const std::string name = edited(kGateway, "-{", "{");
  CHECK(audited(small_site() + copy(name)) == "low KB828938.gateway-name no-hyphen " + name +
                                                  "\nmedium KB828938.gateway-duplicate copies " + kStore);
  CHECK(audited(small_site() + copy(kGateway + "\\0ACNF:0a1b2c3d-0000-4000-8000-000000000002")) ==
        "medium KB828938.gateway-duplicate conflict " + kStore);
}

TEST_CASE("KB828938.gateway-missing: severity of a public store") {
  const std::string site = as_public(without_record(small_site(), kGatewayDn));
  const auto severity = [&](const std::string& log, int window = 14) {
    Options options;
    options.event_window_days = window;
    const auto result = audit_files({{"directory/a.ldf", site}, {"servers/MAIL1/events.txt", log}}, options);
    return std::string(
        exaudit::findings::severity_name(only_finding(result, "KB828938.gateway-missing").severity));
  };
  CHECK(audited(site) == "medium KB828938.gateway-missing missing " + kStore);
  CHECK(audited(without_record(small_site(), kGatewayDn)) ==
        "high KB828938.gateway-missing missing " + kStore);
  CHECK(severity(event_log("3/1/2006", "3/15/2006")) == "high");    // 14 days
  CHECK(severity(event_log("3/1/2006", "3/16/2006")) == "medium");  // old is not now
  CHECK(severity(event_log("3/1/2006", "3/16/2006"), 15) == "high");
  CHECK(severity(edited(event_log("3/1/2006", "3/2/2006"), "{37C1", "{47C1")) == "medium");  // another store
  // Pasted text has no age.
  CHECK(severity("Event Type:\tError\nEvent Source:\tMSExchangeTransport\nEvent Category:\tExchange Store "
                 "Driver\nEvent ID:\t326\nComputer:\tMAIL1\nDescription:\nService Account failed to logon to "
                 "the store as " +
                 edited(kLegacy, "SMTP (", "SMTP \n(") + ". Error code : 0x80040148.\n") == "high");
}

TEST_CASE("KB828938.gateway-missing: the remedy has the six values") {
  const auto result = audit_files({{"directory/a.ldf", without_record(small_site(), kGatewayDn)}});
  const auto& finding = only_finding(result, "KB828938.gateway-missing");
  const std::string steps = fmt::format("{}", fmt::join(finding.remedy.steps, "\n"));
  for (const std::string& value : {"mailGateway"s, kGateway, kMta, ": 2"s, kStoreDn, kLegacy}) {
    CAPTURE(value);
    CHECK(steps.find(value) != std::string::npos);
  }
}

TEST_CASE("KB828938.gateway-missing: absence needs observation") {
  const std::string gone = without_record(small_site(), kGatewayDn);
  const std::string rule = "KB828938.gateway-missing";
  const std::string unknown = kStore + " not-evaluated (directory)";
  SUBCASE("the container and something two levels below its parent are proof") {
    CHECK(verdict(gone, rule) == kStore + " fail");
  }
  SUBCASE("without the container there is none") {
    CHECK(verdict(without_record(gone, kConnections), rule) == unknown);
  }
  SUBCASE("a sibling proves it too, in a file of its own") {
    const std::string sibling =
        record("CN=SMTP (Internet)," + kConnections, "top msExchConnector mailGateway");
    const auto result =
        audit_files({{"directory/a.ldf", without_record(gone, kConnections)}, {"directory/b.ldf", sibling}});
    CHECK(findings_of(result) == "high KB828938.gateway-missing missing " + kStore);
  }
  SUBCASE("a search that was cut off proves nothing") {
    CHECK(verdict(gone + "# search result\nsearch: 2\nresult: 4 Size limit exceeded\n", rule) == unknown);
  }
  SUBCASE("nor a file that lost a record") {
    CHECK(verdict(gone + "dn:: !!!\nobjectClass: top\n\n", rule) == unknown);
  }
  SUBCASE("nor a file that ends in the middle of a line") {
    CHECK(verdict(gone + "dn: CN=x", rule) == unknown);
  }
  SUBCASE("a deleted object is not there") {
    CHECK(verdict(with_value(small_site(), kGatewayDn, "isDeleted", "isDeleted: TRUE"), rule) ==
          kStore + " fail");
  }
  SUBCASE("without the store's GUID nobody knows what to look for") {
    CHECK(verdict(with_value(gone, kStoreDn, "objectGUID", ""), rule) == unknown);
  }
}

TEST_CASE("KB828938: which stores need a gateway") {
  const std::string gone = without_record(small_site(), kGatewayDn);
  const std::string rule = "KB828938.gateway-missing";
  const auto on = [&](const std::string& serial) {
    return verdict(with_value(gone, kServer, "serialNumber", serial), rule);
  };
  CHECK(on("serialNumber: Version 6.0 (Build 6249.4: Service Pack 3)") == kStore + " fail");
  CHECK(on("serialNumber: Version 5.5 (Build 2653.23: Service Pack 4)") == kStore + " not-applicable");
  CHECK(on("serialNumber: Version 8.1 (Build 30240.6)") == kStore + " not-applicable");
  CHECK(on("serialNumber: Version 14.3 (Build 30123.4)") == kStore + " not-applicable");
  CHECK(on("") == kStore + " fail");  // nothing says otherwise
  const std::string later = "Exchange Administrative Group (FYDIBOHF23SPDLT)";
  CHECK(verdict(edited(with_value(gone, kServer, "serialNumber", ""), "First Administrative Group", later),
                rule) == kStore + " not-applicable");

  const auto store_with = [&](const std::string& dn, const std::string& name, const std::string& line) {
    return verdict(with_value(gone, dn, name, line), rule);
  };
  CHECK(store_with(kStoreDn, "msExchRestore", "msExchRestore: TRUE") == kStore + " not-applicable");
  CHECK(store_with(kStorageGroup, "msExchRestore", "msExchRestore: TRUE") == kStore + " not-applicable");
  CHECK(store_with(kStorageGroup, "msExchRecovery", "msExchRecovery: TRUE") == kStore + " not-applicable");
  CHECK(store_with(kStorageGroup, "msExchRecovery", "msExchRecovery: FALSE") == kStore + " fail");
  CHECK(verdict(without_record(gone, kStorageGroup), rule) == kStore + " not-evaluated (directory)");
}

TEST_CASE(
    "KB828938.gateway-missing: names of what is not in the view are spelled as the DNs below spell them") {
  const std::string part =
      record(kStorageGroup, "top container msExchStorageGroup") +
      record(kStoreDn, "top msExchMDB msExchPrivateMDB", {"objectGUID:: gcbBN8/QLk60ZEH8OKixGw=="}) +
      record("CN=SMTP (Internet)," + kConnections, "top msExchConnector mailGateway");
  const auto& result = audit_files({{"directory/a.ldf", part}});
  CHECK(only_finding(result, "KB828938.gateway-missing").subject.server == "MAIL1");
  REQUIRE(result.organizations.size() == 1);
  CHECK(result.organizations[0].name == "Contoso");
}

TEST_CASE("KB828938.gateway-orphan: reasons, and what proves them") {
  const auto with_orphan = [](const std::string& ldif, const std::string& name) {
    return ldif + record("CN=" + name + "," + kConnections, "top msExchConnector mailGateway",
                         {"deliveryMechanism: 2"});
  };
  const std::string guid = "{0E2F8576-678B-429F-883B-343E22545246}";
  const std::string old1 = "SMTP (OLD1-" + guid + ")";
  const std::string mail1 = "SMTP (MAIL1-" + guid + ")";
  const std::string backwards = "SMTP (MAIL1-{81C6C137-CFD0-2E4E-B464-41FC38A8B11B})";
  const std::string low = "low KB828938.gateway-orphan ";
  CHECK(audited(with_orphan(small_site(), old1)) == low + "server-removed " + old1);
  CHECK(audited(with_orphan(small_site(), mail1)) == low + "store-removed " + mail1);
  CHECK(audited(with_orphan(small_site(), backwards)) == low + "byte-order " + backwards);

  // An administrative group whose servers were not read may hold the server: it stands in a search of one
  // level. In the export of the whole tree, one without children has none.
  const std::string branch =
      record(edited(kGroup, "First Administrative Group", "Branch"), "top msExchAdminGroup");
  const auto beside_branch = [&](const std::string& name) {
    return findings_of(
        audit_files({{"directory/a.ldf", with_orphan(small_site(), name)}, {"directory/b.ldf", branch}}));
  };
  CHECK(beside_branch(old1) == "");
  CHECK(beside_branch(backwards) == low + "byte-order " + backwards);
  CHECK(audited(with_orphan(small_site() + branch, old1)) == low + "server-removed " + old1);

  // A gateway of a recovery store or of a later server's store is no orphan, and gets no other rule.
  const std::string recovery =
      record(edited(kStoreDn, "Mailbox Store", "Recovered"), "top msExchMDB msExchPrivateMDB",
             {"msExchRestore: TRUE", "objectGUID:: doUvDotnn0KIOzQ+IlRSRg=="});
  CHECK(audited(with_orphan(small_site() + recovery, mail1)) == "");
  CHECK(audited(with_orphan(small_site(), mail1) + recovery) == "");
}

TEST_CASE("KB828938: equal findings of two views are one finding") {
  const std::string bad = gateway("deliveryMechanism", "deliveryMechanism: 1");
  const auto both = audit_files({{"directory/dc1/a.ldf", bad}, {"directory/dc2/a.ldf", bad}});
  const auto& finding = only_finding(both, "KB828938.gateway-delivery-mechanism");
  CHECK(finding.views == std::vector<std::string>{"dc1", "dc2"});
  CHECK(finding.evidence.size() == 2);
  const auto one = audit_files({{"directory/dc1/a.ldf", bad}, {"directory/dc2/a.ldf", small_site()}});
  CHECK(only_finding(one, "KB828938.gateway-delivery-mechanism").views == std::vector<std::string>{"dc1"});
  CHECK(only_finding(one, "KB828938.gateway-delivery-mechanism").fingerprint == finding.fingerprint);
}
