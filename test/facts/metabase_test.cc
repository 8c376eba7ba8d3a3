#include "facts/metabase.h"

#include <doctest/doctest.h>

using exaudit::facts::Metabase;
using exaudit::facts::MetabaseKey;
using exaudit::facts::MetabaseProperty;

namespace {

MetabaseKey key(std::string path, std::vector<MetabaseProperty> properties = {}) {
  MetabaseKey key;
  key.path = std::move(path);
  key.key_type = "IIsConfigObject";
  key.properties = std::move(properties);
  return key;
}

MetabaseProperty property(std::string name, std::uint32_t id, std::string value) {
  MetabaseProperty property;
  property.name = std::move(name);
  property.id = id;
  property.values = {std::move(value)};
  return property;
}

std::vector<std::string> paths(std::span<const MetabaseKey> keys) {
  std::vector<std::string> out;
  for (const MetabaseKey& key : keys) out.push_back(key.path);
  return out;
}

using Names = std::vector<std::string>;

// Bytes below "/" ("-", ".", blank) and above it ("0") after the common beginning.
Metabase sample() {
  return Metabase({key("/LM/SmtpSvc/10"), key("/LM/SmtpSvc/1-old"), key("/LM/SMTPSVC/1/Domain/Contoso"),
                   key("/LM/SmtpSvc"), key("."), key("/LM/SmtpSvc/1"), key("/LM/SmtpSvc/1.bak/x"), key("/"),
                   key("/LM/SmtpSvc/1 b"), key("/LM")});
}

}  // namespace

TEST_CASE("metabase: a subtree has the key and what is below it, not its namesakes") {
  const Metabase metabase = sample();
  CHECK(paths(metabase.subtree("/LM/SmtpSvc/1")) == Names{"/LM/SmtpSvc/1", "/LM/SMTPSVC/1/Domain/Contoso"});
  CHECK(paths(metabase.subtree("/lm/smtpsvc/1/")) == Names{"/LM/SmtpSvc/1", "/LM/SMTPSVC/1/Domain/Contoso"});
  CHECK(paths(metabase.subtree("/LM/SmtpSvc/10")) == Names{"/LM/SmtpSvc/10"});
  CHECK(paths(metabase.subtree("/LM/SmtpSvc/1.bak")) == Names{"/LM/SmtpSvc/1.bak/x"});
  CHECK(metabase.subtree("/LM/SmtpSvc").size() == 7);
  CHECK(metabase.subtree("/").size() == 9);
  CHECK(metabase.subtree("").size() == 9);
  CHECK(paths(metabase.subtree(".")) == Names{"."});
  CHECK(metabase.subtree("/LM/Smtp").empty());
  CHECK(metabase.subtree("/LM/SmtpSvc/1/Domain/Contoso/x").empty());
}

TEST_CASE("metabase: paths are found in any letter case, with or without a trailing slash") {
  const Metabase metabase = sample();
  REQUIRE(metabase.find("/LM/SMTPSVC/1/"));
  CHECK(metabase.find("/LM/SMTPSVC/1/")->path == "/LM/SmtpSvc/1");
  CHECK(metabase.find("/LM/SMTPSVC/1/")->name() == "1");
  CHECK(metabase.find(".")->name() == ".");
  CHECK(metabase.find("/")->path == "/");
  CHECK_FALSE(metabase.find("/LM/SmtpSvc/1.bak"));
  CHECK(metabase.exists("/LM/SmtpSvc/1.bak"));
  CHECK_FALSE(metabase.exists("/LM/SmtpSvc/1.ba"));
  CHECK_FALSE(Metabase().exists("/"));
}

TEST_CASE("metabase: a trailing slash in the file changes nothing") {
  const Metabase metabase({key("/LM/SmtpSvc/")});
  CHECK(metabase.keys()[0].path == "/LM/SmtpSvc");
  CHECK(metabase.find("/LM/SmtpSvc"));
}

TEST_CASE("metabase: children are named once, as written, also where only deeper keys exist") {
  const Metabase metabase = sample();
  CHECK(metabase.child_names("/LM/SmtpSvc") == Names{"1", "1 b", "1-old", "1.bak", "10"});
  CHECK(metabase.child_names("/LM/SmtpSvc/1") == Names{"Domain"});
  CHECK(metabase.child_names("/lm/smtpsvc/1/domain") == Names{"Contoso"});
  CHECK(metabase.child_names("/") == Names{"LM"});
  CHECK(metabase.child_names("/LM/SmtpSvc/10").empty());
  CHECK(metabase.child_names("/nowhere").empty());
}

TEST_CASE("metabase: letters that fold to more than one are compared folded and shown as written") {
  const Metabase metabase({key("/LM/Straße/Büro/x"), key("/LM/STRASSE/y")});
  CHECK(metabase.subtree("/lm/strasse").size() == 2);
  CHECK(metabase.child_names("/LM/strasse") == Names{"Büro", "y"});
}

TEST_CASE("metabase: the first of two keys wins and gets the properties of the second") {
  const Metabase metabase({key("/LM/SmtpSvc/1", {property("ServerComment", 1015, "first")}), key("/LM"),
                           key("/LM/SMTPSVC/1", {property("ServerComment", 1015, "second"),
                                                 property("SmartHost", 36906, "relay")})});
  CHECK(metabase.keys().size() == 2);
  const MetabaseKey* merged = metabase.find("/lm/smtpsvc/1");
  REQUIRE(merged);
  CHECK(merged->path == "/LM/SmtpSvc/1");
  CHECK(merged->find("servercomment")->values == Names{"first"});
  CHECK(merged->find(36906)->values == Names{"relay"});
  CHECK_FALSE(merged->find("Comment"));
  CHECK_FALSE(merged->find(1U));
}
