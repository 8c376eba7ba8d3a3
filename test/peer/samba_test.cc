// What exaudit says about a real domain controller: a healthy organization, and what is left when somebody
// deletes objects of a server.
#include "peer/samba.h"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/guid.h"
#include "base/text.h"
#include "peer/evidence.h"
#include "tree.h"

using namespace exaudit::test;
using exaudit::base::Guid;
using Json = nlohmann::json;

namespace {

constexpr const char* kUri = "ldaps://dc1.contoso.test";
constexpr const char* kServers =
    "CN=Servers,CN=First Administrative Group,CN=Administrative Groups,CN=Contoso,CN=Microsoft "
    "Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";
constexpr const char* kGateways =
    "CN=Connections,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";

using Replacements = std::vector<std::pair<std::string, std::string>>;

void replace(std::string& text, const Replacements& replacements) {
  for (const auto& [from, to] : replacements) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  }
}

bool mentions(const Object& object, std::string_view text) {
  return object.dn.find(text) != std::string::npos ||
         std::any_of(object.attributes.begin(), object.attributes.end(), [&](const auto& attribute) {
           return attribute.first == "msExchHomeServerName" && attribute.second.ends_with(text);
         });
}

// MAIL1 and its users once more, under other names.
std::vector<Object> second_server(const std::vector<Object>& objects) {
  Replacements names = {{"MAIL1", "OLD1"}, {"Dora", "Nils"},    {"Evans", "Olsen"},   {"devans", "nolsen"},
                        {"Rui", "Ana"},    {"Tavares", "Lima"}, {"rtavares", "alima"}};
  std::vector<Object> out;
  for (const Object& object : objects) {
    if (!mentions(object, "MAIL1")) continue;
    out.push_back(object);
    for (auto& [name, value] : out.back().attributes) {
      if (name != "objectGUID" && name != "msExchMailboxGuid") continue;
      const std::string before = Guid::from_octets(value).value().text();
      value.front() = static_cast<char>(value.front() ^ 1);
      const std::string after = Guid::from_octets(value).value().text();
      names.emplace_back(before, after);
      names.emplace_back(exaudit::base::ascii_lowered(before), exaudit::base::ascii_lowered(after));
    }
  }
  for (Object& object : out) {
    replace(object.dn, names);
    for (auto& [name, value] : object.attributes) replace(value, names);
  }
  return out;
}

std::vector<Object> scenario(std::string_view name) {
  auto views = directory_evidence(source_root() / "fixtures/scenarios" / name);
  REQUIRE(views.size() == 1);
  return views.front().objects;
}

std::vector<Object> healthy() {
  std::vector<Object> out = scenario("healthy-2003");
  out.push_back({"CN=MAIL1,CN=Computers,DC=contoso,DC=test", {{"objectClass", "computer"}, {"cn", "MAIL1"}}});
  return out;
}

std::vector<std::string> asked_as(const Samba& controller, const std::string& user) {
  return {"--ldap",          kUri,
          "--bind-dn",       user + "@contoso.test",
          "--password-file", controller.password_file(),
          "--ca-file",       controller.ca_file()};
}

Json audited(const Samba& controller, const std::vector<std::string>& sources) {
  std::vector<std::string> arguments = {"audit", "--format", "json"};
  arguments.insert(arguments.end(), sources.begin(), sources.end());
  const Finished run = controller.exaudit(arguments);
  CAPTURE(run.err);
  REQUIRE((run.code == 0 || run.code == 1));  // 3 would be incomplete
  return Json::parse(run.out);
}

Json live(const Samba& controller, const std::string& user = "administrator") {
  return audited(controller, asked_as(controller, user));
}

Json from_bundle(const Samba& controller, const std::string& name) {
  std::vector<std::string> arguments = {"collect", "--output", controller.path(name)};
  const auto source = asked_as(controller, "administrator");
  arguments.insert(arguments.end(), source.begin(), source.end());
  const Finished collected = controller.exaudit(arguments);
  CAPTURE(collected.err);
  REQUIRE(collected.code == 0);
  return audited(controller, {controller.path(name)});
}

// rule: subject: message
std::multiset<std::string> told(const Json& result) {
  std::multiset<std::string> out;
  for (const Json& finding : result["findings"])
    out.insert(fmt::format("{}: {}: {}", finding["rule"].get<std::string>(),
                           finding["subject"]["name"].get<std::string>(),
                           finding["message"].get<std::string>()));
  return out;
}

void check_same(const Json& bundle, const Json& live) {
  CHECK(told(bundle) == told(live));
  CHECK(bundle["summary"]["verdicts"] == live["summary"]["verdicts"]);
}

std::multiset<std::string> subjects(const Json& result, std::string_view rule) {
  std::multiset<std::string> out;
  for (const Json& finding : result["findings"]) {
    if (finding["rule"] == rule) out.insert(finding["subject"]["name"].get<std::string>());
  }
  return out;
}

