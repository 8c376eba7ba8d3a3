#include "rules/remedies.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/text.h"

using exaudit::base::split;
using exaudit::findings::Finding;
using exaudit::findings::Remedy;
using exaudit::findings::SubjectKind;
using exaudit::model::Generation;
using exaudit::rules::remedy_for;
using exaudit::rules::RemedyContext;

namespace {

constexpr std::string_view kNotKnown = "<not known from the evidence>";
constexpr std::string_view kGuid = "{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}";

struct RuleReasons {
  std::string_view rule, reasons;
};

constexpr RuleReasons kRules[] = {
    {"KB247130.mta-missing", "missing"},
    {"KB247130.mta-routing-group", "missing not-found"},
    {"KB277770.dispatch-entries", "lacks"},
    {"KB277770.service-host", "other-executable"},
    {"KB316622.system-mailbox-missing", "missing"},
    {"KB822939.auth-verbs", "not-advertised"},
    {"KB822939.imc-key", "present-smtp-removed present"},
    {"KB822939.no-bindings", "none"},
    {"KB822939.service-disabled", "disabled"},
    {"KB822939.sink-disabled", "disabled"},
    {"KB822939.sinks-missing", "family-missing family-incomplete"},
    {"KB822939.smtp-service-absent", "metabase registry"},
    {"KB822939.verbs-missing", "windows-smtp-only incomplete"},
    {"KB828938.gateway-class", "class"},
    {"KB828938.gateway-delivery-mechanism", "missing value"},
    {"KB828938.gateway-duplicate", "conflict copies"},
    {"KB828938.gateway-home-mdb", "missing deleted other-store not-found"},
    {"KB828938.gateway-home-mta", "missing deleted other-server not-found"},
    {"KB828938.gateway-legacy-dn", "missing shape guid server prefix"},
    {"KB828938.gateway-missing", "missing"},
    {"KB828938.gateway-name", "server no-hyphen"},
    {"KB828938.gateway-orphan", "byte-order server-removed store-removed"},
    {"KB828938.mailbox-disconnected", "disconnected leftover"},
    {"KB828938.mailbox-missing", "missing"},
    {"organization.server-removed", "removed"},
};

Finding finding(std::string_view rule, std::string_view reason) {
  Finding out;
  out.rule = rule;
  out.reason = reason;
  out.article = rule.starts_with("KB") ? rule.substr(2, 6) : "";
  return out;
}

// The example of KB 828938, with our names.
Finding missing_gateway() {
  Finding out = finding("KB828938.gateway-missing", "missing");
  out.subject.kind = SubjectKind::store;
  out.subject.name = "two";
  out.subject.server = "MAIL1";
  out.values = {{"objectClass", "mailGateway"},
                {"cn", "SMTP (MAIL1-" + std::string(kGuid) + ")"},
                {"homeMTA", "CN=Microsoft MTA,CN=MAIL1,CN=Servers"},
                {"deliveryMechanism", "2"},
                {"homeMDB", "CN=two,CN=First Storage Group"},
                {"legacyExchangeDN", "/o=Contoso/ou=HQ/cn=Configuration/cn=Connections/cn=SMTP (MAIL1)/cn=" +
                                         std::string(kGuid)}};
  return out;
}

bool has_step(const Remedy& remedy, std::string_view text) {
  return std::find(remedy.steps.begin(), remedy.steps.end(), text) != remedy.steps.end();
}

bool mentions(const Remedy& remedy, std::string_view text) {
  return std::any_of(remedy.steps.begin(), remedy.steps.end(),
                     [&](const auto& step) { return step.find(text) != std::string::npos; });
}

RemedyContext on(Generation generation, bool cluster = false) {
  return {generation, cluster, false, "MAIL1"};
}

}  // namespace

TEST_CASE(
    "remedies: every reason of every rule has one, on every kind of server, without open placeholders") {
  for (const auto& [rule, reasons] : kRules) {
    for (const auto reason : split(reasons, ' ')) {
      for (const auto generation :
           {Generation::not_observed, Generation::exchange2000, Generation::exchange2003}) {
        for (int kind = 0; kind < 4; ++kind) {
          const RemedyContext context = {generation, (kind & 1) != 0, (kind & 2) != 0, ""};
          CAPTURE(rule);
          CAPTURE(reason);
          const auto remedy = remedy_for(finding(rule, reason), context);
          CHECK_FALSE(remedy.summary.empty());
          CHECK_FALSE(remedy.steps.empty());
          CHECK(remedy.summary.find("${") == std::string::npos);
          CHECK_FALSE(mentions(remedy, "${"));
          for (const auto& step : remedy.steps) CHECK_FALSE(step.ends_with(": "));
        }
      }
    }
  }
}

TEST_CASE("remedies: a rule without a row has none") {
  const auto remedy = remedy_for(finding("KB828938.gateway", "missing"), {});
  CHECK(remedy.summary.empty());
  CHECK(remedy.steps.empty());
}

TEST_CASE("remedies: the article's address; generated headlines have no article") {
  CHECK(remedy_for(missing_gateway(), {}).article_url == "https://support.microsoft.com/kb/828938");
  CHECK(remedy_for(finding("organization.server-removed", "removed"), {}).article_url.empty());
}

