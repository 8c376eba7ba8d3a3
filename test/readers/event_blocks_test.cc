#include <doctest/doctest.h>

#include "readers/event_text.h"
#include "readers/readers.h"
#include "readers/spelling.h"

namespace {

using exaudit::facts::EventLog;
using exaudit::facts::EventType;
using exaudit::facts::Input;

struct Read {
  EventLog log;
  Input input;
};

Read read(std::string_view text) {
  Read out;
  out.log = exaudit::readers::read_event_blocks(text, 2, out.input);
  return out;
}

// The shape of an article: the first event stands behind other words, placeholders for date and time, prose
// behind.
constexpr std::string_view kArticle =
    "After a restart these may be logged in the application log: Event Type: Error\n"
    "Event Source: MSExchangeTransport\n"
    "Event Category: Exchange Store Driver\n"
    "Event ID: 326\n"
    "Date: date\n"
    "Time: time\n"
    "User: N/A\n"
    "Computer: MAIL1\n"
    "Description:\n"
    "Service Account failed to logon to the store as /o=Contoso/ou=First Administrative\n"
    "Group/cn=Configuration/cn=Connections/cn=SMTP\n"
    "(MAIL1)/cn={37C1C681-D0CF-4E2E-B464-41FC38A8B11B}. Error code : 0x80040148.\n"
    "\n"
    "\n"
    "Event Type: Error\n"
    "Event Source: MSExchangeIS\n"
    "Event Category: General\n"
    "Event ID: 1194\n"
    "Description:\n"
    "Accept clients on external interface SMTP failed with error 0x80004005.\n"
    "Event Type: Warning\n"
    "Event Source: MSExchangeMTA\n"
    "Event Category: Resource\n"
    "Event ID: 9406\n"
    "Description:\n"
    "There is not enough memory. [BASE MAIN\n"
    "BASE 1] (14)\n"
    "\n"
    "If you track a message, Date: and Time: show it.\n";

void check_article(const Read& r) {
  REQUIRE(r.log.events.size() == 3);
  const auto& first = r.log.events[0];
  CHECK(first.source == "MSExchangeTransport");
  CHECK(first.id == 326);
  CHECK(first.type == EventType::error);
  CHECK(first.category == "Exchange Store Driver");
  CHECK(first.computer == "MAIL1");
  CHECK_FALSE(first.time);
  CHECK(first.description.ends_with("{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}. Error code : 0x80040148."));
  CHECK(r.log.events[1].id == 1194);
  CHECK(r.log.events[1].computer.empty());
  CHECK(r.log.events[1].description ==
        "Accept clients on external interface SMTP failed with error 0x80004005.");
  CHECK(r.log.events[2].id == 9406);
  CHECK(r.log.events[2].type == EventType::warning);
  CHECK(r.log.pasted);
  CHECK_FALSE(r.log.newest);
  CHECK(r.input.complete);
}

}  // namespace

TEST_CASE("event blocks: the events of an article, in every spelling") {
  for (const auto& file : exaudit::test::spellings(kArticle)) {
    CAPTURE(file.name);
    const Read r = read(file.bytes);
    check_article(r);
    CHECK(r.log.events[0].location.line == 1);
    CHECK(r.log.events[1].location.line == 15);
    CHECK(r.log.events[2].description == "There is not enough memory. [BASE MAIN\nBASE 1] (14)");
    CHECK(r.input.problems.size() == 1);  // no readable dates, said once
  }
}

TEST_CASE("event blocks: run together on one line, or quoted in a mail") {
  std::string one_line(kArticle.substr(0, kArticle.find("\n\nIf")));
  for (std::size_t at = 0; (at = one_line.find('\n', at)) != std::string::npos;) one_line[at] = ' ';
  check_article(read(one_line));

  std::string quoted = "> ";
  for (const char c : kArticle) quoted += c == '\n' ? std::string("\n> ") : std::string(1, c);
  check_article(read(quoted));
}

