#include "rules/verdicts.h"

#include <algorithm>

#include "base/text.h"

namespace exaudit::rules {

using findings::Evidence;
using findings::Subject;
using findings::SubjectKind;
using findings::Verdict;

void Verdicts::row(Subject subject, Verdict verdict, std::string_view why) {
  findings::VerdictRow out;
  out.rule = rule_.id;
  out.subject = std::move(subject);
  out.verdict = verdict;
  out.why = why;
  rows.push_back(std::move(out));
}

void Verdicts::pass(Subject subject) { row(std::move(subject), Verdict::pass, {}); }

void Verdicts::not_applicable(Subject subject, std::string_view why) {
  row(std::move(subject), Verdict::not_applicable, why);
}

void Verdicts::not_evaluated(Subject subject, std::string_view why) {
  not_evaluated(std::move(subject), std::vector<findings::Need>(rule_.needs.begin(), rule_.needs.end()), why);
}

void Verdicts::not_evaluated(Subject subject, std::vector<findings::Need> needs, std::string_view why) {
  row(std::move(subject), Verdict::not_evaluated, why);
  rows.back().needs = std::move(needs);
}

findings::Finding& Verdicts::fail(Subject subject, std::string_view reason, std::string message) {
  row(subject, Verdict::fail, {});
  return fail_counted(std::move(subject), reason, std::move(message));
}

findings::Finding& Verdicts::fail_counted(Subject subject, std::string_view reason, std::string message) {
  findings::Finding finding;
  finding.rule = rule_.id;
  finding.article = rule_.article;
  finding.area = rule_.area;
  finding.severity = rule_.severity;
  finding.reason = reason;
  finding.subject = std::move(subject);
  finding.message = std::move(message);
  if (!view_.empty()) finding.views.push_back(view_);
  finding.fingerprint = findings::fingerprint(finding.rule, finding.subject);
  findings.push_back(std::move(finding));
  constexpr std::size_t kBetween = 1024;
  if (findings.size() % kBetween == 0 && stop_ && stop_()) stopped_ = true;
  return findings.back();
}

void Verdicts::counted(const std::array<std::uint64_t, 5>& counts, std::vector<findings::Need> needs,
                       std::string_view nothing) {
  const auto any = [&counts](Verdict verdict) { return counts[static_cast<std::size_t>(verdict)] != 0; };
  Verdict worst = Verdict::not_evaluated;
  for (const Verdict verdict :
       {Verdict::not_applicable, Verdict::pass, Verdict::not_evaluated, Verdict::fail}) {
    if (any(verdict)) worst = verdict;
  }
  Subject subject;
  subject.kind = rule_.subject;
  subject.name = subject.identity = "*";
  row(std::move(subject), worst, {});
  if (worst == Verdict::not_evaluated || any(Verdict::not_evaluated)) rows.back().needs = std::move(needs);
  if (std::any_of(counts.begin(), counts.end(), [](std::uint64_t count) { return count != 0; })) {
    rows.back().counts = counts;
  } else {
    rows.back().why = nothing;
  }
}

void Verdicts::error(std::string_view what) {
  Subject subject;
  subject.kind = rule_.subject;
  subject.name = "*";
  subject.identity = "*";
  row(std::move(subject), Verdict::error, what);
}

Subject subject_of(const model::Organization& org, const model::Store& store) {
  Subject out;
  out.kind = SubjectKind::store;
  out.name = store.name;
  out.server = store.server->name;
  out.dn = store.entry->dn;
  if (store.guid) out.guid = store.guid->text();
  out.identity = store.guid ? out.guid : store.key;
  out.organization = org.identity;
  return out;
}

Subject subject_of(const model::Organization& org, const model::Gateway& gateway) {
  Subject out;
  out.kind = SubjectKind::gateway;
  out.name = gateway.cn;
  out.server = gateway.store != nullptr ? gateway.store->server->name : gateway.server_name;
  out.dn = gateway.entry->dn;
  out.guid = gateway.guid.text();
  out.identity = out.guid;
  if (gateway.copy > 0)
    out.identity += gateway.entry->guid ? gateway.entry->guid->text() : gateway.entry->key;
  out.organization = org.identity;
  return out;
}

Subject subject_of(const model::Organization& org, const model::Server& server) {
  Subject out;
  out.kind = SubjectKind::server;
  out.name = server.name;
  if (server.entry != nullptr) {
    out.dn = server.entry->dn;
    if (server.entry->guid) out.guid = server.entry->guid->text();
  }
  out.identity = base::fold(server.name);
  out.organization = org.identity;
  return out;
}

Subject subject_of(const model::Machine& machine) {
  Subject out;
  out.kind = SubjectKind::machine;
  out.name = machine.name;
  out.identity = base::fold(machine.name);
  out.organization = machine.organization;
  return out;
}

Subject subject_of(const model::Machine& machine, const model::VirtualServer& server) {
  Subject out = subject_of(machine);
  out.kind = SubjectKind::virtual_server;
  out.name = "SmtpSvc/" + server.instance;
  out.machine = machine.name;
  out.identity += "/" + base::fold(out.name);
  return out;
}

Subject with_part(Subject subject, std::string_view part) {
  subject.part = part;
  return subject;
}

Evidence about(const facts::Entry& entry, std::string_view attribute) {
  Evidence out;
  out.at = entry.location;
  out.dn = entry.dn;
  out.attribute = attribute;
  const facts::Attribute* found = entry.find(attribute);
  if (found == nullptr || found->values.empty()) return out;
  out.at.line = found->values.front().line;
  out.actual.emplace();
  for (const facts::Value& value : found->values) {
    if (base::ascii_iequals(attribute, "objectGUID")) {
      const auto guid = base::Guid::from_octets(value.bytes);
      out.actual->push_back(guid ? guid->text() : std::string(value.bytes));
    } else {
      out.actual->emplace_back(value.bytes);
    }
  }
  return out;
}

Evidence about(const facts::Entry& entry, std::string_view attribute, std::string expected) {
  Evidence out = about(entry, attribute);
  out.expected = {std::move(expected)};
  return out;
}

Evidence container_evidence(const model::Organization& org, std::string_view key, std::string expected) {
  Evidence out;
  const facts::Entry* container = org.view->find(key);
  const auto below = org.view->descendants(key);
  if (container != nullptr) {
    out.at = container->location;
    out.dn = container->dn;
  } else if (!below.empty()) {
    out.at.input = below.front().location.input;
    out.dn = key;
  }
  out.expected = {std::move(expected)};
  return out;
}

Evidence registry_evidence(const facts::Registry& registry, const facts::RegistryKey* key, std::string path,
                           const facts::RegistryValue* value) {
  Evidence out;
  out.at.input = registry.input;
  if (key != nullptr) {
    out.at = key->location;
    path = key->path;
  }
  if (value != nullptr) {
    out.at.line = value->line;
    path += "\\" + (value->name.empty() ? std::string("(default)") : value->name);
    out.actual = value->strings;
    if (value->strings.empty()) out.actual = {std::to_string(value->number)};
  }
  out.path = std::move(path);
  return out;
}

namespace {

std::string_view state_text(facts::ServiceState state) {
  switch (state) {
    case facts::ServiceState::running:
      return "running";
    case facts::ServiceState::stopped:
      return "stopped";
    case facts::ServiceState::other:
      return "neither running nor stopped";
    case facts::ServiceState::not_observed:
      return "";
  }
  return "";
}

}  // namespace

Evidence service_evidence(const model::Machine& machine, std::string_view service,
                          const model::Machine::ServiceFact& fact, std::string_view what,
                          std::string expected) {
  Evidence out;
  const auto key = machine.service_key(service);
  const facts::RegistryValue* start = key.key == nullptr ? nullptr : key.key->find("Start");
  if (what == "Start" && start != nullptr) {
    out = registry_evidence(*key.registry, key.key, "", start);
  } else {
    out.at = fact.location;
    out.path = service;
    out.actual = {what == "Start" ? "disabled" : std::string(state_text(fact.state))};
    if (what == "Start") expected = "automatic";  // listings have words, the registry has numbers
  }
  out.expected = {std::move(expected)};
  return out;
}

std::vector<findings::NamedValue> gateway_values(const model::Organization& org, const model::Store& store) {
  std::vector<findings::NamedValue> out = {{"objectClass", "mailGateway"},
                                           {"cn", store.gateway_name()},
                                           {"deliveryMechanism", "2"},
                                           {"homeMDB", std::string(store.entry->dn)}};
  if (!store.server->mta_dn.empty()) out.push_back({"homeMTA", std::string(store.server->mta_dn)});
  const auto legacy_dn = org.expected_legacy_dn(store);
  if (legacy_dn.prefix) out.push_back({"legacyExchangeDN", legacy_dn.text()});
  return out;
}

namespace {
constexpr std::string_view kOtherGeneration = "the server runs neither Exchange 2000 nor Exchange 2003";
}  // namespace

namespace {

// A rule about a store's gateway or mailbox applies to the store; the verdict, when it does not, goes to
// `subject`.
bool judged_store(const model::Store& store, Subject subject, Verdicts& out) {
  if (!store.server->is_2000_or_2003()) {
    out.not_applicable(std::move(subject), kOtherGeneration);
    return false;
  }
  if (store.recovery == model::Recovery::yes) {
    out.not_applicable(std::move(subject), "recovery storage groups take no part in mail flow");
  } else if (store.recovery == model::Recovery::not_observed) {
    out.not_evaluated(std::move(subject), {findings::Need::directory},
                      "the storage group's entry is not in the view, so it may be a recovery storage group");
  }
  return store.recovery == model::Recovery::no;
}

}  // namespace

bool judged(const model::Organization& org, const model::Store& store, Verdicts& out) {
  return judged_store(store, subject_of(org, store), out);
}

bool judged(const model::Organization& org, const model::Gateway& gateway, Verdicts& out) {
  if (gateway.store != nullptr) return judged_store(*gateway.store, subject_of(org, gateway), out);
  if (org.all_stores_read || org.database(gateway.guid) != nullptr) {
    out.not_applicable(subject_of(org, gateway),
                       "its GUID belongs to no store of an Exchange 2000/2003 storage group");
  } else {
    out.not_evaluated(subject_of(org, gateway), {findings::Need::directory},
                      "the store that its GUID names is not in the view, and not every store was read");
  }
  return false;
}

bool judged(const model::Organization& org, const model::Server& server, Verdicts& out) {
  if (server.entry == nullptr) {
    out.not_evaluated(subject_of(org, server), {findings::Need::directory},
                      "the server's entry is not in the view");
    return false;
  }
  if (!server.is_2000_or_2003()) out.not_applicable(subject_of(org, server), kOtherGeneration);
  return server.is_2000_or_2003();
}

bool judged(const model::Machine& machine, Verdicts& out) {
  if (machine.known_2000_or_2003) return true;
  if (machine.known_other) {
    out.not_applicable(subject_of(machine), "the machine runs neither Exchange 2000 nor Exchange 2003");
  } else {
    out.not_evaluated(subject_of(machine), {findings::Need::directory, findings::Need::registry_services},
                      "nothing tells which Exchange version the machine runs");
  }
  return false;
}

}  // namespace exaudit::rules
