#include "facts/host_name.h"

#include <string>

#include <doctest/doctest.h>

using exaudit::facts::bare_host_name;
using exaudit::facts::is_host_name;
using exaudit::facts::same_host;
using exaudit::facts::SameHost;
using exaudit::facts::sort_host_names;

TEST_CASE("host name: what stands around a name, and what is none") {
  CHECK(bare_host_name(" \\\\DC1 ") == "DC1");
  CHECK(bare_host_name("dc1.contoso.test.") == "dc1.contoso.test");
  for (const char* name : {"dc1", "DC-1.contoso.test", "b\xC3\xBCro_1"}) CHECK(is_host_name(name));
  for (const char* name : {"", ".", "a..b", "a b", "a:389", "a/b", "\x1b[2J"}) {
    CAPTURE(name);
    CHECK_FALSE(is_host_name(name));
  }
  CHECK_FALSE(is_host_name(std::string(256, 'a')));
}

TEST_CASE("host name: a name without a domain is that of every host that begins so") {
  CHECK(same_host("DC1.Contoso.test", "dc1.contoso.test.") == SameHost::yes);
  CHECK(same_host("\\\\DC1", "dc1") == SameHost::yes);
  CHECK(same_host("DC1", "dc1.contoso.test") == SameHost::by_first_label);
  CHECK(same_host("dc1.contoso.test", "DC1") == SameHost::by_first_label);
  CHECK(same_host("dc1.contoso.test", "dc1.fabrikam.test") == SameHost::no);
  CHECK(same_host("dc1", "dc10.contoso.test") == SameHost::no);
  CHECK(same_host("", "") == SameHost::no);
}

TEST_CASE("host name: sorted, each once, letter case aside") {
  std::vector<std::string> names = {"b", "A", "a", "B"};
  sort_host_names(names);
  CHECK(names == std::vector<std::string>{"A", "B"});
}
