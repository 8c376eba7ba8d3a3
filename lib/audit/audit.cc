// Select, run, merge, explain, sort: the story of an audit.
#include "audit/audit.h"

#include <algorithm>
#include <exception>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "audit/causes.h"
#include "audit/counting_views.h"
#include "base/text.h"
#include "model/case.h"
#include "model/network.h"
#include "rules/remedies.h"
#include "rules/sink_catalogue.h"
#include "rules/verdicts.h"

namespace exaudit::audit {

namespace {

using findings::Finding;
using findings::Verdict;
using findings::VerdictRow;

// Of several verdicts on one subject (views, parts) the gravest is the row's: what was not looked at
// outweighs what was found healthy.
int gravity(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail:
      return 4;
    case Verdict::error:
      return 3;
    case Verdict::not_evaluated:
      return 2;
    case Verdict::pass:
      return 1;
    case Verdict::not_applicable:
      return 0;
  }
  return 0;
}

std::size_t reason_rank(const Finding& finding) {
  const rules::Rule* rule = rules::find_rule(finding.rule);
  if (rule == nullptr) return 0;
  const auto reasons = base::split(rule->reasons, ' ');
  return static_cast<std::size_t>(std::find(reasons.begin(), reasons.end(), finding.reason) -
                                  reasons.begin());
}

bool same_place(const findings::Evidence& a, const findings::Evidence& b) {
  return a.at.input == b.at.input && a.at.line == b.at.line && a.at.record == b.at.record &&
         a.attribute == b.attribute && a.path == b.path;
}

// Equal findings of several views are one; of different reasons the one that comes first in the catalogue
// stands.
std::vector<Finding> merge_findings(std::vector<Finding> all) {
  std::map<std::string, Finding> merged;
  for (Finding& finding : all) {
    const auto [at, fresh] = merged.try_emplace(finding.fingerprint, finding);
    if (fresh) continue;
    Finding& kept = at->second;
    if (std::make_tuple(reason_rank(finding), -static_cast<int>(finding.severity)) <
        std::make_tuple(reason_rank(kept), -static_cast<int>(kept.severity))) {
      std::swap(kept, finding);
    }
    kept.severity = std::max(kept.severity, finding.severity);
    kept.views.insert(kept.views.end(), finding.views.begin(), finding.views.end());
    for (findings::Evidence& evidence : finding.evidence) {
      const bool known = std::any_of(kept.evidence.begin(), kept.evidence.end(),
                                     [&](const auto& other) { return same_place(other, evidence); });
      if (!known) kept.evidence.push_back(std::move(evidence));
    }
  }
  std::vector<Finding> out;
  for (auto& [fingerprint, finding] : merged) {
    std::sort(finding.views.begin(), finding.views.end());
    finding.views.erase(std::unique(finding.views.begin(), finding.views.end()), finding.views.end());
    out.push_back(std::move(finding));
  }
  return out;
}

std::vector<VerdictRow> merge_rows(std::vector<VerdictRow> all) {
  std::map<std::tuple<std::string, findings::SubjectKind, std::string, std::string>, VerdictRow> merged;
  for (VerdictRow& row : all) {
    row.subject.part.clear();
    const auto key =
        std::make_tuple(row.rule, row.subject.kind, row.subject.organization, row.subject.identity);
    const auto [at, fresh] = merged.try_emplace(key, row);
    if (fresh) continue;
    if (gravity(row.verdict) > gravity(at->second.verdict)) std::swap(at->second, row);
    if (at->second.verdict == Verdict::not_evaluated && row.verdict == Verdict::not_evaluated) {
      at->second.needs.insert(at->second.needs.end(), row.needs.begin(), row.needs.end());
    }
  }
  std::vector<VerdictRow> out;
  for (auto& [key, row] : merged) {
    std::sort(row.needs.begin(), row.needs.end());
    row.needs.erase(std::unique(row.needs.begin(), row.needs.end()), row.needs.end());
    out.push_back(std::move(row));
  }
  std::sort(out.begin(), out.end(), [](const VerdictRow& a, const VerdictRow& b) {
    return std::tie(a.rule, a.subject.name, a.subject.identity) <
           std::tie(b.rule, b.subject.name, b.subject.identity);
  });
  return out;
}

void sort_findings(std::vector<Finding>& findings) {
  std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(b.severity, a.rule, a.subject.name, a.subject.part, a.fingerprint) <
           std::tie(a.severity, b.rule, b.subject.name, b.subject.part, b.fingerprint);
  });
}

