#include "readers/event_text.h"

#include <doctest/doctest.h>

#include "readers/event_time.h"
#include "readers/readers.h"
#include "readers/spelling.h"

namespace {

using exaudit::facts::EventLog;
using exaudit::facts::EventType;
using exaudit::facts::Input;
using exaudit::readers::looks_like_event_text;

struct Read {
  EventLog log;
  Input input;
};

Read read(std::string_view text) {
  Read out;
  out.log = exaudit::readers::read_event_text(text, 5, out.input);
  return out;
}

constexpr std::int64_t kJan5 = 1073260800;  // 2004-01-05 00:00
constexpr std::int64_t kTenEleven = 10 * 3600 + 11 * 60 + 12;

// One log as Event Viewer saves it: three events, line breaks, commas and quotes in the descriptions.
std::string event_viewer(char s, bool quoted) {
  std::string text;
  const auto row = [&](std::vector<std::string> cells, const std::string& description) {
    for (const std::string& cell : cells) text += cell + s;
    if (!quoted) {
      text += description + "\n";
      return;
    }
    text += '"';
    for (const char c : description) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    text += "\"\n";
  };
  row({"1/5/2004", "10:11:12 AM", "MSExchangeIS", "Error", "General", "1194", "N/A", "MAIL1"},
      "Accept clients on external interface SMTP failed with error 0x80004005.  \n\nFor more, see \"help\", "
      "or ask.");
  row({"1/5/2004", "10:11:12 PM", "Service Control Manager", "Warning", "None", "7000", "N/A", "MAIL1"},
      "Plain, with a comma");
  row({"1/31/2004", "12:00:00 AM", "MSExchangeMTA", "Information", "Field Engineering", "2219", "N/A",
       "MAIL1"},
      "Last M\xC3\xBCller");
  return text;
}

}  // namespace

TEST_CASE("event text: Event Viewer's txt and csv, quoted or not, in every spelling") {
  for (const char separator : {'\t', ',', ';'}) {
    for (const bool quoted : {true, false}) {
      for (const auto& file : exaudit::test::spellings(event_viewer(separator, quoted))) {
        CAPTURE(separator);
        CAPTURE(quoted);
        CAPTURE(file.name);
        const Read r = read(file.bytes);
        REQUIRE(r.log.events.size() == 3);
        const auto& first = r.log.events[0];
        CHECK(first.source == "MSExchangeIS");
        CHECK(first.id == 1194);
        CHECK(first.type == EventType::error);
        CHECK(first.category == "General");
        CHECK(first.computer == "MAIL1");
        CHECK(first.time == kJan5 + kTenEleven);
        CHECK(first.description ==
              "Accept clients on external interface SMTP failed with error 0x80004005.  \n\nFor more, see "
              "\"help\", or ask.");
        CHECK(first.location.line == 1);
        CHECK(r.log.events[1].time == kJan5 + kTenEleven + 12 * 3600);
        CHECK(r.log.events[1].description == "Plain, with a comma");
        CHECK(r.log.events[1].location.line == 4);
        CHECK(r.log.events[2].description == "Last M\xC3\xBCller");
        CHECK(r.log.newest == kJan5 + 26 * 86400);
        CHECK_FALSE(r.log.pasted);
        CHECK(r.log.log_name.empty());
        CHECK(r.log.input == 5);
        CHECK(r.input.complete);
        CHECK(r.input.records == 3);
        CHECK(r.input.problems.empty());
      }
    }
  }
}

TEST_CASE("event text: with a header the order of the columns changes nothing") {
  const std::vector<std::string> header = {"Date", "Time",     "Event ID", "Source",
                                           "Type", "Computer", "Category", "Description"};
  const std::vector<std::string> row = {"1/31/2004",
                                        "10:11:12 AM",
                                        "326",
                                        "MSExchangeTransport",
                                        "Error",
                                        "MAIL1",
                                        "Exchange Store Driver",
                                        "\"one, \"\"two\"\"\nthree\""};
  for (std::size_t shift = 0; shift < header.size(); ++shift) {
    std::string text;
    for (const auto* line : {&header, &row, &row}) {
      for (std::size_t i = 0; i < line->size(); ++i)
        text += (i > 0 ? "," : "") + (*line)[(i + shift) % line->size()];
      text += "\n";
    }
    CAPTURE(text);
    CHECK(looks_like_event_text(text));
    const Read r = read(text);
    REQUIRE(r.log.events.size() == 2);
    for (const auto& event : r.log.events) {
      CHECK(event.id == 326);
      CHECK(event.source == "MSExchangeTransport");
      CHECK(event.type == EventType::error);
      CHECK(event.computer == "MAIL1");
      CHECK(event.description == "one, \"two\"\nthree");
      CHECK(event.time == kJan5 + 26 * 86400 + kTenEleven);
    }
    CHECK(r.log.events[0].location.line == 2);
    CHECK(r.log.events[1].location.line == 4);
    CHECK(r.input.complete);
  }
}

