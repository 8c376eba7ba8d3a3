#include "facts/registry.h"

#include <doctest/doctest.h>

using exaudit::facts::Registry;
using exaudit::facts::RegistryKey;
using exaudit::facts::RegistryType;
using exaudit::facts::RegistryValue;

namespace {

RegistryKey key(std::string path, std::vector<RegistryValue> values = {}) {
  RegistryKey out;
  out.path = std::move(path);
  out.values = std::move(values);
  return out;
}

RegistryValue dword(std::string name, std::uint64_t number) {
  RegistryValue out;
  out.name = std::move(name);
  out.type = RegistryType::dword;
  out.number = number;
  return out;
}

RegistryValue text(std::string name, std::string content) {
  RegistryValue out;
  out.name = std::move(name);
  out.type = RegistryType::sz;
  out.strings.push_back(std::move(content));
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("registry: roots and letter case do not matter") {
  const Registry registry(
      {key("hklm\\Software\\Microsoft\\Exchange\\"), key("HKEY_local_MACHINE\\SYSTEM\\Setup")}, false);
  REQUIRE(registry.keys().size() == 2);
  CHECK(registry.keys()[0].path == "HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Exchange");
  CHECK(registry.keys()[0].name() == "Exchange");
  CHECK(registry.find("HKLM\\SOFTWARE\\MICROSOFT\\EXCHANGE") == registry.keys().data());
  CHECK(registry.find("HKEY_LOCAL_MACHINE\\system\\setup\\") != nullptr);
  CHECK(registry.find("HKEY_USERS\\system\\setup") == nullptr);
  CHECK(exaudit::facts::registry_root("HKLMX\\SYSTEM").empty());
  CHECK(exaudit::facts::registry_root("hku") == "HKEY_USERS");
}

TEST_CASE("registry: Select tells which control set is current") {
  const Registry registry({key("HKLM\\SYSTEM\\ControlSet001\\Services\\MSExchangeIMC"),
                           key("HKLM\\SYSTEM\\ControlSet003\\Services\\SMTPSVC"),
                           key("HKLM\\SYSTEM\\Select", {dword("current", 3), dword("Default", 1)})},
                          false);
  CHECK(registry.exists("HKLM\\SYSTEM\\CurrentControlSet\\Services\\SMTPSVC"));
  CHECK_FALSE(registry.exists("HKLM\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC"));
  CHECK(registry.exists("HKLM\\SYSTEM\\ControlSet001\\Services\\MSExchangeIMC"));
}

TEST_CASE("registry: Select naming a set that was not exported leaves the others alone") {
  const Registry registry(
      {key("HKLM\\SYSTEM\\ControlSet001\\Services"), key("HKLM\\SYSTEM\\Select", {dword("Current", 2)})},
      false);
  CHECK_FALSE(registry.exists("HKLM\\SYSTEM\\CurrentControlSet"));
}

TEST_CASE("registry: without Select only a single control set is current") {
  const Registry one(
      {key("HKLM\\SYSTEM\\controlset002\\Services"), key("HKLM\\SYSTEM\\controlset002\\Control")}, false);
  CHECK(one.child_names("HKLM\\SYSTEM") == Names{"CurrentControlSet"});

  const Registry two(
      {key("HKLM\\SYSTEM\\ControlSet001\\Services"), key("HKLM\\SYSTEM\\ControlSet002\\Services")}, false);
  CHECK(two.child_names("HKLM\\SYSTEM") == Names{"ControlSet001", "ControlSet002"});

  const Registry mixed({key("HKLM\\SYSTEM\\ControlSet001\\A"), key("HKLM\\SYSTEM\\CurrentControlSet\\B")},
                       false);
  CHECK(mixed.child_names("HKLM\\SYSTEM\\CurrentControlSet") == Names{"B"});

  RegistryValue damaged = dword("Current", 0);
  damaged.readable = false;
  const Registry unreadable({key("HKLM\\SYSTEM\\ControlSet001\\A"), key("HKLM\\SYSTEM\\ControlSet002\\A"),
                             key("HKLM\\SYSTEM\\Select", {damaged})},
                            false);
  CHECK_FALSE(unreadable.exists("HKLM\\SYSTEM\\CurrentControlSet"));
}

TEST_CASE("registry: the same key twice is one key, later values win, damaged ones do not") {
  RegistryValue damaged = dword("Type", 0);
  damaged.readable = false;
  RegistryKey second =
      key("HKLM\\SYSTEM\\currentcontrolset\\Services\\smtpsvc", {dword("START", 4), damaged});
  second.values_complete = false;
  const Registry registry(
      {key("HKLM\\SYSTEM\\CurrentControlSet\\Services\\SMTPSVC", {dword("Type", 32), dword("Start", 2)}),
       second},
      false);
  REQUIRE(registry.keys().size() == 1);
  const RegistryKey& merged = registry.keys()[0];
  CHECK(merged.name() == "SMTPSVC");
  CHECK_FALSE(merged.values_complete);
  REQUIRE(merged.values.size() == 2);
  CHECK(merged.find("start")->number == 4);
  CHECK(merged.find("type")->number == 32);
  CHECK(merged.find("type")->readable);
  CHECK(merged.find("") == nullptr);
}

TEST_CASE("registry: children respect the borders of names") {
  const Registry registry({key("HKLM\\S\\Services"), key("HKLM\\S\\Services\\SMTPSVC 2"),
                           key("HKLM\\S\\Services\\smtpsvc\\Queuing"), key("HKLM\\S\\Services\\SMTPSVC"),
                           key("HKLM\\S\\Services\\SMTPSVC2\\X"), key("HKLM\\S\\Services2\\Y")},
                          false);
  CHECK(registry.child_names("hklm\\s\\services") == Names{"SMTPSVC", "SMTPSVC 2", "SMTPSVC2"});
  CHECK(registry.child_names("HKLM\\S\\Services\\SMTPSVC") == Names{"Queuing"});
  CHECK(registry.child_names("HKLM") == Names{"S"});
  CHECK(registry.child_names("HKLM\\S\\Services\\RESvc").empty());
  CHECK(registry.exists("HKLM\\S\\Services\\SMTPSVC2"));
  CHECK(registry.find("HKLM\\S\\Services\\SMTPSVC2") == nullptr);
  CHECK_FALSE(registry.exists("HKLM\\S\\Services\\SMTPSV"));
}

TEST_CASE("registry: exported needs the key's own header, something below it, and no losses") {
  const std::vector<RegistryKey> keys = {key("HKLM\\S\\Services"), key("HKLM\\S\\Services\\SMTPSVC"),
                                         key("HKLM\\T\\U\\V"), key("HKLM\\T\\U\\V W")};
  const Registry registry(keys, false);
  CHECK(registry.exported("HKLM\\S\\Services"));
  CHECK_FALSE(registry.exported("HKLM\\S"));                     // only known from below
  CHECK_FALSE(registry.exported("HKLM\\S\\Services\\SMTPSVC"));  // nothing below
  CHECK_FALSE(registry.exported("HKLM\\T\\U\\V"));               // a sibling with a longer name is not below
  CHECK_FALSE(Registry(keys, true).exported("HKLM\\S\\Services"));
}

TEST_CASE("registry: the machine's name is found, the configured one first") {
  const std::string control = "HKLM\\SYSTEM\\ControlSet001\\Control\\ComputerName\\";
  const std::string tcpip = "HKLM\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters";
  CHECK(Registry({key(control + "ComputerName", {text("ComputerName", "MAIL1")}),
                  key(control + "ActiveComputerName", {text("ComputerName", "MAIL2")})},
                 false)
            .machine_hint == "MAIL1");
  CHECK(Registry({key(control + "ActiveComputerName", {text("ComputerName", "MAIL2")}),
                  key(tcpip, {text("Hostname", "mail3")})},
                 false)
            .machine_hint == "MAIL2");
  CHECK(Registry({key(tcpip, {text("Hostname", ""), text("NV Hostname", "mail4")})}, false).machine_hint ==
        "mail4");
  RegistryValue damaged = text("Hostname", "mail5");
  damaged.readable = false;
  CHECK(Registry({key(tcpip, {damaged})}, false).machine_hint.empty());
  CHECK(Registry({}, false).machine_hint.empty());
}