rules::RemedyContext remedy_context(const model::Case& c, const Finding& finding) {
  rules::RemedyContext out{};
  const std::string& machine =
      finding.subject.kind == findings::SubjectKind::machine ? finding.subject.name : finding.subject.machine;
  for (const model::Machine& each : c.machines) {
    if (!machine.empty() && base::fold_equals(each.name, machine)) {
      out.generation = each.generation;
      out.cluster = each.cluster;
      out.server = each.name;
    }
  }
  const std::string& server_name =
      finding.subject.kind == findings::SubjectKind::server ? finding.subject.name : finding.subject.server;
  for (const auto& org : c.organizations) {
    if (org->identity != finding.subject.organization) continue;
    if (const model::Server* server = server_name.empty() ? nullptr : org->server_named(server_name)) {
      out.generation = server->generation;
      out.cluster = server->cluster;
      out.server = server->name;
    }
    for (const model::Store& store : org->stores) {
      if (store.guid && store.guid->text() == finding.subject.guid) out.public_store = store.is_public;
    }
  }
  return out;
}

void run_rule(const rules::Rule& rule, const model::Case& c, const std::function<bool()>& stop,
              std::vector<Finding>& findings, std::vector<VerdictRow>& rows) {
  rules::Verdicts verdicts(rule, stop);
  try {
    rule.check(c, verdicts);
  } catch (const std::exception& error) {
    verdicts.error(fmt::format("the rule broke: {}", error.what()));
  }
  findings.insert(findings.end(), std::make_move_iterator(verdicts.findings.begin()),
                  std::make_move_iterator(verdicts.findings.end()));
  rows.insert(rows.end(), verdicts.rows.begin(), verdicts.rows.end());
}

std::vector<OrganizationRow> organization_rows(const model::Case& c) {
  std::map<std::string, OrganizationRow> rows;
  for (const auto& org : c.organizations) {
    OrganizationRow row{org->name, org->guid,
                        std::string(org->dn.empty() ? std::string_view(org->key) : org->dn)};
    rows.try_emplace(org->identity, std::move(row));
  }
  std::vector<OrganizationRow> out;
  for (auto& [identity, row] : rows) out.push_back(std::move(row));
  return out;
}

std::vector<std::string> third_party_bindings(const model::Case& c, const std::vector<rules::Sink>& sinks) {
  std::vector<std::string> out;
  for (const model::Machine& machine : c.machines) {
    for (const model::SmtpService& service : machine.smtp_services) {
      for (const model::VirtualServer& server : service.virtual_servers) {
        for (const model::EventBinding& binding : server.bindings) {
          const bool known = std::any_of(sinks.begin(), sinks.end(), [&](const rules::Sink& sink) {
            return base::fold_equals(sink.display_name, binding.display_name);
          });
          if (!known)
            out.push_back(fmt::format("{}: virtual server {} has the third-party event binding \"{}\" ({})",
                                      machine.name, server.instance, binding.display_name, binding.path));
        }
      }
    }
  }
  return out;
}

base::Error usage(std::string message) { return {base::ErrorCode::usage, std::move(message), 0}; }

std::vector<std::string> server_names(const model::Case& c) {
  std::map<std::string, std::string> names;  // folded
  for (const auto& org : c.organizations) {
    for (const model::Server& server : org->servers) names.try_emplace(base::fold(server.name), server.name);
  }
  std::vector<std::string> out;
  for (auto& [folded, name] : names) out.push_back(std::move(name));
  return out;
}