TEST_CASE("event blocks: copied from Event Viewer, with date, data and a closing sentence") {
  const Read r = read(
      "Event Type:\tError\nEvent Source:\tService Control Manager\nEvent Category:\tNone\nEvent "
      "ID:\t7000\nDate:\t\t1/31/2004\n"
      "Time:\t\t10:11:12 PM\nUser:\t\tN/A\nComputer:\tMAIL1\nDescription:\nThe POP3 service failed to start "
      "due to the following error: \n"
      "%%1083 \n\nFor more information, see Help.\nData:\n0000: 01 00 00 00   ....\n");
  REQUIRE(r.log.events.size() == 1);
  CHECK(r.log.events[0].source == "Service Control Manager");
  CHECK(r.log.events[0].description ==
        "The POP3 service failed to start due to the following error: \n%%1083");
  CHECK(r.log.events[0].time == 1075507200 + 22 * 3600 + 11 * 60 + 12);
  CHECK(r.log.newest == r.log.events[0].time);
  CHECK(r.input.problems.empty());
}

TEST_CASE("event blocks: double-spaced mail keeps the whole description") {
  const Read r = read(
      "Event Type: Error\n\nEvent Source: MSExchangeMTA\n\nEvent ID: 9405\n\nDescription:\n\nError: "
      "Init\n\nRouting API returned error -2147219168.\n\n\nMore.\n");
  REQUIRE(r.log.events.size() == 1);
  CHECK(r.log.events[0].description == "Error: Init\nRouting API returned error -2147219168.");
}

TEST_CASE("event blocks: without Description, Date or Computer") {
  const Read r = read(
      "Event Source: MSExchangeIS\nEvent ID: 1194 (0x4aa)\nEvent Type: Error\nSomething failed.\n\n"
      "Event ID: 326\nEvent Source: MSExchangeTransport\n\nProse that follows the event.\n");
  REQUIRE(r.log.events.size() == 2);
  CHECK(r.log.events[0].id == 1194);
  CHECK(r.log.events[0].type == EventType::error);
  CHECK(r.log.events[0].description == "Something failed.");
  CHECK(r.log.events[1].id == 326);
  CHECK(r.log.events[1].description.empty());
}

TEST_CASE("event blocks: labels in other languages") {
  const Read r = read(
      "Ereignistyp: Fehler\nEreignisquelle: MSExchangeTransport\nEreigniskategorie: "
      "Exchange-Informationsspeichertreiber\nEreigniskennung: 326\n"
      "Datum: 31.01.2004\nZeit: 10:11:12\nBenutzer: Nicht zutreffend\nComputer: "
      "MAIL1\nBeschreibung:\nText\n\n"
      "Type de l'\xC3\xA9v\xC3\xA9nement : Erreur\nSource de l'\xC3\xA9v\xC3\xA9nement : MSExchangeIS\nID de "
      "l'\xC3\xA9v\xC3\xA9nement : 1194\n"
      "Date : 31/01/2004\nHeure : 10:11:12\nOrdinateur : MAIL2\nDescription :\nTexte\n");
  REQUIRE(r.log.events.size() == 2);
  CHECK(r.log.events[0].type == EventType::error);
  CHECK(r.log.events[0].description == "Text");
  CHECK(r.log.events[1].source == "MSExchangeIS");
  CHECK(r.log.events[1].computer == "MAIL2");
  CHECK(r.log.events[1].time == r.log.events[0].time);
  CHECK(r.log.events[0].time);
}

TEST_CASE("event blocks: an event without a number is reported, prose is not") {
  const Read r = read(
      "Event Type: Error\nEvent Source: MSExchangeIS\nEvent ID: id\nDescription: x\n\nEvent ID: 5 is "
      "harmless.\n");
  CHECK(r.log.events.empty());
  CHECK(r.input.lost_records);
  CHECK(r.input.problems.at(0).line == 1);
  CHECK_FALSE(exaudit::readers::looks_like_event_blocks("The Event Type: field. Event ID: 5 is harmless.\n"));
  CHECK(exaudit::readers::looks_like_event_blocks(kArticle));
  CHECK_FALSE(exaudit::readers::looks_like_event_blocks(""));
}

