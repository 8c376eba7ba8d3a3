// What "reg query KEY /s" prints, redirected to a file: REG.EXE 3.0 of XP and 2003 (name TAB type TAB data)
// and the one of Vista and later (four blanks between), with whatever other blanks for the little known 2.0
// of Windows 2000.
//
// The format escapes nothing. What it cannot show unambiguously is not taken: a value whose text goes on in
// another line is not readable, a key without any values may be a mere name (a query without /s lists the
// subkeys so), the last line counts only when it has a line end.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "readers/readers.h"
#include "readers/registry_keys.h"
#include "readers/registry_value.h"

namespace exaudit::readers {

namespace {

using facts::RegistryType;
using facts::RegistryValue;

struct TypeName {
  std::string_view name;
  RegistryType type;
};
constexpr std::array kTypeNames = {
    TypeName{"REG_SZ", RegistryType::sz},
    TypeName{"REG_EXPAND_SZ", RegistryType::expand_sz},
    TypeName{"REG_MULTI_SZ", RegistryType::multi_sz},
    TypeName{"REG_DWORD", RegistryType::dword},
    TypeName{"REG_BINARY", RegistryType::binary},
    TypeName{"REG_QWORD", RegistryType::qword},
    TypeName{"REG_NONE", RegistryType::none},
    TypeName{"REG_LINK", RegistryType::link},
    TypeName{"REG_DWORD_LITTLE_ENDIAN", RegistryType::dword},
    TypeName{"REG_DWORD_BIG_ENDIAN", RegistryType::dword_big_endian},
    TypeName{"REG_QWORD_LITTLE_ENDIAN", RegistryType::qword},
    TypeName{"REG_RESOURCE_LIST", RegistryType::other},
    TypeName{"REG_FULL_RESOURCE_DESCRIPTOR", RegistryType::other},
    TypeName{"REG_RESOURCE_REQUIREMENTS_LIST", RegistryType::other},
};

struct Columns {
  std::string_view name;
  RegistryType type = RegistryType::none;
  std::string_view data;
};

// Splits at the first "<separator>REG_...<separator>"; the data may be missing, and keeps its own blanks.
bool split_at(std::string_view line, std::string_view separator, Columns& out) {
  for (std::size_t at = line.find(separator); at != std::string_view::npos;
       at = line.find(separator, at + 1)) {
    const std::string_view rest = line.substr(at + separator.size());
    if (!rest.starts_with("REG_")) continue;
    const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
    const auto* type = std::find_if(kTypeNames.begin(), kTypeNames.end(),
                                    [&](const TypeName& known) { return known.name == rest.substr(0, end); });
    if (type == kTypeNames.end()) continue;
    out.name = line.substr(0, at);
    out.type = type->type;
    out.data = rest.substr(end);
    if (out.data.starts_with(separator)) {
      out.data.remove_prefix(separator.size());
    } else if (out.data.find_first_not_of(" \t") != std::string_view::npos) {
      continue;
    } else {
      out.data = {};
    }
    return true;
  }
  return false;
}

bool split_columns(std::string_view line, Columns& out) {
  for (const std::string_view separator : {"\t", "    ", "  ", " "}) {
    if (split_at(line, separator, out)) {
      out.name = base::trim(out.name);
      return true;
    }
  }
  return false;
}

// Items are joined with the two characters \0, with or without one or two of them at the end.
void split_items(std::string_view data, std::vector<std::string>& items) {
  while (data.ends_with("\\0")) data.remove_suffix(2);
  if (data.empty()) return;
  while (true) {
    const std::size_t at = data.find("\\0");
    items.emplace_back(data.substr(0, at));
    if (at == std::string_view::npos) return;
    data.remove_prefix(at + 2);
  }
}

bool set_from_text(RegistryValue& value, std::string_view data) {
  if (value.type == RegistryType::multi_sz) {
    split_items(data, value.strings);
  } else if (is_text(value.type)) {
    value.strings.emplace_back(data);
  } else if (value.type == RegistryType::dword || value.type == RegistryType::qword ||
             value.type == RegistryType::dword_big_endian) {
    data = base::trim(data);
    if (!base::ascii_istarts_with(data, "0x") || !base::parse_hex(data.substr(2), value.number)) return false;
    return value.type == RegistryType::qword || value.number <= 0xffffffff;
  }
  return true;
}

// The name that stands for the default value, in whatever language: <NO NAME> up to 2003, (Default) since.
bool is_default_name(std::string_view name) {
  return (name.size() > 2 && name.starts_with('<') && name.ends_with('>')) ||
         base::ascii_iequals(name, "(Default)");
}

bool in_parentheses(std::string_view name) {
  return name.size() > 2 && name.starts_with('(') && name.ends_with(')');
}

class QueryReader {
 public:
  QueryReader(const base::DecodedText& decoded, facts::InputId id, facts::Input& input)
      : text_(decoded.text),
        cursor_(decoded.text),
        input_(input),
        keys_(id, input),
        check_characters_(decoded.had_invalid || decoded.encoding == base::Encoding::windows1252) {}

  facts::Registry read();

