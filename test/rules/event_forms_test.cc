// The events of the articles in the forms and languages in which logs arrive: the findings are the same.
#include "support/event_forms.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "rules/audit_fixture.h"

using exaudit::test::audit_files;
using exaudit::test::binary_form;
using exaudit::test::findings_of;
using exaudit::test::kGuid;
using exaudit::test::LoggedEvent;
using exaudit::test::rendered_forms;

namespace {

const std::string kName =
    "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Connections/cn=SMTP (MAIL1)/cn=" + kGuid;
const std::string kInit = "Init Routing API returned error -2147219168";

// In the order of all_events(): the texts of one language.
struct Language {
  std::string name;
  std::string logon, instance, interface_text, unexpected, listen, sinks, start;
};

std::vector<LoggedEvent> all_events(const Language& l) {
  return {{"MSExchangeTransport", 326, l.logon, {"Service Account", kName, "0x80040148"}},
          {"MSExchangeTransport", 324, l.instance, {"1", "0x80040148"}},
          {"MSExchangeIS", 1194, l.interface_text, {"SMTP", "0x80004005"}},
          {"MSExchangeMTA", 9405, l.unexpected, {kInit, "BASE", "MAIN BASE", "1"}},
          {"MSExchangeMTA", 9321, l.listen, {"11004", "BASE", "IL", "MAIN BASE", "1", "504"}},
          {"EXOLEDB", 116, l.sinks, {"0x8004010f"}},
          {"Service Control Manager", 7000, l.start, {"Microsoft Exchange POP3", "%%1083"}}};
}

const Language kEnglish = {
    "English",
    "Service Account failed to logon to the store as " + kName + ". Error code : 0x80040148.",
    "Instance 1 failed to initialize. Error code : 0x80040148.",
    "Accept clients on external interface SMTP failed with error 0x80004005.",
    "An unexpected error has occurred which may cause the MTA to terminate. Error: " + kInit +
        ". [BASE MAIN BASE 1] (16)",
    "An RPC communications error occurred. An attempt to listen over RPC has failed. NT Error: "
    "11004. [ BASE IL MAIN BASE 1 504] (14)",
    "Microsoft Exchange OLEDB was unable to initialize event system correctly. HRESULT = "
    "0x8004010f.",
    "The Microsoft Exchange POP3 service failed to start due to the following error: The "
    "executable program that this service is configured to run in does not implement the "
    "service."};
const Language kGerman = {
    "German",
    "Service Account konnte sich nicht als " + kName + " anmelden. Fehlercode: 0x80040148.",
    "Instanz 1 wurde nicht initialisiert. Fehlercode: 0x80040148.",
    "Keine Clients an der externen Schnittstelle SMTP: Fehler 0x80004005.",
    "Ein unerwarteter Fehler ist aufgetreten. Fehler: " + kInit + ". [BASE MAIN BASE 1] (16)",
    "RPC-Fehler. NT-Fehler: 11004. [ BASE IL MAIN BASE 1 504] (14)",
    "Das Ereignissystem wurde nicht initialisiert. HRESULT = 0x8004010f.",
    "Der Dienst \"Microsoft Exchange POP3\" wurde nicht gestartet: %%1083"};
const Language kFrench = {
    "French",
    "Échec d’ouverture de la banque (0x80040148) pour Service Account en tant que " + kName + ".",
    "L’instance 1 n’a pas été initialisée. Code d’erreur : 0x80040148.",
    "Les clients de l’interface externe « SMTP » : erreur 0x80004005.",
    "Une erreur inattendue s’est produite. Erreur : " + kInit + ". [BASE MAIN BASE 1] (16)",
    "Erreur de communication RPC. Erreur NT : 11004. [ BASE IL MAIN BASE 1 504] (14)",
    "Système d’événements non initialisé. HRESULT = 0x8004010f.",
    "Le service « Microsoft Exchange POP3 » n’a pas démarré : %%1083"};
const Language kJapanese = {
    "Japanese",
    "Service Accountは" + kName + "としてログオンできませんでした。エラー0x80040148。",
    "インスタンス1の初期化に失敗しました。エラー コード: 0x80040148。",
    "外部インターフェイスSMTPがエラー0x80004005で失敗しました。",
    "予期しないエラーが発生しました。エラー: " + kInit + "。[BASE MAIN BASE 1] (16)",
    "RPC 通信エラーが発生しました。NT エラー11004。[ BASE IL MAIN BASE 1 504] (14)",
    "イベント システムを初期化できませんでした。HRESULT = 0x8004010f。",
    "Microsoft Exchange POP3サービスは、次のエラーのため開始できませんでした: %%1083"};
// Opened where the messages of Exchange are not installed.
Language unrendered() {
  const auto without = [](int id, const std::string& source, const std::string& strings) {
    return "The description for Event ID ( " + std::to_string(id) + " ) in Source ( " + source +
           " ) cannot be found. The following information is part of the event: " + strings + ".";
  };
  return {"unrendered",
          without(326, "MSExchangeTransport", "Service Account, " + kName + ", 0x80040148"),
          without(324, "MSExchangeTransport", "1, 0x80040148"),
          without(1194, "MSExchangeIS", "SMTP, 0x80004005"),
          without(9405, "MSExchangeMTA", kInit + ", BASE, MAIN BASE, 1"),
          without(9321, "MSExchangeMTA", "11004, BASE, IL, MAIN BASE, 1, 504"),
          without(116, "EXOLEDB", "0x8004010f"),
          without(7000, "Service Control Manager", "Microsoft Exchange POP3, %%1083")};
}

const std::string kExpected = "  high KB828938.store-logon-failure 0x80040148 " + kName +
                              " 0x80040148\n"
                              "  medium KB828938.smtp-interface-failure 0x80004005 MAIL1\n"
                              "high KB277770.service-start-failure 1083 MAIL1 POP3Svc\n"
                              "high KB279415.rpc-listen-failure 11004 MAIL1\n"
                              "high KB840469.mta-start-failure -2147219168 MAIL1\n"
                              "medium KB316622.event-sinks-failure 0x8004010f MAIL1 0x8004010f";

}  // namespace

TEST_CASE("events: the findings do not depend on the language and the form of the log") {
  for (const Language& language : {kEnglish, kGerman, kFrench, kJapanese, unrendered()}) {
    CAPTURE(language.name);
    for (const auto& [name, content] : rendered_forms(all_events(language))) {
      const std::string_view this_name = name;  // clang 14 captures no structured binding
      CAPTURE(this_name);
      CHECK(findings_of(audit_files({{"servers/MAIL1/" + name, content}})) == kExpected);
      CHECK(findings_of(audit_files({{name, content}})) == kExpected);  // the events name their computer
    }
  }
  const auto [name, content] = binary_form(all_events(kEnglish));
  CHECK(findings_of(audit_files({{"servers/MAIL1/" + name, content}})) == kExpected);
}
