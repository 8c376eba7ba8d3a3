#include "report/coverage.h"

#include <algorithm>

#include "audit/exit_code.h"
#include "base/text.h"
#include "report/advice.h"
#include "report/json_parts.h"
#include "rules/attributes.h"
#include "rules/rule.h"

namespace exaudit::report {

namespace {

using facts::InputKind;
using facts::LogKind;
using findings::Need;
using findings::Verdict;
using findings::VerdictRow;

using findings::kNeeds;

// Can the input hold this evidence?
bool holds(const facts::Input& input, Need need) {
  switch (input.kind) {
    case InputKind::ldif:
      return need == Need::directory || need == Need::directory_recipients;
    case InputKind::smtp_greeting:
      return need == Need::ehlo;
    case InputKind::metabase_xml:
    case InputKind::mbschema_xml:
    case InputKind::metabase_dump:
    case InputKind::sink_listing:
      return need == Need::metabase;
    case InputKind::registry_export:
    case InputKind::registry_query:
    case InputKind::registry_hive:
      return need == Need::registry_services || need == Need::registry_network;
    case InputKind::event_log_text:
    case InputKind::event_blocks:
    case InputKind::event_log_evt:
    case InputKind::event_log_evtx:
      return (need == Need::events_application && input.log != LogKind::system) ||
             (need == Need::events_system && input.log != LogKind::application);
    case InputKind::folder_listing:
    case InputKind::metabase_backup:
      return need == Need::metabase_backup;
    case InputKind::service_states:
      return need == Need::service_states;
    case InputKind::mailbox_table:
      return need == Need::mailbox_table;
    case InputKind::file_versions:
    case InputKind::program_file:
      return need == Need::file_versions;
    default:
      return false;
  }
}

std::string server_of(const findings::Subject& subject) {
  if (!subject.machine.empty()) return subject.machine;
  if (subject.kind == findings::SubjectKind::machine || subject.kind == findings::SubjectKind::server)
    return subject.name;
  return subject.server.empty() ? std::string(kNoServer) : subject.server;
}

// "?" (a machine of which the name is not known) and subjects without a server come last.
std::pair<int, std::string> column_order(const std::string& name) {
  return {name == kNoServer ? 2 : name == "?" ? 1 : 0, base::fold(name)};
}

bool once(Need need) { return need == Need::directory || need == Need::directory_recipients; }

class Builder {
 public:
  explicit Builder(const audit::Result& result) : result_(result) {
    for (const VerdictRow& row : result.verdicts) add_column(server_of(row.subject));
    for (const facts::Input& input : result.inputs) {
      if (!input.machine.empty()) add_column(input.machine);
    }
    for (const auto& [order, name] : names_) {
      columns_[order] = out_.servers.size();
      out_.servers.push_back(name);
    }
  }

  Coverage build() {
    add_inputs();
    for (const VerdictRow& row : result_.verdicts) add(row);
    add_global_catalogs();
    for (std::optional<Need>& need : order()) finish_group(need);
    for (auto& [key, gap] : gaps_) out_.gaps.push_back(std::move(gap));
    fill_commands();
    return std::move(out_);
  }

 private:
  using Key = std::optional<Need>;

  void add_column(const std::string& name) { names_.try_emplace(column_order(name), name); }
  std::size_t column(const std::string& name) const { return columns_.at(column_order(name)); }

  // The evidence that a rule's row stands under: the first that it names.
  static Key group_of(const VerdictRow& row) {
    const rules::Rule* rule = rules::find_rule(row.rule);
    if (rule != nullptr && !rule->needs.empty()) return rule->needs.front();
    if (rule == nullptr && !row.needs.empty()) return row.needs.front();
    return std::nullopt;
  }

  static std::vector<Key> order() {
    std::vector<Key> out;
    for (std::size_t i = 0; i < kNeeds; ++i) out.emplace_back(static_cast<Need>(i));
    out.emplace_back(std::nullopt);
    return out;
  }

