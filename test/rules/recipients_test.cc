// The rules about recipients: what counts, what is left alone, and what cannot be told.
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "rules/audit_fixture.h"

namespace {

using namespace exaudit::test;  // NOLINT(google-build-using-namespace)

const std::string kLegacy = "/o=Contoso/ou=First Administrative Group";
const std::string kHomeServer = kLegacy + "/cn=Configuration/cn=Servers/cn=MAIL1";

struct User {
  std::string name = "Dora";
  std::string mdb = kStoreDn;
  std::string mta = kMta;
  std::string server = kHomeServer;
  std::string legacy = kLegacy + "/cn=Recipients/cn=dora";
  std::vector<std::string> proxies = {"SMTP:dora@contoso.test"};
  std::string more = "instanceType: 4\nuSNCreated: 4711\n";
  std::string domain = "DC=contoso,DC=test";

  std::string text() const {
    std::string out =
        fmt::format("dn: CN={0},CN=Users,{1}\nobjectClass: user\nmailNickname: x\n{2}", name, domain, more);
    const auto line = [&out](std::string_view attribute, const std::string& value) {
      if (!value.empty()) out += fmt::format("{}: {}\n", attribute, value);
    };
    line("homeMDB", mdb);
    line("homeMTA", mta);
    line("msExchHomeServerName", server);
    line("legacyExchangeDN", legacy);
    for (const std::string& proxy : proxies) line("proxyAddresses", proxy);
    return out + "\n";
  }
};

User sam() {
  User out;
  out.name = "Sam";
  out.legacy = kLegacy + "/cn=Recipients/cn=sam";
  out.proxies = {"SMTP:sam@contoso.test"};
  return out;
}

exaudit::audit::Result audit(const std::string& domain, const std::string& site = small_site()) {
  exaudit::audit::Options options;
  options.area = "recipients";
  return audit_files({{"directory/a.ldf", site}, {"directory/b.ldf", domain}}, options);
}

std::string judged(const std::string& domain, const std::string& site = small_site()) {
  return findings_of(audit(domain, site));
}

// "pass 2, fail 1": the counts of a rule that are not 0.
std::string counts(const exaudit::audit::Result& result, const std::string& rule) {
  std::string out;
  for (const auto& row : result.verdicts) {
    if (row.rule != rule) continue;
    if (!row.counts) return std::string(exaudit::findings::verdict_name(row.verdict));
    for (std::size_t i = 0; i < row.counts->size(); ++i) {
      if ((*row.counts)[i] == 0) continue;
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ",
                         exaudit::findings::verdict_name(static_cast<exaudit::findings::Verdict>(i)),
                         (*row.counts)[i]);
    }
  }
  return out;
}

std::string deleted(const std::string& cn) {
  return "CN=" + cn + "\\0ADEL:677f2f51-7ef1-4623-b27e-86acc5498201,CN=Deleted Objects," + kConfiguration;
}

}  // namespace

TEST_CASE("recipients: fixtures") {
  const std::string users = "directory-recipients";
  const std::string configuration = "directory";
  check_fixtures(
      "recipients",
      {{"recipients.home-mdb-missing", "medium missing Dora Evans", users},
       {"recipients.home-mdb-not-found", "high not-found Dora Evans", configuration},
       {"recipients.home-mta-deleted", "medium deleted Dora Evans", users},
       {"recipients.home-mta-mismatch", "medium mismatch Dora Evans", configuration},
       {"recipients.home-server-mismatch", "high mismatch Dora Evans", configuration},
       {"recipients.legacy-dn-duplicate",
        "high duplicate /o=contoso/ou=first administrative group/cn=recipients/cn=samabolrous", users},
       {"recipients.legacy-dn-missing", "high missing Dora Evans", users},
       {"recipients.proxy-duplicate", "high duplicate smtp:samabolrous@contoso.test", users}});
}

