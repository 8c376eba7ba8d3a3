// Which finding explains which: one table, the first row that applies names the immediate cause.
#include "audit/causes.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::audit {

namespace {

using findings::Finding;
using findings::SubjectKind;

// How a cause and its consequence must belong together.
enum class Join { machine, store, server, removed_server };

struct Row {
  std::string_view causes;        // blank-separated rule ids
  std::string_view cause_reason;  // "" = any
  std::string_view effects;
  std::string_view effect_reason;  // "" = any
  Join join;
};

constexpr std::array kRows = {
    Row{"KB822939.imc-key", "present-smtp-removed",
        "KB822939.smtp-service-absent KB822939.verbs-missing KB822939.no-bindings KB822939.sinks-missing", "",
        Join::machine},
    Row{"KB822939.smtp-service-absent", "",
        "KB822939.verbs-missing KB822939.no-bindings KB822939.sinks-missing", "", Join::machine},
    Row{"KB822939.no-bindings", "", "KB822939.verbs-missing", "", Join::machine},
    Row{"KB822939.sinks-missing", "family-missing", "KB822939.verbs-missing", "", Join::machine},
    Row{"KB247130.mta-missing", "", "KB828938.gateway-home-mta", "deleted", Join::server},
    Row{"KB828938.gateway-missing KB828938.gateway-class KB828938.gateway-home-mta KB828938.gateway-home-mdb "
        "KB828938.gateway-legacy-dn",
        "", "KB828938.mailbox-missing KB828938.mailbox-disconnected", "", Join::store},
    Row{kServerRemovedRule, "", "KB828938.gateway-orphan", "server-removed", Join::removed_server},
};

bool listed(std::string_view list, std::string_view id) {
  for (const std::string_view item : base::split(list, ' ')) {
    if (item == id) return true;
  }
  return false;
}

std::string_view machine_of(const Finding& finding) {
  return finding.subject.kind == SubjectKind::machine ? finding.subject.name : finding.subject.machine;
}

std::string_view server_of(const Finding& finding) {
  return finding.subject.kind == SubjectKind::server ? finding.subject.name : finding.subject.server;
}

bool joined(const Finding& cause, const Finding& effect, Join join) {
  if (cause.subject.organization != effect.subject.organization) return false;
  switch (join) {
    case Join::machine:
      return base::fold_equals(machine_of(cause), machine_of(effect));
    case Join::store:
      return !cause.subject.guid.empty() && cause.subject.guid == effect.subject.guid;
    case Join::server:
    case Join::removed_server:
      return base::fold_equals(server_of(cause), server_of(effect));
  }
  return false;
}

// A cause must be severe enough to be one: neither a missing family of optional bindings nor an export that
// is only partial explains a missing verb.
bool explains(const Row& row, const Finding& cause, const Finding& effect) {
  if (!listed(row.causes, cause.rule) || !listed(row.effects, effect.rule)) return false;
  if (!row.cause_reason.empty() && cause.reason != row.cause_reason) return false;
  if (!row.effect_reason.empty() && effect.reason != row.effect_reason) return false;
  if (listed("KB822939.sinks-missing KB822939.no-bindings", cause.rule) &&
      cause.severity != findings::Severity::high)
    return false;
  return joined(cause, effect, row.join);
}

// Names of servers that objects still point to: folded name, spelling, orphaned gateways, recipients.
struct Removed {
  std::string name;
  std::vector<const Finding*> orphans;
  std::uint64_t recipients = 0;
  std::vector<findings::Evidence> examples;
};

std::string_view last_component(std::string_view legacy_dn) {
  constexpr std::string_view kServers = "/cn=";
  const std::string lower = base::ascii_lowered(legacy_dn);
  const std::size_t at = lower.rfind(kServers);
  return at == std::string::npos ? std::string_view() : legacy_dn.substr(at + kServers.size());
}

// Recipients of one view by home server that is no server of the organization; the view with most of them
// counts, two views may show the same ones.
void count_recipients(const model::Organization& org, const facts::DirectoryView& view,
                      std::map<std::string, Removed>& removed) {
  constexpr std::size_t kExamples = 3;
  std::map<std::uint32_t, std::uint64_t> by_server;
  std::map<std::uint32_t, std::vector<const facts::Recipient*>> examples;
  for (const facts::Recipient& recipient : view.recipients) {
    if (recipient.home_server == 0) continue;
    ++by_server[recipient.home_server];
    auto& shown = examples[recipient.home_server];
    if (shown.size() < kExamples) shown.push_back(&recipient);
  }
  std::map<std::string, std::uint64_t> here;
  for (const auto& [id, count] : by_server) {
    const std::string_view text = view.interner->text(id);
    const std::string_view name = last_component(text);
    if (name.empty() || org.server_named(name) != nullptr) continue;
    const std::string key = base::fold(name);
    here[key] += count;
    Removed& entry = removed[key];
    if (entry.name.empty()) entry.name = name;
    for (const facts::Recipient* recipient : examples[id]) {
      if (entry.examples.size() >= kExamples) break;
      findings::Evidence evidence;
      evidence.at = {recipient->input, recipient->line, 0, recipient->offset};
      evidence.attribute = "msExchHomeServerName";
      evidence.actual = {std::string(text)};
      entry.examples.push_back(std::move(evidence));
    }
  }
  for (const auto& [key, count] : here) removed[key].recipients = std::max(removed[key].recipients, count);
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
  out.message = fmt::format(
      "server {} does not exist any more, but {} SMTP mailbox object{} and {} recipient{} still point to it",
      removed.name, removed.orphans.size(), removed.orphans.size() == 1 ? "" : "s", removed.recipients,
      removed.recipients == 1 ? "" : "s");
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
      if (own || identities.size() == 1) count_recipients(*views.front(), view, removed);
    }
    for (const auto& [key, entry] : removed) {
      if (entry.orphans.size() + entry.recipients >= 2)
        headlines.push_back(headline(*views.front(), key, entry));
    }
  }
  findings.insert(findings.end(), headlines.begin(), headlines.end());
}

void link_causes(std::vector<Finding>& findings) {
  std::map<std::string_view, std::size_t> by_fingerprint;
  std::vector<const Finding*> causes;  // few, whatever the number of findings
  for (std::size_t i = 0; i < findings.size(); ++i) {
    by_fingerprint[findings[i].fingerprint] = i;
    const bool may_explain = std::any_of(
        kRows.begin(), kRows.end(), [&](const Row& row) { return listed(row.causes, findings[i].rule); });
    if (may_explain) causes.push_back(&findings[i]);
  }
  for (Finding& effect : findings) {
    for (const Row& row : kRows) {
      if (!listed(row.effects, effect.rule)) continue;
      const auto cause = std::find_if(causes.begin(), causes.end(), [&](const Finding* each) {
        return each != &effect && explains(row, *each, effect);
      });
      if (cause == causes.end()) continue;
      effect.explained_by = (*cause)->fingerprint;
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