TEST_CASE("event text: csv of PowerShell") {
  const Read r = read(
      "#TYPE System.Diagnostics.EventLogEntry\n"
      "\"EventID\",\"MachineName\",\"Index\",\"Category\",\"EntryType\",\"Message\",\"Source\","
      "\"InstanceId\",\"TimeGenerated\"\n"
      "\"326\",\"mail1.contoso.com\",\"12\",\"(1)\",\"Error\",\"Service Account failed, "
      "see\n1083\",\"MSExchangeTransport\",\"3221553478\","
      "\"1/31/2004 10:11:12 AM\"\n");
  REQUIRE(r.log.events.size() == 1);
  CHECK(r.log.events[0].id == 326);
  CHECK(r.log.events[0].computer == "mail1.contoso.com");
  CHECK(r.log.events[0].description == "Service Account failed, see\n1083");
  CHECK(r.log.events[0].time == kJan5 + 26 * 86400 + kTenEleven);

  const Read named = read(
      "LogName,Id,ProviderName,TimeCreated,LevelDisplayName\nApplication,9405,MSExchangeMTA,2004-01-05T10:11:"
      "12,Error\n");
  CHECK(named.log.log_name == "Application");
  CHECK(named.log.events.at(0).time == kJan5 + kTenEleven);
}

TEST_CASE("event text: later Event Viewers do not name the column of the description") {
  const Read r = read(
      "Level,Date and Time,Source,Event ID,Task Category\n"
      "Error,1/31/2004 10:11:12 AM,MSExchangeIS,1194,(6),\"Accept clients, failed\nwith error 0x80004005.\"\n"
      "Error,1/31/2004 10:11:13 AM,MSExchangeIS,9554,(6)\n");
  REQUIRE(r.log.events.size() == 2);
  CHECK(r.log.events[0].description == "Accept clients, failed\nwith error 0x80004005.");
  CHECK(r.log.events[1].description.empty());
  CHECK(r.log.events[1].location.line == 4);
  CHECK(r.input.complete);
}

TEST_CASE("event text: the upper half of an event number is severity, not number") {
  const Read r = read("EventCode,SourceName,Type\n3221226472,MSExchangeIS,1\n");
  REQUIRE(r.log.events.size() == 1);
  CHECK(r.log.events[0].id == (3221226472U & 0xFFFFU));
  CHECK(r.log.events[0].type == EventType::error);
}

TEST_CASE("event text: a lost quote or a cut row costs one value, not the log") {
  std::string text = event_viewer(',', true);
  text.replace(text.find("ask.\""), 5, "ask.");  // the closing quote of the first description
  const Read r = read(text);
  REQUIRE(r.log.events.size() == 3);
  CHECK(r.log.events[1].id == 7000);
  CHECK_FALSE(r.input.complete);
  CHECK_FALSE(r.input.lost_records);
  CHECK(r.input.problems.at(0).line == 1);

  const Read cut = read(event_viewer('\t', false) + "2/1/2004\t10:11:12 AM\tMSExchangeIS\tError\tGeneral");
  CHECK(cut.log.events.size() == 3);
  CHECK(cut.log.events.back().description == "Last M\xC3\xBCller");
  CHECK(cut.input.lost_records);
  CHECK(cut.input.problems.at(0).line == 6);

  const Read junk = read(
      "Date,Time,Source,Event,Type,Description\nnonsense\n1/5/2004,10:11:12 AM,,5,Error,x\n1/5/2004,10:11:12 "
      "AM,A,6,Error,x\n");
  REQUIRE(junk.log.events.size() == 1);
  CHECK(junk.input.lost_records);
  REQUIRE(junk.input.problems.size() >= 2);
  CHECK(junk.input.problems[0].line == 2);
  CHECK(junk.input.problems[1].line == 3);
}

