#include "facts/discovered_servers.h"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace {

using exaudit::facts::discovered_servers;
using exaudit::facts::Event;
using exaudit::facts::global_catalogs_in_use;

Event topology(std::string description, std::vector<std::string> strings = {}) {
  Event out;
  out.source = "MSExchangeDSAccess";
  out.id = 2080;
  out.description = std::move(description);
  out.strings = std::move(strings);
  return out;
}

const std::string kColumns =
    "Process MAD.EXE (PID=1808). DSAccess has discovered the following servers with the following "
    "characteristics:\n(Server name | Roles | Reachability | Synchronized | GC capable | PDC | SACL right | "
    "Critical "
    "Data | Netlogon | OS Version)\n";
const std::string kRows =
    "In-site:\ndc1.contoso.test\tCDG 7 7 1 0 1 1 7 1\nDC2.contoso.test\tCD- 6 6 0 1 1 1 6 1\n"
    "Out-of-site:\ndc3.contoso.test\tCDG 7 7 1 0 1 1 7 1\n\nFor more information, see the help.";

// "dc1.contoso.test G7, DC2.contoso.test -6 | dc3.contoso.test G7", the other sites behind the bar.
std::string told(const Event& event) {
  const auto servers = discovered_servers(event);
  if (!servers) return "nothing";
  std::string out;
  bool in_site = true;
  for (const auto& server : *servers) {
    if (in_site != server.in_site) out += " |";
    in_site = server.in_site;
    out += fmt::format("{}{} {}{}", out.empty() ? "" : " ", server.host, server.global_catalog ? 'G' : '-',
                       server.reachability);
  }
  return out;
}

std::string used(const Event& event) {
  const auto servers = discovered_servers(event);
  return servers ? fmt::format("{}", fmt::join(global_catalogs_in_use(*servers), " "))
                 : std::string("nothing");
}

constexpr const char* kAll = "dc1.contoso.test G7 DC2.contoso.test -6 | dc3.contoso.test G7";

}  // namespace

TEST_CASE("discovered servers: the table of event 2080, as text and as insertion strings") {
  CHECK(told(topology(kColumns + kRows)) == kAll);
  CHECK(told(topology("", {"MAD.EXE", "1808", kColumns + kRows})) == kAll);
  // Where the headings are part of the message, the strings hold the rows.
  CHECK(told(topology("", {"MAD.EXE", "1808",
                           "dc1.contoso.test CDG 7 7 1 0 1 1 7 1\r\nDC2.contoso.test CD- 6 6 0 1 1 1 6 1\r\n",
                           "dc3.contoso.test CDG 7 7 1 0 1 1 7 1\r\n"})) == kAll);
  CHECK(told(topology("", {"MAD.EXE", "1808", "", "dc3.contoso.test CDG 7 7 1 0 1 1 7 1"})) ==
        " | dc3.contoso.test G7");
}

TEST_CASE("discovered servers: other languages, lost line ends, a copy without the names of the columns") {
  CHECK(told(topology(
            "Prozess MAD.EXE. Folgende Server wurden gefunden:\n(Servername | Rollen | ...)\nVor Ort:\n"
            "dc1.contoso.test CDG 7 7 1 0 1 1 7 1 DC2.contoso.test CD- 6 6 0 1 1 1 6 1 Andere Standorte :\n"
            "dc3.contoso.test CDG 7 7 1 0 1 1 7 1")) == kAll);
  CHECK(told(topology("In-site: dc1.contoso.test CDG 7 7 1 Out-of-site: dc3.contoso.test CDG 7 7 1")) ==
        "dc1.contoso.test G7 | dc3.contoso.test G7");
  CHECK(told(topology(kColumns + "In-site:\nOut-of-site:\ndc3.contoso.test CDG 7 7 1 0 1 1 7 1")) ==
        " | dc3.contoso.test G7");
}

TEST_CASE("discovered servers: what is none") {
  CHECK(told(topology(kColumns + "In-site:\nOut-of-site:\n")) == "nothing");
  CHECK(told(topology("dc1 CDG")) == "nothing");
  CHECK(told(topology("dc1!x CDG 7 7 1 0")) == "nothing");
  CHECK(told(topology("dc1 CDX 7 7 1 0")) == "nothing");
  CHECK(told(topology("dc1 CDG seven 7 1 0")) == "nothing");
  Event other = topology(kColumns + kRows);
  other.id = 2081;
  CHECK(told(other) == "nothing");
  other.id = 2080;
  other.source = "MSExchange ADAccess";  // of later versions, with other columns
  CHECK(told(other) == "nothing");
}

TEST_CASE(
    "discovered servers: the global catalogs in use are those of the site that can be reached, else the "
    "others") {
  CHECK(used(topology(kColumns + kRows)) == "dc1.contoso.test");
  const std::string two =
      "In-site:\na.test CDG 7 7 1 0 1 1 7 1\nb.test CDG 1 7 1 0 1 1 7 1\nA.TEST CDG 7 7 1 0 1 1 7 1\n";
  CHECK(used(topology(kColumns + two)) == "a.test b.test");
  const std::string down = "In-site:\na.test CDG 6 7 1 0 1 1 7 1\nOut-of-site:\nb.test CDG 7 7 1 0 1 1 7 1\n";
  CHECK(used(topology(kColumns + down)) == "b.test");
  CHECK(used(topology(kColumns + "In-site:\na.test CD- 7 7 0 0 1 1 7 1\n")) == "");
}
