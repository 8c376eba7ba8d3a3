#include "facts/entry_choice.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "base/text.h"

namespace exaudit::facts {

namespace {

std::uint64_t usn_of(const Entry& entry) {
  std::uint64_t usn = 0;
  return base::parse_uint(entry.first("uSNChanged"), usn) ? usn : 0;
}

}  // namespace

std::string content_of(const Entry& entry) {
  std::string out;
  for (const Attribute& attribute : entry.attributes) {
    out += base::ascii_lowered(attribute.name);
    std::vector<std::string_view> values;
    values.reserve(attribute.values.size());
    for (const Value& value : attribute.values) values.push_back(value.bytes);
    std::sort(values.begin(), values.end());
    for (const std::string_view value : values)
      out.append("\n").append(std::to_string(value.size())).append(":").append(value);
    out.append(attribute.unreadable ? "\n!\n" : "\n\n");
  }
  return out;
}

bool better(const Entry& a, const Entry& b) {
  const auto changed = [](const Entry& entry) {
    return std::make_tuple(usn_of(entry), entry.first("whenChanged"));
  };
  const auto changed_a = changed(a);
  const auto changed_b = changed(b);
  if (changed_a != changed_b) return changed_a > changed_b;
  if (a.key != b.key) return a.key < b.key;
  if (a.attributes.size() != b.attributes.size()) return a.attributes.size() > b.attributes.size();
  const std::string content_a = content_of(a);
  const std::string content_b = content_of(b);
  if (content_a != content_b) return content_a < content_b;
  return std::tie(a.location.input, a.location.line) < std::tie(b.location.input, b.location.line);
}

}  // namespace exaudit::facts
