#include "rules/sink_catalogue.h"

#include <map>

#include <doctest/doctest.h>

using exaudit::base::ErrorCode;
using exaudit::rules::built_in_sinks;
using exaudit::rules::Confidence;
using exaudit::rules::family_is_essential;
using exaudit::rules::parse_sink_catalogue;

namespace {
const std::string kHeader = "display_name\tfamily\tabsence_is_fault_confidence\n";
}  // namespace

TEST_CASE("sink catalogue: the built-in list has the 37 bindings of TechNet aa997096") {
  const auto& sinks = built_in_sinks();
  CHECK(sinks.size() == 37);
  std::map<std::string, int> members;
  for (const auto& sink : sinks) ++members[sink.family];
  CHECK(members["X-EXPS"] == 5);
  CHECK(members["X-LINK2STATE"] == 5);
  CHECK(members["XEXCH50"] == 11);
  CHECK(members["storedriver"] == 2);
  CHECK(members["categorizer"] == 1);
  CHECK(members["router"] == 1);
}

TEST_CASE("sink catalogue: six families are essential, whatever their letter case") {
  for (const auto* family : {"X-EXPS", "x-link2state", "XEXCH50", "categorizer", "Router", "storedriver"})
    CHECK(family_is_essential(family));
  for (const auto* family : {"imf", "mobile", "X-EXPS2", ""}) CHECK_FALSE(family_is_essential(family));
}

TEST_CASE("sink catalogue: a replacement may have comments, CRLF and a byte order mark") {
  const auto sinks = parse_sink_catalogue(
      "\xEF\xBB\xBF# ours\r\ndisplay_name\tfamily\tabsence_is_fault_confidence\r\n\r\n Contoso Sink "
      "\tcontoso\tHigh\r\n");
  REQUIRE(sinks);
  REQUIRE(sinks->size() == 1);
  CHECK((*sinks)[0].display_name == "Contoso Sink");
  CHECK((*sinks)[0].family == "contoso");
  CHECK((*sinks)[0].confidence == Confidence::high);
}

TEST_CASE("sink catalogue: a mistake is reported with its line") {
  const auto error = [](const std::string& text) {
    const auto sinks = parse_sink_catalogue(text);
    REQUIRE_FALSE(sinks);
    return sinks.error();
  };
  CHECK(error("Exchange Router\trouter\thigh\n").line == 1);
  CHECK(error(kHeader + "Exchange Router\trouter\n").line == 2);
  CHECK(error(kHeader + "Exchange Router\trouter\thigh\textra\n").line == 2);
  CHECK(error(kHeader + "\nExchange Router\trouter\tcertain\n").line == 3);
  CHECK(error(kHeader + "Exchange Router\t \thigh\n").line == 2);
  CHECK(error(kHeader + "\trouter\thigh\n").line == 2);
  CHECK(error(kHeader + "Exchange Router\trouter\thigh\nexchange router\trouter\tlow\n").line == 3);
  CHECK(error(kHeader).message == "the catalogue lists no sinks");
  CHECK(error("").code == ErrorCode::syntax);
}