  void add_inputs() {
    for (const facts::Input& input : result_.inputs) {
      if (!audit::is_evidence(input.kind)) continue;
      for (std::size_t i = 0; i < kNeeds; ++i) {
        const auto need = static_cast<Need>(i);
        if (!holds(input, need)) continue;
        if (once(need)) {
          for (std::size_t c = 0; c < out_.servers.size(); ++c) groups_[need].inputs[c].insert(input.path);
        } else if (!input.machine.empty()) {
          groups_[need].inputs[column(input.machine)].insert(input.path);
        }
      }
    }
  }

  void add(const VerdictRow& row) {
    const Key key = group_of(row);
    const std::size_t at = column(server_of(row.subject));
    CoverageRule& rule = rules_[key][row.rule];
    CoverageCell& cell = rule.cells[at];
    if (row.counts) {
      for (std::size_t i = 0; i < cell.verdicts.size(); ++i) count(cell, i, (*row.counts)[i]);
    } else {
      count(cell, static_cast<std::size_t>(row.verdict), 1);
    }
    const rules::Rule* known = rules::find_rule(row.rule);
    if (known != nullptr) rule.title = known->title;
    if (cell.of(Verdict::pass) + cell.of(Verdict::fail) != 0) rest(cell, known, at);
    if (row.verdict != Verdict::not_evaluated && !(row.counts && (*row.counts)[kNotEvaluated] != 0)) return;
    if (!row.why.empty()) cell.why.insert(row.why);
    for (const Need need : row.needs) {
      cell.missing.insert(need);
      add_gap(need, out_.servers[at], row.rule);
    }
  }

  void count(CoverageCell& cell, std::size_t verdict, std::uint64_t n) {
    cell.verdicts[verdict] += n;
    out_.verdicts[verdict] += n;
  }

  void rest(CoverageCell& cell, const rules::Rule* rule, std::size_t at) {
    if (rule == nullptr) return;
    for (const Need need : rule->needs) {
      const auto found = groups_[need].inputs.find(at);
      if (found != groups_[need].inputs.end())
        cell.rests_on.insert(found->second.begin(), found->second.end());
    }
  }

  void add_gap(Need need, const std::string& server, const std::string& rule) {
    const std::string name = once(need) || server == kNoServer ? "" : server;
    CoverageGap& gap = gaps_[{name.empty() ? std::pair(-1, std::string()) : column_order(name), need}];
    gap.server = name;
    gap.need = need;
    gap.rules.insert(rule);
  }

  // No check waits for it, and yet it decides which view counts.
  void add_global_catalogs() {
    std::set<std::string> rules;
    for (const VerdictRow& row : result_.verdicts) {
      const rules::Rule* rule = rules::find_rule(row.rule);
      if (rule != nullptr && rules::reads(*rule, Need::global_catalog)) rules.insert(row.rule);
    }
    for (const model::DirectoryServer& row : result_.directory_servers) {
      if (row.source != model::DirectoryServerSource::none) continue;
      for (const std::string& rule : rules) add_gap(Need::global_catalog, row.server, rule);
    }
  }

  void finish_group(const Key& need) {
    const auto found = rules_.find(need);
    if (found == rules_.end()) return;
    CoverageGroup group;
    group.need = need;
    if (need) group.inputs = std::move(groups_[*need].inputs);
    for (auto& [id, rule] : found->second) {
      rule.rule = id;
      group.rules.push_back(std::move(rule));
    }
    out_.groups.push_back(std::move(group));
  }

  void fill_commands() {
    AdviceNames names;
    if (!result_.organizations.empty()) names.organization_dn = result_.organizations.front().dn;
    for (CoverageGap& gap : out_.gaps) {
      const Advice& advice = advice_for(gap.need);
      names.machine = gap.server;
      for (const std::string_view command : advice.commands) gap.commands.push_back(filled(command, names));
      for (const std::string_view note : advice.notes) gap.notes.push_back(filled(note, names));
    }
  }

  static constexpr auto kNotEvaluated = static_cast<std::size_t>(Verdict::not_evaluated);

