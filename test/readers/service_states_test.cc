#include "readers/service_states.h"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "readers/readers.h"
#include "readers/spelling.h"

namespace {

using exaudit::facts::Input;
using exaudit::facts::Service;
using exaudit::facts::ServiceState;
using exaudit::facts::ServiceTable;
using exaudit::facts::StartMode;
using Covers = exaudit::facts::ServiceTable::Covers;

struct Read {
  ServiceTable table;
  Input input;
};

Read read(std::string_view bytes) {
  Read out;
  out.table = exaudit::readers::read_service_states(bytes, 3, out.input);
  return out;
}

const Service& service(const Read& r, std::string_view name) {
  const Service* found = r.table.find(name);
  REQUIRE(found != nullptr);
  return *found;
}

// As sc lists it; the word behind the number is the system's.
std::string block(std::string_view name, std::string_view state,
                  std::string_view type = "20  WIN32_SHARE_PROCESS") {
  return fmt::format(
      "\nSERVICE_NAME: {0}\nDISPLAY_NAME: {0} M\xC3\xBCller\n        TYPE               : {2} \n        "
      "STATE   "
      "           : {1} \n        WIN32_EXIT_CODE    : 0  (0x0)\n",
      name, state, type);
}
std::string running(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += block(fmt::format("Svc{}", i), "4  RUNNING");
  return out;
}

}  // namespace

TEST_CASE("service states: sc query, by its numbers, in every spelling") {
  const std::string text = running(5) + block("SMTPSVC", "1  BEENDET") + block("RESvc", "3  STOP_PENDING");
  for (const auto& file : exaudit::test::spellings(text)) {
    CAPTURE(file.name);
    CHECK(exaudit::readers::recognise(file.bytes) == exaudit::facts::InputKind::service_states);
    const Read r = read(file.bytes);
    CHECK(r.table.services.size() == 7);
    CHECK(service(r, "svc0").state == ServiceState::running);
    CHECK(service(r, "smtpsvc").state == ServiceState::stopped);
    CHECK(service(r, "SMTPSVC").display_name == "SMTPSVC M\xC3\xBCller");
    CHECK(service(r, "SMTPSVC").line == 32);
    CHECK(service(r, "RESVC").state == ServiceState::other);
    CHECK(service(r, "RESVC").start == StartMode::not_observed);
    CHECK(r.table.find("IISADMIN") == nullptr);
    CHECK(r.table.covers == Covers::all);
    CHECK(r.table.complete);
    CHECK(r.input.complete);
    CHECK(r.input.records == 7);
  }
}

TEST_CASE("service states: what a list says about services that are not in it") {
  CHECK(read(running(6)).table.covers == Covers::running);
  CHECK(read(running(6) + block("SMTPSVC", "1  STOPPED")).table.covers == Covers::all);
  // Asked for by name.
  CHECK(read(running(1)).table.covers == Covers::some);
  CHECK(read(running(1) + block("SMTPSVC", "1  STOPPED")).table.covers == Covers::some);
  // "state= inactive" and "type= driver".
  std::string stopped;
  std::string drivers;
  for (int i = 0; i < 9; ++i) {
    stopped += block(fmt::format("Svc{}", i), "1  STOPPED");
    drivers += block(fmt::format("Drv{}", i), i < 5 ? "4  RUNNING" : "1  STOPPED", "1  KERNEL_DRIVER");
  }
  CHECK(read(stopped).table.covers == Covers::some);
  CHECK(read(drivers).table.covers == Covers::some);
  // "sc query NAME", one after the other, shows no display names.
  std::string single;
  for (int i = 0; i < 9; ++i)
    single += fmt::format(
        "SERVICE_NAME: Svc{}\n        TYPE               : 20  X\n        STATE              : 4  RUNNING\n",
        i);
  CHECK(read(single).table.services.size() == 9);
  CHECK(read(single).table.covers == Covers::some);
}

