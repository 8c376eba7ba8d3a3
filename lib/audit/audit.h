// From a Snapshot to a Result: selects rules, runs them (one broken rule never stops the others), links causes, sorts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audit/result.h"
#include "base/result.h"
#include "facts/snapshot.h"
#include "model/listing.h"
#include "rules/rule.h"

namespace exaudit::audit {

struct Options {
  std::string rules;  // --rules: comma-separated globs, '-' removes; "" = all
  std::string area;   // --area, comma-separated; "" = all
  std::optional<findings::Severity> min_severity;
  int event_window_days = 14;
  std::vector<std::pair<std::string, std::vector<std::string>>> hosts;  // --hosts MACHINE=SERVER,...
  std::vector<std::pair<std::string, std::string>> gc;                  // --gc SERVER=VIEW
  std::vector<std::string> internal_networks;                           // --internal-network CIDR
  std::string sink_catalogue;                                           // contents of --sink-catalogue FILE, "" = built in
};

base::Result<Result> run(const facts::Snapshot& snapshot, const Options& options);  // an error only for unusable options
std::vector<const rules::Rule*> selected(const Options& options);  // unknown glob -> run() gives a usage error

// The model of a snapshot for `exaudit list`; `what` as in model::listing. An error only for unusable options.
base::Result<std::vector<model::ListNode>> list(const facts::Snapshot& snapshot, const Options& options,
                                                std::string_view what);

}  // namespace exaudit::audit
