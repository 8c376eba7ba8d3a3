// KB822939.metabase-backup. The fixtures are checked with those of the article: kb822939_test.cc.
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "rules/audit_fixture.h"
#include "support/evt_writer.h"  // wide
#include "tree.h"

using exaudit::test::audit_files;
using exaudit::test::audit_folder;
using exaudit::test::edited;
using exaudit::test::Files;
using exaudit::test::findings_of;
using exaudit::test::only_finding;
using exaudit::test::slurp;
using exaudit::test::small_site;
using exaudit::test::source_root;
using exaudit::test::verdicts_of;

namespace {

const std::string kRule = "KB822939.metabase-backup";
const std::string kSetup =
    "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Exchange\\Setup]\r\n"
    "\"Services Version\"=dword:00000041\r\n";
// An application log of Event Viewer whose newest record is of this day.
const std::string kLog =
    "{}\t10:00:00\tMSExchangeIS\tInformation\tGeneral\t9523\tN/A\tMAIL1\tThe store was mounted.\n";

std::string list(const std::string& folder, const std::string& files) {
  int count = 0;
  for (const char c : files) count += c == '\n' ? 1 : 0;
  return fmt::format(
      " Directory of C:\\WINDOWS\\system32\\inetsrv\\{}\n\n14.03.2006  16:22    <DIR>          .\n"
      "14.03.2006  16:22    <DIR>          ..\n{}{:>16} File(s)        284,322 bytes\n",
      folder, files, count);
}
std::string file(const std::string& date, const std::string& name, const std::string& size = "284.322") {
  return fmt::format("{}  16:22    {:>14} {}\n", date, size, name);
}

std::string judged(const std::string& listing, const std::string& log_date = "30.07.2006", Files more = {}) {
  more.emplace_back("servers/MAIL1/setup.reg", kSetup);
  if (!listing.empty()) more.emplace_back("servers/MAIL1/dir.txt", listing);
  if (!log_date.empty())
    more.emplace_back("servers/MAIL1/app.txt", fmt::format(fmt::runtime(kLog), log_date));
  const auto result = audit_files(more);
  std::string out = verdicts_of(result, kRule);
  for (const auto& finding : result.findings) {
    if (finding.rule == kRule) out += " " + finding.reason;
  }
  return out;
}

const std::string kUnknown = "MAIL1 not-evaluated (metabase-backup)";

}  // namespace

TEST_CASE("KB822939.metabase-backup: no backup in a folder that was listed completely") {
  CHECK(judged(list("MetaBack", "")) == "MAIL1 fail none");
  CHECK(judged(list("MetaBack", file("29.07.2006", "only the schema.SC0"))) == "MAIL1 fail none");
  CHECK(judged(list("MetaBack", file("29.07.2006", "empty.MD0", "0"))) == "MAIL1 fail none");
  CHECK(judged(list("MetaBack", "") + list("History", "")) == "MAIL1 fail none");
  // Of these no list of MetaBack is whole.
  CHECK(judged("") == kUnknown);
  CHECK(judged(list("History", "")) == kUnknown);
  CHECK(judged(list("ASP Compiled Templates", "")) == kUnknown);
  CHECK(judged(list("MetaBack", "").substr(0, 120)) == kUnknown);
}

TEST_CASE("KB822939.metabase-backup: the youngest backup, against the newest time in the evidence") {
  CHECK(judged(list("MetaBack", file("14.03.2006", "a.MD0"))) == "MAIL1 fail old");
  CHECK(judged(list("MetaBack", file("14.03.2006", "a.MD0") + file("20.07.2006", "b.MD12"))) == "MAIL1 pass");
  CHECK(judged(list("MetaBack", file("20.07.2006", "MetaBase.xml"))) == "MAIL1 pass");
  CHECK(judged(list("MetaBack", "") +
               list("History", file("20.07.2006", "MetaBase_0000000123_0000000000.xml"))) == "MAIL1 pass");
  // 90 days before the log's 30 July are 1 May; the time zones may cost a day.
  CHECK(judged(list("MetaBack", file("30.04.2006", "a.MD0"))) == "MAIL1 pass");
  CHECK(judged(list("MetaBack", file("28.04.2006", "a.MD0"))) == "MAIL1 fail old");
  // 7 March or 3 July: the later reading counts.
  CHECK(judged(list("MetaBack", file("03/07/2006", "a.MD0"))) == "MAIL1 pass");
  // A backup newer than everything else.
  CHECK(judged(list("MetaBack", file("20.07.2007", "a.MD0"))) == "MAIL1 pass");
}

