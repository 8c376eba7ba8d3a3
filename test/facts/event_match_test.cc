#include "facts/event_match.h"

#include <doctest/doctest.h>

using exaudit::facts::Event;
using exaudit::facts::event_sinks_failure;
using exaudit::facts::instance_failure;
using exaudit::facts::interface_failure;
using exaudit::facts::is_untold_start_failure;
using exaudit::facts::mta_unexpected_error;
using exaudit::facts::rpc_listen_failure;
using exaudit::facts::service_end_failure;
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

TEST_CASE("event match: an internal error of a service") {
  const auto internal = [](std::uint32_t id, std::string text, std::vector<std::string> strings = {}) {
    return exaudit::facts::is_internal_service_error(
        event("Service Control Manager", id, std::move(text), std::move(strings)));
  };
  CHECK(internal(7023, "The X service terminated with the following error: %%2140"));
  CHECK(internal(7023, "", {"X", "%%2140"}));
  CHECK(internal(7000, "Fehler 2140"));
  CHECK(internal(
      7023, "The X service terminated with the following error:\nAn internal Windows NT error occurred."));
  CHECK_FALSE(internal(7023, "The X service terminated with the following error: %%1083"));
  CHECK_FALSE(internal(7023, "12140"));
  CHECK_FALSE(internal(7031, "%%2140"));
  CHECK_FALSE(exaudit::facts::is_internal_service_error(event("MSExchangeMTA", 7023, "%%2140")));
}

TEST_CASE("event match: a virtual server that did not start") {
  for (const Event& e :
       {event("MSExchangeTransport", 324, "Instance 1 failed to initialize. Error code : 0x80040148."),
        event("MSExchangeTransport", 324, "Instanz 1 konnte nicht initialisiert werden. Code: 0x80040148"),
        event("msexchangetransport", 324, "", {"1", "0x80040148"})}) {
    const auto found = instance_failure(e);
    REQUIRE(found);
    CHECK(found->instance == "1");
    CHECK(found->error == 0x80040148);
  }
  CHECK_FALSE(instance_failure(event("MSExchangeTransport", 324, "Instance 1 failed to initialize.")));
  CHECK_FALSE(instance_failure(event("MSExchangeTransport", 326, "Instance 1 0x80040148")));
}

TEST_CASE("event match: a protocol that takes no clients") {
  const auto english = interface_failure(event("MSExchangeIS", 1194,
                                               "Accept clients on external interface SMTP failed with "
                                               "error 0x80004005. "));
  REQUIRE(english);
  CHECK(english->interface_name == "SMTP");
  CHECK(english->error == 0x80004005);
  const auto german =
      interface_failure(event("MSExchangeIS", 1194, "Externe Schnittstelle MAPIRPC: Fehler 0x4b1"));
  REQUIRE(german);
  CHECK(german->interface_name == "MAPIRPC");
  CHECK(german->error == 0x4b1);
  const auto binary = interface_failure(event("MSExchangeIS", 1194, "", {"POP3", "0x80004005"}));
  REQUIRE(binary);
  CHECK(binary->interface_name == "POP3");
  CHECK(binary->error == 0x80004005);
  // Another number format, but the same number.
  CHECK(interface_failure(event("MSExchangeIS", 1194, "", {"SMTP", "-2147467259"}))->error == 0x80004005);
  CHECK(interface_failure(event("MSExchangeIS", 1194, "", {"SMTP", "80004005"}))->error == 0x80004005);
}