TEST_CASE("recipients: a healthy mailbox, a contact and a group have no finding") {
  const auto result =
      audit(User().text() +
            "dn: CN=Linda,CN=Users,DC=contoso,DC=test\nmailNickname: linda\ntargetAddress: "
            "SMTP:linda@fabrikam.test\nmsExchMailboxGuid:: AA==\ninstanceType: 4\nuSNCreated: 1\n\n"
            "dn: CN=Staff,CN=Users,DC=contoso,DC=test\nmailNickname: staff\ninstanceType: "
            "4\nuSNCreated: 1\n\n");
  CHECK(findings_of(result) == "");
  CHECK(counts(result, "recipients.home-mdb-missing") == "pass 1, not-applicable 2");
  CHECK(counts(result, "recipients.legacy-dn-missing") == "pass 1, not-applicable 2");
  CHECK(counts(result, "recipients.home-mta-mismatch") == "pass 1, not-applicable 2");
}

TEST_CASE("recipients.home-mdb-missing: absence counts only where it was observed") {
  User dora;
  dora.mdb = "";
  CHECK(judged(dora.text()) == "medium recipients.home-mdb-missing missing Dora");
  dora.more = "";  // the export shows no bookkeeping, and nobody else has a homeMDB
  const auto unknown = audit(dora.text());
  CHECK(findings_of(unknown) == "");
  CHECK(counts(unknown, "recipients.home-mdb-missing") == "not-evaluated 1");
  CHECK(judged(dora.text() + sam().text()) == "medium recipients.home-mdb-missing missing Dora");
  CHECK(judged("# requesting: mailNickname homeMDB msExchHomeServerName\n" + dora.text()) ==
        "medium recipients.home-mdb-missing missing Dora");
  // What the configuration in the same file carries says nothing about users.
  exaudit::audit::Options options;
  options.area = "recipients";
  CHECK(findings_of(audit_files({{"directory/a.ldf", small_site() + dora.text()}}, options)) == "");
  dora.more = "instanceType: 4\nuSNCreated: 1\nhomeMDB:< file:///store\n";
  CHECK(counts(audit(dora.text()), "recipients.home-mdb-missing") == "not-evaluated 1");
}

TEST_CASE("recipients.home-mdb-not-found: deleted, not there, or not known") {
  User dora;
  dora.mdb = "CN=Old," + kStorageGroup;
  CHECK(judged(dora.text()) == "high recipients.home-mdb-not-found not-found Dora");
  // Nothing else is said about a mailbox whose store is not there.
  dora.server = kLegacy + "/cn=Configuration/cn=Servers/cn=OLD";
  CHECK(judged(dora.text()) == "high recipients.home-mdb-not-found not-found Dora");
  dora.mdb = "CN=Store,CN=SG,CN=InformationStore,CN=OLD,CN=Servers," + kGroup;  // the whole server is gone
  CHECK(judged(dora.text()) == "high recipients.home-mdb-not-found not-found Dora");
  dora.mdb = deleted("Mailbox Store (MAIL1)");
  CHECK(judged(dora.text()) == "high recipients.home-mdb-not-found deleted Dora");
  // Another organization, or another part of the configuration, says nothing.
  dora.mdb =
      "CN=Store,CN=SG,CN=Fabrikam,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=fabrikam,DC=test";
  CHECK(counts(audit(dora.text()), "recipients.home-mdb-not-found") == "not-evaluated 1");
  CHECK(judged(dora.text()) == "");
  dora.mdb = "CN=MAILBOX STORE (MAIL1),  CN=First Storage Group,CN=InformationStore," + kServer;
  dora.server = kHomeServer;
  CHECK(judged(dora.text()) == "");  // letter case and blanks do not count
}

TEST_CASE("recipients.home-mta-deleted: recipients, and objects of the configuration") {
  User dora;
  dora.mta = deleted("Microsoft MTA");
  CHECK(judged(dora.text()) == "medium recipients.home-mta-deleted deleted Dora");
  const std::string attendant =
      record("CN=Microsoft System Attendant," + kServer, "top exchangeAdminService");
  const std::string with_mta =
      attendant.substr(0, attendant.size() - 1) + "homeMTA: " + deleted("Microsoft MTA") + "\n\n";
  CHECK(judged(User().text(), small_site() + with_mta) ==
        "medium recipients.home-mta-deleted deleted Microsoft System Attendant");
  // The gateway has a rule of its own.
  CHECK(judged(User().text(), with_value(small_site(), kGatewayDn, "homeMTA",
                                         "homeMTA: " + deleted("Microsoft MTA"))) == "");
}

