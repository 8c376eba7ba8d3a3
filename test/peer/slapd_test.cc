// Every directory of the fixtures, held by slapd with ldapschema/exchange.schema.
#include "peer/slapd.h"

#include <map>

#include <doctest/doctest.h>

#include "base/text.h"
#include "facts/dn.h"
#include "peer/evidence.h"
#include "tree.h"

using exaudit::test::all_directory_evidence;
using exaudit::test::difference;
using exaudit::test::directory_evidence;
using exaudit::test::Object;
using exaudit::test::run_to_end;
using exaudit::test::Slapd;
using exaudit::test::source_root;
namespace facts = exaudit::facts;

namespace {

std::map<std::string, const Object*> by_key(const std::vector<Object>& objects) {
  std::map<std::string, const Object*> out;
  for (const Object& object : objects) CHECK(out.emplace(facts::dn_key(object.dn).value(), &object).second);
  return out;
}

// With the attribute that names it, which a server adds where the evidence leaves it out.
Object named(Object object) {
  const auto dn = facts::parse_dn(object.dn);
  const auto& name = dn.value().rdns.front().front();
  const std::string type = exaudit::base::ascii_lowered(name.type);
  if (!object.has(type)) object.add(type, name.value);
  return object;
}

void check_same(const std::vector<Object>& expected, const std::vector<Object>& found) {
  const auto left = by_key(expected);
  const auto right = by_key(found);
  CHECK(left.size() == right.size());
  for (const auto& [name, object] : left) {
    const std::string& key = name;  // clang 14 captures no structured binding
    CAPTURE(key);
    const auto it = right.find(key);
    REQUIRE(it != right.end());
    CHECK(difference(named(*object), *it->second) == "");
  }
}

std::vector<Object> healthy() {
  auto views = directory_evidence(source_root() / "fixtures/scenarios/healthy-2003");
  REQUIRE(views.size() == 1);
  return views.front().objects;
}

constexpr std::string_view kExchange =
    "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";

exaudit::test::Finished search(const Slapd& server, const std::string& base,
                               const std::vector<std::string>& rest) {
  std::vector<std::string> arguments = {"ldapsearch", "-x",         "-LLL", "-o", "ldif_wrap=no",
                                        "-H",         server.uri(), "-b",   base};
  arguments.insert(arguments.end(), rest.begin(), rest.end());
  return run_to_end(arguments);
}

}  // namespace

TEST_CASE("slapd: holds the directory of every fixture, value for value") {
  if (!Slapd::present()) return;
  std::size_t views = 0;
  std::size_t objects = 0;
  std::vector<std::string> left_out;
  for (const auto& evidence : all_directory_evidence()) {
    CAPTURE(evidence.name);
    left_out.insert(left_out.end(), evidence.left_out.begin(), evidence.left_out.end());
    try {
      Slapd server(naming_contexts(evidence.objects));
      server.load(evidence.objects);
      check_same(evidence.objects, server.content());
    } catch (const std::exception& problem) {
      FAIL_CHECK(std::string(problem.what()));
    }
    ++views;
    objects += evidence.objects.size();
  }
  CHECK(views > 100);
  CHECK(objects > 1000);
  // What no directory could hold: all of it in scenarios/damaged-files.
  CHECK(left_out == std::vector<std::string>{"configuration.ldf:the end: cut off in the middle of a line",
                                             "domain.ldif:23: not base64", "domain.ldif:51: a URL"});
}

TEST_CASE("slapd: answers searches as a domain controller does") {
  if (!Slapd::present()) return;
  const auto objects = healthy();
  Slapd server(naming_contexts(objects));
  server.load(objects);
  server.start();
  const std::string base(kExchange);

  SUBCASE("the root DSE names the naming contexts") {
    const auto root = search(server, "", {"-s", "base", "*", "+"});
    CAPTURE(root.err);
    CHECK(root.out.find("configurationNamingContext: CN=Configuration,dc=contoso,dc=test\n") !=
          std::string::npos);
    CHECK(root.out.find("supportedControl: 1.2.840.113556.1.4.319\n") != std::string::npos);
  }
  SUBCASE("what is below a base comes back whole, without the entries that only fill gaps") {
    std::vector<Object> expected;
    for (const Object& object : objects) {
      const auto key = facts::dn_key(object.dn).value();
      const auto top = facts::dn_key(base).value();
      if (key == top || facts::is_below(key, top)) expected.push_back(object);
    }
    check_same(expected, exaudit::test::read_objects(search(server, base, {}).out).objects);
    const std::string configuration = "CN=Configuration,DC=contoso,DC=test";
    check_same(expected, exaudit::test::read_objects(search(server, configuration, {}).out).objects);
    CHECK(search(server, configuration, {"-s", "base"}).out.empty());
  }
  SUBCASE("filters compare as the directory does") {
    const auto hits = [&](const std::string& filter) {
      return exaudit::test::read_objects(search(server, base, {filter, "1.1"}).out).objects.size();
    };
    CHECK(hits("(objectClass=MAILGATEWAY)") == 2);
    CHECK(hits("(objectClass=msExchConnector)") == 2);  // inherited
    CHECK(
        hits("(homeMTA=cn=microsoft mta, cn=mail1,CN=Servers,CN=First Administrative Group,CN=Administrative "
             "Groups,CN=Contoso," +
             base + ")") == 4);
    CHECK(hits("(legacyExchangeDN=/O=CONTOSO)") == 1);
    CHECK(hits("(cn=smtp \\28mail1*)") == 2);
    CHECK(hits("(uSNChanged>=1)") > 10);
    CHECK(hits("(objectGUID=\\0b\\e6\\03\\33\\f0\\b3\\6f\\52\\86\\e8\\9e\\cf\\a5\\cf\\6d\\8d)") == 1);
  }
}

TEST_CASE("slapd: refuses more than a page without paging, as a domain controller does") {
  if (!Slapd::present()) return;
  const auto objects = healthy();
  exaudit::test::SlapdOptions options;
  options.page_size = 5;
  Slapd server(naming_contexts(objects), options);
  server.load(objects);
  server.start();
  const auto cut = search(server, std::string(kExchange), {"(objectClass=*)", "1.1"});
  CHECK(cut.code == 4);  // sizeLimitExceeded
  CHECK(exaudit::test::read_objects(cut.out).objects.size() == 5);
  const auto paged =
      search(server, std::string(kExchange), {"-E", "pr=5/noprompt", "(objectClass=*)", "1.1"});
  CHECK(paged.code == 0);
  CHECK(exaudit::test::read_objects(paged.out).objects.size() > 10);
}

TEST_CASE("slapd: a change by LDAP is checked against the schema") {
  if (!Slapd::present()) return;
  const auto objects = healthy();
  Slapd server(naming_contexts(objects));
  server.load(objects);
  server.start();
  const auto modify = [&](const std::string& change) {
    return run_to_end(
        {"ldapmodify", "-x", "-H", server.uri(), "-D", server.administrator(), "-w", Slapd::kPassword},
        "dn: CN=Contoso," + std::string(kExchange) + "\nchangetype: modify\n" + change);
  };
  CHECK(modify("replace: msExchMixedMode\nmsExchMixedMode: TRUE\n").code == 0);
  CHECK(modify("replace: msExchMixedMode\nmsExchMixedMode: perhaps\n").code == 21);  // invalidAttributeSyntax
  CHECK(modify("add: legacyExchangeDN\nlegacyExchangeDN: /o=Fabrikam\n").code ==
        19);                                                  // constraintViolation: single
  CHECK(modify("add: homeMDB\nhomeMDB: CN=x\n").code == 65);  // objectClassViolation
}
