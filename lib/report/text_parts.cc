#include "report/text_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::report {

std::string location_text(const audit::Result& result, const facts::Location& at) {
  if (!at.known() || at.input >= result.inputs.size()) return "";
  const std::string path = base::visible(result.inputs[at.input].path);
  return at.line != 0 ? fmt::format("{}:{}", path, at.line) : path;
}

std::string value_text(std::string_view value, const TextOptions& options) {
  if (value.empty()) return "(empty)";
  if (options.verbose || value.size() <= kValueBytes) return base::visible(value);
  std::size_t end = kValueBytes;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U)
    --end;  // not inside a character
  if (end == 0) end = kValueBytes;
  return base::visible(value.substr(0, end)) + fmt::format(" ... ({} bytes)", number_text(value.size()));
}

std::string severity_text(findings::Severity severity, const TextOptions& options) {
  const std::string_view name = findings::severity_name(severity);
  if (!options.color) return std::string(name);
  std::string_view code;
  switch (severity) {
    case findings::Severity::high:
      code = "1;31";
      break;
    case findings::Severity::medium:
      code = "1;33";
      break;
    case findings::Severity::low:
      code = "36";
      break;
    case findings::Severity::info:
      code = "2";
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, name);
}

std::string number_text(std::uint64_t number) {
  std::string out = fmt::format("{}", number);
  for (std::size_t at = out.size(); at > 3;) {
    at -= 3;
    out.insert(at, 1, ',');
  }
  return out;
}

std::string count_text(std::uint64_t number, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", number_text(number), number == 1 ? singular : plural);
}

std::string list_text(const std::vector<std::string>& names, std::size_t limit) {
  const std::size_t shown = limit == 0 ? names.size() : std::min(limit, names.size());
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i != 0) out += ", ";
    out += base::visible(names[i]);
  }
  if (shown < names.size()) out += fmt::format(" and {} more", number_text(names.size() - shown));
  return out;
}

}  // namespace exaudit::report
