// The coverage for people: a matrix, or for many servers a list; then what to collect, server by server.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "report/advice.h"
#include "report/coverage.h"
#include "report/text_parts.h"

namespace exaudit::report {

namespace {

using findings::Verdict;

char mark(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return '+';
    case Verdict::fail:
      return '!';
    case Verdict::not_applicable:
      return '.';
    case Verdict::not_evaluated:
      return '?';
    case Verdict::error:
      return 'x';
  }
  return ' ';
}

std::string group_title(const CoverageGroup& group) {
  if (!group.need) return "copied by hand (message tracking histories)";
  return fmt::format("{} ({})", advice_for(*group.need).title, findings::need_name(*group.need));
}

class Writer {
 public:
  Writer(const Coverage& coverage, const CoverageOptions& options) : coverage_(coverage), options_(options) {
    for (const CoverageGroup& group : coverage.groups) {
      for (const CoverageRule& rule : group.rules) label_ = std::max(label_, rule.rule.size() + kIndent);
    }
  }

  std::string text() {
    out_ += "Coverage: which check could be made on which server. Not looked at is not healthy.\n";
    if (coverage_.groups.empty()) out_ += "No rule had anything to judge.\n";
    if (coverage_.servers.size() > kMatrixColumns) {
      list();
    } else {
      matrix();
    }
    totals();
    collect();
    return std::move(out_);
  }

 private:
  static constexpr std::size_t kIndent = 2;

  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    std::string text = fmt::format(format, std::forward<Args>(args)...);
    text.erase(text.find_last_not_of(' ') + 1);
    out_ += text + "\n";
  }

  // Columns carry the servers' names where there is room, else numbers.
  std::vector<std::string> headings() {
    std::vector<std::string> out;
    std::size_t width = label_;
    for (const std::string& name : coverage_.servers) {
      out.push_back(base::visible(name));
      width += 2 + out.back().size();
    }
    if (width <= options_.width) return out;
    out_ += "\nColumns:\n";
    for (std::size_t i = 0; i < out.size(); ++i) {
      line("  {:>2}  {}", i + 1, out[i]);
      out[i] = std::to_string(i + 1);
    }
    return out;
  }

  // Names have one column per byte or fewer; alignment of names beyond ASCII is not worth a table of widths.
  std::string row(std::string_view label, const std::vector<std::string>& headings,
                  const std::vector<std::string>& cells) const {
    std::string out = fmt::format("{:<{}}", label, label_);
    for (std::size_t i = 0; i < headings.size(); ++i)
      out += fmt::format("  {:<{}}", cells[i], std::max<std::size_t>(headings[i].size(), 2));
    return out;
  }

  void matrix() {
    out_ += "+ passed, ! failed, . not applicable, ? not evaluated, x broken; blank: nothing of this kind\n";
    const auto columns = headings();
    for (const CoverageGroup& group : coverage_.groups) {
      line("\n{}", group_title(group));
      line("{}", row("", columns, columns));
      if (group.need) line("{}", row("  files", columns, file_counts(group)));
      for (const CoverageRule& rule : group.rules) {
        std::vector<std::string> cells(columns.size());
        for (const auto& [at, cell] : rule.cells) cells[at] = mark(cell.worst());
        line("{}", row("  " + rule.rule, columns, cells));
      }
      rests_on(group);
    }
  }

  std::vector<std::string> file_counts(const CoverageGroup& group) const {
    std::vector<std::string> out(coverage_.servers.size(), "-");
    for (const auto& [at, paths] : group.inputs) out[at] = number_text(paths.size());
    return out;
  }

  // The files, once where all servers share them (the directory).
  void rests_on(const CoverageGroup& group) {
    const std::size_t limit = options_.verbose ? 0 : kFiles;
    std::map<std::set<std::string>, std::vector<std::string>> sharing;
    for (const auto& [at, paths] : group.inputs) sharing[paths].push_back(coverage_.servers[at]);
    for (const auto& [paths, servers] : sharing) {
      const std::vector<std::string> names(paths.begin(), paths.end());
      const bool all = servers.size() == coverage_.servers.size() && servers.size() > 1;
      line("  {}: {}", all ? "all" : list_text(servers, limit), list_text(names, limit));
    }
  }

  void list() {
    for (const CoverageGroup& group : coverage_.groups) {
      line("\n{}", group_title(group));
      for (const CoverageRule& rule : group.rules) {
        std::map<Verdict, std::vector<std::string>> servers;
        for (const auto& [at, cell] : rule.cells) servers[cell.worst()].push_back(coverage_.servers[at]);
        std::string counts;
        for (const auto& [verdict, names] : servers)
          counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", names.size(),
                                findings::verdict_name(verdict));
        line("  {}: {}", rule.rule, counts);
        for (const Verdict verdict : {Verdict::error, Verdict::not_evaluated}) {
          if (!servers[verdict].empty())
            line("      {}: {}", findings::verdict_name(verdict),
                 list_text(servers[verdict], options_.verbose ? 0 : kServers));
        }
      }
    }
  }

  void totals() {
    std::string counts;
    for (std::size_t i = 0; i < coverage_.verdicts.size(); ++i) {
      counts += fmt::format("{}{} {}", i == 0 ? "" : ", ", number_text(coverage_.verdicts[i]),
                            findings::verdict_name(static_cast<Verdict>(i)));
    }
    line("\nChecks (rules x subjects): {}", counts);
  }

  void collect() {
    if (coverage_.gaps.empty()) return;
    out_ += "\nTo collect, in the folder of the evidence:\n";
    std::set<std::string> shown;
    std::size_t left_out = 0;
    std::string server = "?no server is called this";
    for (const CoverageGap& gap : coverage_.gaps) {
      const bool next = gap.server != server;
      server = gap.server;
      if (next && !server.empty()) shown.insert(server);
      if (!options_.verbose && shown.size() > kMatrixColumns) {
        left_out += next ? 1 : 0;
        continue;
      }
      if (next) place(gap);
      const std::vector<std::string> rules(gap.rules.begin(), gap.rules.end());
      line("  rem {} ({}), for {}", advice_for(gap.need).title, findings::need_name(gap.need),
           list_text(rules, options_.verbose ? 0 : kFiles));
      for (const std::string& command : gap.commands) line("  {}", command);
      for (const std::string& note : gap.notes) line("  rem {}", note);
    }
    if (left_out != 0) line("\n... and {} more servers; --verbose prints them.", number_text(left_out));
    out_ +=
        "\n`exaudit collect --print-commands EVIDENCE...` prints one command file that collects everything "
        "from every server.\n";
  }

  void place(const CoverageGap& gap) {
    const Advice& advice = advice_for(gap.need);
    if (advice.where != "{machine}") {
      line("\non {}:", advice.where);
    } else if (gap.server.empty()) {
      line("\non each Exchange server (MACHINE is its name):");
    } else {
      line("\non {}:",
           gap.server == "?" ? "the machine of which the name is not known" : base::visible(gap.server));
    }
    if (advice.where == "{machine}")
      line("  {}", filled("if not exist servers\\{machine} md servers\\{machine}", {gap.server, ""}));
  }

  static constexpr std::size_t kFiles = 6;  // of one line, unless verbose
  static constexpr std::size_t kServers = 12;

  const Coverage& coverage_;
  const CoverageOptions& options_;
  std::size_t label_ = 20;
  std::string out_;
};

}  // namespace

std::string coverage_text(const audit::Result& result, const CoverageOptions& options) {
  const Coverage coverage = coverage_of(result);
  return Writer(coverage, options).text();
}

}  // namespace exaudit::report
