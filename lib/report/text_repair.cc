// The section "Order of repair" of the text report: what to do first, where several things are to be
// repaired.
#include <string>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include "audit/repair_order.h"
#include "base/text.h"
#include "report/text_parts.h"

namespace exaudit::report {

namespace {

constexpr std::size_t kNamesOfStep = 3;  // the findings above name all of them

// Names in the order in which they came, each once.
class Names {
 public:
  void add(const std::string& name) {
    if (!name.empty() && seen_.insert(name).second) names_.push_back(name);
  }
  const std::vector<std::string>& all() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::unordered_set<std::string> seen_;
};

// What is to be repaired at the place: the object, the store, the service. Of a finding about the place as a
// whole nothing.
std::string thing_of(const findings::Finding& finding, std::string_view place) {
  const findings::Subject& subject = finding.subject;
  const bool of_part = subject.kind == findings::SubjectKind::machine ||
                       subject.kind == findings::SubjectKind::server ||
                       subject.kind == findings::SubjectKind::virtual_server;
  if (of_part && (!subject.part.empty() || base::fold_equals(subject.name, place))) return subject.part;
  return subject.name;
}

std::string item_text(const audit::RepairItem& item, std::string_view place, const TextOptions& options) {
  Names things;
  Names rules;
  for (const findings::Finding* finding : item.findings) {
    things.add(thing_of(*finding, place));
    rules.add(finding->rule);
  }
  return fmt::format("{}{}{} ({})", item.step->text, things.all().empty() ? "" : ": ",
                     list_text(things.all(), options.verbose ? 0 : kNamesOfStep), list_text(rules.all(), 0));
}

}  // namespace

void write_repair_order(const audit::Result& result, const TextOptions& options, const Sink& sink) {
  const std::vector<audit::RepairPlace> places = audit::repair_order(result);
  std::size_t findings = 0;
  for (const audit::RepairPlace& place : places) {
    for (const audit::RepairItem& item : place.items) findings += item.findings.size();
  }
  if (findings < 2) return;
  sink(
      "Order of repair (look after each step whether mail flows; consequences need no step of their own):\n");
  const std::size_t shown = options.verbose ? places.size() : std::min(kListLimit, places.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const audit::RepairPlace& place = places[i];
    sink(fmt::format("  {}\n", place.name.empty() ? "the organization" : base::visible(place.name)));
    for (std::size_t n = 0; n < place.items.size(); ++n)
      sink(fmt::format("    {}. {}\n", n + 1, item_text(place.items[n], place.name, options)));
  }
  if (shown < places.size())
    sink(fmt::format("  ... and {} more servers; --verbose prints them.\n",
                     number_text(places.size() - shown)));
  sink("\n");
}

}  // namespace exaudit::report
