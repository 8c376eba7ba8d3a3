#include "facts/event_match.h"

#include <doctest/doctest.h>

using exaudit::facts::Event;
using exaudit::facts::service_start_failure;
using exaudit::facts::store_logon_failure;

namespace {

Event event(std::string source, std::uint32_t id, std::string description,
            std::vector<std::string> strings = {}) {
  Event out;
  out.source = std::move(source);
  out.id = id;
  out.description = std::move(description);
  out.strings = std::move(strings);
  return out;
}

constexpr const char* kName =
    "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Connections/cn=SMTP "
    "(MAIL1)/cn={37C1C681-D0CF-4E2E-B464-41FC38A8B11B}";

}  // namespace

TEST_CASE("event match: store logon failure, plain and wrapped anywhere") {
  for (const char* name :
       {kName,
        "/o=Contoso/ou=First "
        "Administrative\nGroup/cn=Configuration/cn=Connections/cn=SMTP\n(MAIL1)/cn={37C1C681-D0CF-"
        "4E2E-B464-41FC38A8B11B}",
        "/o=Contoso/ou=First Administrative Group/\n  cn=Configuration/cn=Connections/cn=SMTP ( "
        "MAIL1)/cn={37C1C681-D0CF-\n"
        "4E2E-B464-41FC38A8B11B }"}) {
    CAPTURE(name);
    const auto found =
        store_logon_failure(event("MSExchangeTransport", 326,
                                  std::string("Service Account failed to logon to the store as ") + name +
                                      ". Error code : 0x80040148."));
    REQUIRE(found);
    CHECK(found->legacy_dn == kName);
    CHECK(found->server == "MAIL1");
    REQUIRE(found->store);
    CHECK(found->store->text() == "{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}");
    CHECK(found->error == 0x80040148);
  }
}

TEST_CASE("event match: store logon failure from insertion strings, or without a GUID") {
  const auto binary =
      store_logon_failure(event("msexchangetransport", 326, "", {"Service Account", kName, "0x80040158"}));
  REQUIRE(binary);
  CHECK(binary->legacy_dn == kName);
  CHECK(binary->error == 0x80040158);

  const auto other = store_logon_failure(
      event("MSExchangeTransport", 326,
            "X failed as /o=Contoso/ou=First/cn=Recipients/cn=a. Error code : 0x80040148."));
  REQUIRE(other);
  CHECK(other->legacy_dn == "/o=Contoso/ou=First/cn=Recipients/cn=a");
  CHECK(other->server.empty());
  CHECK_FALSE(other->store);

  const auto dotted = store_logon_failure(event(
      "MSExchangeTransport", 326,
      "as /o=Contoso Ltd. Mail/cn=SMTP (MAIL1)/cn={37C1C681-D0CF-4E2E-B464-41FC38A8B11B}. Code: 0x80040148"));
  REQUIRE(dotted);
  CHECK(dotted->store);
}

TEST_CASE("event match: what is no store logon failure") {
  CHECK_FALSE(store_logon_failure(event("MSExchangeIS", 326, std::string(kName) + " 0x80040148")));
  CHECK_FALSE(store_logon_failure(event("MSExchangeTransport", 327, std::string(kName) + " 0x80040148")));
  CHECK_FALSE(store_logon_failure(event("MSExchangeTransport", 326, "no name 0x80040148")));
  CHECK_FALSE(store_logon_failure(event("MSExchangeTransport", 326, std::string(kName) + " no code")));
}

TEST_CASE("event match: service start failure") {
  const auto start = [](std::string text, std::vector<std::string> strings = {}) {
    return service_start_failure(event("Service Control Manager", 7000, std::move(text), std::move(strings)));
  };
  const auto english = start(
      "The Microsoft Exchange POP3 service failed to start due to the following error:\nThe executable "
      "program that this service is "
      "configured to run in does\nnot implement the service. ");
  REQUIRE(english);
  CHECK(english->service == "Microsoft Exchange POP3");
  CHECK(english->error == 1083);

  const auto german = start(
      "Der Dienst \"Microsoft Exchange POP3\" wurde aufgrund folgenden Fehlers nicht gestartet: \n%%1083");
  REQUIRE(german);
  CHECK(german->service == "Microsoft Exchange POP3");
  CHECK(german->error == 1083);

  const auto binary = start("", {"Network News Transfer Protocol (NNTP)", "%%1069"});
  REQUIRE(binary);
  CHECK(binary->service == "Network News Transfer Protocol (NNTP)");
  CHECK(binary->error == 1069);

  CHECK(start("Fehler 1083")->error == 1083);
  CHECK_FALSE(
      start("The X service failed to start due to the following error: The system cannot find the file "
            "specified. 10830"));
  CHECK_FALSE(service_start_failure(event("Service Control Manager", 7001, "%%1083")));
  CHECK_FALSE(service_start_failure(event("MSExchangeIS", 7000, "%%1083")));
}
