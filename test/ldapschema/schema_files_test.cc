// The schema files that are committed are those that the tables give.
//
// EXAUDIT_UPDATE_GOLDEN=1 rewrites them.
#include "ldapschema/schema_files.h"

#include <cstdlib>
#include <fstream>
#include <set>

#include <doctest/doctest.h>

#include "ldapschema/ldapschema.h"
#include "tree.h"

using exaudit::test::slurp;
using exaudit::test::source_root;
namespace ldapschema = exaudit::ldapschema;

namespace {

void check_file(const std::string& name, const std::string& text) {
  const auto path = source_root() / "ldapschema" / name;
  if (std::getenv("EXAUDIT_UPDATE_GOLDEN")) std::ofstream(path, std::ios::binary) << text;
  CAPTURE(name);
  CHECK_MESSAGE(slurp(path) == text,
                "the file is not what the tables give; EXAUDIT_UPDATE_GOLDEN=1 rewrites it");
}

}  // namespace

TEST_CASE("schema files: exchange.schema is what the tables give") {
  check_file("exchange.schema", exaudit::test::slapd_schema());
}

TEST_CASE("schema files: exchange-ad.ldif is what the tables give") {
  check_file("exchange-ad.ldif", exaudit::test::active_directory_schema());
}

TEST_CASE("schema files: every class comes once, after what it builds on") {
  const auto order = exaudit::test::classes_in_order();
  CHECK(order.size() == ldapschema::classes().size() - 1);  // all but top
  std::set<std::string_view> seen = {"top"};
  for (const auto name : order) {
    CAPTURE(name);
    CHECK(seen.contains(ldapschema::find_class(name)->superior));
    CHECK(seen.insert(name).second);
  }
}
