// Pieces of the text report; private to report/text*.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit/result.h"
#include "report/report.h"
#include "report/text.h"

namespace exaudit::report {

// "path:line", or the path alone; "" when the location is not known.
std::string location_text(const audit::Result& result, const facts::Location& at);
// A value from evidence, safe to print and not longer than kValueBytes unless verbose.
std::string value_text(std::string_view value, const TextOptions& options);
std::string severity_text(findings::Severity severity, const TextOptions& options);
// 1234567 -> "1,234,567"
std::string number_text(std::uint64_t number);
// "1 input", "2 inputs"
std::string count_text(std::uint64_t number, std::string_view singular, std::string_view plural);
// "a, b, c and 17 more", `limit` names at most (0 = all); names are made visible.
std::string list_text(const std::vector<std::string>& names, std::size_t limit);

// Below the findings, when at least two of them need a repair.
void write_repair_order(const audit::Result& result, const TextOptions& options, const Sink& sink);
// Do the inputs form more than one directory view?
bool has_several_views(const audit::Result& result);
// Which global catalog counts for which server, one line for each catalog, safe to print. Empty when that is
// nothing to think about: there is one view, and no server is known to use another directory server.
std::vector<std::string> global_catalog_lines(const audit::Result& result, const TextOptions& options);

// Everything below that.
void write_summary(const audit::Result& result, const TextOptions& options, const Sink& sink);

}  // namespace exaudit::report
