#include "rules/remedies.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/text.h"
#include "rules/rule.h"

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

// Every rule of the catalogue, and the headline that is none.
std::vector<RuleReasons> rules_and_reasons() {
  std::vector<RuleReasons> out = {{"organization.server-removed", "removed"}};
  for (const auto* rule : exaudit::rules::all_rules()) out.push_back({rule->id, rule->reasons});
  return out;
}

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
  CHECK(rules_and_reasons().size() > 1);
  for (const RuleReasons& row : rules_and_reasons()) {
    const std::string_view rule = row.rule;
    for (const auto reason : split(row.reasons, ' ')) {
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

TEST_CASE("remedies: MTA Stacks with a damaged SMTP service, by version and never so on a cluster") {
  const auto dead = finding("KB840469.mta-start-failure", "-2147219168");
  const auto on_2000 = remedy_for(dead, on(Generation::exchange2000));
  const auto on_2003 = remedy_for(dead, on(Generation::exchange2003));
  const auto unknown = remedy_for(dead, on(Generation::not_observed));
  CHECK(mentions(on_2000, "run it there"));
  CHECK_FALSE(mentions(on_2000, "If mail does not flow now"));
  CHECK_FALSE(mentions(on_2003, "Smtpreinstall.exe"));
  CHECK(mentions(on_2003, "If mail does not flow now, reinstall Exchange"));
  for (const auto& remedy : {on_2000, on_2003, unknown}) {
    CHECK(mentions(remedy, "clear SMTP Service"));
    CHECK(mentions(remedy, "select SMTP Service"));
    CHECK(mentions(remedy, "Apply all Exchange service packs"));
    CHECK(mentions(remedy, "Check the verbs again"));
    CHECK(mentions(remedy, "KB 822939 warns against removing"));
  }
  CHECK(mentions(unknown, "copy Smtpreinstall.exe"));
  CHECK(mentions(unknown, "Exchange 2003: if mail does not flow now"));
  const auto clustered = remedy_for(dead, on(Generation::exchange2000, true));
  CHECK_FALSE(mentions(clustered, "clear SMTP Service"));
  CHECK(mentions(clustered, "KB 312395"));
}

TEST_CASE("remedies: a failed logon with a healthy object: MTA and verbs, then permissions") {
  Finding failed = finding("KB828938.store-logon-failure", "0x80040148");
  failed.subject.server = "MAIL1";
  const auto remedy = remedy_for(failed, {});
  const auto place = [&](std::string_view text) {
    const auto at = std::ranges::find_if(
        remedy.steps, [&](const auto& step) { return step.find(text) != std::string::npos; });
    REQUIRE(at != remedy.steps.end());
    return at - remedy.steps.begin();
  };
  CHECK(place("repair that first") < place("9405"));
  CHECK(place("9405") < place("inheritable permissions"));
  CHECK(place("inheritable permissions") < place("/domainprep"));
  CHECK_FALSE(mentions(remedy_for(finding("KB828938.store-logon-failure", "stale"), {}), "/domainprep"));
}

TEST_CASE("remedies: an event that is old needs no repair, on clusters either") {
  for (const auto* rule : exaudit::rules::all_rules()) {
    const auto reasons = split(rule->reasons, ' ');
    if (rule->area != "events" || std::ranges::find(reasons, "old") == reasons.end()) continue;
    CAPTURE(rule->id);
    for (const bool cluster : {false, true}) {
      const auto remedy = remedy_for(finding(rule->id, "old"), on(Generation::exchange2003, cluster));
      CHECK(remedy.summary.starts_with("Nothing, if"));
    }
  }
}

TEST_CASE("remedies: three causes of a refused SMTP interface") {
  const auto remedy = remedy_for(finding("KB828938.smtp-interface-failure", "0x80004005"), {});
  CHECK(mentions(remedy, "KB 828938"));
  CHECK(mentions(remedy, "DispatchEntries"));
  CHECK(mentions(remedy, "global catalog"));
}

TEST_CASE("remedies: what is in order already is said, not asked for") {
  Finding listen = finding("KB279415.rpc-listen-failure", "11004");
  CHECK(mentions(remedy_for(listen, {}), "Bindings: for all services"));
  listen.values = {{"right order", "yes"}, {"new files", "5.5.2654.89"}};
  const auto remedy = remedy_for(listen, {});
  CHECK_FALSE(mentions(remedy, "Bindings: for all services"));
  CHECK_FALSE(mentions(remedy, "install the fix"));
  CHECK(mentions(remedy, "new enough (5.5.2654.89)"));
  CHECK(mentions(remedy, "KB 320200"));

  Finding mta = finding("KB828938.gateway-home-mta", "deleted");
  CHECK(mentions(remedy_for(mta, {}), "The value is the distinguished name in msExchResponsibleMTAServer"));
  mta.values = {{"homeMTA", "CN=Microsoft MTA,CN=MAIL1"}};
  CHECK_FALSE(mentions(remedy_for(mta, {}), "The value is the distinguished name"));
  Finding name = finding("KB828938.gateway-legacy-dn", "shape");
  name.values = {{"legacyExchangeDN", "/cn=Configuration/cn=Connections/cn=SMTP (MAIL1)/cn={...}"}};
  CHECK(mentions(remedy_for(name, {}), "Its beginning is the legacyExchangeDN of the administrative group"));
  name.values = {
      {"legacyExchangeDN", "/o=Contoso/ou=HQ/cn=Configuration/cn=Connections/cn=SMTP (MAIL1)/cn={...}"}};
  CHECK_FALSE(mentions(remedy_for(name, {}), "Its beginning is"));
}

TEST_CASE("remedies: Exchange 5.5: the binding order, then the fix, then RPC; nothing of Exchange 2000") {
  for (const auto* rule :
       {"KB279415.rpc-listen-failure", "KB279415.binding-order", "KB285350.mta-file-version"}) {
    CAPTURE(rule);
    const auto remedy = remedy_for(finding(rule, ""), {});
    std::string all;
    for (const auto& step : remedy.steps) all += step + "\n";
    CHECK(all.find("Bindings") < all.find("Service Pack 4"));
    CHECK(all.find("Service Pack 4") < all.find("over RPC"));
    CHECK(all.find("over RPC") != std::string::npos);
    CHECK(all.find("5.5.2654.89") != std::string::npos);
    CHECK(all.find("320200") != std::string::npos);
    CHECK(all.find("SMTP") == std::string::npos);
  }
  const auto files = remedy_for(finding("KB285350.mta-file-version", "older"), {});
  for (const auto* name : {"Emsmta.exe", "X400om.dll", "Dbserver.sch", "Dcprods.cat", "Infoplog.cfg",
                           "P42.tpl", "P772.tpl", "P2.xv2"})
    CHECK(mentions(files, name));
}
