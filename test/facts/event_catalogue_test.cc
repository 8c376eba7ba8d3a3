#include "facts/event_catalogue.h"

#include <set>
#include <utility>

#include <doctest/doctest.h>

using exaudit::facts::CataloguedEvent;
using exaudit::facts::event_catalogue;
using exaudit::facts::EventKind;
using exaudit::facts::find_catalogued;
using exaudit::facts::find_catalogued_id;
using exaudit::facts::is_catalogued;
using exaudit::facts::is_catalogued_id;

TEST_CASE("event catalogue: source and number together, letter case of the source aside") {
  CHECK(is_catalogued("MSExchangeMTA", 9405));
  CHECK(is_catalogued("MSEXCHANGEMTA", 9321));
  CHECK(is_catalogued("Service Control Manager", 7000));
  CHECK_FALSE(is_catalogued("MSExchangeIS", 9405));
  CHECK_FALSE(is_catalogued("MSExchangeMTA", 9404));
  CHECK_FALSE(is_catalogued("", 326));
  CHECK(is_catalogued_id(116));
  CHECK_FALSE(is_catalogued_id(117));
  REQUIRE(find_catalogued("exoledb", 116));
  CHECK(find_catalogued("exoledb", 116)->kind == EventKind::event_sinks_failure);
}

TEST_CASE("event catalogue: a number that one source has") {
  REQUIRE(find_catalogued_id(9321) != nullptr);
  CHECK(find_catalogued_id(9321)->source == "MSExchangeMTA");
  CHECK(find_catalogued_id(9404) == nullptr);
}

TEST_CASE("event catalogue: where the words stand in the messages that the articles print") {
  // Source, number, position of the subject and of the code, number of strings (0 = not printed).
  struct Row {
    std::string_view source;
    std::uint32_t id, subject, code, strings;
  };
  for (const Row& row : {Row{"MSExchangeTransport", 326, 2, 3, 3}, Row{"MSExchangeTransport", 324, 1, 2, 2},
                         Row{"MSExchangeIS", 1194, 1, 2, 2}, Row{"MSExchangeIS", 9554, 1, 2, 2},
                         Row{"MSExchangeMTA", 9405, 1, 1, 0}, Row{"MSExchangeMTA", 9321, 0, 1, 0},
                         Row{"EXOLEDB", 116, 0, 1, 1}, Row{"Service Control Manager", 7000, 1, 2, 2}}) {
    CAPTURE(row.id);
    const CataloguedEvent* known = find_catalogued(row.source, row.id);
    REQUIRE(known != nullptr);
    CHECK(known->subject == row.subject);
    CHECK(known->code == row.code);
    CHECK(known->strings == row.strings);
  }
}

TEST_CASE("event catalogue: each event once, each kind once") {
  std::set<std::pair<std::string_view, std::uint32_t>> events;
  std::set<EventKind> kinds;
  for (const CataloguedEvent& event : event_catalogue()) {
    CAPTURE(event.id);
    CHECK(events.insert({event.source, event.id}).second);
    CHECK(kinds.insert(event.kind).second);
  }
}
