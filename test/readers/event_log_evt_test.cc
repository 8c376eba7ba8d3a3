#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "facts/event_catalogue.h"
#include "facts/event_match.h"
#include "readers/readers.h"
#include "support/evt_writer.h"
#include "tree.h"

using exaudit::facts::Event;
using exaudit::facts::EventLog;
using exaudit::facts::Input;
using exaudit::test::EvtRecord;
using exaudit::test::EvtWriter;

namespace {

constexpr std::string_view kName =
    "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Connections/cn=SMTP "
    "(MAIL1)/cn={37C1C681-D0CF-4E2E-B464-41FC38A8B11B}";

struct Read {
  Input input;
  EventLog log;
};

Read read(std::string_view bytes) {
  Read r;
  r.log = exaudit::readers::read_event_log_evt(bytes, 7, r.input);
  return r;
}

bool has_problem(const Input& input, std::string_view part) {
  for (const auto& problem : input.problems) {
    if (problem.message.find(part) != std::string::npos) return true;
  }
  return false;
}

EvtRecord logon_failure(std::uint32_t time) {
  return {"MSExchangeTransport", 326, {"Service Account", std::string(kName), "0x80040148"}, time};
}
EvtRecord other(std::uint32_t time = 1'100'000'000) { return {"W32Time", 35, {"time.example.test"}, time}; }

// A ring in which `count` records went round at least once; each second is a logon failure.
std::string wrapped_log(std::size_t capacity, std::uint32_t count, bool dirty) {
  EvtWriter writer(capacity);
  for (std::uint32_t i = 1; i <= count; ++i) writer.add(i % 2 == 0 ? logon_failure(i) : other(i));
  if (dirty) writer.mark_dirty();
  return writer.file();
}

}  // namespace

TEST_CASE("event log evt: keeps the events that rules read, counts all") {
  EvtWriter writer;
  writer.add(other(5));
  writer.add(logon_failure(6));
  writer.add({"MSExchangeTransport", 4000, {"x"}, 7});
  writer.add({"service control manager", 7000, {"Microsoft Exchange POP3", "%%1083"}, 8});
  writer.add({"W32Time", 326, {}, 9, 1, "MAIL2"});
  const Read r = read(writer.file());
  CHECK(r.input.problems.empty());
  CHECK(r.input.complete);
  CHECK(r.input.records == 5);
  CHECK(r.log.records == 5);
  CHECK(r.log.newest == 9);
  CHECK(r.log.utc);
  CHECK(r.log.computer == "MAIL2");
  REQUIRE(r.log.events.size() == 2);

  const Event& event = r.log.events[0];
  CHECK(event.source == "MSExchangeTransport");
  CHECK(event.id == 326);
  CHECK(event.type == exaudit::facts::EventType::error);
  CHECK(event.time == 6);
  CHECK(event.computer == "MAIL1");
  CHECK(event.strings.size() == 3);
  CHECK_FALSE(event.recovered);
  CHECK(event.location.input == 7);
  CHECK(event.location.record == 2);
  const auto failure = exaudit::facts::store_logon_failure(event);
  REQUIRE(failure);
  CHECK(failure->legacy_dn == kName);
  CHECK(failure->error == 0x80040148);

  const auto start = exaudit::facts::service_start_failure(r.log.events[1]);
  REQUIRE(start);
  CHECK(start->service == "Microsoft Exchange POP3");
  CHECK(start->error == 1083);
}

TEST_CASE("event log evt: which log it is tell the sources of its records, also of those that are not kept") {
  const auto kind = [](const std::string& source, std::uint32_t id) {
    EvtWriter writer;
    writer.add(other());
    writer.add({source, id, {}});
    return read(writer.file()).log.kind;
  };
  CHECK(kind("MSExchangeIS Mailbox Store", 9523) == exaudit::facts::LogKind::application);
  CHECK(kind("ESE", 100) == exaudit::facts::LogKind::application);
  CHECK(kind("eventlog", 6005) == exaudit::facts::LogKind::system);
  CHECK(kind("Contoso", 1) == exaudit::facts::LogKind::unknown);
}

TEST_CASE("event log evt: every catalogued event survives the way through a log") {
  EvtWriter writer;
  for (const auto& known : exaudit::facts::event_catalogue()) {
    writer.add({std::string(known.source), known.id, {"one", "0x80004005", "three"}});
  }
  const Read r = read(writer.file());
  REQUIRE(r.log.events.size() == exaudit::facts::event_catalogue().size());
  for (std::size_t i = 0; i < r.log.events.size(); ++i) {
    CHECK(r.log.events[i].id == exaudit::facts::event_catalogue()[i].id);
    CHECK(r.log.events[i].strings == std::vector<std::string>{"one", "0x80004005", "three"});
  }
}

TEST_CASE("event log evt: a wrapped log, clean or dirty, whatever falls on the end of the file") {
  bool split = false;
  bool recovered = false;
  for (std::size_t capacity = 4000; capacity < 4400; capacity += 4) {
    for (const bool dirty : {false, true}) {
      CAPTURE(capacity);
      CAPTURE(dirty);
      const std::string file = wrapped_log(capacity, 100, dirty);
      const Read r = read(file);
      CHECK(r.input.complete);
      CHECK(has_problem(r.input, "wrapped"));
      CHECK(has_problem(r.input, "dirty") == dirty);
      CHECK(r.log.newest == 100);
      CHECK(r.log.records > 10);
      std::uint32_t live = 100;
      for (auto event = r.log.events.rbegin(); event != r.log.events.rend(); ++event) {
        if (event->recovered) {
          recovered = true;
          continue;
        }
        CHECK(event->location.record == live);
        CHECK(event->time == live);
        CHECK(exaudit::facts::store_logon_failure(*event));
        split = split || event->location.offset + 300 > file.size();
        live -= 2;
      }
      CHECK(live + 2 > 100 - r.log.records);
      CHECK(live <= 100 - r.log.records);
    }
  }
  CHECK(split);
  CHECK(recovered);
}

TEST_CASE("event log evt: damage inside is named with the record before it, the rest is read") {
  EvtWriter writer;
  for (std::uint32_t i = 1; i <= 9; ++i) writer.add(logon_failure(i));
  std::string file = writer.file();
  const std::size_t size = (file.size() - 88) / 9;
  file.replace(48 + 4 * size, size, size, '\xAA');
  const Read r = read(file);
  CHECK(r.log.records == 8);
  CHECK(r.log.events.size() == 8);
  CHECK(r.input.lost_records);
  CHECK(has_problem(r.input, "behind record 4 "));

  file = writer.file();
  file[48 + 2 * size + 36] = '\xFF';  // where its strings begin
  file[48 + 2 * size + 37] = '\xFF';
  const Read strings = read(file);
  CHECK(strings.log.events.size() == 9);
  CHECK(strings.log.events[2].strings.empty());
  CHECK_FALSE(strings.input.complete);
  CHECK_FALSE(strings.input.lost_records);
  CHECK(has_problem(strings.input, "record 3:"));
}

TEST_CASE("event log evt: a log that was cut off gives what is there") {
  const std::string file = wrapped_log(65536, 2000, true);
  const Read whole = read(file);
  CHECK(whole.input.complete);
  const Read missing_byte = read(std::string_view(file).substr(0, file.size() - 1));
  CHECK(missing_byte.input.lost_records);
  CHECK(has_problem(missing_byte.input, "cut off after 65535 of 65536"));
  CHECK(missing_byte.log.records >= whole.log.records - 1);

  EvtWriter writer;
  for (std::uint32_t i = 1; i <= 9; ++i) writer.add(logon_failure(i));
  const std::string plain = writer.file();
  const Read half = read(std::string_view(plain).substr(0, plain.size() / 2));
  CHECK(half.log.records == 4);
  CHECK(half.log.events.size() == 4);
  CHECK(half.input.lost_records);
  CHECK_FALSE(half.log.events[0].recovered);

  for (const std::size_t size : {0U, 4U, 8U, 47U}) {
    const Read header = read(std::string_view(plain).substr(0, size));
    CHECK(header.log.records == 0);
    CHECK(has_problem(header.input, "header"));
    CHECK(header.input.lost_records);
  }
  const Read no_end = read(std::string(plain, 0, plain.size() - 40) + std::string(40, '\0'));
  CHECK(no_end.log.records == 9);
  CHECK(no_end.input.lost_records);
}

TEST_CASE("event log evt: an empty log is whole") {
  const Read r = read(EvtWriter().file());
  CHECK(r.input.complete);
  CHECK(r.input.problems.empty());
  CHECK(r.log.records == 0);
  CHECK_FALSE(r.log.newest);
}

TEST_CASE("event log evt: a real log from a running machine") {
  const std::string file = exaudit::test::slurp(exaudit::test::source_root() / "fixtures/real/SysEvent.Evt");
  REQUIRE(file.size() == 2031616);
  const Read r = read(file);
  CHECK(r.input.complete);
  CHECK(r.log.records == 6063);
  CHECK(r.log.computer == "WKS-WINXP32BIT");
  CHECK(has_problem(r.input, "dirty"));
  CHECK(has_problem(r.input, "257 older records"));
  REQUIRE(!r.log.events.empty());
  for (const Event& event : r.log.events) {
    CHECK(event.source == "Service Control Manager");
    CHECK(event.time <= r.log.newest);
  }

  const Read cut = read(std::string_view(file).substr(0, 1'000'000));
  CHECK(cut.input.lost_records);
  CHECK(cut.log.records == 2333);
}
