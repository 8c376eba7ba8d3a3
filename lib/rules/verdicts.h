// Where a rule puts what it found: one verdict per subject (and view, and part); several of them are merged
// into one row afterwards.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "findings/finding.h"
#include "model/case.h"
#include "rules/rule.h"

namespace exaudit::rules {

class Verdicts {
 public:
  // `stop` is asked now and then whether there is room for more findings.
  explicit Verdicts(const Rule& rule, std::function<bool()> stop = {})
      : rule_(rule), stop_(std::move(stop)) {}

  // All that follows was seen in this directory view; "" = in no view (machine evidence).
  void in_view(std::string_view name) { view_ = name; }

  void pass(findings::Subject subject);
  void not_applicable(findings::Subject subject, std::string_view why);
  // What would be needed is the rule's own needs unless given.
  void not_evaluated(findings::Subject subject, std::string_view why);
  void not_evaluated(findings::Subject subject, std::vector<findings::Need> needs, std::string_view why);
  // The finding has the rule's severity, area and article, and the view; the caller adds evidence and, where
  // a reason calls for it, another severity. The reference is valid until the next call.
  findings::Finding& fail(findings::Subject subject, std::string_view reason, std::string message);
  // Of rules with very many subjects: the finding alone. counted() gives the one row of the rule.
  findings::Finding& fail_counted(findings::Subject subject, std::string_view reason, std::string message);
  // Nobody will use what is found from now on.
  bool stopped() const { return stopped_; }
  // How many subjects got each verdict, index = Verdict. `needs` is what those would need that were not
  // evaluated. Without any subject the row is not_evaluated, because of `nothing`.
  void counted(const std::array<std::uint64_t, 5>& counts, std::vector<findings::Need> needs,
               std::string_view nothing);
  // The rule itself broke on this subject.
  void error(std::string_view what);

  std::vector<findings::Finding> findings;
  std::vector<findings::VerdictRow> rows;

 private:
  void row(findings::Subject subject, findings::Verdict verdict, std::string_view why);

  const Rule& rule_;
  std::function<bool()> stop_;
  bool stopped_ = false;
  std::string view_;
};

// Subjects, with names, GUIDs and identities as the JSON contract wants them.
findings::Subject subject_of(const model::Organization& org, const model::Store& store);
findings::Subject subject_of(const model::Organization& org, const model::Gateway& gateway);
findings::Subject subject_of(const model::Organization& org, const model::Server& server);
findings::Subject subject_of(const model::Machine& machine);
findings::Subject subject_of(const model::Machine& machine, const model::VirtualServer& server);
findings::Subject with_part(findings::Subject subject, std::string_view part);

// Evidence.
findings::Evidence about(const facts::Entry& entry, std::string_view attribute);  // with its actual values
findings::Evidence about(const facts::Entry& entry, std::string_view attribute, std::string expected);
findings::Evidence container_evidence(const model::Organization& org, std::string_view key,
                                      std::string expected);
findings::Evidence registry_evidence(const facts::Registry& registry, const facts::RegistryKey* key,
                                     std::string path, const facts::RegistryValue* value = nullptr);

// A service's line in a listing, else its key in the registry; `what` is State or Start.
findings::Evidence service_evidence(const model::Machine& machine, std::string_view service,
                                    const model::Machine::ServiceFact& fact, std::string_view what,
                                    std::string expected);

// The six attributes of the gateway that a store must have (KB 828938), for remedies; what the evidence does
// not tell is left out. The store has its GUID.
std::vector<findings::NamedValue> gateway_values(const model::Organization& org, const model::Store& store);

// Does the rule apply to the subject at all? When not, the verdict is given here and the answer is false.
bool judged(const model::Organization& org, const model::Store& store,
            Verdicts& out);  // 2000/2003, no recovery store
bool judged(const model::Organization& org, const model::Gateway& gateway, Verdicts& out);  // of such a store
bool judged(const model::Organization& org, const model::Server& server, Verdicts& out);    // 2000/2003
bool judged(const model::Machine& machine, Verdicts& out);  // known as 2000/2003

}  // namespace exaudit::rules
