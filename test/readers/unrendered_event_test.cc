// Logs that were opened where the messages of Exchange are not installed.
#include "readers/unrendered_event.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "readers/readers.h"

using exaudit::readers::unrendered_strings;

namespace {

using exaudit::facts::Event;
using exaudit::facts::EventLog;
using exaudit::facts::Input;
using Strings = std::vector<std::string>;

Event event(std::string source, std::uint32_t id, std::string description) {
  Event out;
  out.source = std::move(source);
  out.id = id;
  out.description = std::move(description);
  return out;
}

std::string missing(const std::string& id, const std::string& source, const std::string& strings) {
  return "The description for Event ID ( " + id + " ) in Source ( " + source +
         " ) cannot be found. The local computer may not have the necessary registry information or message "
         "DLL files to display messages from a remote computer. The following information is part of the "
         "event: " +
         strings + ".";
}

const std::string kName =
    "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Connections/cn=SMTP "
    "(MAIL1)/cn={37C1C681-D0CF-4E2E-B464-41FC38A8B11B}";

}  // namespace

TEST_CASE("unrendered event: the strings behind the sentence, whatever its language") {
  CHECK(unrendered_strings(event("MSExchangeMTA", 9321,
                                 missing("9321", "MSExchangeMTA", "11004, BASE, IL, MAIN BASE, 1, 504"))) ==
        Strings{"11004", "BASE", "IL", "MAIN BASE", "1", "504"});
  CHECK(unrendered_strings(
            event("MSExchangeTransport", 326,
                  missing("326", "MSExchangeTransport", "Service Account, " + kName + ", 0x80040148"))) ==
        Strings{"Service Account", kName, "0x80040148"});
  CHECK(unrendered_strings(
            event("MSExchangeIS", 1194,
                  "Die Beschreibung der Ereigniskennung ( 1194 ) in ( MSExchangeIS ) wurde nicht "
                  "gefunden. Folgende\nInformationen sind Teil des Ereignisses: SMTP,\n"
                  "0x80004005.\n")) == Strings{"SMTP", "0x80004005"});
  CHECK(unrendered_strings(
            event("MSExchangeMTA", 9405,
                  "The description for Event ID 9405 from source MSExchangeMTA cannot be found.\n"
                  "The following information was included with the event: \n\nInit Routing API "
                  "returned error -2147219168\nBASE\nMAIN BASE\n1\n")) ==
        Strings{"Init Routing API returned error -2147219168", "BASE", "MAIN BASE", "1"});
}

TEST_CASE("unrendered event: none in a message, nor when it is not clear where they end") {
  CHECK(unrendered_strings(event("MSExchangeMTA", 9321, "NT Error: 11004. [ BASE 1 504] (14)")).empty());
  CHECK(unrendered_strings(event("MSExchangeMTA", 9404, missing("9404", "MSExchangeMTA", "1"))).empty());
  CHECK(unrendered_strings(event("MSExchangeMTA", 9321, missing("9322", "MSExchangeMTA", "1"))).empty());
  CHECK(unrendered_strings(event("MSExchangeMTA", 9321, "9321 of MSExchangeMTA without a list")).empty());
  const std::string with_comma = "/o=Contoso, Ltd." + kName.substr(10);
  const Event comma =
      event("MSExchangeTransport", 326,
            missing("326", "MSExchangeTransport", "Service Account, " + with_comma + ", 0x1"));
  CHECK(unrendered_strings(comma).empty());
}

TEST_CASE("unrendered event: in tables and in copied events, several paragraphs long") {
  Input input;
  const std::string text = missing("9321", "MSExchangeMTA", "11004, BASE, IL, MAIN BASE, 1, 504");
  const EventLog table = exaudit::readers::read_event_text(
      "3/14/2006\t10:00:00 AM\tMSExchangeMTA\tError\tNone\t9321\tN/A\tMAIL1\t" + text + " \r\n", 1, input);
  REQUIRE(table.events.size() == 1);
  CHECK(table.events[0].strings.at(0) == "11004");
  CHECK(table.events[0].description == text);

  const EventLog vista = exaudit::readers::read_event_blocks(
      "Log Name:      Application\nSource:        MSExchangeTransport\nDate:          3/14/2006 10:11:12 AM\n"
      "Event ID:      326\nTask Category: Exchange Store Driver\nLevel:         Error\nKeywords:      "
      "Classic\n"
      "User:          N/A\nComputer:      MAIL1.contoso.test\nDescription:\nThe description for Event ID 326 "
      "from source MSExchangeTransport cannot be found. It is not installed here.\n\nIf the event originated "
      "on "
      "another computer, the display information had to be saved.\n\nThe following information was included "
      "with the event: \n\nService Account\n" +
          kName + "\n0x80040158\n\nThe handle is invalid\n\nEvent Xml:\n<Event/>\n",
      1, input);
  REQUIRE(vista.events.size() == 1);
  CHECK(vista.events[0].source == "MSExchangeTransport");
  CHECK(vista.events[0].type == exaudit::facts::EventType::error);
  CHECK(vista.events[0].category == "Exchange Store Driver");
  CHECK(vista.events[0].computer == "MAIL1.contoso.test");
  CHECK(vista.events[0].time == 1142331072);
  CHECK(vista.events[0].strings == Strings{"Service Account", kName, "0x80040158"});
  CHECK(input.complete);
}
