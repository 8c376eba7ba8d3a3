// KB 828938 in the application log: the transport cannot log on to a store as its SMTP mailbox (326), and the
// store refuses the SMTP interface (1194); and in a message's tracking history: local delivery that is tried
// again and again.
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "facts/event_match.h"
#include "rules/occurrences.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kEvents[] = {Need::events_application};
constexpr std::uint32_t kGeneralFailure = 0x80004005;  // E_FAIL

bool is_logon_code(std::uint32_t code) { return code == 0x80040148 || code == 0x80040158; }

// What the directory says about the store that an event names.
struct NamedStore {
  const model::Organization* org = nullptr;
  const model::Store* store = nullptr;
  const model::Gateway* gateway = nullptr;
  bool gateway_read = false;      // its gateway was seen, or seen not to be there
  bool known_to_be_none = false;  // all stores were read, and it is none of them
};

NamedStore find_store(const model::Case& c, const base::Guid& guid) {
  NamedStore out;
  bool all_read = !c.organizations.empty();
  for (const auto& org : c.organizations) {
    all_read = all_read && org->all_stores_read;
    for (const model::Store& store : org->stores) {
      if (store.guid == guid && out.store == nullptr) out = {org.get(), &store};
    }
    for (const model::Gateway& gateway : org->gateways) {
      if (gateway.guid == guid && out.gateway == nullptr && out.store != nullptr) out.gateway = &gateway;
    }
    if (out.store != nullptr && org->identity == out.org->identity)
      out.gateway_read = out.gateway_read || org->connections_read;
  }
  out.gateway_read = out.gateway_read || out.gateway != nullptr;
  out.known_to_be_none = out.store == nullptr && all_read;
  return out;
}

// Generalized time ("20040131120000.0Z") as seconds since 1970.
std::optional<std::int64_t> when_created(const model::Gateway* gateway) {
  return gateway == nullptr ? std::nullopt
                            : base::parse_generalized_time(gateway->entry->first("whenCreated"));
}

struct LogonGroup {
  facts::StoreLogonFailure failure;
  NamedStore named;
  std::string machine;  // that logged it first
  Occurrences found;
};

findings::Subject logon_subject(const LogonGroup& group, std::string_view code) {
  if (group.named.store != nullptr) return with_part(subject_of(*group.named.org, *group.named.store), code);
  findings::Subject out;
  out.kind = SubjectKind::legacy_dn;
  out.name = group.failure.legacy_dn;
  out.server = group.failure.server;
  out.machine = group.machine;
  if (group.failure.store) out.guid = group.failure.store->text();
  out.identity = base::fold(group.failure.legacy_dn);
  out.part = code;
  return out;
}

void fail_logon(const LogonGroup& group, Verdicts& out) {
  const std::string code = fmt::format("0x{:08x}", group.failure.error);
  const auto subject = logon_subject(group, code);
  std::string message =
      group.named.store != nullptr
          ? fmt::format("the transport cannot log on to store \"{}\" of server {} (error {})",
                        group.named.store->name, group.named.store->server->name, code)
          : fmt::format("the transport cannot log on to a store as {} (error {})", group.failure.legacy_dn,
                        code);
  if (group.named.known_to_be_none) message += ", which is no store of the organization any more";
  if (!group.named.gateway_read && !group.named.known_to_be_none)
    message += "; the directory objects of that store were not checked";
  auto& finding = out.fail(subject, group.named.known_to_be_none ? "stale" : code, std::move(message));
  group.found.describe(finding);
  if (group.named.known_to_be_none) {
    finding.severity = Severity::info;
    finding.reason = "stale";
  }
  if (group.named.store != nullptr && group.named.store->guid)
    finding.values = gateway_values(*group.named.org, *group.named.store);
}

void store_logon_failure(const model::Case& c, Verdicts& out) {
  std::map<std::pair<std::string, std::uint32_t>, LogonGroup> groups;
  for (const model::Machine& machine : c.machines) {
    each_event(machine, [&](const facts::Event& event, const facts::EventLog& log) {
      const auto failure = facts::store_logon_failure(event);
      if (!failure || !is_logon_code(failure->error)) return;
      const std::string key = failure->store ? failure->store->text() : base::fold(failure->legacy_dn);
      const auto [at, fresh] =
          groups.try_emplace({key, failure->error}, LogonGroup{*failure, {}, machine.name, Occurrences(c)});
      if (fresh && failure->store) at->second.named = find_store(c, *failure->store);
      at->second.found.add(event, log, when_created(at->second.named.gateway));
    });
  }
  for (const auto& [key, group] : groups) fail_logon(group, out);
  for (const auto& org : c.organizations) {
    for (const model::Store& store : org->stores) {
      if (!store.guid || groups.contains({store.guid->text(), 0x80040148}) ||
          groups.contains({store.guid->text(), 0x80040158}))
        continue;
      if (!judged(*org, store, out)) continue;
      const model::Machine* machine = c.machine_of(*store.server);
      if (machine != nullptr && machine->has_log(facts::LogKind::application)) {
        out.pass(subject_of(*org, store));
      } else {
        out.not_evaluated(subject_of(*org, store), "no application log of the server is there");
      }
    }
  }
}

void smtp_interface_failure(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    Occurrences found(c);
    each_event(machine, [&](const facts::Event& event, const facts::EventLog& log) {
      const auto failure = facts::interface_failure(event);
      if (failure && base::ascii_iequals(failure->interface_name, "SMTP") &&
          failure->error == kGeneralFailure)
        found.add(event, log);
    });
    const auto subject = subject_of(machine);
    if (found.any()) {
      auto& finding = out.fail(
          subject, "0x80004005",
          fmt::format(
              "the information store of {} does not accept SMTP as a client interface (error 0x80004005)",
              machine.name));
      found.describe(finding);
    } else if (machine.known_other) {
      out.not_applicable(subject, "the machine runs neither Exchange 2000 nor Exchange 2003");
    } else if (machine.has_log(facts::LogKind::application)) {
      out.pass(subject);
    } else {
      out.not_evaluated(subject, "no application log of the machine is there");
    }
  }
}

}  // namespace

extern const Rule kb828938_store_logon_failure = {"KB828938.store-logon-failure",
                                                  "The transport logs on to every store.",
                                                  "828938",
                                                  Severity::high,
                                                  "events",
                                                  "2000 2003",
                                                  SubjectKind::store,
                                                  kEvents,
                                                  "0x80040148 0x80040158 stale old",
                                                  store_logon_failure};
extern const Rule kb828938_smtp_interface_failure = {
    "KB828938.smtp-interface-failure",
    "The information store accepts SMTP as a client interface.",
    "828938",
    Severity::medium,
    "events",
    "2000 2003",
    SubjectKind::machine,
    kEvents,
    "0x80004005 old",
    smtp_interface_failure};

}  // namespace exaudit::rules