TEST_CASE("recipients: homeMTA and msExchHomeServerName belong to the server of the store") {
  User dora;
  dora.mta = "CN=Microsoft MTA,CN=MAIL9,CN=Servers," + kGroup;
  dora.server = kLegacy + "/cn=Configuration/cn=Servers/cn=MAIL9";
  CHECK(judged(dora.text()) ==
        "high recipients.home-server-mismatch mismatch Dora\nmedium recipients.home-mta-mismatch mismatch "
        "Dora");
  const auto result = audit(dora.text());
  CHECK(only_finding(result, "recipients.home-server-mismatch").evidence.front().expected ==
        std::vector<std::string>{kHomeServer});
  dora.mta = "";
  dora.server = "";
  CHECK(judged(dora.text()) == "");
  // A server of another version has rules of its own.
  dora.mta = "CN=Microsoft MTA,CN=MAIL9,CN=Servers," + kGroup;
  const std::string later =
      with_value(small_site(), kServer, "serialNumber", "serialNumber: Version 8.0 (Build 30535.0)");
  CHECK(counts(audit(dora.text(), later), "recipients.home-mta-mismatch") == "not-applicable 1");
  const std::string no_mta = without_record(small_site(), kMta);
  CHECK(counts(audit(User().text(), no_mta), "recipients.home-mta-mismatch") == "not-evaluated 1");
}

TEST_CASE("recipients: duplicates are found in any letter case, over files, and told from one object") {
  User dora;
  User other = sam();
  other.legacy = "/O=CONTOSO/ou=first administrative group/cn=Recipients/cn=DORA";
  other.proxies = {"smtp:DORA@contoso.test", "SMTP:sam@contoso.test"};
  const std::string expected =
      "high recipients.legacy-dn-duplicate duplicate /o=contoso/ou=first administrative "
      "group/cn=recipients/cn=dora\n"
      "high recipients.proxy-duplicate duplicate smtp:dora@contoso.test";
  CHECK(judged(dora.text() + other.text()) == expected);
  exaudit::audit::Options options;
  options.area = "recipients";
  const auto files = audit_files({{"directory/a.ldf", small_site()},
                                  {"directory/b.ldf", dora.text()},
                                  {"directory/c.ldf", other.text()}},
                                 options);
  CHECK(findings_of(files) == expected);
  CHECK(counts(files, "recipients.proxy-duplicate") == "pass 1, fail 1");
  const auto& finding = only_finding(files, "recipients.proxy-duplicate");
  REQUIRE(finding.evidence.size() == 2);
  CHECK(finding.evidence[0].dn == "CN=Dora,CN=Users,DC=contoso,DC=test");
  CHECK(finding.evidence[1].dn == "CN=Sam,CN=Users,DC=contoso,DC=test");
  // The same object in two files, or twice in one, is one object.
  CHECK(judged(dora.text() + dora.text()) == "");
  CHECK(findings_of(audit_files({{"directory/a.ldf", small_site()},
                                 {"directory/b.ldf", dora.text()},
                                 {"directory/c.ldf", dora.text()}},
                                options)) == "");
  // One address in two spellings on one object is no duplicate.
  dora.proxies = {"SMTP:dora@contoso.test", "smtp:Dora@contoso.test"};
  CHECK(judged(dora.text()) == "");
}

TEST_CASE("recipients: an object that was moved between two exports is one object, as it was last") {
  User before;
  before.more = "objectGUID:: US9/Z/F+I0ayfoasxUmCAQ==\nuSNChanged: 10\ninstanceType: 4\n";
  before.mdb = "CN=Old," + kStorageGroup;
  User after = before;
  after.name = "Dora Evans";
  after.mdb = kStoreDn;
  after.more = "objectGUID:: US9/Z/F+I0ayfoasxUmCAQ==\nuSNChanged: 20\ninstanceType: 4\n";
  CHECK(judged(before.text() + after.text()) == "");
  CHECK(judged(after.text() + before.text()) == "");
  CHECK(counts(audit(before.text() + after.text()), "recipients.home-mdb-not-found") == "pass 1");
}

