#include "base/time.h"

#include <doctest/doctest.h>

using exaudit::base::date_text;
using exaudit::base::find_mail_time;
using exaudit::base::parse_generalized_time;

TEST_CASE("time: the date of a mail, wherever it stands") {
  const auto time = parse_generalized_time("20060301100000.0Z");
  REQUIRE(time);
  CHECK(find_mail_time("mail1 ESMTP Version: 6.0.3790.3959 ready at  Wed, 1 Mar 2006 10:00:00 +0100") ==
        time);
  CHECK(find_mail_time("01 mar 2006 10:00") == time);
  CHECK(find_mail_time("1 May 1 Mar 2006 10:00:00") == time);
  for (const char* none :
       {"", "ready", "Mar 2006 10:00:00", "32 Mar 2006 10:00:00", "30 Feb 2006 10:00:00", "1 Mar 06 10:00:00",
        "1 Mar 2006 25:00:00", "1 Mar 2006 1000", "1 March 2006 10:00:00"}) {
    CAPTURE(none);
    CHECK_FALSE(find_mail_time(none));
  }
}

TEST_CASE("time: a date as text") {
  CHECK(date_text(0) == "1970-01-01");
  CHECK(date_text(-1) == "1969-12-31");
  CHECK(date_text(1'141'207'200) == "2006-03-01");
  CHECK(date_text(INT64_MAX) == "");
  CHECK(date_text(INT64_MIN) == "");
}
