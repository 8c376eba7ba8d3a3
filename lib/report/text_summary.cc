// The end of the text report: counts, inputs with problems, what is not evidence, and what was not evaluated
// and how to collect it.
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "audit/exit_code.h"
#include "base/text.h"
#include "report/advice.h"
#include "report/text_parts.h"

namespace exaudit::report {

namespace {

using findings::Verdict;
using findings::VerdictRow;

std::uint64_t count_of(const VerdictRow& row, Verdict verdict) {
  if (row.counts) return (*row.counts)[static_cast<std::size_t>(verdict)];
  return row.verdict == verdict ? 1 : 0;
}

bool is_foreign(facts::InputKind kind) {
  return kind == facts::InputKind::unknown || kind == facts::InputKind::empty ||
         kind == facts::InputKind::exaudit_output;
}

// Recognised as evidence, but not read.
bool is_unread(facts::InputKind kind) { return !is_foreign(kind) && !audit::is_evidence(kind); }

// The rules and machines that wait for one kind of evidence.
struct Wanted {
  std::set<std::string> rules, machines;
};

class SummaryWriter {
 public:
  SummaryWriter(const audit::Result& result, const TextOptions& options, const Sink& sink)
      : result_(result), options_(options), sink_(sink) {}

  void write() {
    counts();
    problems();
    foreign_files();
    global_catalogs();
    if (options_.verbose) names("Details", result_.details);
    if (options_.verdicts == VerdictFilter::all) all_verdicts();
    if (options_.verdicts != VerdictFilter::none) {
      broken();
      not_evaluated();
    }
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    sink_(fmt::format(format, std::forward<Args>(args)...) + "\n");
  }

  std::string count(Verdict verdict) const { return number_text(result_.verdict_count(verdict)); }

  void counts() {
    const auto by_severity = result_.headlines();
    std::string findings;
    for (std::size_t i = by_severity.size(); i-- > 0;) {
      findings += fmt::format("{}{} {}", findings.empty() ? "" : ", ", number_text(by_severity[i]),
                              findings::severity_name(static_cast<findings::Severity>(i)));
    }
    line("Findings: {}{}", findings,
         result_.explained() == 0
             ? ""
             : fmt::format("; {} more explained by them", number_text(result_.explained())));
    line("Checks (rules x subjects): {} passed, {} failed, {} not applicable, {} not evaluated{}",
         count(Verdict::pass), count(Verdict::fail), count(Verdict::not_applicable),
         count(Verdict::not_evaluated),
         result_.verdict_count(Verdict::error) == 0 ? "" : ", " + count(Verdict::error) + " broken");
    audited();
    if (!options_.timestamp.empty()) line("Time: {}", options_.timestamp);
  }

  void audited() {
    std::vector<std::string> organizations;
    for (const auto& organization : result_.organizations) organizations.push_back(organization.name);
    std::set<std::string> views;
    std::set<std::string> machines;
    std::uint64_t inputs = 0;
    for (const facts::Input& input : result_.inputs) {
      if (is_foreign(input.kind)) continue;
      ++inputs;
      if (!input.view.empty()) views.insert(input.view);
      if (!input.machine.empty()) machines.insert(input.machine);
    }
    line("Audited: {}; {}, {}, {}",
         organizations.empty()
             ? "no organization seen"
             : fmt::format("{} {}", organizations.size() == 1 ? "organization" : "organizations",
                           list_text(organizations, options_.verbose ? 0 : kListLimit)),
         count_text(inputs, "input", "inputs"), count_text(views.size(), "directory view", "directory views"),
         count_text(machines.size(), "machine", "machines"));
  }

  // One grep-able line per problem. Remarks on inputs that were read completely come with --verbose only.
  void problems() {
    bool any = false;
    for (const facts::Input& input : result_.inputs) {
      const bool serious = !input.complete || input.unattributed || is_unread(input.kind);
      if (!serious && (!options_.verbose || input.problems.empty())) continue;
      if (!any) sink_("\nInputs with problems:\n");
      any = true;
      const std::size_t shown =
          options_.verbose ? input.problems.size() : std::min(kListLimit, input.problems.size());
      const std::string path = base::visible(input.path);
      if (shown == 0) line("  {}: {}", path, serious_text(input));
      for (std::size_t i = 0; i < shown; ++i) {
        const facts::Problem& problem = input.problems[i];
        line("  {}{}: {}", path, problem.line == 0 ? "" : fmt::format(":{}", problem.line),
             base::visible(problem.message));
      }
      const std::uint64_t more = input.problems.size() - shown + input.more_problems;
      if (more != 0) line("  {}: ... and {} more problems", path, number_text(more));
    }
  }

  static std::string serious_text(const facts::Input& input) {
    if (is_unread(input.kind)) {
      return fmt::format("is of the kind {}, which this version cannot read", facts::kind_name(input.kind));
    }
    return input.unattributed ? "nothing says which machine this is from; use --machine NAME=PATH"
                              : "was not read completely";
  }

  void foreign_files() {
    std::vector<std::string> paths;
    for (const facts::Input& input : result_.inputs) {
      if (is_foreign(input.kind)) paths.push_back(input.path);
    }
    if (paths.empty()) return;
    line("\nNot evidence ({}): {}", count_text(paths.size(), "file", "files"),
         list_text(paths, options_.verbose ? 0 : kListLimit));
  }

  void names(std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    line("\n{}:", title);
    const std::size_t shown = options_.verbose ? lines.size() : std::min(kListLimit, lines.size());
    for (std::size_t i = 0; i < shown; ++i) line("  {}", base::visible(lines[i]));
    if (shown < lines.size())
      line("  ... and {} more; --verbose prints them.", number_text(lines.size() - shown));
  }