TEST_CASE("recipients: two views of one domain are not two domains") {
  exaudit::audit::Options options;
  options.area = "recipients";
  const auto both = [&](const std::string& other) {
    return audit_files({{"directory/dc1/a.ldf", small_site() + User().text()},
                        {"directory/dc2/a.ldf", small_site() + other}},
                       options);
  };
  CHECK(counts(both(User().text()), "recipients.home-mdb-missing") == "pass 1");
  User branch = sam();
  branch.domain = "DC=branch,DC=test";
  CHECK(counts(both(branch.text()), "recipients.home-mdb-missing") == "pass 2");
}

TEST_CASE("recipients: without any, every rule says what would be needed") {
  const auto result = audit("");
  CHECK(findings_of(result) == "");
  CHECK(verdicts_of(result, "recipients.proxy-duplicate") == "* not-evaluated (directory-recipients)");
  CHECK(verdicts_of(result, "recipients.home-mdb-missing") == "* not-evaluated (directory-recipients)");
}

TEST_CASE("recipients: names that are escaped, folded or in base64 are the same names") {
  User dora;
  dora.name = "Evans\\, Dora";
  User same = sam();
  same.proxies = {"SMTP:dora@contoso.test"};
  std::string text = same.text();
  text = edited(text, "proxyAddresses: SMTP:dora@contoso.test",
                "proxyAddresses:: U01UUDpkb3JhQENPTlRPU08udGVzdA==");
  CHECK(judged(dora.text() + text) == "high recipients.proxy-duplicate duplicate smtp:dora@contoso.test");
  // Escaped in another way, it is the same object, and this record of it was changed last.
  User again = dora;
  again.name = "Evans\\2C Dora";
  again.more = "instanceType: 4\nuSNChanged: 99\n";
  CHECK(judged(dora.text() + again.text()) == "");
}

TEST_CASE("recipients: an object with one objectGUID is one object, whatever its names and addresses") {
  // Each record shares an address with the next one only; the last one is right.
  std::string text;
  for (int i = 0; i < 3; ++i) {
    User user;
    user.name = fmt::format("Dora {}", i);
    user.mdb = i == 2 ? kStoreDn : "CN=Old," + kStorageGroup;
    user.legacy = fmt::format("{}/cn=Recipients/cn=dora{}", kLegacy, i);
    user.proxies = {fmt::format("SMTP:{}@x.test", i), fmt::format("smtp:{}@x.test", i + 1)};
    user.more = fmt::format("objectGUID:: US9/Z/F+I0ayfoasxUmCAQ==\nuSNChanged: {}\ninstanceType: 4\n", i);
    text += user.text();
  }
  const auto result = audit(text);
  CHECK(findings_of(result) == "");
  CHECK(counts(result, "recipients.home-mdb-not-found") == "pass 1");
}

TEST_CASE("recipients: a record without its objectGUID is still the object of that name") {
  User with;
  with.more = "objectGUID:: US9/Z/F+I0ayfoasxUmCAQ==\ninstanceType: 4\nuSNCreated: 1\n";
  const auto result = audit(with.text() + User().text());
  CHECK(findings_of(result) == "");
  CHECK(counts(result, "recipients.legacy-dn-missing") == "pass 1");
}

TEST_CASE("recipients: duplicates between domains that two directory servers showed") {
  exaudit::audit::Options options;
  options.area = "recipients";
  User child = sam();
  child.domain = "DC=child,DC=contoso,DC=test";
  child.proxies = {"smtp:DORA@contoso.test"};
  const auto two = [&](const std::string& a, const std::string& b) {
    return audit_files({{"directory/dc1/a.ldf", small_site() + a}, {"directory/dc2/a.ldf", small_site() + b}},
                       options);
  };
  const auto result = two(User().text(), child.text());
  CHECK(findings_of(result) == "high recipients.proxy-duplicate duplicate smtp:dora@contoso.test");
  CHECK(only_finding(result, "recipients.proxy-duplicate").views == std::vector<std::string>{"dc1", "dc2"});
  CHECK(counts(result, "recipients.proxy-duplicate") == "fail 1");
  // Of one domain, an address that moved from one object to another between two replicas is no duplicate.
  User moved = sam();
  moved.proxies = {"smtp:DORA@contoso.test"};
  CHECK(findings_of(two(User().text(), moved.text())) == "");
  CHECK(findings_of(two(User().text(), User().text())) == "");
}

