#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "base/temporary_file.h"
#include "readers/readers.h"
#include "support/hive_writer.h"

using exaudit::facts::Input;
using exaudit::facts::Registry;
using exaudit::test::hive_dword;
using exaudit::test::hive_multi_sz;
using exaudit::test::hive_sz;
using exaudit::test::HiveKey;
using exaudit::test::HiveWriter;

namespace {

struct Read {
  Input input;
  Registry registry;
};

Read read(std::string_view bytes) {
  const auto file = exaudit::base::TemporaryFile::make(bytes);
  REQUIRE(file);
  Read r;
  r.registry = exaudit::readers::read_registry_hive(file->path(), 4, r.input);
  return r;
}

bool has_problem(const Input& input, std::string_view part) {
  for (const auto& problem : input.problems) {
    if (problem.message.find(part) != std::string::npos) return true;
  }
  return false;
}

HiveKey control_set(const std::string& name, const std::string& path) {
  return {
      name,
      {},
      {{"Control", {}, {{"ComputerName", {}, {{"ComputerName", {hive_sz("ComputerName", "MAIL1")}, {}}}}}},
       {"Enum", {}, {{"Root", {hive_sz("x", "y")}, {}}}},
       {"Services",
        {},
        {{"SMTPSVC", {hive_sz("ImagePath", path), hive_dword("Start", 2)}, {{"Parameters", {}, {}}}},
         {"Tcpip",
          {},
          {{"Linkage",
            {hive_multi_sz("Bind", {"\\Device\\{A}", "\\Device\\{B}"}), {"Blob", 3, "12345678"}},
            {}}}}}}}};
}

HiveKey system_hive() {
  return {"$$$PROTO.HIV",
          {},
          {control_set("ControlSet001", "old.exe"),
           control_set("ControlSet003", "inetinfo.exe"),
           {"Select", {hive_dword("Current", 3), hive_dword("Default", 1)}, {}}}};
}

constexpr const char* kServices = "HKLM\\SYSTEM\\CurrentControlSet\\Services";

}  // namespace

TEST_CASE("registry hive: SYSTEM, with its current control set") {
  const Read r = read(HiveWriter::file(system_hive()));
  CHECK(r.input.problems.empty());
  CHECK(r.input.complete);
  CHECK_FALSE(r.registry.lost_records);
  CHECK(r.registry.machine_hint == "MAIL1");

  const auto* smtp = r.registry.find(std::string(kServices) + "\\SMTPSVC");
  REQUIRE(smtp);
  CHECK(smtp->values_complete);
  CHECK(smtp->location.input == 4);
  REQUIRE(smtp->find("imagepath"));
  CHECK(smtp->find("ImagePath")->strings == std::vector<std::string>{"inetinfo.exe"});
  CHECK(smtp->find("Start")->number == 2);
  const auto* linkage = r.registry.find(std::string(kServices) + "\\Tcpip\\Linkage");
  REQUIRE(linkage);
  CHECK(linkage->find("Bind")->strings == std::vector<std::string>{"\\Device\\{A}", "\\Device\\{B}"});
  CHECK(linkage->find("Blob")->type == exaudit::facts::RegistryType::binary);
  CHECK(r.registry.find("HKLM\\SYSTEM\\ControlSet001\\Services\\SMTPSVC")->find("ImagePath")->strings[0] ==
        "old.exe");
}

TEST_CASE("registry hive: what is not in a hive does not exist") {
  const Read r = read(HiveWriter::file(system_hive()));
  CHECK(r.registry.exported(kServices));
  CHECK(r.registry.exported("HKLM\\SYSTEM"));
  CHECK(r.registry.child_names(kServices) == std::vector<std::string>{"SMTPSVC", "Tcpip"});
  CHECK_FALSE(r.registry.exists("HKLM\\SYSTEM\\CurrentControlSet\\Enum\\Root"));  // nobody asks for it
}

TEST_CASE("registry hive: SOFTWARE") {
  const HiveKey root{
      "x",
      {},
      {{"Classes", {}, {}},
       {"Microsoft", {}, {{"Exchange", {}, {{"Setup", {hive_dword("Services Version", 65)}, {}}}}}}}};
  const Read r = read(HiveWriter::file(root));
  CHECK(r.input.problems.empty());
  const auto* setup = r.registry.find("HKLM\\SOFTWARE\\Microsoft\\Exchange\\Setup");
  REQUIRE(setup);
  CHECK(setup->find("Services Version")->number == 65);

  const Read other = read(HiveWriter::file({"x", {}, {{"AppEvents", {}, {}}}}));
  CHECK(other.registry.keys().empty());
  CHECK(other.input.lost_records);
  CHECK(has_problem(other.input, "neither the SYSTEM nor the SOFTWARE hive"));
}

TEST_CASE("registry hive: a dirty one is read and said to be dirty") {
  const Read r = read(HiveWriter::file(system_hive(), true));
  CHECK(has_problem(r.input, "dirty"));
  CHECK(r.input.complete);
  CHECK(r.registry.exported(kServices));
}

TEST_CASE("registry hive: cut off, empty or damaged is said, and proves no absence") {
  const std::string whole = HiveWriter::file(system_hive());
  for (const std::size_t size : {0U, 4U, 512U, 4095U, 4096U, 5000U, 8191U}) {
    CAPTURE(size);
    const Read r = read(std::string_view(whole).substr(0, size));
    CHECK(r.input.lost_records);
    CHECK(r.registry.lost_records);
    CHECK_FALSE(r.registry.exported(kServices));
  }
  std::string damaged = whole;
  damaged.replace(damaged.find("Bind"), 4, "\xFF\xFE\xFD\xFC");
  CHECK(read(damaged).registry.find(std::string(kServices) + "\\Tcpip\\Linkage"));

  // The list of subkeys of Services is gone.
  damaged = whole;
  const std::size_t services = damaged.rfind("Services") - 76;
  damaged.replace(services + 28, 4, "\x40\x42\x0f\0", 4);
  const Read list = read(damaged);
  CHECK(list.input.lost_records);
  CHECK_FALSE(list.registry.exported(kServices));
  CHECK(list.registry.find("HKLM\\SYSTEM\\Select"));

  // A value that says it is a number and is none.
  HiveKey root = system_hive();
  root.children[2].values[1] = {"Default", 4, "abcdefgh"};
  const Read value = read(HiveWriter::file(root));
  CHECK_FALSE(value.input.complete);
  CHECK_FALSE(value.input.lost_records);
  CHECK_FALSE(value.registry.find("HKLM\\SYSTEM\\Select")->find("Default")->readable);
}

TEST_CASE("registry hive: a key that is its own ancestor is read once") {
  std::string file = HiveWriter::file(system_hive());
  // Parameters gets the list of subkeys of its control set's Services.
  const std::size_t services = file.rfind("Services") - 76;
  const std::size_t parameters = file.rfind("Parameters") - 76;
  file.replace(parameters + 20, 4, file, services + 20, 4);
  file.replace(parameters + 28, 4, file, services + 28, 4);
  const Read r = read(file);
  CHECK(has_problem(r.input, "two parents"));
  CHECK(r.registry.lost_records);
  CHECK(r.registry.find(std::string(kServices) + "\\Tcpip\\Linkage"));
}
