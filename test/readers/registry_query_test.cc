#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "readers/readers.h"
#include "readers/registry_facts.h"

using exaudit::facts::Input;
using exaudit::facts::Registry;
using exaudit::facts::RegistryKey;
using exaudit::facts::RegistryType;
using exaudit::facts::RegistryValue;
using exaudit::test::invents_nothing;
using exaudit::test::latin1;
using exaudit::test::replaced;
using exaudit::test::show;
using exaudit::test::utf16;

namespace {

constexpr std::string_view kTcpip = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip";

struct Read {
  Input input;
  Registry registry;

  explicit Read(std::string_view bytes) { registry = exaudit::readers::read_registry_query(bytes, 3, input); }
  const RegistryValue& value(std::string_view name) const {
    const RegistryKey* key = registry.find(kTcpip);
    REQUIRE(key != nullptr);
    REQUIRE(key->find(name) != nullptr);
    return *key->find(name);
  }
  std::vector<std::uint32_t> lines() const {
    std::vector<std::uint32_t> out;
    for (const auto& problem : input.problems) out.push_back(problem.line);
    return out;
  }
};

using Lines = std::vector<std::uint32_t>;
using Strings = std::vector<std::string>;

std::string output(std::string_view head, std::string_view separator, std::string_view default_name) {
  const std::string text = fmt::format(
      "{0}\n{1}\n    Start#REG_DWORD#0x1\n    Image Path#REG_EXPAND_SZ#system32\\DRIVERS\\tcpip.sys -x  -y\n"
      "    {2}#REG_SZ#für alle\n    Empty#REG_SZ#\n    Blob#REG_BINARY#0102FF\n    "
      "Big#REG_QWORD#0x100000000\n\n"
      "{1}\\Linkage\n    "
      "Bind#REG_MULTI_SZ#\\Device\\{{0A0B0C0D-0001-0002-0003-000000000001}}"
      "\\0\\0\\Device\\NdisWanIp\\0\\0\n\n"
      "{1}\\Parameters\n    NV Hostname#REG_SZ#mail1\n\n",
      head, kTcpip, default_name);
  return replaced(text, "#", separator);
}

}  // namespace

TEST_CASE("registry query: the output of every reg.exe gives the same facts in every encoding") {
  const std::string old = output("\n! REG.EXE VERSION 3.0\n", "\t", "<NO NAME>");
  const Read read(old);
  CHECK(read.input.problems.empty());
  CHECK(read.input.records == 3);
  CHECK(read.registry.machine_hint == "mail1");
  CHECK(read.registry.exported(kTcpip));
  CHECK(read.value("start").number == 1);
  CHECK(read.value("Image Path").strings == Strings{"system32\\DRIVERS\\tcpip.sys -x  -y"});
  CHECK(read.value("Image Path").type == RegistryType::expand_sz);
  CHECK(read.value("").strings == Strings{"für alle"});
  CHECK(read.value("Empty").strings == Strings{""});
  CHECK(read.value("Blob").type == RegistryType::binary);
  CHECK(read.value("Big").number == 0x100000000);
  const RegistryKey* linkage =
      read.registry.find("HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Linkage");
  REQUIRE(linkage != nullptr);
  CHECK(linkage->find("Bind")->strings ==
        Strings{"\\Device\\{0A0B0C0D-0001-0002-0003-000000000001}", "", "\\Device\\NdisWanIp"});
  CHECK(linkage->location.line == 12);

  const std::string facts = show(read.registry);
  const std::string cases[] = {output("", "    ", "(Default)"),
                               output("! REG.EXE VERSION 2.0\n", "  ", "<KEIN NAME>"),
                               output("", "    ", "(Standard)"),
                               output("", "    ", "(par défaut)"),
                               replaced(old, "\n", "\r\n"),
                               replaced(old, "\n", "\r"),
                               latin1(old),
                               "\xFF\xFE" + utf16(old),
                               utf16(replaced(old, "\n", "\r\n"))};
  for (const std::string& bytes : cases) {
    CAPTURE(bytes.substr(0, 200));
    CHECK(show(Read(bytes).registry) == facts);
  }
}

TEST_CASE("registry query: names and data that look like columns") {
  const Read read(
      fmt::format("{}\n    REG_SZ name\tREG_SZ\tdata\tREG_DWORD\t0x1\n    a    REG_SZ    x    REG_SZ    y  "
                  "\n    No Data    REG_SZ\n"
                  "    (one)    REG_SZ    1\n    (two)    REG_SZ    2\n",
                  kTcpip));
  CHECK(read.value("REG_SZ name").strings == Strings{"data\tREG_DWORD\t0x1"});
  CHECK(read.value("a").strings == Strings{"x    REG_SZ    y  "});
  CHECK(read.value("No Data").strings == Strings{""});
  CHECK(read.value("(one)").strings == Strings{"1"});
  CHECK(read.value("(two)").strings == Strings{"2"});
  CHECK(read.input.problems.empty());
}

