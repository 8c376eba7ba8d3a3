// exaudit asks for a password on a terminal.
#include "peer/terminal.h"

#include <doctest/doctest.h>

#include "peer/slapd.h"

using namespace exaudit::test;

namespace {

std::vector<Object> organization() {
  const std::string container = "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";
  return {{container, {{"objectClass", "container"}, {"cn", "Microsoft Exchange"}}},
          {"CN=Contoso," + container,
           {{"objectClass", "container"}, {"objectClass", "msExchOrganizationContainer"}, {"cn", "Contoso"}}},
          {"DC=contoso,DC=test", {{"objectClass", "domainDNS"}, {"dc", "contoso"}}}};
}

struct Prompted {
  explicit Prompted(const Slapd& server)
      : terminal({EXAUDIT_PROGRAM, "audit", "--color", "never", "--allow-cleartext-bind", "--ldap",
                  server.uri(), "--bind-dn", server.administrator()}) {
    CAPTURE(terminal.screen());
    REQUIRE(terminal.shows("Password for " + server.administrator() + ": "));
    CHECK_FALSE(terminal.echoes());
  }
  Terminal terminal;
};

}  // namespace

TEST_CASE("terminal: the password is asked for, not shown, and the terminal is as before") {
  if (!Slapd::present()) return;
  const auto objects = organization();
  Slapd server(naming_contexts(objects));
  server.load(objects);
  server.start();
  SUBCASE("the right one") {
    Prompted prompted(server);
    prompted.terminal.type(std::string(Slapd::kPassword) + "\n");
    CHECK(prompted.terminal.shows("Audited: organization Contoso"));
    CHECK(prompted.terminal.end() == 0);
    CHECK(prompted.terminal.screen().find(Slapd::kPassword) == std::string::npos);
    CHECK(prompted.terminal.echoes());
  }
  SUBCASE("a wrong one") {
    Prompted prompted(server);
    prompted.terminal.type("guessed\n");
    CHECK(prompted.terminal.shows("password is wrong"));
    CHECK(prompted.terminal.end() == 2);
    CHECK(prompted.terminal.screen().find("guessed") == std::string::npos);
  }
  SUBCASE("none: Ctrl-C") {
    Prompted prompted(server);
    prompted.terminal.type("half\x03");
    CHECK(prompted.terminal.end() == 130);
    CHECK(prompted.terminal.screen().find("half") == std::string::npos);
    CHECK(prompted.terminal.echoes());
  }
  SUBCASE("none: end of input") {
    Prompted prompted(server);
    prompted.terminal.type("\x04");
    CHECK(prompted.terminal.shows("the password is empty"));
    CHECK(prompted.terminal.end() == 2);
    CHECK(prompted.terminal.echoes());
  }
}
