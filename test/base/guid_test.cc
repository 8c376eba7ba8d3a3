#include "base/guid.h"

#include <doctest/doctest.h>

using exaudit::base::Guid;

// Vectors: KB 322308 and KB 828938 (text) with their directory octets.
TEST_CASE("guid: text and directory octets convert both ways") {
  const auto guid = Guid::from_octets(
      std::string_view("\x81\xc6\xc1\x37\xcf\xd0\x2e\x4e\xb4\x64\x41\xfc\x38\xa8\xb1\x1b", 16));
  REQUIRE(guid);
  CHECK(guid->text() == "{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}");
  CHECK(Guid::parse("{37c1c681-d0cf-4e2e-b464-41fc38a8b11b}") == guid);
  CHECK(Guid::parse("37C1C681-D0CF-4E2E-B464-41FC38A8B11B") == guid);
  CHECK(guid->swapped().text() == "{81C6C137-CFD0-2E4E-B464-41FC38A8B11B}");
  CHECK(guid->swapped().swapped() == *guid);
}

TEST_CASE("guid: anything else is refused") {
  for (const auto* text : {"", "{}", "37C1C681D0CF4E2EB46441FC38A8B11B",
                           "{37C1C681-D0CF-4E2E-B464-41FC38A8B11B", "37C1C681-D0CF-4E2E-B464-41FC38A8B11G"}) {
    CAPTURE(text);
    CHECK_FALSE(Guid::parse(text));
  }
  CHECK_FALSE(Guid::from_octets("short"));
}
