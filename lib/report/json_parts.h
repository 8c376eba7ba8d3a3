// Pieces of JSON output; private to report/*json*.cc and report/catalogue*.cc.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace exaudit::report {

using Json = nlohmann::ordered_json;

inline Json json_text(std::string_view text) { return base::to_valid_utf8(text); }
inline Json json_text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : json_text(text);
}
inline std::string json_dump(const Json& value, int indent = -1) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}
inline Json json_tool() { return Json{{"name", "exaudit"}, {"version", EXAUDIT_VERSION}}; }

}  // namespace exaudit::report
