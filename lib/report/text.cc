// The findings of the text report; text_repair.cc and text_summary.cc have what follows them.
#include "report/text.h"

#include <map>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "base/text.h"
#include "report/local_time.h"
#include "report/text_parts.h"

namespace exaudit::report {

namespace {

using findings::Evidence;
using findings::Finding;

constexpr std::size_t kMaxIndent =
    6;  // consequences of consequences: deeper chains are printed at this depth

// Where a person should look first.
std::string where(const audit::Result& result, const Finding& finding) {
  for (const Evidence& evidence : finding.evidence) {
    std::string at = location_text(result, evidence.at);
    if (!at.empty()) return at;
  }
  const findings::Subject& subject = finding.subject;
  if (!subject.dn.empty()) return base::visible(subject.dn);
  const std::string& owner = subject.machine.empty() ? subject.server : subject.machine;
  if (owner.empty() || owner == subject.name) return base::visible(subject.name);
  return base::visible(
      fmt::format("{} {} {}", owner, findings::subject_kind_name(subject.kind), subject.name));
}

class FindingWriter {
 public:
  FindingWriter(const audit::Result& result, const TextOptions& options, const Sink& sink)
      : result_(result), options_(options), sink_(sink) {
    std::unordered_set<std::string_view> known;
    for (const Finding& finding : result.findings) known.insert(finding.fingerprint);
    for (const Finding& finding : result.findings) {
      if (!finding.explained_by.empty() && known.count(finding.explained_by) != 0)
        consequences_[finding.explained_by].push_back(&finding);
    }
  }

  void write() {
    std::map<std::string_view, std::size_t> counts;  // headlines of each rule
    for (const Finding& finding : result_.findings) {
      if (finding.explained_by.empty()) ++counts[finding.rule];
    }
    std::map<std::string_view, std::size_t> printed;
    for (const Finding& finding : result_.findings) {
      if (!finding.explained_by.empty()) continue;
      const std::size_t n = ++printed[finding.rule];
      if (options_.verbose || n <= kListLimit) {
        headline(finding);
      } else {
        mark_done(finding);
        if (n == counts[finding.rule]) {
          sink_(fmt::format("... and {} more of [{}], {} in all; --verbose prints them.\n\n",
                            number_text(n - kListLimit), finding.rule, number_text(n)));
        }
      }
    }
    // Their cause is not among the findings (a selection left it out): better twice than lost.
    for (const Finding& finding : result_.findings) {
      if (done_.count(&finding) == 0) headline(finding);
    }
  }

 private:
  struct Pending {
    const Finding* finding;
    std::size_t depth;
  };

  void line(std::size_t indent, std::string_view text) {
    sink_(fmt::format("{}{}\n", std::string(indent, ' '), text));
  }

  void labelled(std::size_t indent, std::string_view label, std::string_view text) {
    line(indent, fmt::format("{:<11}{}", label, text));
  }

  void first_line(std::size_t indent, const Finding& finding) {
    line(indent,
         fmt::format("{}: {}: {} [{}]", where(result_, finding), severity_text(finding.severity, options_),
                     base::visible(finding.message), finding.rule));
  }

  void headline(const Finding& finding) {
    done_.insert(&finding);
    first_line(0, finding);
    details(4, finding);
    explain(finding);
    sink_("\n");
  }

  void details(std::size_t indent, const Finding& finding) {
    const std::size_t shown =
        options_.verbose ? finding.evidence.size() : std::min(kValueLimit, finding.evidence.size());
    for (std::size_t i = 0; i < shown; ++i) evidence(indent, finding, i);
    if (shown < finding.evidence.size()) {
      line(indent, fmt::format("... and {}, {} in all; --verbose prints them.",
                               count_text(finding.evidence.size() - shown, "more place", "more places"),
                               number_text(finding.evidence.size())));
    }
    const std::string period = period_of(finding);
    if (finding.count > 1) {
      labelled(indent,
               "seen:", number_text(finding.count) + " times" + (period.empty() ? "" : ", " + period));
    } else if (!period.empty()) {
      labelled(indent, "seen:", period);
    }
    if (finding.views.size() > 1) labelled(indent, "views:", list_text(finding.views, 0));
    if (options_.verbose) labelled(indent, "id:", finding.fingerprint);
    remedy(indent, finding);
  }

  static std::string period_of(const Finding& finding) {
    const std::string first = finding.first ? local_time(*finding.first, ' ') : "";
    const std::string last = finding.last ? local_time(*finding.last, ' ') : first;
    if (first.empty() || last.empty()) return "";
    std::string_view clock = "local time of the log";
    if (finding.clock == findings::Clock::utc) clock = "UTC";
    if (finding.clock == findings::Clock::mixed) clock = "local time in some logs, UTC in others";
    return fmt::format("{} ({})", first == last ? first : first + " to " + last, clock);
  }

  void evidence(std::size_t indent, const Finding& finding, std::size_t index) {
    const Evidence& evidence = finding.evidence[index];
    const Evidence* previous = index == 0 ? nullptr : &finding.evidence[index - 1];
    const std::string here = location_text(result_, evidence.at);
    const std::string before =
        previous == nullptr ? where(result_, finding) : location_text(result_, previous->at);
    if (!here.empty() && here != before) labelled(indent, previous == nullptr ? "at:" : "also at:", here);
    if (evidence.at.record != 0) labelled(indent, "record:", fmt::format("{}", evidence.at.record));
    const bool same_object =
        previous != nullptr ? previous->dn == evidence.dn : base::visible(evidence.dn) == before;
    if (!evidence.dn.empty() && !same_object) labelled(indent, "object:", value_text(evidence.dn, options_));
    if (!evidence.path.empty()) labelled(indent, "key:", value_text(evidence.path, options_));
    // Twelve objects with one address: the address is printed once.
    const bool same_values = previous != nullptr && previous->attribute == evidence.attribute &&
                             previous->actual == evidence.actual && previous->expected == evidence.expected;
    if (same_values) return;
    if (!evidence.attribute.empty()) labelled(indent, "attribute:", value_text(evidence.attribute, options_));
    if (evidence.actual) {
      values(indent, "found:", *evidence.actual);
    } else if (evidence.expected) {
      labelled(indent, "found:", "nothing");
    }
    if (evidence.expected) values(indent, "expected:", *evidence.expected);
  }

