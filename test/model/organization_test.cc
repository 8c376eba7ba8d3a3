#include "model/organization.h"

#include <doctest/doctest.h>

using exaudit::model::parse_gateway_name;

TEST_CASE("gateway name: both published shapes, split at the last brace") {
  const auto canonical = parse_gateway_name("SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B})");
  REQUIRE(canonical);
  CHECK(canonical->server == "MAIL1");
  CHECK(canonical->hyphen);
  CHECK(canonical->guid.text() == "{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}");

  const auto no_hyphen = parse_gateway_name("smtp (mail1{37c1c681-d0cf-4e2e-b464-41fc38a8b11b})");
  REQUIRE(no_hyphen);
  CHECK(no_hyphen->server == "mail1");
  CHECK_FALSE(no_hyphen->hyphen);

  const auto hyphenated = parse_gateway_name("SMTP (X-MAN-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B})");
  REQUIRE(hyphenated);
  CHECK(hyphenated->server == "X-MAN");
}

TEST_CASE("gateway name: real connectors and damaged names are none") {
  for (const auto* name : {"SMTP (Internet)", "SMTP ({37C1C681-D0CF-4E2E-B464-41FC38A8B11B})", "SMTP (MAIL1-{37C1C681})", "X400 (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B})",
                           "SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B)", "", "SMTP (", "SMTP (})"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_gateway_name(name));
  }
}
