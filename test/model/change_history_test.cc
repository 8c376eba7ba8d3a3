#include "model/change_history.h"

#include <doctest/doctest.h>

#include "support/ldif_reading.h"

using namespace exaudit;

namespace {

constexpr std::string_view kGateway =
    "dn: CN=SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}),CN=Connections,CN=Contoso,CN=Microsoft "
    "Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test\n"
    "homeMTA: CN=x\n"
    "msDS-ReplAttributeMetaData: <DS_REPL_ATTR_META_DATA><pszAttributeName>cn</pszAttributeName><dwVersion>1"
    "</dwVersion><ftimeLastOriginatingChange>2003-01-01T00:00:00Z</ftimeLastOriginatingChange></"
    "DS_REPL_ATTR_META_DATA>\n"
    "msDS-ReplAttributeMetaData: <DS_REPL_ATTR_META_DATA>  <pszAttributeName>homeMTA</pszAttributeName>  "
    "<dwVersion>3"
    "</dwVersion>  <ftimeLastOriginatingChange>2004-05-11T08:30:00Z</ftimeLastOriginatingChange>  "
    "<pszLastOriginatingDsaDN>CN=NTDS "
    "Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,DC=contoso,"
    "DC=test</pszLastOriginatingDsaDN></DS_REPL_ATTR_META_DATA>\n\n";

facts::DirectoryView view_of(std::string_view text) {
  auto reading = test::read_texts({std::string(text)});
  REQUIRE(reading.views.size() == 1);
  return std::move(reading.views.front());
}

}  // namespace

TEST_CASE("change history: the originating change of one attribute, with the server that made it") {
  const auto view = view_of(kGateway);
  REQUIRE(view.entries().size() == 1);
  const auto change = model::originating_change(view.entries().front(), "homemta");
  REQUIRE(change);
  CHECK(change->time == "2004-05-11T08:30:00Z");
  CHECK(change->server == "DC1");
  CHECK(change->version == "3");
  CHECK_FALSE(model::originating_change(view.entries().front(), "homeMDB"));
}

TEST_CASE("change history: damaged fragments say nothing") {
  for (const std::string_view value :
       {"<pszAttributeName>homeMTA", "</pszAttributeName><pszAttributeName>homeMTA</pszAttributeName>",
        "<pszAttributeName>homeMTA</pszAttributeName><ftimeLastOriginatingChange>", "\x01\x02"}) {
    const auto view =
        view_of("dn: CN=x,CN=Configuration,DC=contoso,DC=test\ncn: x\nmsDS-ReplAttributeMetaData: " +
                std::string(value) + "\n\n");
    REQUIRE(view.entries().size() == 1);
    CHECK_FALSE(model::originating_change(view.entries().front(), "homeMTA"));
  }
}

TEST_CASE(
    "change history: a tombstone tells what a mangled name was, parents that were deleted too included") {
  const auto view = view_of(
      "dn:: "
      "Q049TWljcm9zb2Z0IE1UQVwwQURFTDo0MzUyNjgzZi1jNDNhLTUxOWUtYTlmYS0xYmNlMGM2MmExZmMsQ049RGVsZXRlZCBPYmplY3"
      "RzLENOPUNvbmZpZ3VyYXRpb24sREM9Y29udG9zbyxEQz10ZXN0\n"
      "objectGUID:: P2hSQzrEnlGp+hvODGKh/A==\nisDeleted: TRUE\nwhenChanged: 20040511083000.0Z\n"
      "lastKnownParent: CN=OLD1\\0ADEL:16628e4d-bb7c-5f6b-8e40-bd66e6051b55,CN=Deleted "
      "Objects,CN=Configuration,DC=contoso,DC=test\n\n"
      "dn: CN=OLD1\\0ADEL:16628e4d-bb7c-5f6b-8e40-bd66e6051b55,CN=Deleted "
      "Objects,CN=Configuration,DC=contoso,DC=test\n"
      "objectGUID:: TY5iFny7a1+OQL1m5gUbVQ==\nisDeleted: TRUE\nlastKnownParent: "
      "CN=Servers,CN=HQ,CN=Configuration,DC=contoso,DC=test\n\n");
  const std::string text =
      model::explain_deleted(view,
                             "CN=Microsoft MTA\\0ADEL:4352683f-c43a-519e-a9fa-1bce0c62a1fc,CN=Deleted "
                             "Objects,CN=Configuration,DC=contoso,DC=test");
  CHECK(text ==
        "; it was \"Microsoft MTA\" below CN=OLD1,CN=Servers,CN=HQ,CN=Configuration,DC=contoso,DC=test, and "
        "was deleted at "
        "20040511083000.0Z");
  CHECK(model::explain_deleted(view, "CN=x,DC=contoso,DC=test").empty());
}
