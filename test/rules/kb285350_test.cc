// KB 285350: the files of the MTA of Exchange 5.5.
#include <string>

#include <doctest/doctest.h>

#include "rules/audit_fixture.h"
#include "tree.h"

using exaudit::test::audit_files;
using exaudit::test::check_fixtures;
using exaudit::test::findings_of;
using exaudit::test::slurp;
using exaudit::test::source_root;
using exaudit::test::verdicts_of;

namespace {

const std::string kRule = "KB285350.mta-file-version";

std::string fixture(const std::string& path) { return slurp(source_root() / "fixtures" / path); }

auto versions(const std::string& rows, const std::string& events = "") {
  const std::string setup = fixture("kb285350/bad/mta-file-version/servers/MAIL1/setup.reg");
  if (events.empty())
    return audit_files(
        {{"servers/MAIL1/setup.reg", setup}, {"servers/MAIL1/files.csv", "Name,Version\r\n" + rows}});
  return audit_files({{"servers/MAIL1/setup.reg", setup},
                      {"servers/MAIL1/files.csv", "Name,Version\r\n" + rows},
                      {"servers/MAIL1/application.txt", events}});
}

}  // namespace

TEST_CASE("KB285350: fixtures") {
  check_fixtures("kb285350", {{"KB285350.mta-file-version", "info older MAIL1 Emsmta.exe", "file-versions"}});
}

TEST_CASE("KB285350.mta-file-version: number by number, and which files") {
  const std::string older = "info " + kRule + " older MAIL1 ";
  CHECK(findings_of(versions("EMSMTA.EXE,5.5.2654.39\r\n")) == older + "Emsmta.exe");
  CHECK(findings_of(versions("Emsmta.exe,5.5.2654.50\r\n")) == older + "Emsmta.exe");
  CHECK(findings_of(versions("Emsmta.exe,5.5.2654.9\r\n")) == older + "Emsmta.exe");
  for (const std::string version : {"5.5.2654.54", "5.5.2654.89", "5.5.2655.1", "5.5.2654.100"}) {
    CAPTURE(version);
    CHECK(findings_of(versions("Emsmta.exe," + version + "\r\n")) == "");
  }
  // The article lists P2.xv2 too, but it carries no version; other files of Exchange do not count.
  CHECK(findings_of(versions("Emsmta.exe,5.5.2654.54\r\nP2.xv2,5.5.2600.1\r\nstore.exe,5.5.2600.1\r\n")) ==
        "");
}

TEST_CASE("KB285350.mta-file-version: a fault only where the MTA fails") {
  const std::string events = fixture("kb279415/bad/rpc-listen-failure/servers/MAIL1/application.txt");
  CHECK(findings_of(versions("Emsmta.exe,5.5.2654.39\r\n", events)) ==
        "high KB279415.rpc-listen-failure 11004 MAIL1\nmedium " + kRule + " older MAIL1 Emsmta.exe");
}
