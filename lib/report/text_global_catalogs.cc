// The lines of the text report that say which directory view counts for which server.
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/text.h"
#include "report/local_time.h"
#include "report/text_parts.h"

namespace exaudit::report {

namespace {

using model::DirectoryServer;
using Source = model::DirectoryServerSource;

std::string source_text(Source source) {
  switch (source) {
    case Source::none:
      return "";
    case Source::option:
      return "--gc";
    case Source::registry:
      return "registry";
    case Source::event:
      return "event 2080";
  }
  return "";
}

// "view dc1 (dc1.contoso.test)", as far as it is known.
std::string catalog_text(const DirectoryServer& row) {
  if (row.source == Source::none) return "not known";
  const std::string host = base::visible(row.host);
  if (row.view.empty()) return host + ", of which no view is known";
  const std::string view = "view " + base::visible(row.view);
  return row.host.empty() || base::fold_equals(row.host, row.view) ? view
                                                                   : fmt::format("{} ({})", view, host);
}

// Where a single row was read.
std::string place_text(const audit::Result& result, const DirectoryServer& row) {
  std::string out = location_text(result, row.location);
  if (row.location.record != 0) out += fmt::format(" record {}", row.location.record);
  const std::string time = row.time ? local_time(*row.time, ' ') : "";
  if (!time.empty()) out += fmt::format("{}{}", out.empty() ? "" : ", ", time);
  return out;
}

}  // namespace

bool has_several_views(const audit::Result& result) {
  std::set<std::string> views;
  for (const facts::Input& input : result.inputs) {
    if (!input.view.empty()) views.insert(input.view);
  }
  return views.size() > 1;
}

std::vector<std::string> global_catalog_lines(const audit::Result& result, const TextOptions& options) {
  const bool all = options.verbose || has_several_views(result);
  // Known ones first, those that nobody exported behind them, the servers without any last.
  std::map<std::tuple<bool, bool, std::string, Source>, std::pair<std::string, std::vector<std::string>>>
      lines;
  for (const DirectoryServer& row : result.directory_servers) {
    const bool elsewhere = row.source != Source::none && row.view.empty();
    if (!all && !elsewhere) continue;
    const std::string catalog = catalog_text(row);
    auto& line = lines[{row.source == Source::none, elsewhere, catalog, row.source}];
    line.first = catalog;
    const std::string place = options.verbose ? place_text(result, row) : "";
    line.second.push_back(place.empty() ? row.server : fmt::format("{} ({})", row.server, place));
  }
  std::vector<std::string> out;
  for (const auto& [key, line] : lines) {
    const std::string source = source_text(std::get<Source>(key));
    out.push_back(fmt::format("{}: {}{}", line.first,
                              list_text(line.second, options.verbose ? 0 : kListLimit),
                              source.empty() ? "" : fmt::format(" [{}]", source)));
  }
  return out;
}

}  // namespace exaudit::report
