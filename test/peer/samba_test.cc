// exaudit against a real domain controller: signing, certificates, global catalog, and what deleting a server
// leaves behind.
#include "peer/samba.h"

#include <filesystem>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "peer/evidence.h"
#include "tree.h"

using namespace exaudit::test;
using Json = nlohmann::json;

namespace {

constexpr const char* kUri = "ldaps://dc1.contoso.test";

// The healthy organization, with the computer of its server.
std::vector<Object> healthy() {
  auto views = directory_evidence(source_root() / "fixtures/scenarios/healthy-2003");
  REQUIRE(views.size() == 1);
  views.front().objects.push_back(
      {"CN=MAIL1,CN=Computers,DC=contoso,DC=test", {{"objectClass", "computer"}, {"cn", "MAIL1"}}});
  return views.front().objects;
}

std::vector<std::string> as_administrator(const Samba& controller) {
  return {"--bind-dn", "administrator@contoso.test", "--password-file", controller.password_file(),
          "--ca-file", controller.ca_file()};
}

Finished exaudit_program(const Samba& controller, std::vector<std::string> arguments,
                         const std::vector<std::string>& more = {}) {
  arguments.insert(arguments.begin(), EXAUDIT_PROGRAM);
  arguments.insert(arguments.end(), more.begin(), more.end());
  return controller.run(arguments);
}

Json parsed(const Finished& run) {
  CAPTURE(run.err);
  REQUIRE((run.code == 0 || run.code == 1 || run.code == 3));
  return Json::parse(run.out);
}

}  // namespace

TEST_CASE("samba: a healthy organization, live and from a bundle") {
  if (!Samba::present()) return;
  Samba controller;
  controller.create(healthy());
  const Finished run = exaudit_program(controller, {"audit", "--ldap", kUri}, as_administrator(controller));
  MESSAGE(run.out << run.err);
  const Json live = parsed(exaudit_program(controller, {"audit", "--format", "json", "--ldap", kUri},
                                           as_administrator(controller)));
  CHECK(live["findings"].empty());
}
