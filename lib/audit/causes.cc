// Which finding explains which: one table, the first row that applies names the immediate cause.
#include "audit/causes.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "model/placements.h"

namespace exaudit::audit {

namespace {

using findings::Finding;
using findings::SubjectKind;

// How a cause and its consequence must belong together: by the machine, by one service of it, by the store,
// by the server. `place` joins what is known of a machine with what is known of a store or server on it.
enum class Join { machine, service, store, server, place };

struct Side {
  std::string_view rules;        // blank-separated ids; of several causes the first one named is the cause
  std::string_view reason = {};  // "" = any
  std::string_view part = {};    // "" = any
};

struct Row {
  Side cause, effect;
  Join join;
};

constexpr std::string_view kSmtpService = "SMTPSVC";
constexpr std::string_view kExtensions = "KB822939.verbs-missing KB822939.no-bindings KB822939.sinks-missing";
constexpr std::string_view kServiceFailures = "KB822939.service-stopped KB277770.service-start-failure";
constexpr std::string_view kRegistration = "KB277770.dispatch-entries KB277770.service-host";
constexpr std::string_view kLogonFailure = "KB828938.store-logon-failure";

constexpr std::array kRows = {
    Row{{"KB822939.imc-key", "present-smtp-removed"}, {"KB822939.smtp-service-absent"}, Join::machine},
    Row{{"KB822939.imc-key", "present-smtp-removed"}, {kExtensions}, Join::machine},
    Row{{"KB822939.imc-key", "present-smtp-removed"}, {kServiceFailures, "", kSmtpService}, Join::machine},
    Row{{"KB822939.smtp-service-absent"}, {kExtensions}, Join::machine},
    Row{{"KB822939.smtp-service-absent"}, {kServiceFailures, "", kSmtpService}, Join::machine},
    Row{{"KB822939.no-bindings"}, {"KB822939.verbs-missing"}, Join::machine},
    Row{{"KB822939.sinks-missing", "family-missing"}, {"KB822939.verbs-missing"}, Join::machine},
    Row{{kRegistration}, {kServiceFailures}, Join::service},
    Row{{kRegistration, "", kSmtpService}, {"KB828938.smtp-interface-failure"}, Join::machine},
    Row{{"KB247130.mta-missing"}, {"KB247130.mta-start-failure"}, Join::place},
    Row{{"KB247130.mta-missing"}, {"KB828938.gateway-home-mta", "deleted"}, Join::server},
    Row{{"KB828938.gateway-missing KB828938.gateway-class KB828938.gateway-home-mta "
         "KB828938.gateway-home-mdb KB828938.gateway-legacy-dn"},
        {"KB828938.store-logon-failure KB828938.mailbox-missing KB828938.mailbox-disconnected"},
        Join::store},
    // After the row above: only what the directory does not explain is left for the machine.
    Row{{"KB840469.mta-start-failure KB822939.verbs-missing"},
        {kLogonFailure, "", "0x80040148"},
        Join::place},
    Row{{"KB840469.mta-start-failure KB822939.verbs-missing"}, {"KB840469.mta-not-running"}, Join::machine},
    Row{{kLogonFailure}, {"KB828938.smtp-interface-failure KB828938.delivery-retry"}, Join::place},
    Row{{"KB316622.system-mailbox-missing"}, {"KB316622.event-sinks-failure"}, Join::place},
    Row{{kServerRemovedRule}, {"KB828938.gateway-orphan", "server-removed"}, Join::server},
    Row{{kServerRemovedRule},
        {"recipients.home-mta-deleted recipients.home-mdb-missing recipients.home-mdb-not-found"},
        Join::server},
};

// Place of the id in the list; the number of ids when it is not there.
std::size_t place_in(std::string_view list, std::string_view id) {
  const auto ids = base::split(list, ' ');
  return static_cast<std::size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin());
}

bool listed(std::string_view list, std::string_view id) {
  const auto ids = base::split(list, ' ');
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool covers(const Side& side, const Finding& finding) {
  return listed(side.rules, finding.rule) && (side.reason.empty() || finding.reason == side.reason) &&
         (side.part.empty() || base::fold_equals(finding.subject.part, side.part));
}

std::string_view machine_of(const Finding& finding) {
  return finding.subject.kind == SubjectKind::machine ? finding.subject.name : finding.subject.machine;
}

std::string_view server_of(const Finding& finding) {
  return finding.subject.kind == SubjectKind::server ? finding.subject.name : finding.subject.server;
}

// Where findings belong: servers and machines are joined by name, on clusters as the case knows them
// (--hosts).
class Places {
 public:
  explicit Places(const model::Case& c) {
    for (const model::Machine& machine : c.machines) {
      for (const model::Server* server : machine.servers)
        machines_[base::fold(server->name)].insert(base::fold(machine.name));
    }
  }

  // Is one of the two about this machine, and the other about it or about what it carries?
  bool same(const Finding& a, const Finding& b) const {
    const std::set<std::string> here = machines(a);
    const std::set<std::string> there = machines(b);
    return std::any_of(here.begin(), here.end(),
                       [&](const std::string& machine) { return there.contains(machine); });
  }

 private:
  std::set<std::string> machines(const Finding& finding) const {
    std::set<std::string> out;
    if (!machine_of(finding).empty()) out.insert(base::fold(machine_of(finding)));
    if (server_of(finding).empty()) return out;
    const std::string server = base::fold(server_of(finding));
    const auto at = machines_.find(server);
    if (at == machines_.end()) {
      out.insert(server);
    } else {
      out.insert(at->second.begin(), at->second.end());
    }
    return out;
  }

  std::map<std::string, std::set<std::string>> machines_;  // of a server
};

// A store that no directory view shows belongs to no organization; its events were logged on a machine that
// may.
bool same_organization(const Finding& cause, const Finding& effect) {
  const bool unseen =
      cause.subject.kind == SubjectKind::legacy_dn || effect.subject.kind == SubjectKind::legacy_dn;
  return unseen || cause.subject.organization == effect.subject.organization;
}

bool joined(const Finding& cause, const Finding& effect, Join join, const Places& places) {
  if (!same_organization(cause, effect)) return false;
  switch (join) {
    case Join::machine:
      return base::fold_equals(machine_of(cause), machine_of(effect));
    case Join::service:
      return base::fold_equals(machine_of(cause), machine_of(effect)) &&
             base::fold_equals(cause.subject.part, effect.subject.part);
    case Join::store:
      return !cause.subject.guid.empty() && cause.subject.guid == effect.subject.guid;
    case Join::server:
      return base::fold_equals(server_of(cause), server_of(effect));
    case Join::place:
      return places.same(cause, effect);
  }
  return false;
}

// What is over (`old`), or about a store that is gone (`stale`), causes nothing that is seen now. Nor does a
// missing family of optional bindings, or an export that is only partial, explain a missing verb.
bool may_explain(const Finding& finding) {
  if (finding.reason == "old" || finding.reason == "stale") return false;
  if (listed("KB822939.sinks-missing KB822939.no-bindings", finding.rule) &&
      finding.severity != findings::Severity::high)
    return false;
  return std::any_of(kRows.begin(), kRows.end(), [&](const Row& row) { return covers(row.cause, finding); });
}

// An event about a store that is gone is no store of any machine.
bool explains(const Row& row, const Finding& cause, const Finding& effect, const Places& places) {
  if (!covers(row.cause, cause) || !covers(row.effect, effect)) return false;
  return effect.reason != "stale" && joined(cause, effect, row.join, places);
}

// Names of servers that objects still point to: folded name, spelling, orphaned gateways, recipients.
struct Removed {
  std::string name;
  std::vector<const Finding*> orphans;
  std::uint64_t recipients = 0;
  std::vector<findings::Evidence> examples;
};

// Recipients of one view by home server that is no server of the organization; the view with most of them
// counts, two views may show the same ones.
void count_recipients(const std::vector<const model::Organization*>& views, const facts::DirectoryView& view,
                      std::map<std::string, Removed>& removed) {
  constexpr std::size_t kExamples = 3;
  const auto& placements = view.recipients().placements();
  std::vector<std::string> gone(placements.size());  // folded name of the server that is none, by placement
  std::map<std::string, std::string_view> names;
  for (std::size_t i = 0; i < placements.size(); ++i) {
    const std::string_view name = model::server_of_legacy_dn(placements[i].home_server);
    const bool there = std::any_of(views.begin(), views.end(), [&name](const model::Organization* org) {
      return org->server_named(name) != nullptr;
    });
    if (name.empty() || there) continue;
    gone[i] = base::fold(name);
    const auto [at, fresh] = names.emplace(gone[i], name);
    if (!fresh) at->second = std::min(at->second, name);
  }
  if (names.empty()) return;
  std::map<std::string, std::uint64_t> here;
  std::map<std::string, std::vector<facts::Recipient>> examples;
  const auto earlier = [](const facts::Recipient& a, const facts::Recipient& b) {
    return std::tie(a.input, a.line) < std::tie(b.input, b.line);
  };
  view.each_recipient([&](std::uint32_t, const facts::Recipient& recipient) {
    const std::string& key = gone[recipient.placement];
    if (key.empty()) return;
    ++here[key];
    auto& first = examples[key];
    first.insert(std::upper_bound(first.begin(), first.end(), recipient, earlier), recipient);
    if (first.size() > kExamples) first.pop_back();
  });
  for (const auto& [key, first] : examples) {
    Removed& entry = removed[key];
    if (entry.name.empty()) entry.name = names[key];
    for (const facts::Recipient& recipient : first) {
      if (entry.examples.size() >= kExamples) break;
      findings::Evidence evidence;
      evidence.at = recipient.location();
      if (const auto copy = view.read(recipient)) evidence.dn = copy->entry.dn;
      evidence.attribute = "msExchHomeServerName";
      evidence.actual = {std::string(placements[recipient.placement].home_server)};
      entry.examples.push_back(std::move(evidence));
    }
  }
  for (const auto& [key, count] : here) removed[key].recipients = std::max(removed[key].recipients, count);
}

// "2 recipients"; "" for none.
std::string counted(std::uint64_t number, std::string_view thing) {
  return number == 0 ? "" : fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

Finding headline(const model::Organization& org, const std::string& key, const Removed& removed) {
  Finding out;
  out.rule = kServerRemovedRule;
  out.area = "directory";
  out.severity = findings::Severity::medium;
  out.reason = "removed";
  out.subject.kind = SubjectKind::server;
  out.subject.name = removed.name;
  out.subject.identity = key;
  out.subject.organization = org.identity;
  const std::string objects = counted(removed.orphans.size(), "SMTP mailbox object");
  const std::string recipients = counted(removed.recipients, "recipient");
  const bool both = !objects.empty() && !recipients.empty();
  out.message = fmt::format("server {} does not exist any more, but {}{}{} still point to it", removed.name,
                            objects, both ? " and " : "", recipients);
  std::set<std::string> views;
  for (const Finding* orphan : removed.orphans) {
    views.insert(orphan->views.begin(), orphan->views.end());
    out.evidence.insert(out.evidence.end(), orphan->evidence.begin(), orphan->evidence.end());
  }
  out.evidence.insert(out.evidence.end(), removed.examples.begin(), removed.examples.end());
  if (views.empty()) views.insert(org.view->name);
  out.views.assign(views.begin(), views.end());
  out.fingerprint = findings::fingerprint(out.rule, out.subject);
  return out;
}

}  // namespace

void add_removed_servers(const model::Case& c, std::vector<Finding>& findings) {
  std::set<std::string> identities;
  for (const auto& org : c.organizations) identities.insert(org->identity);
  std::vector<Finding> headlines;
  for (const std::string& identity : identities) {
    std::map<std::string, Removed> removed;
    const auto views = c.views_of(identity);
    const bool read = std::all_of(views.begin(), views.end(),
                                  [](const model::Organization* org) { return org->all_servers_read; });
    if (!read) continue;
    for (const Finding& finding : findings) {
      if (finding.rule != "KB828938.gateway-orphan" || finding.reason != "server-removed" ||
          finding.subject.organization != identity)
        continue;
      Removed& entry = removed[base::fold(finding.subject.server)];
      entry.name = finding.subject.server;
      entry.orphans.push_back(&finding);
    }
    for (const facts::DirectoryView& view : c.snapshot.views) {
      const bool own = std::any_of(views.begin(), views.end(),
                                   [&](const model::Organization* org) { return org->view == &view; });
      if (own || identities.size() == 1) count_recipients(views, view, removed);
    }
    for (const auto& [key, entry] : removed) {
      if (entry.orphans.size() + entry.recipients >= 2)
        headlines.push_back(headline(*views.front(), key, entry));
    }
  }
  findings.insert(findings.end(), headlines.begin(), headlines.end());
}

void link_causes(const model::Case& c, std::vector<Finding>& findings) {
  const Places places(c);
  std::map<std::string_view, std::size_t> by_fingerprint;
  std::vector<const Finding*> causes;  // few, whatever the number of findings
  for (std::size_t i = 0; i < findings.size(); ++i) {
    by_fingerprint[findings[i].fingerprint] = i;
    if (may_explain(findings[i])) causes.push_back(&findings[i]);
  }
  std::map<std::string_view, std::vector<const Row*>>
      rows_of;  // by the rule of the effect: there may be a million
  for (Finding& effect : findings) {
    const auto [rows, fresh] = rows_of.try_emplace(effect.rule);
    for (const Row& row : kRows) {
      if (fresh && listed(row.effect.rules, effect.rule)) rows->second.push_back(&row);
    }
    for (const Row* each_row : rows->second) {
      const Row& row = *each_row;
      if (!covers(row.effect, effect)) continue;
      const Finding* cause = nullptr;
      for (const Finding* each : causes) {
        if (each == &effect || !explains(row, *each, effect, places)) continue;
        if (cause == nullptr ||
            place_in(row.cause.rules, each->rule) < place_in(row.cause.rules, cause->rule))
          cause = each;
      }
      if (cause == nullptr) continue;
      effect.explained_by = cause->fingerprint;
      break;
    }
  }
  // Chains are short and have no cycles: rows only ever point from consequences to causes.
  for (const Finding& effect : findings) {
    const Finding* at = &effect;
    for (std::size_t step = 0; !at->explained_by.empty() && step < kRows.size(); ++step) {
      Finding& cause = findings[by_fingerprint.at(at->explained_by)];
      cause.severity = std::max(cause.severity, effect.severity);
      at = &cause;
    }
  }
}

}  // namespace exaudit::audit