  void values(std::size_t indent, std::string_view label, const std::vector<std::string>& values) {
    if (values.empty()) return labelled(indent, label, "nothing");
    const std::size_t shown = options_.verbose ? values.size() : std::min(kValueLimit, values.size());
    for (std::size_t i = 0; i < shown; ++i)
      labelled(indent, i == 0 ? label : "", value_text(values[i], options_));
    if (shown < values.size()) {
      labelled(indent, "",
               fmt::format("... and {}", count_text(values.size() - shown, "more value", "more values")));
    }
  }

  void remedy(std::size_t indent, const Finding& finding) {
    const findings::Remedy& remedy = finding.remedy;
    if (!remedy.summary.empty()) labelled(indent, "remedy:", base::visible(remedy.summary));
    steps(indent, finding);
    if (!remedy.article_url.empty() && articles_printed_.insert(finding.rule).second) {
      labelled(indent, "article:", base::visible(remedy.article_url));
    }
  }

  // Steps that were printed already are not printed again, all of them (of any rule) or single ones (of the
  // same rule); what differs, a value to be set, is printed every time.
  void steps(std::size_t indent, const Finding& finding) {
    const std::vector<std::string>& steps = finding.remedy.steps;
    if (steps.empty()) return;
    const auto [same, first] =
        steps_printed_.try_emplace(fmt::format("{}", fmt::join(steps, "\n")), finding.rule);
    if (!first) return labelled(indent, "", fmt::format("steps as above for [{}]", same->second));
    const auto [at, fresh] = steps_of_.try_emplace(finding.rule, &steps);
    const std::vector<std::string>* before =
        fresh || at->second->size() != steps.size() ? nullptr : at->second;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      std::size_t end = i;
      while (before != nullptr && end < steps.size() && steps[end] == (*before)[end]) ++end;
      if (end > i) {
        labelled(
            indent, "",
            end == i + 1 ? fmt::format("{}. as above", end) : fmt::format("{}. to {}. as above", i + 1, end));
        i = end - 1;
      } else {
        labelled(indent, "", fmt::format("{}. {}", i + 1, base::visible(steps[i])));
      }
    }
  }

  // Consequences, depth first. Without recursion: nothing here limits how long a chain of causes is.
  void explain(const Finding& cause) {
    std::vector<Pending> pending;
    push_consequences(cause, 1, pending);
    if (pending.empty()) return;
    line(4, "also explains:");
    std::size_t printed = 0;
    std::size_t cut = 0;
    while (!pending.empty()) {
      const Pending next = pending.back();
      pending.pop_back();
      if (!done_.insert(next.finding).second) continue;
      if (options_.verbose || printed < kListLimit) {
        ++printed;
        const std::size_t indent = 4 + 4 * std::min(next.depth, kMaxIndent);
        first_line(indent, *next.finding);
        if (options_.verbose) details(indent + 4, *next.finding);
      } else {
        ++cut;
      }
      push_consequences(*next.finding, next.depth + 1, pending);
    }
    if (cut != 0) line(8, fmt::format("... and {} more; --verbose prints them.", number_text(cut)));
  }

  void push_consequences(const Finding& cause, std::size_t depth, std::vector<Pending>& pending) const {
    const auto found = consequences_.find(cause.fingerprint);
    if (found == consequences_.end()) return;
    for (auto it = found->second.rbegin(); it != found->second.rend(); ++it) pending.push_back({*it, depth});
  }

  // A headline that was cut takes what it explains with it.
  void mark_done(const Finding& cause) {
    std::vector<Pending> pending;
    done_.insert(&cause);
    push_consequences(cause, 1, pending);
    while (!pending.empty()) {
      const Pending next = pending.back();
      pending.pop_back();
      if (done_.insert(next.finding).second) push_consequences(*next.finding, next.depth + 1, pending);
    }
  }

  const audit::Result& result_;
  const TextOptions& options_;
  const Sink& sink_;
  std::unordered_map<std::string_view, std::vector<const Finding*>>
      consequences_;  // by the cause's fingerprint
  std::unordered_set<const Finding*> done_;
  std::unordered_map<std::string, std::string_view> steps_printed_;                 // joined; rule
  std::unordered_map<std::string_view, const std::vector<std::string>*> steps_of_;  // of each rule, the first
  std::unordered_set<std::string_view> articles_printed_;
};

}  // namespace

void write_text(const audit::Result& result, const TextOptions& options, const Sink& sink) {
  if (result.findings.empty()) {
    sink("No findings.\n\n");
  } else {
    FindingWriter(result, options, sink).write();
  }
  write_repair_order(result, options, sink);
  write_summary(result, options, sink);
}

std::string text_report(const audit::Result& result, const TextOptions& options) {
  std::string out;
  write_text(result, options, [&out](std::string_view piece) { out += piece; });
  return out;
}

}  // namespace exaudit::report