TEST_CASE("event match: the MTA's unexpected error") {
  for (const Event& e :
       {event(
            "MSExchangeMTA", 9405,
            "An unexpected error has occurred which may cause the MTA to terminate. Error: Init\nRouting API "
            "returned error -2147219168. [BASE MAIN\nBASE 1] (16)"),
        event("MSExchangeMTA", 9405,
              "Unerwartet: Init Routing API returned error -\n2147219168. [BASE 1] (16)"),
        event("MSExchangeMTA", 9405, "",
              {"Init Routing API returned error -2147219168", "BASE", "MAIN", "BASE", "1"})}) {
    const auto found = mta_unexpected_error(e);
    REQUIRE(found);
    CHECK(found->is_init_routing_api);
    CHECK(found->error == 0x80040920);
  }
  const auto deleted =
      mta_unexpected_error(event("MSExchangeMTA", 9405, "", {"Init Routing API returned error -1073478766"}));
  CHECK(deleted->error == 0xC0040392);
  const auto other =
      mta_unexpected_error(event("MSExchangeMTA", 9405, "Error: out of paper -5. [BASE 1] (16)"));
  REQUIRE(other);
  CHECK_FALSE(other->is_init_routing_api);
  CHECK_FALSE(other->error);
  // The numbers of the locator are no error.
  CHECK_FALSE(mta_unexpected_error(event("MSExchangeMTA", 9405, "Init Routing API [BASE 1] (16)"))->error);
}

TEST_CASE("event match: listening over RPC failed") {
  CHECK(rpc_listen_failure(
            event("MSExchangeMTA", 9321,
                  "An RPC communications error occurred. An attempt to listen over RPC has failed. NT Error: "
                  "11004. [ BASE IL MAIN BASE 1 504] (14)"))
            ->error == 11004);
  CHECK(rpc_listen_failure(event("MSEXCHANGEMTA", 9321, "NT-Fehler: 11004. [ BASE IL MAIN BASE 1 504] (14)"))
            ->error == 11004);
  CHECK(rpc_listen_failure(event("MSExchangeMTA", 9321, "", {"11004", "BASE", "IL"}))->error == 11004);
  CHECK_FALSE(rpc_listen_failure(event("MSExchangeMTA", 9321, "no number [ BASE 1 504] (14)")));
  CHECK_FALSE(rpc_listen_failure(event("MSExchangeMTA", 9266, "11004")));
}

TEST_CASE("event match: the store's event system") {
  CHECK(event_sinks_failure(event("EXOLEDB", 116,
                                  "Microsoft Exchange OLEDB was unable to initialize event system correctly. "
                                  "Support for store event may have been disabled. HRESULT = 0x8004010f."))
            ->error == 0x8004010f);
  CHECK(event_sinks_failure(event("exoledb", 116, "", {"0x8007007e"}))->error == 0x8007007e);
  CHECK(event_sinks_failure(event("EXOLEDB", 116, "", {"8004010f"}))->error == 0x8004010f);
  CHECK_FALSE(event_sinks_failure(event("RESVC", 116, "HRESULT = 0x8004010f")));
}

TEST_CASE("event match: with insertion strings, only theirs count") {
  const auto found = store_logon_failure(
      event("MSExchangeTransport", 326, "", {"0x1", "/o=Contoso/ou=First/cn=a. b", "0x80040158"}));
  REQUIRE(found);
  CHECK(found->legacy_dn == "/o=Contoso/ou=First/cn=a. b");
  CHECK(found->error == 0x80040158);
  // A record that lacks a string is still read as far as it goes.
  CHECK(store_logon_failure(event("MSExchangeTransport", 326, "", {std::string(kName) + " 0x80040148"})));
  CHECK_FALSE(store_logon_failure(event("MSExchangeTransport", 326, "", {"a", "b", "0x80040148"})));
}

TEST_CASE("event match: numbers stand for themselves in scripts without blanks") {
  CHECK(rpc_listen_failure(
            event("MSExchangeMTA", 9321, "NT エラー11004が発生しました。[ BASE IL MAIN BASE 1 504] (14)"))
            ->error == 11004);
  CHECK(mta_unexpected_error(
            event("MSExchangeMTA", 9405,
                  "エラー: Init Routing API returned error -2147219168。[BASE MAIN BASE 1] (16)"))
            ->error == 0x80040920);
  const auto japanese = interface_failure(
      event("MSExchangeIS", 1194, "外部インターフェイスSMTPがエラー0x80004005で失敗しました。"));
  REQUIRE(japanese);
  CHECK(japanese->interface_name == "SMTP");
  CHECK(japanese->error == 0x80004005);
  CHECK(
      instance_failure(event("MSExchangeTransport", 324, "インスタンス1の初期化: 0x80040148。"))->instance ==
      "1");
}

