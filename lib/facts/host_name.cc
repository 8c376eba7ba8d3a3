#include "facts/host_name.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace exaudit::facts {

namespace {

bool is_label_byte(char c) {
  const char lower = base::ascii_lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string_view bare_host_name(std::string_view text) {
  text = base::trim(text);
  while (text.starts_with('\\')) text.remove_prefix(1);
  if (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxHostName) return false;
  const auto labels = base::split(text, '.');
  return std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
    return !label.empty() && std::all_of(label.begin(), label.end(), is_label_byte);
  });
}

SameHost same_host(std::string_view a, std::string_view b) {
  a = bare_host_name(a);
  b = bare_host_name(b);
  if (a.empty() || b.empty()) return SameHost::no;
  if (base::fold_equals(a, b)) return SameHost::yes;
  const bool short_a = a.find('.') == std::string_view::npos;
  const bool short_b = b.find('.') == std::string_view::npos;
  if (short_a == short_b) return SameHost::no;
  const auto label = [](std::string_view name) { return name.substr(0, name.find('.')); };
  return base::fold_equals(label(a), label(b)) ? SameHost::by_first_label : SameHost::no;
}

void sort_host_names(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return std::make_tuple(base::fold(a), std::string_view(a)) <
           std::make_tuple(base::fold(b), std::string_view(b));
  });
  const auto same = [](const std::string& a, const std::string& b) { return base::fold_equals(a, b); };
  names.erase(std::unique(names.begin(), names.end(), same), names.end());
}

}  // namespace exaudit::facts
