// Runs the selected rules over a snapshot and joins what they found into one result.
//
// One broken rule never stops the others: it becomes an error verdict. The result depends on nothing but the
// snapshot and the options: no clock, no locale, no order of inputs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audit/result.h"
#include "base/result.h"
#include "facts/snapshot.h"
#include "model/listing.h"
#include "rules/rule.h"

namespace exaudit::audit {

struct Options {
  std::string rules;  // --rules: comma-separated globs of rule ids, "-" in front removes; "" = all
  std::string area;   // --area: comma-separated; "" = all
  std::optional<findings::Severity> min_severity;
  int event_window_days = 14;
  std::vector<std::pair<std::string, std::vector<std::string>>> hosts;  // --hosts MACHINE=SERVER,...
  std::vector<std::pair<std::string, std::string>> gc;                  // --gc SERVER=VIEW
  std::vector<std::string> internal_networks;                           // --internal-network CIDR
  std::string sink_catalogue;  // text of --sink-catalogue FILE, "" = built in
  // Asked now and then; the audit ends with ErrorCode::too_large when it says so.
  std::function<bool()> stop;
};

// An error only for unusable options: a glob or an area that selects nothing, a view or server that does not
// exist, a broken catalogue.
base::Result<Result> run(const facts::Snapshot& snapshot, const Options& options);

// The model of a snapshot for `exaudit list`; `what` as in model::listing. An error only for unusable
// options.
base::Result<std::vector<model::ListNode>> list(const facts::Snapshot& snapshot, const Options& options,
                                                std::string_view what);

// The rules that the options select, sorted by id; an error when a glob or an area matches none.
base::Result<std::vector<const rules::Rule*>> select(const Options& options);

// "KB828938.*" matches any text where the star is; letter case does not matter.
bool glob_matches(std::string_view glob, std::string_view text);

}  // namespace exaudit::audit
