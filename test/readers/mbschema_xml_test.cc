#include "readers/metabase_reading.h"

namespace exaudit::test {

TEST_CASE("mbschema_xml: properties are found by name and number") {
  const MetabaseSchema schema = small_schema();
  CHECK(schema.properties.size() == 5);
  REQUIRE(schema.find("serverbindings"));
  CHECK(schema.find("serverbindings")->name == "ServerBindings");
  CHECK(schema.find("serverbindings")->type == "MULTISZ");
  CHECK(schema.find("RelayToken")->secure);
  CHECK_FALSE(schema.find("ServerBindings")->secure);
  CHECK(schema.find(0U)->name == "MD_0");
  CHECK_FALSE(schema.find("AuthBasic"));
  CHECK_FALSE(schema.find(2U));
  CHECK_FALSE(MetabaseSchema().find("MD_0"));
}

TEST_CASE("mbschema_xml: damage costs one property, the first description wins, a secret stays one") {
  Input input;
  const MetabaseSchema schema =
      exaudit::readers::read_mbschema_xml(fixture("mbschema_xml/damaged.xml"), input);
  CHECK(schema.properties.size() == 1);
  REQUIRE(schema.find("SmartHost"));
  CHECK(schema.find("SmartHost")->id == 36906);
  CHECK(schema.find("SmartHost")->secure);
  CHECK(input.records == 1);
  CHECK(input.lost_records);
  REQUIRE(input.problems.size() == 2);
  CHECK(input.problems[0].line == 3);
  CHECK(input.problems[1].line == 4);
}

TEST_CASE("mbschema_xml: a missing end, a second root and other text are reported") {
  for (const std::string_view text :
       {"", "<MetaData>", "<MetaData/><MetaData/>", "<Property InternalName=\"a\" ID=\"1\"/>",
        "<MetaData>text</MetaData>", "<MetaData x=></MetaData>"}) {
    Input input;
    exaudit::readers::read_mbschema_xml(text, input);
    CAPTURE(text);
    CHECK(input.lost_records);
  }
}

}  // namespace exaudit::test