TEST_CASE("registry query: a key without values may be a mere name") {
  const Read read(fmt::format("{0}\n    Start\tREG_DWORD\t0x1\n\n{0}\\Linkage\n{0}\\Parameters\n", kTcpip));
  CHECK(read.registry.exported(kTcpip));
  CHECK(read.registry.child_names(kTcpip) == Strings{"Linkage", "Parameters"});
  CHECK(read.registry.find(kTcpip)->values_complete);
  CHECK_FALSE(read.registry.find(std::string(kTcpip) + "\\Linkage")->values_complete);
}

TEST_CASE("registry query: damage is reported with its line and the rest kept") {
  const Read numbers(
      fmt::format("{}\n    a\tREG_DWORD\t0x\n    b\tREG_DWORD\t12\n    c\tREG_DWORD\t0x100000000\n    "
                  "d\tREG_DWORD\t0x2\n",
                  kTcpip));
  CHECK(numbers.lines() == Lines{2, 3, 4});
  CHECK_FALSE(numbers.value("a").readable);
  CHECK_FALSE(numbers.value("b").readable);
  CHECK_FALSE(numbers.value("c").readable);
  CHECK(numbers.value("d").number == 2);
  CHECK_FALSE(numbers.input.lost_records);

  const Read text(fmt::format("{}\n    a\tREG_SZ\tone\ntwo\nthree\n    b\tREG_SZ\tx\n", kTcpip));
  CHECK(text.lines() == Lines{3});
  CHECK_FALSE(text.value("a").readable);
  CHECK(text.value("b").readable);
  CHECK_FALSE(text.registry.find(kTcpip)->values_complete);
  CHECK_FALSE(text.input.lost_records);

  const Read error(
      fmt::format("{0}\n    a\tREG_DWORD\t0x1\nERROR: Access is denied.\n    "
                  "b\tREG_DWORD\t0x1\n\n{0}\\Linkage\n    c\tREG_DWORD\t0x1\n",
                  kTcpip));
  CHECK(error.lines() == Lines{3});
  CHECK(error.registry.lost_records);
  CHECK(error.registry.find(kTcpip)->values.size() == 1);
  CHECK(error.registry.keys().size() == 2);

  const Read unknown(fmt::format("{}\n    a\tREG_NEW\tx\n    b\tREG_DWORD\t0x1\n", kTcpip));
  CHECK(unknown.input.lost_records);
  CHECK(unknown.registry.find(kTcpip)->values.empty());
}

TEST_CASE("registry query: a copied command prompt does no harm") {
  const Read read(
      fmt::format("C:\\>reg query HKLM\\SYSTEM /s\n\n{}\n    a\tREG_DWORD\t0x1\n\nC:\\>\n", kTcpip));
  CHECK(read.input.complete);
  CHECK(read.value("a").number == 1);
}

TEST_CASE("registry query: cut off at any byte it invents nothing") {
  for (const std::string& text :
       {output("\n! REG.EXE VERSION 3.0\n", "\t", "<NO NAME>"), output("", "    ", "(Default)")}) {
    for (const std::string& bytes : {text, latin1(text), "\xFF\xFE" + utf16(text)}) {
      const Read whole(bytes);
      for (std::size_t n = 0; n < bytes.size(); ++n) {
        CAPTURE(n);
        CHECK(invents_nothing(Read(std::string_view(bytes).substr(0, n)).registry, whole.registry));
      }
    }
  }
  const Read cut(fmt::format("{}\n    a\tREG_DWORD\t0x1\n    b\tREG_DWORD\t0x2", kTcpip));
  CHECK(cut.registry.lost_records);
  CHECK(cut.registry.find(kTcpip)->values.size() == 1);
}

TEST_CASE("registry query: wrong character sets and NUL bytes") {
  using namespace std::string_literals;
  const Read read(std::string(kTcpip) +
                  "\n    a\tREG_SZ\tx\x81\n    b\tREG_SZ\tx\0y\n    c\tREG_SZ\tcaf\xe9\n"s);
  CHECK(read.lines() == Lines{2, 3});
  CHECK_FALSE(read.value("a").readable);
  CHECK_FALSE(read.value("b").readable);
  CHECK(read.value("c").strings == Strings{"café"});
  const Read keys(std::string(kTcpip) + "\\A\0B\n    a\tREG_SZ\tx\n"s);
  CHECK(keys.registry.keys().empty());
  CHECK(keys.registry.lost_records);
}
