#include "facts/event_catalogue.h"

#include <set>
#include <utility>

#include <doctest/doctest.h>

using exaudit::facts::CataloguedEvent;
using exaudit::facts::event_catalogue;
using exaudit::facts::EventKind;
using exaudit::facts::find_catalogued;
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

TEST_CASE("event catalogue: each event once, each kind once") {
  std::set<std::pair<std::string_view, std::uint32_t>> events;
  std::set<EventKind> kinds;
  for (const CataloguedEvent& event : event_catalogue()) {
    CAPTURE(event.id);
    CHECK(events.insert({event.source, event.id}).second);
    CHECK(kinds.insert(event.kind).second);
  }
}
