#include "base/csv.h"

#include <algorithm>
#include <array>

namespace exaudit::base {

namespace {

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

// Bytes of the line end at the beginning of `text`: LF, CR, CRLF, or wmic's CR CR LF.
std::size_t line_end_length(std::string_view text) {
  if (text.starts_with("\r\r\n")) return 3;
  return text.starts_with("\r\n") ? 2 : 1;
}

}  // namespace

bool CsvReader::next(CsvRow& row) {
  const auto skip_line_end = [&] {
    rest_.remove_prefix(line_end_length(rest_));
    ++line_;
  };
  while (!rest_.empty() && is_line_end(rest_.front())) skip_line_end();
  row.fields.clear();
  row.unterminated = false;
  row.line = line_;
  if (rest_.empty()) return false;

  while (true) {
    std::string field;
    if (!rest_.empty() && rest_.front() == '"') {
      rest_.remove_prefix(1);
      bool closed = false;
      while (!rest_.empty() && field.size() < kMaxCsvFieldBytes) {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        if (c == '"') {
          if (rest_.empty() || rest_.front() != '"') {
            closed = true;
            break;
          }
          rest_.remove_prefix(1);
        }
        const bool goes_on = c == '\r' && (rest_.starts_with('\n') || rest_.starts_with("\r\n"));
        if (is_line_end(c) && !goes_on) ++line_;
        field.push_back(c);
      }
      if (!closed) row.unterminated = true;
    }
    // Unquoted text, and whatever stands between a closing quote and the separator.
    const std::array<char, 3> stops = {separator_, '\n', '\r'};
    const std::size_t end =
        std::min(rest_.find_first_of(std::string_view(stops.data(), stops.size())), rest_.size());
    if (end > kMaxCsvFieldBytes) row.unterminated = true;
    field.append(rest_.substr(0, std::min(end, kMaxCsvFieldBytes)));
    rest_.remove_prefix(end);
    if (row.fields.size() < kMaxCsvFields) {
      row.fields.push_back(std::move(field));
    } else {
      row.unterminated = true;
    }
    if (rest_.empty()) return true;
    if (is_line_end(rest_.front())) {
      skip_line_end();
      return true;
    }
    rest_.remove_prefix(1);  // the separator
    if (rest_.empty()) {
      row.fields.emplace_back();
      return true;
    }
  }
}

char guess_separator(std::string_view first_line) {
  constexpr std::string_view kCandidates = "\t;,";
  std::array<std::size_t, 3> counts{};
  bool quoted = false;
  for (const char c : first_line) {
    if (c == '"') quoted = !quoted;
    const std::size_t at = kCandidates.find(c);
    if (!quoted && at != std::string_view::npos) ++counts[at];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return *most == 0 ? '\0' : kCandidates[static_cast<std::size_t>(most - counts.begin())];
}

}  // namespace exaudit::base