TEST_CASE("event match: the dashes that word processors make of a minus sign") {
  for (const char* minus : {"-", "–", "−", "‑", "-\n", "–\n"}) {
    CAPTURE(minus);
    CHECK(mta_unexpected_error(event("MSExchangeMTA", 9405,
                                     std::string("Init Routing API returned error ") + minus +
                                         "2147219168. [BASE MAIN BASE 1] (16)"))
              ->error == 0x80040920);
  }
  CHECK(mta_unexpected_error(event("MSExchangeMTA", 9405, "Init Routing API returned error 2147219168."))
            ->error == 2147219168);
}

TEST_CASE("event match: sentences in another order, and prose that follows") {
  const auto turned = store_logon_failure(event(
      "MSExchangeTransport", 326, std::string("Fehler 0x80040148 bei der Anmeldung als ") + kName + "."));
  REQUIRE(turned);
  CHECK(turned->error == 0x80040148);
  CHECK(turned->legacy_dn == kName);
  CHECK(interface_failure(event("MSExchangeIS", 1194,
                                "Accept clients on external interface POP3 failed with error 0x80004005.\n"
                                "SMTP works."))
            ->interface_name == "POP3");
}

TEST_CASE("event match: the message of the Services console") {
  const auto shown = [](std::string text) {
    return service_start_failure(event("Services console", 0, std::move(text)));
  };
  const auto routing = shown(
      "Could not start the Microsoft Exchange Routing Engine service on Local Computer.\nError\n1083: The "
      "executable program that this service is configured to run in does not implement this service.");
  REQUIRE(routing);
  CHECK(routing->service == "Microsoft Exchange Routing Engine");
  CHECK(routing->error == 1083);
  CHECK(shown("Could not start the X service on \\\\MAIL1. Error 2140: An internal error.")->error == 2140);
  CHECK_FALSE(shown("Could not start the X service on Local Computer."));
  CHECK_FALSE(shown("Could not start the X service. Error 1083"));
  CHECK_FALSE(shown("Could not start the X service on Local Computer. Error 99999999999"));
  CHECK_FALSE(
      service_start_failure(event("MSExchangeIS", 0, "Could not start the X service on A. Error 1083")));
}

TEST_CASE("event match: which error stopped a service, and when nobody can tell") {
  const auto ended = service_end_failure(
      event("Service Control Manager", 7023, "", {"Microsoft Exchange Message Transfer Agent", "%%2140"}));
  REQUIRE(ended);
  CHECK(ended->service == "Microsoft Exchange Message Transfer Agent");
  CHECK(ended->error == 2140);
  CHECK(service_end_failure(event("Service Control Manager", 7023, "X ended: %%2140"))->error == 2140);
  CHECK_FALSE(service_end_failure(event("Service Control Manager", 7023, "X ended.")));
  CHECK_FALSE(service_end_failure(event("Service Control Manager", 7000, "%%2140")));

  const auto start = [](std::string text, std::vector<std::string> strings = {}) {
    return event("Service Control Manager", 7000, std::move(text), std::move(strings));
  };
  CHECK(is_untold_start_failure(start("Der Dienst \"SMTP\" wurde nicht gestartet: Das Programm fehlt.")));
  CHECK_FALSE(is_untold_start_failure(start("Der Dienst \"SMTP\" wurde nicht gestartet: %%1083")));
  CHECK_FALSE(is_untold_start_failure(
      start("The X service failed to start due to the following\nerror: The system cannot find the file.")));
  CHECK_FALSE(is_untold_start_failure(start("", {"SMTP", "%%2"})));
}
