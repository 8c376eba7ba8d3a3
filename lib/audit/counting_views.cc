#include "audit/counting_views.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::audit {

namespace {

using findings::Finding;
using model::DirectoryServer;
using model::DirectoryServerSource;

constexpr std::string_view kArticle = "828938";
// It is about what views disagree on, so it lists all of them.
constexpr std::string_view kDivergence = "KB828938.dc-divergence";

// The views that count, and the hosts of which there is none.
struct Counting {
  std::vector<std::string> views, hosts;
};

Counting counting_for(const model::Case& c, const findings::Subject& subject) {
  Counting out;
  for (const DirectoryServer& row : c.directory_servers) {
    if (row.source == DirectoryServerSource::none || row.organization != subject.organization ||
        !base::fold_equals(row.server, subject.server))
      continue;
    (row.view.empty() ? out.hosts : out.views).push_back(row.view.empty() ? row.host : row.view);
  }
  return out;
}

bool is_known_server(const model::Case& c, const findings::Subject& subject) {
  return std::any_of(c.directory_servers.begin(), c.directory_servers.end(), [&](const DirectoryServer& row) {
    return row.organization == subject.organization && base::fold_equals(row.server, subject.server);
  });
}

std::string joined(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

// "; MAIL1 uses view dc1, which shows this"
std::string sentence(const Finding& finding, const Counting& counting) {
  const std::string& server = finding.subject.server;
  if (counting.views.empty() && counting.hosts.empty())
    return fmt::format("; which global catalog {} uses is not known", server);
  if (counting.views.empty())
    return fmt::format("; {} uses {}, of which no view is known", server, joined(counting.hosts));
  std::string out = fmt::format("; {} uses view{} {}", server, counting.views.size() == 1 ? "" : "s",
                                joined(counting.views));
  std::vector<std::string> among;
  for (const std::string& view : counting.views) {
    if (std::binary_search(finding.views.begin(), finding.views.end(), view)) among.push_back(view);
  }
  if (finding.rule == kDivergence) return out;
  const bool one = counting.views.size() == 1;
  if (among.empty()) return out + (one ? ", which does not show this" : ", none of which shows this");
  if (among.size() == counting.views.size())
    return out + (one ? ", which shows this" : ", which all show this");
  return fmt::format("{}, of which only {} show{} this", out, joined(among), among.size() == 1 ? "s" : "");
}

}  // namespace

void name_counting_views(const model::Case& c, std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    if (finding.article != kArticle || finding.views.empty() || !is_known_server(c, finding.subject))
      continue;
    const std::size_t views = c.views_of(finding.subject.organization).size();
    if (views < 2 || (finding.views.size() >= views && finding.rule != kDivergence)) continue;
    finding.message += sentence(finding, counting_for(c, finding.subject));
  }
}

}  // namespace exaudit::audit
