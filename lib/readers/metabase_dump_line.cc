#include "readers/metabase_dump_line.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace exaudit::readers {

namespace {

using base::trim;

constexpr std::size_t kMaxNameBytes = 256;  // the longest name in the schema has about 40

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// What stands between the bracket at the beginning of `text` and its counterpart; moves `text` behind it.
std::optional<std::string_view> take_bracketed(std::string_view& text, char open, char close) {
  if (!text.starts_with(open)) return std::nullopt;
  const std::size_t end = text.find(close);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view inside = text.substr(1, end - 1);
  text = trim(text.substr(end + 1));
  return inside;
}

// A quotation mark at the beginning of `text`, straight or as web pages make them; 0 when there is none.
std::size_t quote_length(std::string_view text) {
  if (text.starts_with('"')) return 1;
  return text.starts_with("\xE2\x80\x9C") || text.starts_with("\xE2\x80\x9D") ? 3 : 0;
}

// Where the string ends whose content begins at `text`: a quotation mark that the next string or the end of
// the line follows.
std::optional<std::size_t> find_closing(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t length = quote_length(text.substr(at));
    if (length == 0) continue;
    std::string_view rest = text.substr(at + length);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t,"), rest.size()));
    if (rest.empty() || (quote_length(rest) > 0 && rest.data() > text.data() + at + length)) return at;
  }
  return std::nullopt;
}

}  // namespace

std::optional<DumpProperty> parse_dump_property(std::string_view line) {
  line = trim(line);
  const std::size_t colon = std::min(line.find(':'), line.size());
  DumpProperty out;
  out.name = trim(line.substr(0, colon));
  if (colon == line.size() || !is_word(out.name) || out.name.size() > kMaxNameBytes) return std::nullopt;
  std::string_view rest = trim(line.substr(colon + 1));
  const auto flags = take_bracketed(rest, '[', ']');
  if (!flags || flags->find_first_of("/\\:.") != std::string_view::npos) return std::nullopt;
  const auto type = rest.starts_with('<') ? take_bracketed(rest, '<', '>') : take_bracketed(rest, '(', ')');
  if (!type || !is_word(trim(*type))) return std::nullopt;
  out.type = trim(*type);
  out.value = rest;
  return out;
}

std::optional<std::string_view> parse_dump_key(std::string_view line) {
  line = trim(line);
  if (line.size() < 3 || !line.starts_with('[') || !line.ends_with(']')) return std::nullopt;
  line = line.substr(1, line.size() - 2);
  // Keys below /LM are shown without it, and at times without the first slash; a name alone is a section of
  // an INI file.
  if (line.find('/') == std::string_view::npos || line.find('\\') != std::string_view::npos)
    return std::nullopt;
  return line;
}

std::optional<DumpCommand> parse_dump_command(std::string_view line) {
  line = trim(line);
  // Behind a prompt; a path may stand before the program's name, too.
  const std::size_t prompt = line.find('>');
  if (prompt != std::string_view::npos) line = trim(line.substr(prompt + 1));
  const std::size_t program_end = std::min(line.find_first_of(" \t"), line.size());
  std::string_view program = line.substr(0, program_end);
  program = program.substr(program.find_last_of("\\/") + 1);  // npos + 1 is 0
  if (!base::ascii_iequals(program, "mdutil") && !base::ascii_iequals(program, "mdutil.exe"))
    return std::nullopt;
  DumpCommand out;
  std::string_view rest = trim(line.substr(program_end));
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest = trim(rest.substr(end));
    if (word.starts_with('>')) break;  // redirected
    if (base::ascii_istarts_with(word, "-path:")) {
      out.path = word.substr(6);
    } else if (word.starts_with('-')) {
      continue;
    } else if (out.verb.empty()) {
      out.verb = base::ascii_lowered(word);
    } else if (out.path.empty()) {
      out.path = word;
    }
  }
  return out;
}

std::optional<std::string_view> parse_dump_error(std::string_view line) {
  constexpr std::string_view kMark = "HRES(";
  const std::size_t at = line.find(kMark);
  if (at == std::string_view::npos) return std::nullopt;
  line = line.substr(at + kMark.size());
  const std::size_t end = line.find(')');
  if (end == std::string_view::npos) return std::nullopt;
  return line.substr(0, end);
}

std::optional<std::string> parse_dump_number(std::string_view value) {
  std::uint64_t number = 0;
  if (!base::ascii_istarts_with(value, "0x")) {
    if (!base::parse_uint(value, number)) return std::nullopt;
  } else {
    value = value.substr(2);
    const std::size_t end = std::min(value.find('='), value.size());
    if (!base::parse_hex(trim(value.substr(0, end)), number)) return std::nullopt;
    if (end < value.size()) {
      std::string_view braces = trim(value.substr(end + 1));
      std::uint64_t again = 0;
      const auto decimal = take_bracketed(braces, '{', '}');
      if (!decimal || !braces.empty() || !base::parse_uint(*decimal, again) || again != number)
        return std::nullopt;
    }
  }
  if (number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return std::to_string(number);
}

std::optional<std::string> parse_dump_string(std::string_view value) {
  const std::size_t open = quote_length(value);
  if (open == 0) return std::nullopt;
  value.remove_prefix(open);
  for (const std::size_t length : {std::size_t{1}, std::size_t{3}}) {
    if (value.size() >= length && quote_length(value.substr(value.size() - length)) == length)
      return std::string(value.substr(0, value.size() - length));
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> parse_dump_strings(std::string_view value) {
  std::vector<std::string> out;
  value = trim(value);
  while (!value.empty()) {
    const std::size_t open = quote_length(value);
    if (open == 0) return std::nullopt;
    value.remove_prefix(open);
    const auto end = find_closing(value);
    if (!end) return std::nullopt;
    out.emplace_back(value.substr(0, *end));
    value.remove_prefix(*end + quote_length(value.substr(*end)));
    value.remove_prefix(std::min(value.find_first_not_of(" \t,"), value.size()));
  }
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace exaudit::readers
