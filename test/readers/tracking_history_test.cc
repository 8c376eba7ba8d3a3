#include "readers/tracking_history.h"

#include <string>

#include <doctest/doctest.h>

#include "readers/readers.h"
#include "readers/spelling.h"

namespace {

using exaudit::facts::Input;
using exaudit::facts::TrackingHistory;
using exaudit::facts::TrackingStep;
using Steps = std::vector<TrackingStep>;

struct Read {
  TrackingHistory history;
  Input input;
};

Read read(std::string_view bytes) {
  Read out;
  out.history = exaudit::readers::read_tracking_history(bytes, 3, out.input);
  return out;
}

Steps steps(const Read& r) {
  Steps out;
  for (const auto& line : r.history.lines) out.push_back(line.step);
  return out;
}

constexpr std::string_view kArticle =
    "Die Nachricht in der \xC3\x9C"
    "bersicht (contoso.test is a placeholder):\n\n"
    "2003-9-12 22:53:18 SMTP: Message Delivered Locally to recipient@contoso.test\n"
    "2003-9-12 22:53:18 SMTP: Message Scheduled to Retry Local Delivery 2003-9-12 22:58:18 SMTP: Message "
    "Delivered "
    "Locally to recipient@contoso.test\n"
    "2003-9-12 22:58:18 SMTP: Message Scheduled to Retry Local Delivery\n\n\nCAUSE\n";

}  // namespace

TEST_CASE("tracking history: as KB 828938 shows it, in every spelling") {
  for (const auto& file : exaudit::test::spellings(kArticle)) {
    CAPTURE(file.name);
    CHECK(exaudit::readers::recognise(file.bytes) == exaudit::facts::InputKind::tracking_history);
    const Read r = read(file.bytes);
    CHECK(steps(r) == Steps{TrackingStep::delivered_locally, TrackingStep::retry_scheduled,
                            TrackingStep::delivered_locally, TrackingStep::retry_scheduled});
    CHECK(r.history.lines[0].recipient == "recipient@contoso.test");
    CHECK(r.history.lines[0].text == "SMTP: Message Delivered Locally to recipient@contoso.test");
    CHECK(r.history.lines[1].recipient.empty());
    CHECK(r.history.lines[2].recipient == "recipient@contoso.test");
    CHECK(r.history.lines[2].line == 4);
    CHECK(r.history.location.line == 3);
    CHECK(r.history.location.input == 3);
    CHECK(r.input.complete);
    CHECK(r.input.records == 4);
  }
}

TEST_CASE("tracking history: KB 822939's sequence, one below the other, run together, quoted, as columns") {
  const Steps expected = {TrackingStep::report_generated, TrackingStep::submitted_from_store,
                          TrackingStep::submitted_to_mta, TrackingStep::unroutable_report_discarded};
  const std::vector<std::string> texts = {
      "Report generated internally\nSMTP Store Driver: Message Submitted from Store\nSMTP Store Driver: "
      "Submitted "
      "Message to MTA\nUnroutable report discarded\n",
      "Report generated internally SMTP Store Driver: Message Submitted from Store SMTP Store Driver: "
      "Submitted Message "
      "to MTA Unroutable report discarded",
      "> report generated internally\n> * SMTP STORE DRIVER: Message submitted from store\n\n\xE2\x80\xA2 "
      "SMTP Store "
      "Driver: Submitted Message to MTA\n\"Unroutable report discarded\"\n",
      "9/12/2003 10:53 PM\tReport generated internally\n\"9/12/2003\",\"10:53:18 PM\",\"SMTP Store Driver: "
      "Message "
      "Submitted from Store\"\n12.09.2003 22:53;SMTP Store Driver: Submitted Message to MTA\nUnroutable "
      "report "
      "discarded\t2003-09-12T22:53:18\n",
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    CHECK(exaudit::readers::looks_like_tracking_history(text));
    CHECK(steps(read(text)) == expected);
  }
}

TEST_CASE("tracking history: other steps are kept as they are written") {
  const Read r = read(
      "2003-9-12 22:53:17 SMTP: Message Submitted to Categorizer\n2003-9-12 22:53:18 SMTP: Message Delivered "
      "Locally to "
      "a@contoso.test\n2003-9-12 10:53 AM Nachricht \xC3\xBC"
      "bergeben\n2003-9-12 10:54 American mail\n");
  REQUIRE(r.history.lines.size() == 4);
  CHECK(r.history.lines[0].step == TrackingStep::other);
  CHECK(r.history.lines[0].text == "SMTP: Message Submitted to Categorizer");
  CHECK(r.history.lines[2].text ==
        "Nachricht \xC3\xBC"
        "bergeben");
  CHECK(r.history.lines[3].text == "American mail");
}

TEST_CASE("tracking history: prose about steps, and times without them, are no history") {
  for (const std::string_view text : {
           "the tracking history ends with `Submitted Message to MTA` and `Unroutable report discarded`\n",
           "Unroutable report discarded means that nobody could deliver it\n",
           "See SMTP: Message Delivered Locally to recipient@contoso.test\n",
           "SMTP: Message Delivered Locally to the recipient\n",
           "2003-9-12 22:53:18 backup started\n2003-9-12 22:59:18 backup ended\n",
           "1-2-3 4:5:6\n",
           "",
       }) {
    CAPTURE(text);
    CHECK_FALSE(exaudit::readers::looks_like_tracking_history(text));
    const Read r = read(text);
    CHECK(r.history.lines.empty());
    CHECK(r.input.complete);
  }
}

TEST_CASE("tracking history: beside copied events the events decide the kind") {
  const std::string both =
      "Event Type: Error\nEvent Source: MSExchangeTransport\nEvent ID: 326\nDescription:\nFailed.\n\n" +
      std::string(kArticle);
  CHECK(exaudit::readers::recognise(both) == exaudit::facts::InputKind::event_blocks);
  CHECK(steps(read(both)).size() == 4);
}

TEST_CASE("tracking history: wrapped by a mail, wherever that was") {
  const std::string text =
      "2003-9-12 22:53:18 SMTP: Message Delivered Locally to recipient@contoso.test\n"
      "2003-9-12 22:53:18 SMTP: Message Scheduled to Retry Local Delivery 2003-9-12 22:58:18 SMTP: Message "
      "Delivered Locally to recipient@contoso.test\n"
      "2003-9-12 22:58:18 SMTP: Message Scheduled to Retry Local Delivery\n\nProse.\n";
  const Steps expected = steps(read(text));
  REQUIRE(expected.size() == 4);
  for (std::size_t blank = text.find(' '); blank < text.find("\n\n"); blank = text.find(' ', blank + 1)) {
    std::string wrapped = text;
    wrapped.replace(blank, 1, "\n> ");
    CAPTURE(wrapped);
    const Read r = read(wrapped);
    CHECK(steps(r) == expected);
    CHECK(r.history.lines.at(0).recipient == "recipient@contoso.test");
    CHECK(r.history.lines.at(2).recipient == "recipient@contoso.test");
  }
  // Prose does not go on in the next line.
  CHECK(read("The history has SMTP: Message Delivered\nLocally to recipient@contoso.test\n")
            .history.lines.empty());
}
