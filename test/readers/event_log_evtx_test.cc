#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "base/temporary_file.h"
#include "facts/event_catalogue.h"
#include "facts/event_match.h"
#include "readers/readers.h"
#include "support/evtx_writer.h"

using exaudit::facts::EventLog;
using exaudit::facts::Input;
using exaudit::test::EvtxWriter;

namespace {

struct Read {
  Input input;
  EventLog log;
};

Read read(std::string_view bytes) {
  const auto file = exaudit::base::TemporaryFile::make(bytes);
  REQUIRE(file);
  Read r;
  r.log = exaudit::readers::read_event_log_evtx(file->path(), 7, r.input);
  return r;
}

EvtxWriter sample() {
  EvtxWriter writer;
  writer.add({"W32Time", 35, {"time.example.test"}, 5, 3, "MAIL2.contoso.test"});
  writer.add({"MSExchangeIS", 1194, {"SMTP", "0x80004005"}, 6});
  writer.add(
      {"Service Control Manager", 7000, {"Microsoft Exchange POP3", "%%1083"}, 8, 1, "MAIL2.contoso.test"});
  return writer;
}

}  // namespace

TEST_CASE("event log evtx: keeps the events that rules read, counts all") {
  const Read r = read(sample().file());
  CHECK(r.input.problems.empty());
  CHECK(r.input.complete);
  CHECK(r.input.records == 3);
  CHECK(r.log.records == 3);
  CHECK(r.log.newest == 8);
  CHECK(r.log.utc);
  CHECK(r.log.computer == "MAIL2.contoso.test");
  CHECK(r.log.kind == exaudit::facts::LogKind::application);  // by the first source that tells
  REQUIRE(r.log.events.size() == 2);
  const auto& event = r.log.events[0];
  CHECK(event.source == "MSExchangeIS");
  CHECK(event.time == 6);
  CHECK(event.type == exaudit::facts::EventType::error);
  CHECK(event.computer == "MAIL1");
  CHECK(event.location.record == 2);
  const auto interface_failure = exaudit::facts::interface_failure(event);
  REQUIRE(interface_failure);
  CHECK(interface_failure->interface_name == "SMTP");
  CHECK(interface_failure->error == 0x80004005);
  const auto start = exaudit::facts::service_start_failure(r.log.events[1]);
  REQUIRE(start);
  CHECK(start->service == "Microsoft Exchange POP3");
  CHECK(start->error == 1083);
}

TEST_CASE("event log evtx: dirty, cut off or damaged is said, the rest is read") {
  EvtxWriter writer = sample();
  writer.mark_dirty();
  const Read dirty = read(writer.file());
  CHECK(dirty.log.records == 3);
  CHECK(dirty.input.complete);
  REQUIRE(dirty.input.problems.size() == 1);
  CHECK(dirty.input.problems[0].message.find("dirty") != std::string::npos);

  const std::string whole = sample().file();
  for (const std::size_t size : {0U, 7U, 100U, 4095U, 4096U, 5000U}) {
    CAPTURE(size);
    const Read r = read(std::string_view(whole).substr(0, size));
    CHECK(r.input.lost_records);
    CHECK(r.log.events.empty());
  }
}
