// KB 316622: every mailbox store needs the object SystemMailbox{<GUID of the store>} in the Microsoft
// Exchange System Objects container of its server's domain.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "facts/event_match.h"
#include "rules/occurrences.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kEvents[] = {Need::events_application};
constexpr Need kRecipients[] = {Need::directory_recipients};

// What all views say about system mailboxes: domain data often stands in another export than the
// configuration. Store GUIDs keep forests apart.
struct Domains {
  std::set<std::string> read;
  std::set<std::pair<base::Guid, std::string>> mailboxes;

  explicit Domains(const facts::Snapshot& snapshot) {
    for (const facts::DirectoryView& view : snapshot.views) {
      read.insert(view.system_objects_read.begin(), view.system_objects_read.end());
      for (const facts::SystemMailbox& mailbox : view.system_mailboxes)
        mailboxes.emplace(mailbox.store, mailbox.domain_key);
    }
  }
  bool has(const base::Guid& store, const std::string& domain) const {
    if (!domain.empty()) return mailboxes.contains({store, domain});
    return std::any_of(mailboxes.begin(), mailboxes.end(),
                       [&](const auto& mailbox) { return mailbox.first == store; });
  }
};

// Where the server's domain is not known, only a forest of one domain can be judged: the one that holds the
// configuration.
bool container_observed(const model::Organization& org, const Domains& domains, const std::string& domain) {
  if (!domain.empty()) return domains.read.contains(domain);
  return domains.read.size() == 1 && org.key.ends_with("cn=configuration," + *domains.read.begin());
}

void system_mailbox_missing(const model::Case& c, Verdicts& out) {
  const Domains domains(c.snapshot);
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Store& store : org->stores) {
      if (!judged(*org, store, out)) continue;
      const auto subject = subject_of(*org, store);
      const std::string& domain = store.server->domain_key;
      if (store.is_public) {
        out.not_applicable(subject, "a public store has no system mailbox");
      } else if (!store.guid) {
        out.not_evaluated(subject, {Need::directory}, "the store's objectGUID was not observed");
      } else if (domains.has(*store.guid, domain)) {
        out.pass(subject);
      } else if (!container_observed(*org, domains, domain)) {
        out.not_evaluated(
            subject, "CN=Microsoft Exchange System Objects of the server's domain was not read completely");
      } else {
        const std::string name = "SystemMailbox" + store.guid->text();
        auto& finding =
            out.fail(subject, "missing",
                     fmt::format("mailbox store \"{}\" of server {} has no object {} in its domain",
                                 store.name, store.server->name, name));
        finding.evidence = {about(*store.entry, "objectGUID")};
        finding.evidence[0].expected = {fmt::format("CN={},CN=Microsoft Exchange System Objects,{}", name,
                                                    domain.empty() ? *domains.read.begin() : domain)};
      }
    }
  }
}

void event_sinks_failure(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    std::map<std::uint32_t, Occurrences> found;
    each_event(machine, [&](const facts::Event& event, const facts::EventLog& log) {
      if (const auto failure = facts::event_sinks_failure(event))
        found.try_emplace(failure->error, c).first->second.add(event, log);
    });
    const auto subject = subject_of(machine);
    for (const auto& [error, occurrences] : found) {
      const std::string code = fmt::format("0x{:08x}", error);
      auto& finding = out.fail(
          with_part(subject, code), code,
          fmt::format(
              "the event system of the store does not initialise on {} (error {}): event sinks do not run",
              machine.name, code));
      occurrences.describe(finding);
    }
    if (!found.empty()) continue;
    if (machine.known_other) {
      out.not_applicable(subject, "the machine runs neither Exchange 2000 nor Exchange 2003");
    } else if (machine.has_log(facts::LogKind::application)) {
      out.pass(subject);
    } else {
      out.not_evaluated(subject, "no application log of the machine is there");
    }
  }
}

}  // namespace

extern const Rule kb316622_event_sinks_failure = {"KB316622.event-sinks-failure",
                                                  "The event system of the store initialises.",
                                                  "316622",
                                                  Severity::medium,
                                                  "events",
                                                  "2000 2003",
                                                  SubjectKind::machine,
                                                  kEvents,
                                                  "0x8004010f 0x8007007e old",
                                                  event_sinks_failure};
extern const Rule kb316622_system_mailbox_missing = {
    "KB316622.system-mailbox-missing",
    "Every mailbox store has its SystemMailbox object in the domain of its server.",
    "316622",
    Severity::medium,
    "directory",
    "2000 2003",
    SubjectKind::store,
    kRecipients,
    "missing",
    system_mailbox_missing};

}  // namespace exaudit::rules
