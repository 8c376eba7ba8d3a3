// KB 828938: is there exactly one gateway (the directory object of the SMTP mailbox) for every store, and
// none without?
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "facts/dn.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kDirectory[] = {Need::directory};

std::vector<const model::Gateway*> gateways_of(const model::Organization& org, const base::Guid& guid) {
  std::vector<const model::Gateway*> out;
  const auto first = std::lower_bound(
      org.gateways.begin(), org.gateways.end(), guid,
      [](const model::Gateway& gateway, const base::Guid& wanted) { return gateway.guid < wanted; });
  for (auto at = first; at != org.gateways.end() && at->guid == guid; ++at) out.push_back(&*at);
  return out;
}

std::string_view store_kind(const model::Store& store) {
  return store.is_public ? "public store" : "mailbox store";
}

void gateway_missing(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Store& store : org->stores) {
      if (!judged(*org, store, out)) continue;
      const auto subject = subject_of(*org, store);
      if (!store.guid) {
        out.not_evaluated(subject, "the store's objectGUID was not observed");
      } else if (!gateways_of(*org, *store.guid).empty()) {
        out.pass(subject);
      } else if (!org->connections_read) {
        out.not_evaluated(subject, "the Connections container of the organization was not read completely");
      } else {
        auto& finding = out.fail(
            subject, "missing",
            fmt::format("{} \"{}\" of server {} has no SMTP mailbox object in the Connections container{}",
                        store_kind(store), store.name, store.server->name,
                        store.is_public ? "; whether its SMTP mailbox is connected cannot be verified, "
                                          "because a public store has no system mailbox"
                                        : ""));
        if (store.is_public && !c.current_store_logon_failure(*store.guid))
          finding.severity = Severity::medium;
        finding.evidence = {about(*store.entry, "objectGUID"),
                            container_evidence(*org, org->connections_key, "CN=" + store.gateway_name())};
        finding.values = gateway_values(*org, store);
      }
    }
  }
}

void gateway_duplicate(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Store& store : org->stores) {
      if (!judged(*org, store, out)) continue;
      const auto subject = subject_of(*org, store);
      const auto copies = store.guid ? gateways_of(*org, *store.guid) : std::vector<const model::Gateway*>();
      if (copies.size() >= 2) {
        bool conflict = false;
        for (const auto* copy : copies) conflict = conflict || copy->conflict;
        auto& finding = out.fail(
            subject, conflict ? "conflict" : "copies",
            fmt::format(
                "{} objects in the Connections container are the SMTP mailbox of {} \"{}\" of server {}",
                copies.size(), store_kind(store), store.name, store.server->name));
        for (const auto* copy : copies) finding.evidence.push_back(about(*copy->entry, "cn"));
      } else if (store.guid && org->connections_read) {
        out.pass(subject);
      } else {
        out.not_evaluated(subject,
                          store.guid ? "the Connections container of the organization was not read completely"
                                     : "the store's objectGUID was not observed");
      }
    }
  }
}

// Stores by the GUID that somebody gets who reads the objectGUID in octet order.
std::map<base::Guid, const model::Store*> stores_read_backwards(const model::Organization& org) {
  std::map<base::Guid, const model::Store*> out;
  for (const model::Store& store : org.stores) {
    if (store.guid && store.guid->swapped() != *store.guid) out.emplace(store.guid->swapped(), &store);
  }
  return out;
}

void gateway_orphan(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    const auto backwards = stores_read_backwards(*org);
    for (const model::Gateway& gateway : org->gateways) {
      const auto subject = subject_of(*org, gateway);
      const auto meant = backwards.find(gateway.guid);
      if (gateway.store != nullptr || org->database(gateway.guid) != nullptr) {
        out.pass(subject);
      } else if (meant != backwards.end()) {
        auto& finding = out.fail(
            subject, "byte-order",
            fmt::format(
                "\"{}\" carries the GUID of store \"{}\" with the first three groups in the wrong byte order",
                gateway.cn, meant->second->name));
        finding.evidence = {about(*gateway.entry, "cn", meant->second->guid->text())};
      } else if (org->all_servers_read && org->server_named(gateway.server_name) == nullptr) {
        auto& finding = out.fail(subject, "server-removed",
                                 fmt::format("\"{}\" is left over: there is no server {} any more",
                                             gateway.cn, gateway.server_name));
        finding.evidence = {about(*gateway.entry, "cn")};
      } else if (org->all_stores_read) {
        auto& finding = out.fail(
            subject, "store-removed",
            fmt::format("\"{}\" is left over: no store of the organization has its GUID", gateway.cn));
        finding.evidence = {about(*gateway.entry, "cn")};
      } else {
        out.not_evaluated(subject,
                          "the servers and stores of every administrative group were not read completely");
      }
    }
  }
}

}  // namespace

extern const Rule kb828938_gateway_missing = {
    "KB828938.gateway-missing",
    "Every store has an SMTP mailbox object in the organization's Connections container.",
    "828938",
    Severity::high,
    "directory",
    "2000 2003",
    SubjectKind::store,
    kDirectory,
    "missing",
    gateway_missing};
extern const Rule kb828938_gateway_duplicate = {"KB828938.gateway-duplicate",
                                                "Only one SMTP mailbox object carries a store's GUID.",
                                                "828938",
                                                Severity::medium,
                                                "directory",
                                                "2000 2003",
                                                SubjectKind::store,
                                                kDirectory,
                                                "conflict copies",
                                                gateway_duplicate};
extern const Rule kb828938_gateway_orphan = {"KB828938.gateway-orphan",
                                             "Every SMTP mailbox object belongs to a store that exists.",
                                             "828938",
                                             Severity::low,
                                             "directory",
                                             "2000 2003",
                                             SubjectKind::gateway,
                                             kDirectory,
                                             "byte-order server-removed store-removed",
                                             gateway_orphan};

}  // namespace exaudit::rules