TEST_CASE("service states: sc qc adds the start type to the state") {
  const Read r = read(
      "SERVICE_NAME: RESvc\n        TYPE               : 20  WIN32_SHARE_PROCESS\n        STATE              "
      ": 1  STOPPED\n"
      "\n[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: resvc\n        TYPE               : 20  "
      "WIN32_SHARE_PROCESS\n"
      "        START_TYPE         : 4   DISABLED\n        DISPLAY_NAME       : Microsoft Exchange Routing "
      "Engine\n");
  REQUIRE(r.table.services.size() == 1);
  CHECK(r.table.services[0].name == "RESvc");
  CHECK(r.table.services[0].state == ServiceState::stopped);
  CHECK(r.table.services[0].start == StartMode::disabled);
  CHECK(r.table.services[0].display_name == "Microsoft Exchange Routing Engine");
  CHECK(r.table.covers == Covers::some);
}

TEST_CASE("service states: damage in sc's list is named") {
  const Read cut = read(running(6) + "\nEnum: more data, need 1822 bytes start resume at index 79\n");
  CHECK_FALSE(cut.table.complete);
  CHECK(cut.input.lost_records);
  const Read odd = read(block("SMTPSVC", "RUNNING") + block("RESvc", "4  RUNNING"));
  CHECK(service(odd, "RESvc").state == ServiceState::running);
  const Read odd_later =
      read(block("RESvc", "4  RUNNING") + block("SMTPSVC", "9  NEW") + "\nSERVICE_NAME: IISADMIN\n");
  CHECK(service(odd_later, "SMTPSVC").state == ServiceState::not_observed);
  CHECK_FALSE(odd_later.table.complete);
  REQUIRE(odd_later.input.problems.size() == 2);
  CHECK(odd_later.input.problems[0].line == 11);
  CHECK(odd_later.input.problems[1].line == 14);
}

TEST_CASE("service states: net start, in every language and spelling") {
  const std::string german =
      "C:\\>net start\n"
      "Folgende Windows-Dienste sind gestartet:\n\n   Anmeldedienst\n   Computerbrowser\n   "
      "IIS-Verwaltungsdienst\n"
      "   Microsoft Exchange-Informationsspeicher\n   Plug & Play\n   Remoteprozeduraufruf (RPC)\n"
      "   Gesch\xC3\xBCtzter Speicher\n\nDer Befehl wurde erfolgreich ausgef\xC3\xBChrt.\n\n";
  for (const auto& file : exaudit::test::spellings(german)) {
    CAPTURE(file.name);
    CHECK(exaudit::readers::recognise(file.bytes) == exaudit::facts::InputKind::service_states);
    const Read r = read(file.bytes);
    REQUIRE(r.table.services.size() == 7);
    CHECK(r.table.services[6].display_name == "Gesch\xC3\xBCtzter Speicher");
    CHECK(r.table.services[6].name.empty());
    CHECK(r.table.services[6].state == ServiceState::running);
    CHECK(r.table.services[0].line == 4);
    CHECK(r.table.covers == Covers::running);
    CHECK(r.table.complete);
  }
  const std::string english =
      "These Windows 2000 services are started:\n\n   Simple Mail Transfer Protocol (SMTP)\n";
  CHECK(exaudit::readers::looks_like_service_states(english));
  CHECK(read(english).input.lost_records);  // the end is missing
  CHECK(read(english + "\nThe command completed successfully.\n").table.complete);
}