TEST_CASE("event text: day and month are decided over the whole log") {
  const auto times = [](std::string_view a, std::string_view b, std::string_view type,
                        std::string_view clock) {
    std::string text = "Date,Time,Source,Event,Type\n";
    for (const auto date : {a, b})
      text += std::string(date) + "," + std::string(clock) + ",A,1," + std::string(type) + "\n";
    return read(text);
  };
  constexpr std::int64_t kMay1 = kJan5 + (26 + 29 + 31 + 30 + 1) * 86400;  // 2004-05-01
  const std::int64_t at = kTenEleven;
  SUBCASE("a day above 12 decides, whatever the language") {
    CHECK(times("1/5/2004", "31/1/2004", "Warning", "10:11:12").log.events[0].time == kMay1 + at);
    CHECK(times("1/5/2004", "1/31/2004", "Fehler", "10:11:12").log.events[0].time == kJan5 + at);
    CHECK(times("1/5/2004", "31/1/2004", "Warning", "10:11:12").input.problems.empty());
  }
  SUBCASE("else English words and twelve hours mean the month first, and it is said") {
    const Read english = times("1/5/2004", "1/5/2004", "Warning", "10:11:12");
    CHECK(english.log.events[0].time == kJan5 + at);
    CHECK(english.input.problems.size() == 1);
    CHECK(times("1/5/2004", "1/5/2004", "?", "10:11:12 AM").log.events[0].time == kJan5 + at);
    CHECK(times("1/5/2004", "1/5/2004", "Erreur", "10:11:12").log.events[0].time == kMay1 + at);
    CHECK(times("5/5/2004", "5/5/2004", "Erreur", "10:11:12").input.problems.empty());
  }
  SUBCASE("dots and years in front are never ambiguous") {
    CHECK(times("1.5.2004", "01.05.2004", "Warning", "10:11:12").log.events[1].time == kMay1 + at);
    CHECK(times("2004-01-05", "2004/1/5", "Warning", "10:11:12").log.events[1].time == kJan5 + at);
    CHECK(times("1.5.04", "1.5.2004", "Warning", "10.11.12").log.events[0].time == kMay1 + at);
    CHECK(times("1.5.04", "1.5.2004", "Warning", "10.11.12").input.problems.empty());
  }
}

TEST_CASE("event text: unreadable dates are said once") {
  const Read r = read(
      "Date,Time,Source,Event,Type\n31/31/2004,10:11:12,A,1,Error\n5/1/"
      "2004,25:00:00,A,2,Error\n30.2.2004,10:00,A,3,Error\n");
  REQUIRE(r.log.events.size() == 3);
  for (const auto& event : r.log.events) CHECK_FALSE(event.time);
  CHECK_FALSE(r.log.newest);
  CHECK(r.input.complete);
  CHECK(r.input.problems.size() == 1);
}

TEST_CASE("event time: clocks") {
  using exaudit::readers::parse_written_time;
  const auto seconds = [](std::string_view time) {
    const auto parsed = parse_written_time("2004-01-05", time);
    return parsed ? parsed->seconds : -1;
  };
  CHECK(seconds("12:00:00 AM") == 0);
  CHECK(seconds("12:30 PM") == 45000);
  CHECK(seconds("1:00 p.m.") == 46800);
  CHECK(seconds("00:00:01.5") == 1);
  CHECK(seconds("13:00 AM") == -1);
  CHECK(seconds("1:00 odp.") == -1);  // a half of the day we cannot read
  CHECK(seconds("24:00") == -1);
  const auto wmi = parse_written_time("20040131101112.000000+060", "");
  REQUIRE(wmi);
  CHECK(wmi->c == 31);
  CHECK(wmi->seconds == kTenEleven);
}

TEST_CASE("event text: words for types, only where the language is known") {
  const auto type = [](std::string_view word) {
    return read("Event,Source,Type\n1,A," + std::string(word) + "\n").log.events.at(0).type;
  };
  CHECK(type("Fehler") == EventType::error);
  CHECK(type("WARNUNG") == EventType::warning);
  CHECK(type("Informationen") == EventType::information);
  CHECK(type("Erreur") == EventType::error);
  CHECK(type("Informaci\xC3\xB3n") == EventType::information);
  CHECK(type("Failure Audit") == EventType::audit_failure);
  CHECK(type("SuccessAudit") == EventType::audit_success);
  CHECK(type("None") == EventType::unknown);
}

TEST_CASE("event text: other tables are refused") {
  CHECK(looks_like_event_text(event_viewer(',', true)));
  CHECK(looks_like_event_text("\n\nDatum;Zeit;Quelle;Typ;Kategorie;Ereignis;Benutzer;Computer\n"));
  CHECK_FALSE(looks_like_event_text("Mailbox,Last Logon Time,Size (KB)\nA,1/5/2004 10:11 AM,5\n"));
  CHECK_FALSE(looks_like_event_text("1/5/2004,10:11:12,a,b\n"));
  CHECK_FALSE(looks_like_event_text("dn: CN=a,CN=b,CN=c,CN=d,CN=e,CN=f,CN=g,DC=contoso,DC=com\n"));
  CHECK_FALSE(looks_like_event_text(""));
}

TEST_CASE("event text: which log it is: by its name, else by a source that writes to one log only") {
  using exaudit::facts::LogKind;
  const auto kind = [](const std::string& source) {
    return read(
               "1/5/2004\t10:11:12 AM\tUserenv\tError\tNone\t1000\tN/A\tMAIL1\tx\n"
               "1/5/2004\t10:11:12 AM\t" +
               source + "\tError\tNone\t1\tN/A\tMAIL1\ty\n")
        .log.kind;
  };
  CHECK(kind("MSExchangeIS") == LogKind::application);
  CHECK(kind("Service Control Manager") == LogKind::system);
  CHECK(kind("Userenv") == LogKind::unknown);
}
