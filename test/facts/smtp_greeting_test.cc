#include "facts/smtp_greeting.h"

#include <doctest/doctest.h>

TEST_CASE("smtp greeting: keywords are found in any letter case, the first of several") {
  exaudit::facts::SmtpGreeting greeting;
  greeting.keywords = {{"X-EXPS", " ", "GSSAPI NTLM LOGIN", 3}, {"X-EXPS", "=", "LOGIN", 4}};
  REQUIRE(greeting.find("x-Exps") != nullptr);
  CHECK(greeting.find("x-Exps")->line == 3);
  CHECK(greeting.find("X-EXP") == nullptr);
}