  // KB 828938 judges what the global catalog says that a server uses. With one view there is nothing to
  // choose, unless it is known to be another one.
  void global_catalogs() {
    const auto lines = global_catalog_lines(result_, options_);
    if (lines.empty()) return;
    line("\nGlobal catalogs that servers use (what they say counts for the SMTP mailboxes there):");
    for (const std::string& text : lines) line("  {}", text);
    std::vector<std::string> unknown;
    for (const model::DirectoryServer& row : result_.directory_servers) {
      if (row.source == model::DirectoryServerSource::none) unknown.push_back(row.server);
    }
    if (!unknown.empty() && has_several_views(result_))
      commands(advice_for(findings::Need::global_catalog), unknown);
  }

  static std::string subject_text(const findings::Subject& subject) {
    std::string out = base::visible(subject.name);
    if (!subject.part.empty()) out += " (" + base::visible(subject.part) + ")";
    return out;
  }

  void all_verdicts() {
    sink_("\nVerdicts:\n");
    for (const VerdictRow& row : result_.verdicts) {
      std::string counts;
      for (std::size_t i = 0; row.counts && i < row.counts->size(); ++i) {
        if ((*row.counts)[i] == 0) continue;
        counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", number_text((*row.counts)[i]),
                              findings::verdict_name(static_cast<Verdict>(i)));
      }
      line("  {}: {} {}: {}{}", row.rule, findings::subject_kind_name(row.subject.kind),
           subject_text(row.subject),
           counts.empty() ? std::string(findings::verdict_name(row.verdict)) : counts,
           row.why.empty() ? "" : " (" + base::visible(row.why) + ")");
    }
  }

  void broken() {
    if (result_.verdict_count(Verdict::error) == 0) return;
    sink_("\nRules that broke (a fault in exaudit; the other rules were not affected):\n");
    for (const VerdictRow& row : result_.verdicts) {
      if (count_of(row, Verdict::error) == 0) continue;
      line("  {}: {}{}", row.rule, subject_text(row.subject),
           row.why.empty() ? "" : ": " + base::visible(row.why));
    }
  }

  void not_evaluated() {
    std::array<Wanted, findings::kNeeds> wanted;
    std::map<std::string, std::set<std::string>>
        reasons;  // of rows that no further evidence would help; by rule
    for (const VerdictRow& row : result_.verdicts) {
      if (count_of(row, Verdict::not_evaluated) == 0) continue;
      for (const findings::Need need : row.needs) {
        Wanted& entry = wanted[static_cast<std::size_t>(need)];
        entry.rules.insert(row.rule);
        const std::string machine = machine_of(row.subject);
        if (!machine.empty()) entry.machines.insert(machine);
      }
      if (row.needs.empty() || options_.verbose) {
        reasons[row.rule].insert(subject_text(row.subject) +
                                 (row.why.empty() ? "" : ": " + base::visible(row.why)));
      }
    }
    if (result_.verdict_count(Verdict::not_evaluated) == 0) return;
    line("\nNot evaluated ({}). Not looked at is not healthy; this would tell more:",
         count_text(result_.verdict_count(Verdict::not_evaluated), "check", "checks"));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!wanted[i].rules.empty()) collect(static_cast<findings::Need>(i), wanted[i]);
    }
    for (const auto& [rule, why] : reasons) {
      line("  {}", rule);
      names_below(why);
    }
  }

  void names_below(const std::set<std::string>& texts) {
    std::size_t printed = 0;
    for (const std::string& text : texts) {
      if (!options_.verbose && printed == kValueLimit) break;
      line("      {}", text);
      ++printed;
    }
    if (printed < texts.size()) line("      ... and {} more", number_text(texts.size() - printed));
  }

  void collect(findings::Need need, const Wanted& wanted) {
    const Advice& advice = advice_for(need);
    const std::vector<std::string> rules(wanted.rules.begin(), wanted.rules.end());
    line("  {} ({}), for {}", advice.title, findings::need_name(need),
         list_text(rules, options_.verbose ? 0 : 4));
    commands(advice, {wanted.machines.begin(), wanted.machines.end()});
  }

  void commands(const Advice& advice, const std::vector<std::string>& machines) {
    const std::size_t limit = options_.verbose ? 0 : kValueLimit;
    AdviceNames names;
    if (!machines.empty()) names.machine = machines.front();
    if (!result_.organizations.empty()) names.organization_dn = result_.organizations.front().dn;
    const bool on_machine = advice.where == "{machine}";
    if (!on_machine) {
      line("    on {}:", advice.where);
    } else if (machines.empty()) {
      line("    on each Exchange server (MACHINE is its name):");
    } else if (machines.size() == 1) {
      line("    on {}:", base::visible(machines.front()));
    } else {
      line("    on each of {}; for the first of them:", list_text(machines, limit));
    }
    for (const std::string_view command : advice.commands) line("      {}", filled(command, names));
    for (const std::string_view note : advice.notes) line("      {}", filled(note, names));
  }

  static std::string machine_of(const findings::Subject& subject) {
    if (!subject.machine.empty()) return subject.machine;
    if (subject.kind == findings::SubjectKind::machine || subject.kind == findings::SubjectKind::server) {
      return subject.name;
    }
    return subject.server;
  }

  const audit::Result& result_;
  const TextOptions& options_;
  const Sink& sink_;
};

}  // namespace

void write_summary(const audit::Result& result, const TextOptions& options, const Sink& sink) {
  SummaryWriter(result, options, sink).write();
}

}  // namespace exaudit::report