TEST_CASE("KB822939.metabase-backup: without another time there is nothing to compare with") {
  CHECK(judged(list("MetaBack", file("14.03.2006", "a.MD0")), "") ==
        "MAIL1 not-evaluated (metabase-backup events-application)");
  const std::string greeting =
      "220 mail1.contoso.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready at  Sun, 30 Jul "
      "2006 "
      "10:00:00 +0200\nehlo\n250-mail1.contoso.test Hello [127.0.0.1]\n250 OK\n";
  CHECK(judged(list("MetaBack", file("14.03.2006", "a.MD0")), "", {{"servers/MAIL1/ehlo.txt", greeting}}) ==
        "MAIL1 fail old");
  // The directory of the organization: its objects were changed in 2004.
  const std::string changed =
      edited(small_site(), "cn: Contoso\n", "cn: Contoso\nwhenChanged: 20060730100000.0Z\n");
  CHECK(judged(list("MetaBack", file("14.03.2006", "a.MD0")), "", {{"directory/a.ldf", changed}}) ==
        "MAIL1 fail old");
}

TEST_CASE("KB822939.metabase-backup: copies prove that there is one, and not how old it is") {
  const std::string metabase =
      slurp(source_root() / "fixtures/kb822939/good/no-bindings/servers/MAIL1/MetaBase.xml");
  const std::string copy = "servers/MAIL1/MetaBack/before sp2.MD0";
  CHECK(judged("", "30.07.2006", {{copy, metabase}}) == kUnknown);
  CHECK(judged(list("MetaBack", file("20.07.2006", "before sp2.MD0")), "30.07.2006", {{copy, metabase}}) ==
        "MAIL1 pass");
  CHECK(judged(list("MetaBack", file("14.03.2006", "before sp2.MD0")), "30.07.2006", {{copy, metabase}}) ==
        "MAIL1 fail old");
  // The list shows an old one, but another copy may be young.
  CHECK(judged(list("MetaBack", file("14.03.2006", "other.MD0")), "30.07.2006", {{copy, metabase}}) ==
        kUnknown);
  // MetaBack was empty when it was listed, and yet there is a copy of a backup.
  CHECK(judged(list("MetaBack", ""), "30.07.2006", {{copy, metabase}}) == kUnknown);
  // IIS 5 writes them in a format of its own, which is recognised by the names in it, or not at all.
  std::string names("\x03\0\0\0", 4);
  for (const char* name :
       {"LM", "SmtpSvc", "IIsSmtpServer", "IIsSmtpService", "W3SVC", "IIsWebService", "KeyType"})
    names += exaudit::test::wide(name) + std::string(4, '\0');
  CHECK(judged("", "30.07.2006", {{copy, names}}) == kUnknown);
  CHECK(judged("", "30.07.2006", {{copy, std::string("\x03\0\0\0binary", 10)}}) == kUnknown);
}

TEST_CASE("KB822939.metabase-backup: the finding shows the backup, its date and what it was compared with") {
  const auto result = audit_folder("fixtures/kb822939/bad/metabase-backup");
  const auto& old = only_finding(result, kRule);
  CHECK(old.message ==
        "the newest backup of the metabase of MAIL1 is of 2006-03-14, more than 90 days before the newest "
        "file of a "
        "folder listing (2006-07-30)");
  REQUIRE(old.evidence.size() == 2);
  CHECK(old.evidence[0].path == "before sp2.MD0");
  CHECK(old.evidence[0].at.line == 20);
  CHECK(old.evidence[0].expected == std::vector<std::string>{"2006-05-01 or later"});
  CHECK_FALSE(old.remedy.steps.empty());

  const auto none =
      audit_files({{"servers/MAIL1/setup.reg", kSetup}, {"servers/MAIL1/d.txt", list("MetaBack", "")}});
  CHECK(findings_of(none) == "info KB822939.metabase-backup none MAIL1");
  CHECK(only_finding(none, kRule).evidence.at(0).at.line == 1);
}

TEST_CASE("KB822939.metabase-backup: an older state of the metabase is not audited as the present one") {
  const std::string healthy =
      slurp(source_root() / "fixtures/kb822939/good/no-bindings/servers/MAIL1/MetaBase.xml");
  const std::string broken =
      slurp(source_root() / "fixtures/kb822939/bad/no-bindings/servers/MAIL1/MetaBase.xml");
  const auto audited = [&](const std::string& path, const std::string& content) {
    return findings_of(audit_files({{"servers/MAIL1/setup.reg", kSetup},
                                    {"servers/MAIL1/inetsrv/MetaBase.xml", healthy},
                                    {path, content}}));
  };
  CHECK(audited("servers/MAIL1/inetsrv/History/MetaBase_0000000122_0000000000.xml", broken) == "");
  CHECK(audited("servers/MAIL1/inetsrv/MetaBack/before sp2.MD0", broken) == "");
  CHECK(audited("servers/MAIL1/MetaBase_0000000122_0000000000.xml", broken) == "");
  CHECK(audited("servers/MAIL1/other/MetaBase.xml", broken) == "high KB822939.no-bindings none MAIL1");
}
