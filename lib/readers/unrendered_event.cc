#include "readers/unrendered_event.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/event_catalogue.h"
#include "facts/event_numbers.h"

namespace exaudit::readers {

namespace {

constexpr std::size_t kMaxStrings = 32;

// What stands behind the names of the event in its own text; nothing when it does not name itself.
std::optional<std::string_view> behind_names(std::string_view source, std::uint32_t id,
                                             std::string_view text) {
  const std::string number = std::to_string(id);
  const std::size_t id_at = facts::find_word(text, number);
  const std::size_t source_at = facts::find_word(text, source);
  if (id_at == std::string_view::npos || source_at == std::string_view::npos) return std::nullopt;
  return text.substr(std::max(id_at + number.size(), source_at + source.size()));
}

// What stands behind the colon of the sentence that announces the strings; nothing when there is none.
std::optional<std::string_view> announced(std::string_view text) {
  std::size_t colon = 0;
  do {  // not that of "C:\WINNT"
    colon = text.find(':', colon + 1);
    if (colon == std::string_view::npos) return std::nullopt;
  } while (colon + 1 < text.size() && text[colon + 1] != ' ' && text[colon + 1] != '\n');
  return text.substr(colon + 1);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  base::LineCursor lines(text);
  for (std::string_view line; lines.next(line) && out.size() < kMaxStrings;) {
    line = base::trim(line);
    if (!line.empty()) out.emplace_back(line);
  }
  return out;
}

// "Service Account, /o=..., 0x80040148." The list may have been wrapped.
std::vector<std::string> items_of(std::string_view text) {
  std::string list = facts::unwrap(text.substr(0, text.find("\n\n")));
  while (list.ends_with(' ') || list.ends_with('.')) list.pop_back();
  std::vector<std::string> out;
  std::string_view rest = list;
  while (out.size() < kMaxStrings) {
    const std::size_t end = std::min(rest.find(", "), rest.find("; "));
    out.emplace_back(base::trim(rest.substr(0, end)));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 2);
  }
  return out;
}

}  // namespace

std::vector<std::string> unrendered_strings(const facts::Event& event) {
  const facts::CataloguedEvent* known = facts::find_catalogued(event.source, event.id);
  if (known == nullptr) return {};
  const auto rest = behind_names(event.source, event.id, event.description);
  const auto text = rest ? announced(*rest) : std::nullopt;
  if (!text) return {};
  const bool by_line = base::trim(text->substr(0, text->find('\n'))).empty();
  std::vector<std::string> out = by_line ? lines_of(*text) : items_of(*text);
  // A sentence follows the lines; a list with a comma inside of a string is no list of these strings.
  if (by_line && known->strings > 0 && out.size() > known->strings) out.resize(known->strings);
  const bool counted = known->strings == 0 || out.size() == known->strings;
  return counted ? out : std::vector<std::string>();
}

bool awaits_strings(std::string_view source, std::uint32_t id, std::string_view text) {
  const auto rest = behind_names(source, id, text);
  if (!rest) return false;
  const auto strings = announced(*rest);
  return !strings || strings->find_first_not_of(" \t\n") == std::string_view::npos;
}

}  // namespace exaudit::readers