  const audit::Result& result_;
  Coverage out_;
  std::map<std::pair<int, std::string>, std::string> names_;
  std::map<std::pair<int, std::string>, std::size_t> columns_;
  std::map<Need, CoverageGroup> groups_;
  std::map<Key, std::map<std::string, CoverageRule>> rules_;
  std::map<std::pair<std::pair<int, std::string>, Need>, CoverageGap> gaps_;
};

Json verdicts_json(const std::array<std::uint64_t, 5>& verdicts) {
  Json out = Json::object();
  for (std::size_t i = 0; i < verdicts.size(); ++i)
    out[std::string(findings::verdict_name(static_cast<Verdict>(i)))] = verdicts[i];
  return out;
}

template <typename Texts>
Json texts_json(const Texts& texts) {
  Json out = Json::array();
  for (const std::string& text : texts) out.push_back(json_text(text));
  return out;
}

Json server_json(const std::string& name) {
  return name.empty() || name == kNoServer ? Json(nullptr) : json_text(name);
}

Json cell_json(const std::string& server, const CoverageCell& cell) {
  Json missing = Json::array();
  for (const Need need : cell.missing) missing.push_back(findings::need_name(need));
  return Json{{"server", server_json(server)},
              {"verdict", findings::verdict_name(cell.worst())},
              {"verdicts", verdicts_json(cell.verdicts)},
              {"rests_on", texts_json(cell.rests_on)},
              {"missing", std::move(missing)},
              {"why", texts_json(cell.why)}};
}

Json group_json(const Coverage& coverage, const CoverageGroup& group) {
  Json rules = Json::array();
  for (const CoverageRule& rule : group.rules) {
    Json cells = Json::array();
    for (const auto& [at, cell] : rule.cells) cells.push_back(cell_json(coverage.servers[at], cell));
    rules.push_back(
        Json{{"rule", json_text(rule.rule)}, {"title", json_text(rule.title)}, {"cells", std::move(cells)}});
  }
  return Json{{"need", group.need ? Json(findings::need_name(*group.need)) : Json(nullptr)},
              {"title", group.need ? Json(advice_for(*group.need).title) : Json(nullptr)},
              {"rules", std::move(rules)}};
}

Json gap_json(const CoverageGap& gap) {
  const Advice& advice = advice_for(gap.need);
  const bool on_machine = advice.where == "{machine}";
  return Json{{"server", server_json(gap.server)},
              {"need", findings::need_name(gap.need)},
              {"where", on_machine ? server_json(gap.server) : json_text(advice.where)},
              {"rules", texts_json(gap.rules)},
              {"commands", texts_json(gap.commands)},
              {"notes", texts_json(gap.notes)}};
}

}  // namespace

Verdict CoverageCell::worst() const {
  for (const Verdict verdict : {Verdict::error, Verdict::not_evaluated, Verdict::fail, Verdict::pass}) {
    if (of(verdict) != 0) return verdict;
  }
  return Verdict::not_applicable;
}

Coverage coverage_of(const audit::Result& result) { return Builder(result).build(); }

std::string coverage_json(const audit::Result& result) {
  const Coverage coverage = coverage_of(result);
  Json groups = Json::array();
  for (const CoverageGroup& group : coverage.groups) groups.push_back(group_json(coverage, group));
  Json gaps = Json::array();
  for (const CoverageGap& gap : coverage.gaps) gaps.push_back(gap_json(gap));
  Json servers = Json::array();
  for (const std::string& name : coverage.servers) {
    if (name != kNoServer) servers.push_back(json_text(name));
  }
  return json_dump(Json{{"format", "exaudit-coverage"},
                        {"version", 1},
                        {"tool", json_tool()},
                        {"servers", std::move(servers)},
                        {"needs", std::move(groups)},
                        {"collect", std::move(gaps)},
                        {"summary", Json{{"verdicts", verdicts_json(coverage.verdicts)}}}},
                   2) +
         "\n";
}

}  // namespace exaudit::report
