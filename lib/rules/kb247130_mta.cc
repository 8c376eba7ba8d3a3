// KB 247130: a server whose MTA object was deleted, or that is in no routing group: its routing engine cannot
// initialise.
#include <set>

#include <fmt/format.h>

#include "facts/dn.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kDirectory[] = {Need::directory};

void mta_missing(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Server& server : org->servers) {
      if (!judged(*org, server, out)) continue;
      const auto subject = subject_of(*org, server);
      const facts::Entry* named =
          server.responsible_mta.present() ? org->view->find(server.mta_key) : nullptr;
      const bool names_nothing = server.responsible_mta.present() && (named == nullptr || named->deleted) &&
                                 (facts::names_deleted_object(server.mta_dn) ||
                                  org->view->container_read(facts::parent_key(server.mta_key)));
      if (server.own_mta != nullptr || (named != nullptr && !named->deleted)) {
        out.pass(subject);
      } else if (org->view->container_read(server.key) &&
                 (server.responsible_mta.absent() || names_nothing)) {
        auto& finding = out.fail(
            subject, "missing",
            fmt::format("server {} has no MTA object, and msExchResponsibleMTAServer names none either",
                        server.name));
        // A global catalog lacks the attribute: another view said that it is absent.
        if (org->view->observed(*server.entry, "msExchResponsibleMTAServer") != facts::Observed::not_observed)
          finding.evidence = {about(*server.entry, "msExchResponsibleMTAServer")};
        finding.evidence.push_back(
            container_evidence(*org, server.key, "CN=Microsoft MTA," + std::string(server.entry->dn)));
      } else {
        out.not_evaluated(subject,
                          "what stands below the server, or msExchResponsibleMTAServer, was not observed");
      }
    }
  }
}

// The routing group memberships of an organization, gathered once.
struct Memberships {
  std::set<std::string_view> members;  // keys of servers and MTAs that routing groups list
  std::set<const facts::Entry*> groups;
  std::size_t servers = 0;  // that name their routing group

  explicit Memberships(const model::Organization& org) {
    for (const model::RoutingGroup& group : org.routing_groups) {
      members.insert(group.member_keys.begin(), group.member_keys.end());
      groups.insert(group.entry);
    }
    for (const model::Server& server : org.servers) servers += server.home_routing_group.present() ? 1 : 0;
  }
  bool list(const model::Server& server) const {
    return members.contains(server.key) || (!server.mta_key.empty() && members.contains(server.mta_key));
  }
  bool known_of_others(const model::Server& server) const {
    return servers > (server.home_routing_group.present() ? 1U : 0U) || !members.empty();
  }
};

void judge_routing_group(const model::Organization& org, const Memberships& memberships,
                         const model::Server& server, Verdicts& out) {
  const auto subject = subject_of(org, server);
  const model::Field& field = server.home_routing_group;
  const auto fail = [&](std::string_view reason, std::string message) {
    auto& finding = out.fail(subject, reason, std::move(message));
    finding.evidence = {about(*server.entry, "msExchHomeRoutingGroup")};
  };
  if (memberships.list(server)) {
    out.pass(subject);
    return;
  }
  if (field.present()) {
    const std::string key = facts::dn_key(field.value).value_or("");
    if (memberships.groups.contains(org.view->find(key))) {
      out.pass(subject);
    } else if (facts::names_deleted_object(field.value) || org.view->container_read(facts::parent_key(key))) {
      fail("not-found",
           fmt::format("msExchHomeRoutingGroup of server {} names no routing group", server.name));
    } else {
      out.not_evaluated(subject, "the routing groups of the administrative group were not read");
    }
  } else if (field.absent() && memberships.known_of_others(server)) {
    fail("missing", fmt::format("server {} is in no routing group", server.name));
  } else {
    out.not_evaluated(subject, "routing group memberships were not observed");
  }
}

void mta_routing_group(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    const Memberships memberships(*org);
    for (const model::Server& server : org->servers) {
      if (judged(*org, server, out)) judge_routing_group(*org, memberships, server, out);
    }
  }
}

}  // namespace

extern const Rule kb247130_mta_missing = {"KB247130.mta-missing",
                                          "Every server has an MTA object, or names the one that serves it.",
                                          "247130",
                                          Severity::high,
                                          "directory",
                                          "2000 2003",
                                          SubjectKind::server,
                                          kDirectory,
                                          "missing",
                                          mta_missing};
extern const Rule kb247130_mta_routing_group = {"KB247130.mta-routing-group",
                                                "Every server is a member of a routing group.",
                                                "247130",
                                                Severity::medium,
                                                "directory",
                                                "2000 2003",
                                                SubjectKind::server,
                                                kDirectory,
                                                "missing not-found",
                                                mta_routing_group};

}  // namespace exaudit::rules
