// What the rules about recipients share. They judge groups of recipients of which a view says the same, and
// look at single ones only to report them: a million recipients are a few hundred groups.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/case.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

// A group as a rule sees it.
struct RecipientCase {
  const facts::DirectoryView& view;
  const model::Organization* organization;  // may be null
  const facts::Recipient& row;              // of the group: flags, placement and input
  const model::ResolvedPlacement& placement;
  std::string_view mta, home_server;  // homeMTA and msExchHomeServerName as written, "" = absent
};

// One object that failed.
class FailedRecipient {
 public:
  FailedRecipient(const model::Organization* organization, const facts::Entry& entry, Verdicts& out)
      : organization_(organization), entry_(entry), out_(out) {}
  std::string name() const;  // its RDN value
  void report(std::string_view reason, std::string_view attribute, std::string message,
              std::string_view expected = {});

 private:
  const model::Organization* organization_;
  const facts::Entry& entry_;
  Verdicts& out_;
};

using JudgeGroup = std::function<findings::Verdict(const RecipientCase&)>;
using ReportRecipient = std::function<void(const RecipientCase&, FailedRecipient&)>;
// Judges an object of the configuration and reports it.
using JudgeObject =
    std::function<findings::Verdict(const model::Organization&, const facts::Entry&, FailedRecipient&)>;

// Judges the recipients of every view, and gives one row with counts. What was not evaluated needs the
// configuration when `asks` says so, else recipients.
enum class Asks { recipients, configuration };
void each_recipient(const model::Case& c, Verdicts& out, Asks asks, const JudgeGroup& judge,
                    const ReportRecipient& report, const JudgeObject& object = {});

// Of a recipient, or of an object of the configuration with the attributes of one.
findings::Subject subject_of(const model::Organization* organization, const facts::Entry& entry);

// Adds up what several views say. Views of one place (a domain, an organization) show the same objects: there
// are as many as the one shows that shows most, and so many that were not evaluated.
class ViewCounts {
 public:
  using Counts = std::array<std::uint64_t, 5>;  // index = Verdict
  void add(std::vector<std::string> places, const Counts& counts);
  // `failed`: the objects that failed in some view.
  Counts total(std::uint64_t failed) const;

 private:
  struct Part {
    std::vector<std::string> places;
    std::uint64_t all = 0, not_evaluated = 0, not_applicable = 0;
  };
  std::vector<Part> parts_;
};

}  // namespace exaudit::rules