// "; there are MAIL1, MAIL2 and 7 more", "" when there is nothing.
std::string there_is(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 10;
  if (names.empty()) return {};
  const std::size_t shown = std::min(kShown, names.size());
  std::string out =
      fmt::format("; there {} {}", names.size() == 1 ? "is" : "are",
                  fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  return shown < names.size() ? fmt::format("{} and {} more", out, names.size() - shown) : out;
}

// Options that name things of the evidence must name things that are there: a typing error must not pass as
// "nothing found".
std::optional<base::Error> check_names(const model::Case& c) {
  const auto is_server = [&](const std::string& name) {
    return std::any_of(c.organizations.begin(), c.organizations.end(),
                       [&](const auto& org) { return org->server_named(name) != nullptr; });
  };
  for (const auto& [server, view] : c.options.gc) {
    if (!is_server(server)) {
      return usage(fmt::format("--gc: there is no server \"{}\" in the evidence{}", server,
                               there_is(server_names(c))));
    }
    const auto is_it = [&wanted = view](const facts::DirectoryView& each) {
      return base::fold_equals(each.name, wanted);
    };  // clang 14 captures no structured binding
    const bool known = std::any_of(c.snapshot.views.begin(), c.snapshot.views.end(), is_it);
    if (!known) {
      std::vector<std::string> names;
      for (const facts::DirectoryView& each : c.snapshot.views) names.push_back(each.name);
      return usage(fmt::format("--gc: there is no directory view \"{}\"{}", view, there_is(names)));
    }
  }
  for (const auto& [machine, servers] : c.options.hosts) {
    for (const std::string& server : servers) {
      if (!is_server(server)) {
        return usage(fmt::format("--hosts: there is no server \"{}\" in the evidence{}", server,
                                 there_is(server_names(c))));
      }
    }
  }
  return std::nullopt;
}

std::vector<facts::Input> finished_inputs(const model::Case& c) {
  std::vector<facts::Input> out = c.snapshot.inputs;
  for (facts::Input& input : out) {
    if (!input.unattributed) continue;
    if (c.adopted_machine.empty()) {
      input.note(0, fmt::format("nothing tells which machine this is from: write --machine NAME={}, or put a "
                                "file below servers/NAME/",
                                input.path));
    } else {
      input.machine = c.adopted_machine;  // the only server of the organization
      input.unattributed = false;
    }
  }
  return out;
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && base::ascii_lower(glob[g]) == base::ascii_lower(text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

base::Result<std::vector<const rules::Rule*>> select(const Options& options) {
  const auto all = rules::all_rules();
  std::vector<bool> chosen(all.size(), true);
  bool first = true;
  for (std::string_view item : base::split(options.rules, ',')) {
    item = base::trim(item);
    if (item.empty()) continue;
    const bool remove = item.starts_with('-');
    if (remove) item.remove_prefix(1);
    if (first && !remove) chosen.assign(all.size(), false);
    first = false;
    bool matched = glob_matches(item, kServerRemovedRule);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!glob_matches(item, all[i]->id)) continue;
      matched = true;
      chosen[i] = !remove;
    }
    if (!matched)
      return usage(fmt::format("--rules: no rule matches \"{}\" (exaudit rules lists them)", item));
  }
  std::set<std::string, std::less<>> areas;
  for (const std::string_view item : base::split(options.area, ',')) {
    const std::string area = base::ascii_lowered(base::trim(item));
    if (area.empty()) continue;
    const bool known =
        std::any_of(all.begin(), all.end(), [&](const rules::Rule* rule) { return rule->area == area; });
    if (!known) return usage(fmt::format("--area: there is no area \"{}\"", item));
    areas.insert(area);
  }
  std::vector<const rules::Rule*> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (chosen[i] && (areas.empty() || areas.contains(all[i]->area))) out.push_back(all[i]);
  }
  return out;
}

namespace {
model::Options model_options(const Options& options) {
  return {options.event_window_days, options.hosts, options.gc, options.internal_networks,
          options.sink_catalogue};
}
}  // namespace

base::Result<std::vector<model::ListNode>> list(const facts::Snapshot& snapshot, const Options& options,
                                                std::string_view what) {
  const model::Case c(snapshot, model_options(options));
  if (const auto wrong = check_names(c)) return *wrong;
  return model::listing(c, what);
}

namespace {

// What was asked of a running server stands in no line of a file.
void forget_lines(const facts::Snapshot& snapshot, std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    for (findings::Evidence& evidence : finding.evidence) {
      if (evidence.at.known() && snapshot.inputs[evidence.at.input].live) evidence.at.line = 0;
    }
  }
}

}  // namespace

base::Result<Result> run(const facts::Snapshot& snapshot, const Options& options) {
  const auto selected = select(options);
  if (!selected) return selected.error();
  std::vector<rules::Sink> sinks = rules::built_in_sinks();
  if (!options.sink_catalogue.empty()) {
    auto parsed = rules::parse_sink_catalogue(options.sink_catalogue);
    if (!parsed)
      return usage(fmt::format("--sink-catalogue: line {}: {}", parsed.error().line, parsed.error().message));
    sinks = std::move(*parsed);
  }
  for (const std::string& network : options.internal_networks) {
    if (!model::parse_ipv4_network(network))
      return usage(fmt::format("--internal-network: \"{}\" is no IPv4 network (write 10.0.0.0/8)", network));
  }
  const model::Case c(snapshot, model_options(options));
  if (const auto wrong = check_names(c)) return *wrong;

  Result out;
  std::vector<Finding> findings;
  std::vector<VerdictRow> rows;
  for (const rules::Rule* rule : *selected) {
    run_rule(*rule, c, options.stop, findings, rows);
    if (options.stop && options.stop()) return base::Error{base::ErrorCode::too_large, "stopped", 0};
  }
  out.findings = merge_findings(std::move(findings));
  name_counting_views(c, out.findings);
  sort_findings(out.findings);
  const bool directory = std::any_of(selected->begin(), selected->end(), [](const rules::Rule* rule) {
    return rule->id == "KB828938.gateway-orphan";
  });
  if (directory) add_removed_servers(c, out.findings);
  link_causes(c, out.findings);
  for (Finding& finding : out.findings)
    finding.remedy = rules::remedy_for(finding, remedy_context(c, finding));
  forget_lines(snapshot, out.findings);
  if (options.min_severity) {
    std::erase_if(out.findings,
                  [&](const Finding& finding) { return finding.severity < *options.min_severity; });
  }
  sort_findings(out.findings);
  out.verdicts = merge_rows(std::move(rows));
  out.organizations = organization_rows(c);
  out.inputs = finished_inputs(c);
  out.directory_servers = c.directory_servers;
  out.details = third_party_bindings(c, sinks);
  return out;
}

}  // namespace exaudit::audit
