#include "readers/kept_events.h"

#include <string>
#include <utility>

#include <doctest/doctest.h>

using namespace exaudit;

namespace {

facts::Event topology(std::int64_t time, const std::string& row) {
  facts::Event out;
  out.source = "MSExchangeDSAccess";
  out.id = 2080;
  out.time = time;
  out.strings = {"STORE.EXE", "2040", row, ""};
  return out;
}

const std::string kRow = "dc1.contoso.test CDG 7 7 1 0 1 1 7 1\r\n";

}  // namespace

TEST_CASE("kept events: of a million topology events the newest stay, all others of the catalogue stay") {
  readers::KeptEvents kept;
  facts::Event logon;
  logon.source = "MSExchangeTransport";
  logon.id = 326;
  for (int i = 0; i < 1000; ++i) {
    kept.add(topology(1000 + i % 500, kRow));
    kept.add(logon);
  }
  kept.add(topology(5000, "no row of a table"));  // says nothing: the one before it still counts
  const auto events = std::move(kept).finish();
  REQUIRE(events.size() == 1002);
  CHECK(events[0].id == 326);
  CHECK(events[1000].id == 2080);
  CHECK(events[1000].time == 1499);  // two processes in the same second
  CHECK(events[1001].time == 1499);
}