 private:
  void read_line();
  void read_key(std::string_view path);
  void read_value(std::string_view line);
  void skip_unknown();
  void mark_bare_keys();
  void name_localised_defaults();
  bool is_cut() const { return line_.data() + line_.size() == text_.data() + text_.size(); }
  bool is_clean(std::string_view text) const;

  std::string_view text_;
  base::LineCursor cursor_;
  facts::Input& input_;
  RegistryCollector keys_;
  bool check_characters_;
  std::string_view line_;
  bool after_text_ = false;  // the line before was a value whose text could go on
  bool in_unknown_ = false;  // within a run of lines that are nothing: one report for all
  bool echo_noted_ = false;
};

facts::Registry QueryReader::read() {
  while (cursor_.next(line_)) read_line();
  mark_bare_keys();
  name_localised_defaults();
  return keys_.finish(false);
}

void QueryReader::read_line() {
  const std::string_view trimmed = base::trim(line_);
  if (trimmed.empty()) {
    after_text_ = false;
    return;
  }
  if (line_.starts_with(' ') || line_.starts_with('\t')) return read_value(trimmed);
  if (!facts::registry_root(trimmed).empty()) return read_key(trimmed);
  if (line_.starts_with("! REG.EXE VERSION")) {
    keys_.close();
    in_unknown_ = false;
    return;
  }
  // A prompt with the command, when the output was copied from the screen.
  if (trimmed.size() > 3 && trimmed[1] == ':' && trimmed[2] == '\\' &&
      trimmed.find('>') != std::string_view::npos) {
    if (!echo_noted_) input_.note(cursor_.number(), "a command prompt was skipped");
    echo_noted_ = true;
    return keys_.close();
  }
  skip_unknown();
}

void QueryReader::read_key(std::string_view path) {
  after_text_ = false;
  in_unknown_ = false;
  if (is_cut()) {
    keys_.close();
    return input_.skipped_record(cursor_.number(),
                                 "the input ends within a key path; it was cut off and keys may be missing");
  }
  if (check_characters_ && !is_clean(path)) {
    keys_.close();
    return input_.skipped_record(cursor_.number(),
                                 "a key name with characters that cannot be read; the key was skipped");
  }
  keys_.open(path, cursor_.number(), static_cast<std::uint64_t>(line_.data() - text_.data()));
}

void QueryReader::read_value(std::string_view line) {
  // Blanks at the end of the line may belong to the data.
  std::string_view whole = line_;
  whole.remove_prefix(static_cast<std::size_t>(line.data() - line_.data()));
  Columns columns;
  if (!split_columns(whole, columns)) return skip_unknown();
  in_unknown_ = false;
  after_text_ = is_text(columns.type);
  if (is_cut()) {
    keys_.incomplete();
    return input_.skipped_record(cursor_.number(),
                                 "the input ends within a value; it was cut off and keys may be missing");
  }
  RegistryValue value;
  value.line = cursor_.number();
  value.type = columns.type;
  if (!is_default_name(columns.name)) value.name = columns.name;
  value.readable = set_from_text(value, columns.data) && is_clean(columns.data);
  if (!is_clean(columns.name)) {
    value.readable = false;
    keys_.incomplete();
  }
  if (!value.readable) {
    value.strings.clear();
    value.number = 0;
    input_.skipped_value(
        value.line, fmt::format("the value \"{}\" is damaged; it was skipped", columns.name.substr(0, 256)));
  }
  keys_.add(std::move(value));
}

// Directly behind a text it is taken for more of that text; anywhere else it may have been a key, or an error
// message instead of one.
void QueryReader::skip_unknown() {
  if (after_text_) {
    if (!in_unknown_) {
      input_.skipped_value(cursor_.number(),
                           "the text of the value before goes on in this line; the value was skipped");
    }
    keys_.spoil_last();
    keys_.incomplete();
  } else if (!in_unknown_ || keys_.in_key()) {
    input_.skipped_record(cursor_.number(),
                          "a line that is neither key nor value; skipped up to the next key");
    keys_.incomplete();
    keys_.close();
  }
  in_unknown_ = true;
}

bool QueryReader::is_clean(std::string_view text) const {
  if (text.find('\0') != std::string_view::npos) return false;
  return !check_characters_ ||
         (text.find("\xEF\xBF\xBD") == std::string_view::npos && base::is_valid_utf8(text));
}

void QueryReader::mark_bare_keys() {
  for (facts::RegistryKey& key : keys_.keys()) {
    if (key.values.empty()) key.values_complete = false;
  }
}

// "(Standard)", "(par défaut)": a name in parentheses that is the only such name of the whole output.
void QueryReader::name_localised_defaults() {
  std::string only;
  for (const facts::RegistryKey& key : keys_.keys()) {
    for (const RegistryValue& value : key.values) {
      if (!in_parentheses(value.name)) continue;
      if (!only.empty() && only != value.name) return;
      only = value.name;
    }
  }
  if (only.empty()) return;
  for (facts::RegistryKey& key : keys_.keys()) {
    for (RegistryValue& value : key.values) {
      if (value.name == only) value.name.clear();
    }
  }
}

}  // namespace

facts::Registry read_registry_query(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  return QueryReader(decoded, id, input).read();
}

}  // namespace exaudit::readers
