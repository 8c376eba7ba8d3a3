#include "readers/sink_listing.h"

#include <string>

#include <doctest/doctest.h>

#include "readers/readers.h"
#include "readers/spelling.h"
#include "tree.h"

namespace {

using exaudit::facts::Input;
using exaudit::facts::ListedBinding;
using exaudit::facts::SinkListing;

struct Read {
  SinkListing listing;
  Input input;
};

Read read(std::string_view bytes) {
  Read out;
  out.listing = exaudit::readers::read_sink_listing(bytes, 3, out.input);
  return out;
}

std::string seed(const char* name) {
  return exaudit::test::slurp(exaudit::test::source_root() / "fixtures/readers/sink_listing" / name);
}

}  // namespace

TEST_CASE("sink listing: the older form shows OnArrival sinks only, in every spelling") {
  for (const auto& file : exaudit::test::spellings(seed("v1.txt"))) {
    CAPTURE(file.name);
    CHECK(exaudit::readers::recognise(file.bytes) == exaudit::facts::InputKind::sink_listing);
    const Read r = read(file.bytes);
    CHECK(r.listing.arrival_only);
    CHECK(r.listing.instances == std::vector<std::string>{"1"});
    REQUIRE(r.listing.bindings.size() == 1);
    const ListedBinding& binding = r.listing.bindings[0];
    CHECK(binding.id == "{00000000-0000-0000-0000-0000000000B1}");
    CHECK(binding.event.empty());
    CHECK(binding.source == "smtpsvc 1");
    CHECK(binding.instance == "1");
    CHECK(binding.display_name == "Contoso Archive Sink");
    CHECK(binding.sink_class == "Contoso.Archive");
    CHECK(binding.enabled == true);  // "Status" among the properties is the sink's own
    CHECK(binding.line == 7);
    CHECK(r.listing.location.line == 4);
    CHECK(r.input.complete);
    CHECK(r.input.records == 1);
  }
}

TEST_CASE("sink listing: the newer form shows all events and other services, in every spelling") {
  for (const auto& file : exaudit::test::spellings(seed("v2.txt"))) {
    CAPTURE(file.name);
    CHECK(exaudit::readers::recognise(file.bytes) == exaudit::facts::InputKind::sink_listing);
    const Read r = read(file.bytes);
    CHECK_FALSE(r.listing.arrival_only);
    CHECK(r.listing.instances == std::vector<std::string>{"1", "2"});
    REQUIRE(r.listing.bindings.size() == 3);
    const ListedBinding& first = r.listing.bindings[0];
    CHECK(first.id == "{00000000-0000-0000-0000-0000000000A1}");
    CHECK(first.event == "{F6628C8D-0D5E-11D2-AA68-00C04FA35B82}");
    CHECK(first.display_name == "Exchange SMTP Protocol XEXCH50 Inbound EHLO Sink");
    CHECK(first.enabled == true);
    const ListedBinding& second = r.listing.bindings[1];
    CHECK(second.display_name == "Contoso Sink");
    CHECK(second.sink_class.empty());
    CHECK(second.instance == "1");
    CHECK_FALSE(second.enabled.has_value());  // a word in another language
    const ListedBinding& news = r.listing.bindings[2];
    CHECK(news.source == "nntpsvc 1");
    CHECK(news.instance.empty());
    CHECK(news.event == "{00000000-0000-0000-0000-0000000000E1}");
    CHECK(r.listing.complete);
    REQUIRE(r.input.problems.size() == 1);
    CHECK(r.input.problems[0].line == 36);
  }
}

TEST_CASE("sink listing: lines that the script left out are not taken from the block before") {
  const std::string box = " ----\n| Event Type |\n ----\n   ID: {F6628C8D-0D5E-11D2-AA68-00C04FA35B82}\n";
  const std::string source = " ----\n| Source |\n ----\n Name: smtpsvc 7\n";
  const std::string binding = " ----\n| Binding |\n ----\n Name: Contoso Sink\n Enabled: Disabled\n";
  const Read whole = read(box + source + binding);
  REQUIRE(whole.listing.bindings.size() == 1);
  CHECK(whole.listing.bindings[0].instance == "7");
  CHECK(whole.listing.bindings[0].enabled == false);
  const Read gaps =
      read(box + source + " ----\n| Event Type |\n ----\n" + binding + "\n| Source |\n" + binding);
  REQUIRE(gaps.listing.bindings.size() == 2);
  for (const ListedBinding& each : gaps.listing.bindings) {
    CHECK(each.event.empty());
    CHECK(each.instance.empty());
  }
  const Read empty = read(box + source + " ----\n| Binding |\n ----\n");
  CHECK(empty.listing.bindings.empty());
  CHECK_FALSE(empty.listing.complete);
  CHECK(empty.input.lost_records);
  const Read no_state = read(box + source + "| Binding |\n Name: Contoso Sink\n");
  CHECK_FALSE(no_state.listing.bindings.at(0).enabled.has_value());
  CHECK_FALSE(no_state.input.complete);
  CHECK(no_state.listing.complete);
}

TEST_CASE("sink listing: an error of the script may have cost bindings") {
  const Read r =
      read(seed("v2.txt") + "C:\\smtpreg.vbs(214, 3) Microsoft VBScript runtime error: Permission denied\n");
  CHECK_FALSE(r.listing.complete);
  CHECK(r.listing.bindings.size() == 3);
}

TEST_CASE("sink listing: look-alikes are something else") {
  using exaudit::readers::looks_like_sink_listing;
  CHECK_FALSE(looks_like_sink_listing("Source {\n  DisplayName = smtpsvc 1\n"));
  CHECK_FALSE(looks_like_sink_listing("Source {12} {\n"));
  CHECK_FALSE(looks_like_sink_listing("+-----+\n| Source |\n+-----+\n"));
  CHECK_FALSE(looks_like_sink_listing("| Source | Target |\n|--------|--------|\n"));
  CHECK_FALSE(looks_like_sink_listing("| Source |\n"));
  CHECK_FALSE(looks_like_sink_listing("--------\nSource\n--------\n"));
  // A page that explains the listing begins with something else.
  CHECK_FALSE(looks_like_sink_listing("This is what it looks like:\n\n" + seed("v2.txt")));
}