TEST_CASE(
    "remedies: a missing gateway gets the article's recipe with its six values, in the article's order") {
  const auto remedy = remedy_for(missing_gateway(), {});
  const std::vector<std::string> recipe = {
      "Class: mailGateway",
      "cn: SMTP (MAIL1-" + std::string(kGuid) + ")",
      "homeMTA: CN=Microsoft MTA,CN=MAIL1,CN=Servers",
      "deliveryMechanism: 2",
      "homeMDB: CN=two,CN=First Storage Group",
      "legacyExchangeDN: /o=Contoso/ou=HQ/cn=Configuration/cn=Connections/cn=SMTP (MAIL1)/cn=" +
          std::string(kGuid)};
  CHECK(std::search(remedy.steps.begin(), remedy.steps.end(), recipe.begin(), recipe.end()) !=
        remedy.steps.end());
  CHECK(mentions(remedy, "Purge"));
  CHECK(mentions(remedy, "reinstall Windows or Exchange"));
  CHECK(mentions(remedy, "directory server that Exchange on MAIL1 uses"));
}

TEST_CASE("remedies: of a public store nobody can see whether its SMTP mailbox is connected") {
  const auto remedy = remedy_for(missing_gateway(), {Generation::exchange2003, false, true, "MAIL1"});
  CHECK(has_step(remedy, "homeMDB: CN=two,CN=First Storage Group"));
  CHECK(mentions(remedy, "cannot be verified"));
  CHECK(mentions(remedy, "PFAdmin"));
  CHECK_FALSE(mentions(remedy, "Purge"));
  CHECK_FALSE(mentions(remedy, "move all users"));
}

TEST_CASE("remedies: a value that is not known is said to be so") {
  Finding unknown = missing_gateway();
  unknown.values[2].value.clear();
  unknown.values[5].value = "/cn=Configuration/cn=Connections/cn=SMTP (MAIL1)/cn=" + std::string(kGuid);
  const auto remedy = remedy_for(unknown, {});
  CHECK(has_step(remedy, "homeMTA: " + std::string(kNotKnown)));
  CHECK(has_step(remedy, "legacyExchangeDN: " + std::string(kNotKnown) + unknown.values[5].value));
}

TEST_CASE("remedies: values are filled in once and cannot add a step") {
  Finding hostile = missing_gateway();
  hostile.values[1].value = "SMTP (${homeMDB}-{${server}})";
  hostile.values[4].value = "CN=two\nDelete everything\x1b[2J";
  const auto remedy = remedy_for(hostile, {});
  CHECK(has_step(remedy, "cn: SMTP (${homeMDB}-{${server}})"));
  for (const auto& step : remedy.steps) {
    CHECK(step.find('\n') == std::string::npos);
    CHECK(step.find('\x1b') == std::string::npos);
  }
  CHECK(remedy.steps.size() == remedy_for(missing_gateway(), {}).steps.size());
}

TEST_CASE("remedies: Smtpreinstall is for stand-alone Exchange 2000 servers only") {
  constexpr std::string_view kRun = "copy Smtpreinstall.exe";
  for (const auto* rule : {"KB822939.verbs-missing", "KB822939.sinks-missing", "KB822939.no-bindings",
                           "KB822939.smtp-service-absent"}) {
    CAPTURE(rule);
    const auto lost = finding(rule, "");
    CHECK(mentions(remedy_for(lost, on(Generation::exchange2000)), kRun));
    CHECK(mentions(remedy_for(lost, on(Generation::not_observed)), kRun));
    CHECK_FALSE(mentions(remedy_for(lost, on(Generation::exchange2003)), kRun));
    CHECK(mentions(remedy_for(lost, on(Generation::exchange2003)), "Reinstall"));
    for (const auto generation :
         {Generation::not_observed, Generation::exchange2000, Generation::exchange2003}) {
      const auto remedy = remedy_for(lost, on(generation, true));
      CHECK_FALSE(mentions(remedy, kRun));
      CHECK_FALSE(mentions(remedy, "Otherwise reinstall Exchange"));
      CHECK(mentions(remedy, "KB 312395"));
      CHECK(mentions(remedy, "backup of this node's metabase"));
    }
  }
}

TEST_CASE("remedies: on a cluster the row for clusters wins over one for the reason") {
  const auto remedy =
      remedy_for(finding("KB822939.sinks-missing", "family-incomplete"), on(Generation::exchange2000, true));
  CHECK(mentions(remedy, "KB 312395"));
}

TEST_CASE("remedies: a reason's own row wins over the rule's") {
  CHECK(mentions(remedy_for(finding("KB828938.gateway-orphan", "byte-order"), {}), "KB 322308"));
  CHECK_FALSE(mentions(remedy_for(finding("KB828938.gateway-orphan", "store-removed"), {}), "KB 322308"));
  CHECK(remedy_for(finding("KB828938.mailbox-disconnected", "leftover"), {}).steps.size() == 2);
}

TEST_CASE("remedies: service and machine come from the finding") {
  Finding lacks = finding("KB277770.dispatch-entries", "lacks");
  lacks.subject.kind = SubjectKind::machine;
  lacks.subject.name = "MAIL1";
  lacks.subject.part = "Pop3svc";
  const auto remedy = remedy_for(lacks, {});
  CHECK(remedy.summary.starts_with("Add Pop3svc to DispatchEntries on MAIL1"));
  CHECK(mentions(remedy, "only if it is not already present"));
}
