#include "facts/event_match.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace exaudit::facts {

namespace {

constexpr std::size_t kMaxNameBytes = 1024;  // legacyExchangeDN is a few hundred bytes at most
constexpr std::uint32_t kServiceNotInExecutable = 1083;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) {
  return is_digit(c) || (base::ascii_lower(c) >= 'a' && base::ascii_lower(c) <= 'f');
}

// Runs of blanks and line breaks as one blank.
std::string unwrap(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_space(c)) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  return out;
}

// The same for a legacy DN, where no blank stands beside '/', '=' or inside brackets, and none at all in a
// GUID.
std::string unwrap_name(std::string_view text) {
  constexpr std::string_view kNoBlankAfter = "/=({";
  constexpr std::string_view kNoBlankBefore = "/=)}";
  std::string out;
  bool braces = false;
  for (const char c : unwrap(text)) {
    if (c == '{') braces = true;
    if (c == '}') braces = false;
    if (c == ' ' && (braces || out.empty() || kNoBlankAfter.find(out.back()) != std::string_view::npos))
      continue;
    if (out.ends_with(' ') && kNoBlankBefore.find(c) != std::string_view::npos) out.pop_back();
    out.push_back(c);
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::size_t find_ignoring_case(std::string_view text, std::string_view what, std::size_t from = 0) {
  const auto equal = [](char a, char b) { return base::ascii_lower(a) == base::ascii_lower(b); };
  const auto begin = text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size()));
  const auto at = std::search(begin, text.end(), what.begin(), what.end(), equal);
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

// Description and insertion strings as one text.
std::string all_text(const Event& event) {
  std::string text = event.description;
  for (const std::string& string : event.strings) text.append("\n").append(string);
  return text;
}

// End of the name that begins `text`: its GUID, else the full stop of the sentence, else the line before the
// code.
std::size_t name_length(std::string_view text) {
  const std::string_view head = text.substr(0, std::min(kMaxNameBytes, find_ignoring_case(text, "0x")));
  const std::size_t brace = head.rfind('}');
  if (brace != std::string_view::npos) return brace + 1;
  return std::min({head.find(". "), head.find(".\n"), head.find_last_not_of(" \n") + 1});
}

std::optional<std::uint32_t> find_hex(std::string_view text) {
  for (std::size_t at = find_ignoring_case(text, "0x"); at != std::string_view::npos;
       at = find_ignoring_case(text, "0x", at + 2)) {
    std::size_t n = 0;
    while (at + 2 + n < text.size() && is_hex_digit(text[at + 2 + n])) ++n;
    std::uint64_t value = 0;
    if (n >= 1 && n <= 8 && base::parse_hex(text.substr(at + 2, n), value))
      return static_cast<std::uint32_t>(value);
  }
  return std::nullopt;
}

std::string server_of(std::string_view name) {
  constexpr std::string_view kComponent = "/cn=SMTP (";
  const std::size_t at = find_ignoring_case(name, kComponent);
  if (at == std::string_view::npos) return {};
  name.remove_prefix(at + kComponent.size());
  const std::size_t end = name.find(')');
  return end == std::string_view::npos ? std::string() : std::string(name.substr(0, end));
}

std::optional<base::Guid> store_of(std::string_view name) {
  const std::size_t brace = name.rfind('{');
  return brace == std::string_view::npos ? std::nullopt : base::Guid::parse(name.substr(brace));
}

// "%%1083", as the log keeps it when the message library is not there.
std::optional<std::uint32_t> find_inserted_error(std::string_view text) {
  for (std::size_t at = text.find("%%"); at != std::string_view::npos; at = text.find("%%", at + 2)) {
    std::string_view digits = text.substr(at + 2);
    digits = digits.substr(0, digits.find_first_not_of("0123456789"));
    std::uint64_t value = 0;
    if (base::parse_uint(digits, value) && value <= 0xFFFF'FFFF) return static_cast<std::uint32_t>(value);
  }
  return std::nullopt;
}

bool has_number(std::string_view text, std::string_view number) {
  for (std::size_t at = text.find(number); at != std::string_view::npos; at = text.find(number, at + 1)) {
    const std::size_t end = at + number.size();
    const bool begins = at == 0 || !is_digit(text[at - 1]);
    if (begins && (end == text.size() || !is_digit(text[end]))) return true;
  }
  return false;
}

std::optional<std::uint32_t> start_error(std::string_view text) {
  if (const auto inserted = find_inserted_error(text)) return inserted;
  // The article writes "the service", Windows "this service".
  constexpr std::array<std::string_view, 2> kSentences = {
      "configured to run in does not implement the service",
      "configured to run in does not implement this service"};
  for (const std::string_view sentence : kSentences) {
    if (find_ignoring_case(text, sentence) != std::string_view::npos) return kServiceNotInExecutable;
  }
  if (has_number(text, "1083")) return kServiceNotInExecutable;
  return std::nullopt;
}

// Of the English sentence, or what other languages put in quotes.
std::string service_in(std::string_view text) {
  constexpr std::string_view kThe = "The ";
  const std::size_t begin = text.starts_with(kThe) ? 0 : text.find(" The ");
  const std::size_t end = find_ignoring_case(text, " service failed to start");
  if (begin != std::string_view::npos && end != std::string_view::npos) {
    const std::size_t from = begin + (begin == 0 ? kThe.size() : kThe.size() + 1);
    if (from < end) return std::string(text.substr(from, end - from));
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kQuotes = {
      {{"\"", "\""}, {"„", "“"}, {"“", "”"}, {"«", "»"}}};
  for (const auto& [open, close] : kQuotes) {
    const std::size_t from = text.find(open);
    if (from == std::string_view::npos) continue;
    const std::size_t to = text.find(close, from + open.size());
    if (to != std::string_view::npos) {
      return std::string(text.substr(from + open.size(), to - from - open.size()));
    }
  }
  return {};
}

}  // namespace

std::optional<StoreLogonFailure> store_logon_failure(const Event& event) {
  if (event.id != 326 || !base::ascii_iequals(event.source, "MSExchangeTransport")) return std::nullopt;
  const std::string text = all_text(event);
  const std::size_t begin = find_ignoring_case(text, "/o=");
  if (begin == std::string::npos) return std::nullopt;
  const std::string_view rest = std::string_view(text).substr(begin);
  const std::size_t length = name_length(rest);
  const auto error = find_hex(rest.substr(length));
  if (!error) return std::nullopt;
  StoreLogonFailure out;
  out.legacy_dn = unwrap_name(rest.substr(0, length));
  out.server = server_of(out.legacy_dn);
  out.store = store_of(out.legacy_dn);
  out.error = *error;
  return out;
}

std::optional<ServiceStartFailure> service_start_failure(const Event& event) {
  if (event.id != 7000 || !base::ascii_iequals(event.source, "Service Control Manager")) return std::nullopt;
  const std::string text = unwrap(all_text(event));
  const auto error = start_error(text);
  if (!error) return std::nullopt;
  ServiceStartFailure out;
  out.error = *error;
  out.service = event.strings.empty() ? service_in(text) : event.strings.front();
  return out;
}

}  // namespace exaudit::facts
