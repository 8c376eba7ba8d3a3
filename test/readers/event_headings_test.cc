// Events below a heading, as KB 279415 and KB 285350 print them, and prose that looks like one.
#include "readers/event_headings.h"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "readers/readers.h"
#include "readers/spelling.h"

using exaudit::readers::event_heading;

namespace {

using exaudit::facts::EventLog;
using exaudit::facts::EventType;
using exaudit::facts::Input;
using exaudit::facts::InputKind;

struct Read {
  EventLog log;
  Input input;
};

Read read(std::string_view text) {
  Read out;
  out.log = exaudit::readers::read_event_blocks(text, 2, out.input);
  return out;
}

// "MSExchangeMTA 9321; MSExchangeMTA 9266"
std::string events_in(std::string_view text) {
  std::string out;
  for (const auto& event : read(text).log.events)
    out += fmt::format("{}{} {}", out.empty() ? "" : "; ", event.source, event.id);
  return out;
}

// "MSExchangeMTA 9321" and what is left of the line.
std::string heading(std::string_view line) {
  const auto found = event_heading(line);
  return found ? fmt::format("{} {} | {}", found->source, found->id, line.substr(found->length)) : "";
}

const std::string kListen =
    "An RPC communications error occurred. An attempt to listen over RPC has failed. NT Error: 11004. "
    "[ BASE IL MAIN BASE 1 504] (14)";
const std::string kFatal =
    "A fatal system error occurred while initializing the MTA. [4 BASE IL MAIN BASE 1 173] (16)";
const std::string kName =
    "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Connections/cn=SMTP "
    "(MAIL1)/cn={37C1C681-D0CF-4E2E-B464-41FC38A8B11B}";
const std::string kLogon =
    "Service Account failed to logon to the store as " + kName + ". Error code : 0x80040148.";

const std::string kWithSource =
    "The MTA may not start, and Windows shows error 2140. The log has these:\n"
    "MSEXCHANGEMTA 9321\n" +
    kListen + "\n\nMSEXCHANGEMTA 9266\n" + kFatal +
    "\n\nRESOLUTION\n\nMake sure that MSExchangeMTA 9321 does not come back.\n";
const std::string kWithoutSource =
    "The MTA logs these numbers:\n\n9321\n" + kListen + "\n\n9266\n" + kFatal + "\n\nCAUSE\n\nSee 279415.\n";

}  // namespace

TEST_CASE("event headings: a source and a number, or a known number alone") {
  CHECK(heading("MSEXCHANGEMTA 9321") == "MSExchangeMTA 9321 | ");
  CHECK(heading("9321") == " 9321 | ");
  CHECK(heading("9321:") == " 9321 | ");
  CHECK(heading("9321 An RPC") == " 9321 | An RPC");
  CHECK(heading("MSExchangeMTA: 9321 - An RPC") == "MSExchangeMTA 9321 | An RPC");
  CHECK(heading("MSExchangeMTA \xE2\x80\x93 9321") == "MSExchangeMTA 9321 | ");
  CHECK(heading("MSExchangeMTA\xC2\xA0"
                "9321") == "MSExchangeMTA 9321 | ");
  CHECK(heading("MSExchangeMTA\t9321\tx") == "MSExchangeMTA 9321 | x");
  CHECK(heading("\xE2\x80\xA2 Event ID 326 (MSExchangeTransport): x") == "MSExchangeTransport 326 | x");
  CHECK(heading("Event 326 from source MSExchangeTransport") == "MSExchangeTransport 326 | ");
  CHECK(heading("- Service Control Manager, event 7000") == "Service Control Manager 7000 | ");
  CHECK(heading("MSExchangeMTA 9411") ==
        "MSExchangeMTA 9411 | ");  // not one that a rule reads, but a heading
}

TEST_CASE("event headings: other lines") {
  for (const char* line :
       {"", "MSExchangeMTA", "MSExchangeMTA 9321x", "MSExchangeMTAs 9321", "Event", "279415", "9322.5",
        "9321-9406", "116th", "326%", "65536", "123456", "1,5", "840469 says 326", "MSExchangeFoo 326",
        "XCON: MSEXCHANGEMTA 9321 Error", "Look for MSExchangeMTA 9321", "\"MSExchangeMTA 9321", "| 326 |"}) {
    CAPTURE(line);
    CHECK(heading(line) == "");
  }
}

TEST_CASE("event headings: both forms, in every spelling") {
  for (const std::string& text : {kWithSource, kWithoutSource}) {
    for (const auto& file : exaudit::test::spellings(text)) {
      CAPTURE(file.name);
      CHECK(exaudit::readers::recognise(file.bytes) == InputKind::event_blocks);
      const Read r = read(file.bytes);
      REQUIRE(r.log.events.size() == 2);
      CHECK(r.log.events[0].source == "MSExchangeMTA");
      CHECK(r.log.events[0].id == 9321);
      CHECK(r.log.events[0].type == EventType::unknown);
      CHECK(r.log.events[0].description == kListen);
      CHECK_FALSE(r.log.events[0].time);
      CHECK(r.log.events[1].id == 9266);
      CHECK(r.log.events[1].description == kFatal);
      CHECK(r.log.pasted);
      CHECK(r.input.complete);
    }
    CHECK(read(text).log.events[0].location.line == (text == kWithSource ? 2 : 3));
  }
}

