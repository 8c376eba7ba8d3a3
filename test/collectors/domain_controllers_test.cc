#include "collectors/domain_controllers.h"

#include <doctest/doctest.h>

#include "tree.h"

using namespace exaudit;
using collectors::ServiceTarget;

namespace {

using Answer = base::Result<std::vector<ServiceTarget>>;

}  // namespace

TEST_CASE("domain: servers come by priority, then weight, then name, whatever the order of the records") {
  const auto servers =
      collectors::find_directory_servers("contoso.test", [](const std::string& name) -> Answer {
        if (name == "_ldap._tcp.dc._msdcs.contoso.test") {
          return std::vector<ServiceTarget>{{"dc9.contoso.test", 389, 10, 0},
                                            {"dc2.contoso.test", 389, 0, 5},
                                            {"dc1.contoso.test", 389, 0, 5},
                                            {"dc3.contoso.test", 390, 0, 100}};
        }
        return std::vector<ServiceTarget>{{"dc1.contoso.test", 3268, 0, 0}};
      });
  REQUIRE(servers);
  CHECK(servers->domain_controllers ==
        std::vector<std::string>{"ldap://dc3.contoso.test:390", "ldap://dc1.contoso.test",
                                 "ldap://dc2.contoso.test", "ldap://dc9.contoso.test"});
  CHECK(servers->global_catalogs == std::vector<std::string>{"ldap://dc1.contoso.test:3268"});
}

TEST_CASE("domain: the global catalog of a child domain is the forest's") {
  const auto servers =
      collectors::find_directory_servers("child.contoso.test", [](const std::string& name) -> Answer {
        if (name == "_ldap._tcp.dc._msdcs.child.contoso.test")
          return std::vector<ServiceTarget>{{"c1.child.contoso.test", 389, 0, 0}};
        if (name == "_gc._tcp.contoso.test")
          return std::vector<ServiceTarget>{{"dc1.contoso.test", 3268, 0, 0}};
        return std::vector<ServiceTarget>{};
      });
  REQUIRE(servers);
  CHECK(servers->global_catalogs == std::vector<std::string>{"ldap://dc1.contoso.test:3268"});
}

TEST_CASE("domain: no records, a DNS that does not answer and names that are none are errors that say so") {
  const auto none = [](const std::string&) -> Answer { return std::vector<ServiceTarget>{}; };
  const auto broken = [](const std::string&) -> Answer {
    return base::Error{base::ErrorCode::io, "DNS does not answer", 0};
  };
  CHECK(collectors::find_directory_servers("contoso.test", none)
            .error()
            .message.find("_ldap._tcp.dc._msdcs.contoso.test") != std::string::npos);
  CHECK(collectors::find_directory_servers("contoso.test", broken).error().message == "DNS does not answer");
  for (const char* name : {"", "contoso test", "-x", "contoso.test/..", "a\nb"})
    CHECK(collectors::find_directory_servers(name, none).error().code == base::ErrorCode::usage);
}

TEST_CASE("domain: the bytes of a DNS answer") {
  const auto answer =
      collectors::parse_service_answer(test::slurp(test::source_root() / "fixtures/readers/dns_answer/two"));
  REQUIRE(answer);
  REQUIRE(answer->size() == 2);
  CHECK((*answer)[0].host == "dc1.contoso.test");
  CHECK((*answer)[0].port == 389);
  CHECK((*answer)[1].weight == 100);
  CHECK_FALSE(
      collectors::parse_service_answer(test::slurp(test::source_root() / "fixtures/readers/dns_answer/cut")));
}
