// KB 316622: the system mailbox object of a mailbox store.
#include <string>

#include <doctest/doctest.h>

#include "rules/audit_fixture.h"

using exaudit::test::audit_files;
using exaudit::test::check_fixtures;
using exaudit::test::edited;
using exaudit::test::Files;
using exaudit::test::kServer;
using exaudit::test::kStore;
using exaudit::test::record;
using exaudit::test::small_site;
using exaudit::test::verdicts_of;
using exaudit::test::with_value;

namespace {

const std::string kRule = "KB316622.system-mailbox-missing";
const std::string kUnknown = kStore + " not-evaluated (directory-recipients)";

std::string container(const std::string& domain) {
  return record("CN=Microsoft Exchange System Objects," + domain,
                "top container msExchSystemObjectsContainer") +
         record("CN=Dora Evans,CN=Users," + domain, "top person organizationalPerson user");
}

std::string mailbox(const std::string& domain,
                    const std::string& guid = "{37c1c681-d0cf-4e2e-b464-41fc38a8b11b}") {
  return record("CN=SystemMailbox" + guid + ",CN=Microsoft Exchange System Objects," + domain,
                "top person user");
}

std::string verdict(const std::string& domain, const std::string& site = small_site()) {
  return verdicts_of(audit_files({{"directory/a.ldf", site}, {"directory/b.ldf", domain}}), kRule);
}

const std::string kRoot = "DC=contoso,DC=test";
const std::string kBranch = "DC=branch,DC=contoso,DC=test";
// The server says in which domain it is.
std::string in_branch() {
  return with_value(small_site(), kServer, "networkAddress",
                    "networkAddress: netbios:MAIL1\nnetworkAddress: ncacn_ip_tcp:MAIL1.branch.contoso.test");
}

}  // namespace

TEST_CASE("KB316622: fixtures") {
  check_fixtures(
      "kb316622",
      {{"KB316622.event-sinks-failure", "medium 0x8004010f MAIL1 0x8004010f", "events-application"},
       {"KB316622.system-mailbox-missing", "medium missing " + kStore, "directory-recipients"}});
}

TEST_CASE("KB316622.system-mailbox-missing: the name, in any letter case") {
  CHECK(verdict(container(kRoot) + mailbox(kRoot)) == kStore + " pass");
  CHECK(verdict(container(kRoot) + mailbox(kRoot, "{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}")) ==
        kStore + " pass");
  CHECK(verdict(container(kRoot) + edited(mailbox(kRoot), "SystemMailbox", "SYSTEMMAILBOX")) ==
        kStore + " pass");
  CHECK(verdict(container(kRoot) + mailbox(kRoot, "{81c6c137-cfd0-2e4e-b464-41fc38a8b11b}")) ==
        kStore + " fail");
  CHECK(verdict(container(kRoot) + edited(mailbox(kRoot), "System Objects", "Other Objects")) ==
        kStore + " fail");
  CHECK(verdict(container(kRoot) +
                edited(mailbox(kRoot), "b11b},", "b11b}\\0ADEL:0a1b2c3d-0000-4000-8000-000000000001,")) ==
        kStore + " fail");
}

TEST_CASE("KB316622.system-mailbox-missing: in the server's own domain") {
  CHECK(verdict(container(kBranch) + mailbox(kBranch), in_branch()) == kStore + " pass");
  CHECK(verdict(container(kBranch), in_branch()) == kStore + " fail");
  CHECK(verdict(container(kRoot), in_branch()) == kUnknown);  // another domain was read
  CHECK(verdict(container(kBranch) + container(kRoot) + mailbox(kRoot), in_branch()) == kStore + " fail");
  // Where the server's domain is not known, any domain will do, and a forest of several proves no absence.
  CHECK(verdict(container(kBranch) + mailbox(kBranch)) == kStore + " pass");
  CHECK(verdict(container(kBranch) + container(kRoot)) == kUnknown);
}

TEST_CASE("KB316622.system-mailbox-missing: absence needs observation") {
  CHECK(verdict(record("CN=Dora Evans,CN=Users," + kRoot, "top user")) == kUnknown);
  CHECK(verdict(container(kRoot) + "# search result\nsearch: 2\nresult: 4 Size limit exceeded\n") ==
        kUnknown);
  // Another system mailbox shows that the container was read.
  CHECK(verdict(mailbox(kRoot, "{0e2f8576-678b-429f-883b-343e22545246}")) == kStore + " fail");
  // The domain may stand in another view.
  CHECK(verdicts_of(audit_files({{"directory/dc1/a.ldf", small_site()},
                                 {"directory/gc1/b.ldf", container(kRoot) + mailbox(kRoot)}}),
                    kRule) == kStore + " pass");
}
