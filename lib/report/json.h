// The result as JSON, the contract that other programs read; its shape is in exaudit-result.schema.json
// beside this file.
//
// Key order is fixed, findings and verdicts come in the order of the result, and the bytes depend on nothing
// but the result and these options. Bytes that are not UTF-8 become U+FFFD; an observed value with such bytes
// is repeated as base64 in `actual_base64`.
#pragma once

#include <string>

#include "audit/result.h"
#include "report/report.h"

namespace exaudit::report {

struct JsonOptions {
  VerdictFilter verdicts = VerdictFilter::all;
  std::string timestamp = {};  // RFC 3339; "" leaves the field out
};

// Piece by piece, so that memory does not grow with the number of findings.
void write_json(const audit::Result& result, const JsonOptions& options, const Sink& sink);
std::string json_report(const audit::Result& result, const JsonOptions& options);

}  // namespace exaudit::report