TEST_CASE("event headings: quoted, wrapped, spaced, indented, in one line, without blank lines") {
  const std::string both = "MSExchangeMTA 9321; MSExchangeMTA 9266";
  CHECK(events_in("> MSEXCHANGEMTA 9321\n> An RPC error. NT\n> Error: 11004. [ BASE IL\n> MAIN BASE 1 504] "
                  "(14)\n>\n> MSEXCHANGEMTA 9266\n> " +
                  kFatal) == both);
  CHECK(events_in(">> 9321\n>> " + kListen + "\n>> 9266\n>> " + kFatal + "\n") == both);
  CHECK(events_in("MSEXCHANGEMTA 9321\n\n" + kListen + "\n\nMSEXCHANGEMTA 9266\n\n" + kFatal + "\n\n") ==
        both);
  CHECK(events_in("\tMSEXCHANGEMTA 9321\n\t" + kListen + "\n\tMSEXCHANGEMTA 9266\n\t" + kFatal) == both);
  CHECK(events_in("9321 " + kListen + "\n9266: " + kFatal + "\n") == both);
  CHECK(events_in("* MSExchangeTransport 326: " + kLogon) == "MSExchangeTransport 326");
  CHECK(events_in("Event ID: 326\n" + kLogon) == "MSExchangeTransport 326");
  CHECK(events_in("Event ID: 326\nDescription: " + kLogon) == "MSExchangeTransport 326");
}

TEST_CASE("event headings: after labelled events and before them") {
  const std::string labelled =
      "Event Type: Error\nEvent Source: MSExchangeMTA\nEvent ID: 9405\nDescription:\nError: Init Routing API "
      "returned error -2147219168. [BASE MAIN BASE 1] (16)\n";
  CHECK(events_in(labelled + kWithoutSource) == "MSExchangeMTA 9405; MSExchangeMTA 9321; MSExchangeMTA 9266");
  CHECK(events_in(kWithSource + labelled) == "MSExchangeMTA 9321; MSExchangeMTA 9266; MSExchangeMTA 9405");
  // A number that begins a wrapped line is no heading.
  const Read r = read(
      "Event Type: Error\nEvent Source: MSExchangeMTA\nEvent ID: 9405\nDescription:\nMore than\n"
      "137 errors. [BASE MAIN BASE 1] (16)\n");
  REQUIRE(r.log.events.size() == 1);
  CHECK(r.log.events[0].description == "More than\n137 errors. [BASE MAIN BASE 1] (16)");
}

TEST_CASE("event headings: prose that mentions an event is none") {
  for (const std::string& text : {
           std::string("Event 326 with 0x80040148 has two articles, KB 840469 and KB 828938.\n"),
           std::string("MSExchangeMTA 9321 is logged when RPC fails (NT Error 11004).\n"),
           std::string("9321\nis what they saw, with 11004.\n"),
           std::string("326\n324\n9321\n9406\n"),
           std::string("MSExchangeIS 1194\n\nFor the interface SMTP with error 0x80004005: three causes.\n"),
           std::string("MSExchangeTransport 326\nThe transport could not log on (0x80040148).\n"),
           "326 is not the number of this: " + kName + "\n",
           "1. Look for event 9405\n2. " + kListen + "\n",
           "327\n" + kLogon + "\n",  // the text is that of another event
           "The tool says:\n    found:     MSExchangeMTA 9321: " + kListen + "\n",
           std::string("- [x] [1] (14)\n9321\n"),
       }) {
    CAPTURE(text);
    CHECK(events_in(text) == "");
    CHECK(exaudit::readers::recognise(text) == InputKind::unknown);
  }
}

TEST_CASE("event headings: the message of the Services console") {
  const std::string error =
      "Error 1083: The executable program that this service is configured to run in does not implement the "
      "service.";
  const Read box = read(
      "---------------------------\nServices\n---------------------------\nCould not start the "
      "Microsoft Exchange Routing Engine service on Local Computer.\n\n" +
      error + "\n---------------------------\nOK\n");
  REQUIRE(box.log.events.size() == 1);
  CHECK(box.log.events[0].source == "Services console");
  CHECK(box.log.events[0].id == 0);
  CHECK(box.log.events[0].computer.empty());
  const Read note =
      read("\nCould not start the X service on Local Computer.\n\nError 5: Access is denied.\n\nProse.\n");
  REQUIRE(note.log.events.size() == 1);
  CHECK(note.log.events[0].description.ends_with("Error 5: Access is denied."));
  const Read remote =
      read("Could not start the Microsoft Exchange Routing\nEngine service on \\\\MAIL1. " + error);
  REQUIRE(remote.log.events.size() == 1);
  CHECK(remote.log.events[0].computer == "MAIL1");
  CHECK(events_in("Could not start the car on a cold day. Error 5 is no excuse.\n") == "");
  CHECK(events_in("Could not start the X service on Local Computer.\n\n\n" + error) == "");
}
