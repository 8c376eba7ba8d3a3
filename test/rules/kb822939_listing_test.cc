// Event bindings that were seen in a listing of smtpreg.vbs instead of the metabase.
#include <string>

#include <doctest/doctest.h>

#include "facts/snapshot.h"
#include "model/case.h"
#include "rules/rule.h"
#include "rules/sink_catalogue.h"
#include "support/judge.h"

namespace facts = exaudit::facts;
namespace rules = exaudit::rules;

namespace {

// A machine known to run Exchange 2000/2003 by its RESvc key, and the listing taken from it.
rules::Verdicts judge(std::string_view rule_id, facts::SinkListing listing) {
  const rules::Rule* rule = rules::find_rule(rule_id);
  REQUIRE(rule != nullptr);
  facts::RegistryKey key;
  key.path = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\RESvc";
  facts::Snapshot snapshot;
  facts::MachineFacts& machine = snapshot.machines.emplace_back();
  machine.name = "MAIL1";
  machine.registries.emplace_back(std::vector<facts::RegistryKey>{key}, false);
  machine.sink_listings.push_back(std::move(listing));
  const exaudit::model::Case evidence(snapshot, {});
  rules::Verdicts verdicts(*rule);
  rule->check(evidence, verdicts);
  return verdicts;
}

// All sinks of the catalogue on virtual server 1, but for those of one family.
facts::SinkListing listing_without(std::string_view family, bool arrival_only) {
  facts::SinkListing listing;
  listing.arrival_only = arrival_only;
  listing.instances = {"1"};
  for (const rules::Sink& sink : rules::built_in_sinks()) {
    if (sink.family == family) continue;
    facts::ListedBinding binding;
    binding.source = "smtpsvc 1";
    binding.instance = "1";
    binding.display_name = sink.display_name;
    binding.enabled = true;
    listing.bindings.push_back(std::move(binding));
  }
  return listing;
}

std::string line_of(const rules::Verdicts& verdicts, std::string_view part) {
  const std::string all = exaudit::test::summary(verdicts);
  const std::size_t at = all.find("[" + std::string(part) + "]");
  if (at == std::string::npos) return "";
  return all.substr(at, std::min(all.find('\n', at), all.size()) - at);
}

std::size_t count(const rules::Verdicts& verdicts, exaudit::findings::Verdict verdict) {
  std::size_t n = 0;
  for (const auto& row : verdicts.rows) n += row.verdict == verdict ? 1 : 0;
  return n;
}

}  // namespace

TEST_CASE(
    "KB822939.sinks-missing: a whole listing counts like the metabase, one of OnArrival sinks proves no "
    "absence") {
  const auto whole = judge("KB822939.sinks-missing", listing_without("XEXCH50", false));
  CHECK(line_of(whole, "XEXCH50") == "[XEXCH50] fail family-missing");
  CHECK(line_of(whole, "X-EXPS") == "[X-EXPS] pass");
  const auto arrival = judge("KB822939.sinks-missing", listing_without("XEXCH50", true));
  CHECK(line_of(arrival, "XEXCH50") == "[XEXCH50] not-evaluated");
  CHECK(line_of(arrival, "X-EXPS") == "[X-EXPS] pass");  // what is there counts
  CHECK(arrival.findings.empty());
  for (const auto& row : arrival.rows) {
    if (row.verdict == exaudit::findings::Verdict::not_evaluated)
      CHECK(row.why == "the listing shows OnArrival sinks only");
  }
}

TEST_CASE("KB822939.no-bindings: only a whole listing can show that there are none") {
  facts::SinkListing listing;
  listing.instances = {"1"};
  const auto whole = judge("KB822939.no-bindings", listing);
  REQUIRE(whole.findings.size() == 1);
  CHECK(whole.findings[0].reason == "none");
  listing.arrival_only = true;
  const auto arrival = judge("KB822939.no-bindings", listing);
  CHECK(arrival.findings.empty());
  CHECK(count(arrival, exaudit::findings::Verdict::not_evaluated) == 1);
  CHECK(judge("KB822939.sinks-missing", listing).findings.empty());
  CHECK(count(judge("KB822939.sinks-missing", listing), exaudit::findings::Verdict::not_evaluated) == 1);
  listing.arrival_only = false;
  listing.complete = false;
  CHECK(count(judge("KB822939.no-bindings", listing), exaudit::findings::Verdict::not_evaluated) == 1);
}

TEST_CASE("KB822939.sink-disabled: a disabled sink of a listing is one, an unknown word is not") {
  auto listing = listing_without("", true);
  REQUIRE(listing.bindings.size() > 2);
  listing.bindings[0].enabled = false;
  listing.bindings[1].enabled = std::nullopt;
  const auto some = judge("KB822939.sink-disabled", listing);
  REQUIRE(some.findings.size() == 1);
  CHECK(some.findings[0].subject.part == listing.bindings[0].display_name);
  listing.bindings[0].enabled = true;
  const auto none = judge("KB822939.sink-disabled", listing);
  CHECK(none.findings.empty());
  CHECK(count(none, exaudit::findings::Verdict::not_evaluated) == 1);
  listing.arrival_only = false;
  CHECK(count(judge("KB822939.sink-disabled", listing), exaudit::findings::Verdict::pass) == 1);
}