TEST_CASE("recipients: an address of a store that a user has, also where another view shows the users") {
  exaudit::audit::Options options;
  options.area = "recipients";
  const std::string address = "proxyAddresses: SMTP:dora@contoso.test\n\n";
  const std::string attendant =
      record("CN=Microsoft System Attendant," + kServer, "top exchangeAdminService");
  const std::string site = small_site() + attendant.substr(0, attendant.size() - 1) + address;
  const std::string expected = "high recipients.proxy-duplicate duplicate smtp:dora@contoso.test";
  CHECK(judged(User().text(), site) == expected);
  CHECK(findings_of(audit_files({{"directory/dc1/a.ldf", site}, {"directory/gc/a.ldf", User().text()}},
                                options)) == expected);
  // Two objects of the configuration need no recipient for that; without one, nothing is healthy.
  const std::string other = record("CN=Other," + kServer, "top exchangeAdminService");
  CHECK(judged("", site + other.substr(0, other.size() - 1) + address) == expected);
  CHECK(counts(audit("", site), "recipients.proxy-duplicate") == "not-evaluated");
}

TEST_CASE("recipients: the counts are those of the findings, with two views of one domain as well") {
  exaudit::audit::Options options;
  options.area = "recipients";
  User bad;
  bad.mta = deleted("Microsoft MTA");
  for (const bool first : {true, false}) {
    const auto result =
        audit_files({{"directory/dc1/a.ldf", small_site() + (first ? bad : User()).text() + sam().text()},
                     {"directory/dc2/a.ldf", small_site() + (first ? User() : bad).text() + sam().text()}},
                    options);
    CHECK(findings_of(result) == "medium recipients.home-mta-deleted deleted Dora");
    CHECK(counts(result, "recipients.home-mta-deleted") == "pass 1, fail 1");
  }
}

TEST_CASE("recipients: a name without a value says nothing") {
  CHECK(
      counts(
          audit(
              "dn: CN=Staff,CN=Users,DC=contoso,DC=test\nmailNickname: staff\nhomeMDB:\nmsExchMailboxGuid:\n"
              "msExchHomeServerName: \ninstanceType: 4\nuSNCreated: 1\n\n"),
          "recipients.home-mdb-missing") == "not-applicable 1");
  User dora;
  dora.mdb = "";
  dora.more += "targetAddress:\n";
  CHECK(judged(dora.text()) == "medium recipients.home-mdb-missing missing Dora");
}

TEST_CASE("recipients.home-mta-mismatch: a global catalog does not show which MTA serves a server") {
  User dora;
  dora.mta = "CN=Microsoft MTA,CN=MAIL9,CN=Servers," + kGroup;
  const std::string catalog = with_value(small_site(), kServer, "serialNumber", "");
  CHECK(counts(audit(dora.text(), catalog), "recipients.home-mta-mismatch") == "not-evaluated 1");
  CHECK(counts(audit(User().text(), catalog), "recipients.home-mta-mismatch") == "pass 1");
}

TEST_CASE("recipients: many common addresses, and one that everybody has, take no time to speak of") {
  std::string text;
  std::string addresses;
  for (int i = 0; i < 3000; ++i) addresses += fmt::format("proxyAddresses: smtp:{}@x.test\n", i);
  for (int i = 0; i < 2; ++i) {
    User user;
    user.name = fmt::format("User {}", i);
    user.legacy = fmt::format("{}/cn=Recipients/cn=u{}", kLegacy, i);
    user.proxies = {};
    user.more += addresses;
    text += user.text();
  }
  CHECK(counts(audit(text), "recipients.proxy-duplicate") == "fail 3000");
}