TEST_CASE("service states: csv of Win32_Service, columns in any order, in every spelling") {
  const std::string text =
      "\nNode,DisplayName,Name,StartMode,State\n"
      "MAIL1,IIS Admin Service,IISADMIN,Auto,Running\nMAIL1,B\xC3\xBCro, Sicherung, Pr\xC3\xBC"
      "fung,BACKUP,Manual,Stopped\n"
      "MAIL1,Routing,RESvc,Disabled,Stop "
      "Pending\nMAIL1,D,disk,Boot,Running\nMAIL1,E,E,Auto,Running\nMAIL1,F,F,Auto,"
      "Running\n";
  for (const auto& file : exaudit::test::spellings(text)) {
    CAPTURE(file.name);
    CHECK(exaudit::readers::recognise(file.bytes) == exaudit::facts::InputKind::service_states);
    const Read r = read(file.bytes);
    REQUIRE(r.table.services.size() == 6);
    CHECK(service(r, "IISADMIN").start == StartMode::automatic);
    CHECK(service(r, "backup").display_name ==
          "B\xC3\xBCro, Sicherung, Pr\xC3\xBC"
          "fung");
    CHECK(service(r, "backup").state == ServiceState::stopped);
    CHECK(service(r, "backup").line == 4);
    CHECK(service(r, "RESvc").start == StartMode::disabled);
    CHECK(service(r, "RESvc").state == ServiceState::other);
    CHECK(service(r, "disk").start == StartMode::other);
    CHECK(r.table.machine_hint == "MAIL1");
    CHECK(r.table.covers == Covers::all);
    CHECK(r.table.complete);
  }
  const Read powershell = read(
      "#TYPE "
      "System.ServiceProcess.ServiceController\n\"Status\",\"Name\",\"StartType\"\n\"Running\",\"SMTPSVC\","
      "\"Automatic\"\n");
  CHECK(service(powershell, "SMTPSVC").start == StartMode::automatic);
  CHECK(powershell.table.covers == Covers::some);
}

TEST_CASE("service states: wmic's doubled carriage returns, and rows of other computers") {
  std::string text;
  for (const char c : std::string_view(
           "\nNode,Name,State\nMAIL1,SMTPSVC,Running\nMAIL2,RESvc,Stopped\n\nMAIL1,RESvc,Running\n"))
    text += c == '\n' ? std::string("\r\r\n") : std::string(1, c);
  const Read r = read(exaudit::test::utf16le(text));
  REQUIRE(r.table.services.size() == 2);
  CHECK(service(r, "RESvc").state == ServiceState::running);
  CHECK(service(r, "RESvc").line == 6);
  CHECK(r.table.machine_hint == "MAIL1");
  CHECK_FALSE(r.table.complete);
  REQUIRE(r.input.problems.size() == 1);
  CHECK(r.input.problems[0].line == 4);
}

TEST_CASE("service states: rows that do not fit cost only themselves") {
  const Read r = read(
      "Name,StartMode,State\nA,Auto,Running\nB,Auto\n\"C,Auto,Running\nD,Auto,Sleeping\nE,Manual,Stopped\n");
  CHECK(r.table.services.size() == 2);
  CHECK_FALSE(r.table.complete);
  REQUIRE(r.input.problems.size() == 3);
  CHECK(r.input.problems[0].line == 3);
  CHECK(r.input.problems[1].line == 4);
  CHECK(r.input.problems[2].line == 5);
}

TEST_CASE("service states: look-alikes are something else") {
  using exaudit::readers::looks_like_service_states;
  CHECK_FALSE(looks_like_service_states("Name,State\nBob,Texas\n"));
  CHECK_FALSE(looks_like_service_states("Name,Status\nPrinter,OK\n"));
  CHECK_FALSE(looks_like_service_states("Name,State\n"));
  CHECK_FALSE(looks_like_service_states("SERVICE_NAME: the name of the service\nSTATE : running\n"));
  CHECK_FALSE(looks_like_service_states(
      "To buy:\n\n   Milk\n   Eggs\n   Bread\n   Tea\n   Salt\n   Rice\n\nThank you\n"));
  CHECK_FALSE(looks_like_service_states("SERVICE_NAME: SMTPSVC\n"));
  CHECK_FALSE(looks_like_service_states("Notes\nSERVICE_NAME: SMTPSVC\n  STATE : 4 RUNNING\n"));
}
