// KB 828938: the SMTP mailbox in the store's own list.
#include <string>

#include <doctest/doctest.h>

#include "rules/audit_fixture.h"

using exaudit::test::audit_files;
using exaudit::test::edited;
using exaudit::test::findings_of;
using exaudit::test::kGateway;
using exaudit::test::kGuid;
using exaudit::test::kStore;
using exaudit::test::kStoreDn;
using exaudit::test::record;
using exaudit::test::small_site;
using exaudit::test::verdicts_of;

namespace {

const std::string kMissing = "KB828938.mailbox-missing";
const std::string kDisconnected = "KB828938.mailbox-disconnected";

std::string row(const std::string& name, const std::string& absent = "", const std::string& store = kStore) {
  return "MAIL1," + absent + "," + name + ",MAIL1,First Storage Group," + store + "\n";
}

auto audited(const std::string& rows, const std::string& ldif = small_site()) {
  return audit_files(
      {{"directory/a.ldf", ldif},
       {"servers/MAIL1/mailboxes.csv",
        "Node,DateDiscoveredAbsentInDS,MailboxDisplayName,ServerName,StorageGroupName,StoreName\n" + rows}});
}

}  // namespace

TEST_CASE("KB828938.mailbox-disconnected: connected, disconnected, both") {
  const std::string gone = "20060312220114.000000+060";
  CHECK(findings_of(audited(row("Dora Evans") + row(kGateway))) == "");
  CHECK(findings_of(audited(row("Dora Evans") + row(kGateway, gone))) ==
        "high " + kDisconnected + " disconnected " + kStore);
  CHECK(findings_of(audited(row(kGateway, gone) + row(kGateway))) ==
        "low " + kDisconnected + " leftover " + kStore);
  // The form without the hyphen and other letter case are the same mailbox.
  CHECK(findings_of(audited(row(edited(kGateway, "-{", "{"), gone))) ==
        "high " + kDisconnected + " disconnected " + kStore);
  CHECK(findings_of(audited(row("smtp (mail1-{37c1c681-d0cf-4e2e-b464-41fc38a8b11b})"))) == "");
}

TEST_CASE("KB828938.mailbox-missing: only a table of that store proves it") {
  CHECK(findings_of(audited(row("Dora Evans"))) == "high " + kMissing + " missing " + kStore);
  CHECK(verdicts_of(audited(row("Dora Evans"), small_site()), kDisconnected) == kStore + " not-applicable");
  // Another store's mailboxes say nothing about this one.
  const std::string other =
      record(edited(kStoreDn, "Mailbox Store", "Other"), "top msExchMDB msExchPrivateMDB");
  CHECK(verdicts_of(audited(row("Dora Evans", "", "Other (MAIL1)"), small_site() + other), kMissing) ==
        kStore + " not-evaluated (mailbox-table)\nOther (MAIL1) not-evaluated (directory)");
  CHECK(verdicts_of(audited(""), kMissing) == kStore + " not-evaluated (mailbox-table)");
}

TEST_CASE("KB828938.mailbox-missing: a table without store names, exported from Exchange System Manager") {
  const auto listed = [](const std::string& ldif, const std::string& names) {
    return audit_files(
        {{"directory/a.ldf", ldif},
         {"servers/MAIL1/store.txt", "Mailbox\tLast Logged on By\tSize (KB)\tTotal Items\r\n" + names}});
  };
  const std::string user = "Dora Evans\tCONTOSO\\devans\t120\t14\r\n";
  // The only mailbox store of the machine is meant.
  CHECK(findings_of(listed(small_site(), user)) == "high " + kMissing + " missing " + kStore);
  // Of two stores either may be.
  const std::string two =
      small_site() + record(edited(kStoreDn, "Mailbox Store", "Other"), "top msExchMDB msExchPrivateMDB",
                            {"objectGUID:: doUvDotnn0KIOzQ+IlRSRg=="});
  CHECK(verdicts_of(listed(two, user), kMissing) ==
        kStore + " not-evaluated (mailbox-table)\nOther (MAIL1) not-evaluated (mailbox-table)");
  // The system mailbox tells which one.
  CHECK(verdicts_of(listed(two, user + "SystemMailbox" + kGuid + "\tx\t1\t1\r\n"), kMissing) ==
        kStore + " fail\nOther (MAIL1) not-evaluated (mailbox-table)");
}
