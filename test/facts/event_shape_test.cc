#include "facts/event_shape.h"

#include <string>

#include <doctest/doctest.h>

using exaudit::facts::CataloguedEvent;
using exaudit::facts::find_catalogued_id;
using exaudit::facts::has_shape;
using exaudit::facts::locator_end;

namespace {

bool shape(std::uint32_t id, std::string_view text) {
  const CataloguedEvent* known = find_catalogued_id(id);
  REQUIRE(known != nullptr);
  return has_shape(*known, text);
}

constexpr std::string_view kName =
    "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Connections/cn=SMTP "
    "(MAIL1)/cn={37C1C681-D0CF-4E2E-B464-41FC38A8B11B}";

}  // namespace

TEST_CASE("event shape: the locator of the MTA, wherever it is wrapped") {
  for (const std::string_view text :
       {"x [BASE MAIN BASE 1] (14)", "x [ BASE IL MAIN BASE 1 504] (14)",
        "x [4 BASE IL MAIN BASE 1 173] (16)", "x [DB Server MAIN\nBASE 1 29]\n(14)", "[BASE TIMER 3](14)"}) {
    CAPTURE(text);
    CHECK(locator_end(text) == text.size());
    CHECK(locator_end(std::string(text) + " More. [BASE MAIN BASE 1] (16)") == text.size());
  }
  for (const std::string_view text : {"", "[", "[BASE MAIN BASE 1]", "[BASE MAIN BASE 1] (1234)", "[1] (14)",
                                      "[BASE MAIN] (14)", "[see 2, 3] (14)", "[BASE 1] (x)", "[BASE 1] ("}) {
    CAPTURE(text);
    CHECK(locator_end(text) == std::string_view::npos);
  }
}

TEST_CASE("event shape: what proves an event, and what only mentions one") {
  CHECK(shape(9321, "NT-Fehler: 11004. [ BASE IL MAIN BASE 1 504] (14)"));
  CHECK_FALSE(shape(9321, "An attempt to listen over RPC has failed. NT Error: 11004."));
  CHECK(shape(326, "X ist als " + std::string(kName) + " nicht angemeldet: 0x80040148"));
  CHECK_FALSE(shape(326, "failed to logon to the store with 0x80040148"));
  CHECK_FALSE(shape(326, std::string(kName)));
  CHECK_FALSE(shape(326, "/o=Contoso/ou=First/cn=Recipients/cn=a, 0x80040148"));
  CHECK(shape(324, "Instance 1 failed to\ninitialize. Error code : 0x80040148."));
  CHECK(shape(1194, "Accept clients on external interface SMTP failed with error 0x80004005."));
  CHECK_FALSE(shape(1194, "For the interface SMTP with error 0x80004005 there are three causes."));
  CHECK_FALSE(shape(1194, std::string(400, 'x') + " accept clients on external interface SMTP"));
  CHECK(shape(7000,
              "The POP3 service failed to start due to the following error: The executable program that this "
              "service is configured to run in does not implement the service."));
  CHECK_FALSE(shape(7000, "A service failed to start. With error 1083 look at Inetinfo.exe."));
}