TEST_CASE("event blocks: a description has a limit") {
  const Read r =
      read("Event Type: Error Event Source: A Event ID: 5 Description: " + std::string(1'000'000, 'x') +
           "\nEvent Type: Error Event Source: B Event ID: 6\n");
  REQUIRE(r.log.events.size() == 2);
  CHECK(r.log.events[0].description.size() <= exaudit::readers::kMaxEventDescriptionBytes);
  CHECK_FALSE(r.input.complete);
  CHECK(r.log.events[1].source == "B");
}

TEST_CASE("event blocks: the prose behind an event of the MTA is not its description") {
  const Read r = read(
      "Event Type: Error\nEvent Source: MSExchangeMTA\nEvent ID: 137\nDescription:\nA fatal directory error "
      "occurred. [MTA MAIN BASE 1 12] (16)\nThese may be logged, too: Event Type: Error\nEvent Source: "
      "MSExchangeTransport\nEvent ID: 324\nDescription:\nInstance 1 failed to initialize. Error code : "
      "0x80040148.\nResolution\nThe section of an article that follows.\n");
  REQUIRE(r.log.events.size() == 2);
  CHECK(r.log.events[0].description == "A fatal directory error occurred. [MTA MAIN BASE 1 12] (16)");
  CHECK(r.log.events[1].description == "Instance 1 failed to initialize. Error code : 0x80040148.");
}

TEST_CASE("event blocks: blanks of web pages") {
  const Read r = read(
      "\xEF\xBB\xBF\xC2\xA0"
      "Event Type:\xC2\xA0"
      "Error\nEvent Source:\xC2\xA0"
      "MSExchangeMTA\nEvent "
      "ID:\xC2\xA0"
      "9405\nComputer:\xC2\xA0"
      "MAIL1\nDescription:\xC2\xA0"
      "Init Routing\xC2\xA0"
      "API\n");
  REQUIRE(r.log.events.size() == 1);
  CHECK(r.log.events[0].source == "MSExchangeMTA");
  CHECK(r.log.events[0].id == 9405);
  CHECK(r.log.events[0].computer == "MAIL1");
  CHECK(r.log.events[0].description == "Init Routing API");
}

TEST_CASE("event blocks: labels in Japanese, and those of later versions of Windows") {
  const Read r = read(
      "イベントの種類:\tエラー\nイベント ソース:\tMSExchangeMTA\nイベント カテゴリ:\tリソース\nイベント "
      "ID:\t9405\n"
      "日付:\t\t2004/01/31\n時刻:\t\t10:11:12\nユーザー:\t\tN/A\nコンピュータ:\tMAIL1\n説明:\n本文\n\n"
      "Protokollname: Application\nQuelle:        MSExchangeIS\nDatum:         31.01.2004 10:11:12\n"
      "Ereignis-ID:   1194\nAufgabenkategorie:Allgemein\nEbene:         Fehler\nBenutzer:      Nicht "
      "zutreffend\nComputer:      MAIL2\nBeschreibung:\nText\n");
  REQUIRE(r.log.events.size() == 2);
  CHECK(r.log.events[0].source == "MSExchangeMTA");
  CHECK(r.log.events[0].type == EventType::error);
  CHECK(r.log.events[0].computer == "MAIL1");
  CHECK(r.log.events[0].description == "本文");
  CHECK(r.log.events[1].source == "MSExchangeIS");
  CHECK(r.log.events[1].id == 1194);
  CHECK(r.log.events[1].category == "Allgemein");
  CHECK(r.log.events[1].type == EventType::error);
  CHECK(r.log.events[1].description == "Text");
  CHECK(r.log.events[1].time == r.log.events[0].time);
  // The short labels occur everywhere: they begin no event unless a known source follows.
  CHECK_FALSE(exaudit::readers::looks_like_event_blocks("Source: the article\nLevel: 3\nKeywords: event\n"));
}