std::string value_of(const Object& object, std::string_view name) {
  for (const auto& [each, value] : object.attributes) {
    if (exaudit::base::ascii_iequals(each, name)) return value;
  }
  return {};
}

}  // namespace

TEST_CASE("samba: a healthy organization, then one of its servers is deleted with a directory editor") {
  if (!Samba::present()) return;
  const Samba controller;
  auto objects = healthy();
  auto second = second_server(objects);
  objects.insert(objects.end(), second.begin(), second.end());
  controller.create(objects);
  const Json before = live(controller);
  CHECK(told(before).empty());
  CHECK(before["summary"]["verdicts"]["pass"].get<int>() > 30);
  CHECK(before["organizations"][0]["name"] == "Contoso");
  check_same(from_bundle(controller, "healthy"), before);

  controller.remove(std::string("CN=OLD1,") + kServers);
  std::multiset<std::string> left_over;
  for (const Object& gateway :
       controller.search(kGateways, "(cn=SMTP \\28OLD1*)", {"cn", "homeMTA", "homeMDB"})) {
    left_over.insert(value_of(gateway, "cn"));
    CHECK_FALSE(gateway.has("homeMDB"));
    CHECK(value_of(gateway, "homeMTA").find("\\0ADEL:") != std::string::npos);
  }
  REQUIRE(left_over.size() == 2);
  const Json after = live(controller);
  // The system mailbox of a store counts as a recipient: it stays too.
  CHECK(told(after).contains(
      "organization.server-removed: OLD1: server OLD1 does not exist any more, but 2 SMTP "
      "mailbox objects and 3 recipients still point to it"));
  CHECK(subjects(after, "KB828938.gateway-orphan") == left_over);
  check_same(from_bundle(controller, "removed"), after);
}

TEST_CASE("samba: the MTA of a server was deleted and made anew") {
  if (!Samba::present()) return;
  const Samba controller;
  const auto objects = healthy();
  controller.create(objects);
  const std::string mta = std::string("CN=Microsoft MTA,CN=MAIL1,") + kServers;
  const auto object =
      std::find_if(objects.begin(), objects.end(), [&](const Object& each) { return each.dn == mta; });
  REQUIRE(object != objects.end());
  controller.remove(mta);
  controller.create({*object});
  const Json result = live(controller);
  CHECK(subjects(result, "KB828938.gateway-home-mta").size() == 2);
  for (const Json& finding : result["findings"]) {
    if (finding["rule"] != "KB828938.gateway-home-mta") continue;
    CHECK(finding["message"].get<std::string>().find("it was \"Microsoft MTA\" below CN=MAIL1,") !=
          std::string::npos);
  }
  check_same(from_bundle(controller, "bundle"), result);

  // Tombstones are for administrators. What is wrong shows without them.
  const Json ordinary = live(controller, "auditor");
  CHECK(subjects(ordinary, "KB828938.gateway-home-mta").size() == 2);
  CHECK(ordinary["summary"]["verdicts"] == result["summary"]["verdicts"]);
  for (const auto& each : told(ordinary)) CHECK(each.find("it was") == std::string::npos);
}

TEST_CASE("samba: an account that may not read the organization does not find it healthy") {
  if (!Samba::present()) return;
  const Samba controller;
  controller.create(healthy());
  std::vector<std::string> arguments = asked_as(controller, "visitor");
  arguments.insert(arguments.begin(), "audit");
  const Finished run = controller.exaudit(arguments);
  CHECK(run.code == 3);
  CHECK(run.out.find("the account may not read 3 objects of the Exchange configuration, CN=Contoso,") !=
        std::string::npos);
}

TEST_CASE("samba: an organization is judged on a domain controller as in its files") {
  if (!Samba::present()) return;
  for (const char* name : {"cluster", "connector-confusion", "gateway-missing", "recovery-storage-group"}) {
    CAPTURE(std::string(name));
    auto objects = scenario(name);
    for (Object& object : objects) object.erase("msExchComputerLink");  // the computers are not in the files
    const Samba controller;
    controller.create(objects);
    const TemporaryFolder folder;
    const Json in_file = audited(controller, {folder.file("export.ldf", to_ldif(objects))});
    const Json on_server = live(controller);
    const auto kinds = [](const Json& result) {
      std::multiset<std::string> out;
      for (const Json& finding : result["findings"])
        out.insert(fmt::format("{} {} {}", finding["rule"].get<std::string>(),
                               finding["reason"].get<std::string>(), finding["severity"].get<std::string>()));
      return out;
    };
    CHECK(kinds(in_file).empty() == (std::string_view(name) != "gateway-missing"));
    CHECK(kinds(on_server) == kinds(in_file));
    for (const char* verdict : {"pass", "fail"}) {
      CAPTURE(std::string(verdict));
      CHECK(on_server["summary"]["verdicts"][verdict] == in_file["summary"]["verdicts"][verdict]);
    }
  }
}
