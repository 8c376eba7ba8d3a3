// .reg files of regedit (both headers, every encoding) and Wine: one pass over lines, strings are made for
// kept values only.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "readers/readers.h"
#include "readers/registry_hex.h"
#include "readers/registry_keys.h"
#include "readers/registry_value.h"

namespace exaudit::readers {

namespace {

using base::LineCursor;
using facts::RegistryType;
using facts::RegistryValue;

// A text with line breaks in it spans lines. Windows advises to keep values below 1 MB; what is longer is an
// unclosed quote.
constexpr std::size_t kMaxTextBytes = 1U << 20;

// Position of the quote that ends a text, npos when it is not in `text`. A backslash takes the next
// character's meaning away.
std::size_t closing_quote(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return i;
    if (text[i] == '\\') ++i;
  }
  return std::string_view::npos;
}

// regedit escapes backslash and quote, Wine line feeds too. Anything else behind a backslash stands for
// itself, with it.
void append_unescaped(std::string_view text, std::string& out) {
  while (true) {
    const std::size_t at = text.find('\\');
    out.append(text.substr(0, at));
    if (at == std::string_view::npos) return;
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (next == '\\' || next == '"') {
      out.push_back(next);
    } else if (next == 'n') {
      out.push_back('\n');
    } else {
      out.push_back('\\');
      text.remove_prefix(at + 1);
      continue;
    }
    text.remove_prefix(at + 2);
  }
}

// True for a line that opens a key or a value. Inside a text such a line means that its closing quote is
// missing: there a quote is escaped, so at the beginning of a line it can only be the closing one.
bool looks_like_entry(std::string_view line) {
  if (line.starts_with('[')) {
    line.remove_prefix(line.starts_with("[-") ? 2 : 1);
    const std::size_t end = line.rfind(']');
    return end != std::string_view::npos && !facts::registry_root(line.substr(0, end)).empty();
  }
  if (line.starts_with('"')) {
    line.remove_prefix(1);
    const std::size_t close = closing_quote(line);
    return close != std::string_view::npos && trim_left(line.substr(close + 1)).starts_with('=');
  }
  if (!line.starts_with("@=")) return false;
  line.remove_prefix(2);
  return line.starts_with('"') || line == "-" || line.starts_with("dword:") || line.starts_with("hex");
}

// A line that is neither key nor value: could a key's own line have become it?
bool may_hide_key(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    return c == '[' || c == ']' || static_cast<unsigned char>(c) >= 0x7F ||
           (static_cast<unsigned char>(c) < 0x20 && c != '\t');
  });
}

class ExportReader {
 public:
  ExportReader(const base::DecodedText& decoded, facts::InputId id, facts::Input& input)
      : text_(decoded.text),
        cursor_(decoded.text),
        encoding_(decoded.encoding),
        input_(input),
        keys_(id, input),
        check_characters_(decoded.had_invalid || decoded.encoding == base::Encoding::windows1252) {}

  facts::Registry read();

 private:
  enum class Header { missing, regedit4, version5 };

  void read_line(std::string_view line);
  bool read_header(std::string_view line);
  void read_key(std::string_view line);
  void delete_key(std::string_view path);
  void read_value(std::string_view line);
  bool read_data(std::string_view data, RegistryValue& value);
  bool read_text(std::string_view rest, RegistryValue& value);
  bool read_number(std::string_view digits, RegistryValue& value) const;
  bool read_typed(std::string_view data, RegistryValue& value);
  bool read_hex(std::string_view rest);
  bool next_hex_line(std::string_view& rest);
  TextBytes text_bytes(const RegistryValue& value);
  void skip_unknown(std::string_view line);
  void note_script();
  void finish();
  void drop_deleted();

  // The last line has no line end: the file may have been cut off within it.
  bool is_cut() const { return line_.data() + line_.size() == text_.data() + text_.size(); }
  bool is_clean(std::string_view text) const;

  std::string_view text_;
  LineCursor cursor_;
  base::Encoding encoding_;
  facts::Input& input_;
  RegistryCollector keys_;
  bool check_characters_;  // some could not be decoded: each kept text has to be looked at
  Header header_ = Header::missing;
  std::string_view line_;
  HexBytes hex_;  // of the value being read
  bool damaged_tail_ = false;
  bool in_unknown_ = false;  // within a run of lines that are nothing: one report for all
  bool seen_key_ = false;
  bool script_ = false;
  bool header_noted_ = false;
  std::uint32_t ansi_line_ = 0;       // first 8-bit text where the header promised UTF-16
  std::uint32_t code_page_line_ = 0;  // first 8-bit text that is not ASCII
  std::unordered_map<std::string, std::uint32_t> deleted_;  // folded path, line of the last deletion
};

facts::Registry ExportReader::read() {
  while (cursor_.next(line_)) read_line(trim_left(line_));
  finish();
  return keys_.finish(script_);
}

void ExportReader::read_line(std::string_view line) {
  if (line.empty()) return;
  switch (line.front()) {
    case '[':
      return read_key(line);
    case '"':
    case '@':
      return read_value(line);
    case ';':
    case '#':
      return;
    default:
      break;
  }
  if (!read_header(line)) skip_unknown(line);
}

// Also between keys: exports are put together with "copy a.reg+b.reg", which leaves the second byte order
// mark in the text.
bool ExportReader::read_header(std::string_view line) {
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  line = base::trim(line);
  if (base::ascii_iequals(line, "REGEDIT4")) {
    header_ = Header::regedit4;
  } else if (base::ascii_istarts_with(line, "Windows Registry Editor Version ")) {
    header_ = Header::version5;
    if (!line.ends_with(" 5.00"))
      input_.note(cursor_.number(), "an unknown version of the format; it was read as 5.00");
  } else {
    return line.empty();
  }
  keys_.close();
  in_unknown_ = false;
  seen_key_ = false;
  return true;
}

void ExportReader::read_key(std::string_view line) {
  in_unknown_ = false;
  damaged_tail_ = false;
  seen_key_ = true;
  if (header_ == Header::missing && !header_noted_) {
    header_noted_ = true;
    input_.note(cursor_.number(), "no line of the registry editor before the first key");
  }
  const std::size_t end = line.rfind(']');
  const std::uint32_t number = cursor_.number();
  if (end == std::string_view::npos) {
    keys_.close();
    damaged_tail_ = true;
    return input_.skipped_record(number, "a key without closing bracket; the key was skipped");
  }
  std::string_view path = line.substr(1, end - 1);
  if (path.starts_with('-')) {
    keys_.close();
    return delete_key(path.substr(1));
  }
  if (check_characters_ && keep_of(path) != Keep::nothing && !is_clean(path)) {
    keys_.close();
    return input_.skipped_record(number,
                                 "a key name with characters that cannot be read; the key was skipped");
  }
  keys_.open(path, number, static_cast<std::uint64_t>(line_.data() - text_.data()));
  if (!is_blank_or_comment(line.substr(end + 1))) {
    keys_.incomplete();
    input_.skipped_value(number, "text behind the closing bracket of a key was skipped");
  }
  if (is_cut()) {
    keys_.incomplete();
    damaged_tail_ = true;
  }
}

void ExportReader::delete_key(std::string_view path) {
  note_script();
  if (path.size() <= kMaxRegistryPath)
    deleted_[base::fold(facts::normal_registry_path(path))] = cursor_.number();
}

void ExportReader::note_script() {
  if (script_) return;
  script_ = true;
  input_.note(cursor_.number(),
              "the file deletes keys or values, so it is a script and not an export: what it does not name "
              "proves nothing");
}

void ExportReader::read_value(std::string_view line) {
  std::string_view name;
  std::string_view rest = line.substr(1);
  if (line.front() == '"') {
    const std::size_t close = closing_quote(rest);
    if (close == std::string_view::npos) return skip_unknown(line);
    name = rest.substr(0, close);
    rest.remove_prefix(close + 1);
  }
  rest = trim_left(rest);
  if (!rest.starts_with('=') || name.find('\0') != std::string_view::npos) return skip_unknown(line);
  if (!seen_key_ && !in_unknown_)
    input_.skipped_value(cursor_.number(), "a value before the first key; it was skipped");
  in_unknown_ = !seen_key_;
  damaged_tail_ = false;
  rest = trim_left(rest.substr(1));
  if (base::trim(rest) == "-") {
    keys_.incomplete();
    return note_script();
  }
  RegistryValue value;
  value.line = cursor_.number();
  if (keys_.keeps_values()) append_unescaped(name, value.name);
  value.readable = read_data(rest, value);
  if (!is_clean(name)) {
    value.readable = false;
    keys_.incomplete();
  }
  if (!value.readable) {
    value.strings.clear();
    value.number = 0;
    damaged_tail_ = true;
    input_.skipped_value(value.line, fmt::format("the value \"{}\" is damaged or incomplete; it was skipped",
                                                 name.substr(0, 256)));
  }
  keys_.add(std::move(value));
}

bool ExportReader::read_data(std::string_view data, RegistryValue& value) {
  if (data.starts_with('"')) {
    value.type = RegistryType::sz;
    return read_text(data.substr(1), value);
  }
  if (base::ascii_istarts_with(data, "dword:")) {
    value.type = RegistryType::dword;
    return read_number(data.substr(6), value);
  }
  return read_typed(data, value);
}

// hex:..., hex(N):... and str(N):"..."; N is hexadecimal.
bool ExportReader::read_typed(std::string_view data, RegistryValue& value) {
  const bool hex = base::ascii_istarts_with(data, "hex");
  if (!hex && !base::ascii_istarts_with(data, "str")) return false;
  value.type = hex ? RegistryType::binary : RegistryType::sz;
  data.remove_prefix(3);
  if (data.starts_with('(')) {
    const std::size_t close = data.find(')');
    std::uint64_t number = 0;
    if (close == std::string_view::npos || !base::parse_hex(data.substr(1, close - 1), number)) return false;
    value.type = registry_type(number);
    data.remove_prefix(close + 1);
  }
  if (!data.starts_with(':')) return false;
  data.remove_prefix(1);
  if (!hex) {
    data = trim_left(data);
    return is_text(value.type) && data.starts_with('"') && read_text(data.substr(1), value);
  }
  if (!read_hex(data)) return false;
  return !keys_.keeps_values() || set_from_bytes(value, hex_.bytes(), text_bytes(value));
}

// `rest` begins behind the opening quote.
bool ExportReader::read_text(std::string_view rest, RegistryValue& value) {
  std::string text;
  std::size_t length = 0;
  while (true) {
    const std::size_t close = closing_quote(rest);
    if (keys_.keeps_values()) append_unescaped(rest.substr(0, close), text);
    if (close != std::string_view::npos) {
      if (!is_clean(text)) return false;
      if (keys_.keeps_values()) value.strings.push_back(std::move(text));
      return is_blank_or_comment(rest.substr(close + 1));
    }
    length += rest.size() + 1;
    LineCursor ahead = cursor_;
    if (length > kMaxTextBytes || !ahead.next(rest) || looks_like_entry(rest)) return false;
    cursor_ = ahead;
    line_ = rest;
    text.push_back('\n');
  }
}

bool ExportReader::read_number(std::string_view digits, RegistryValue& value) const {
  digits = base::trim(digits.substr(0, digits.find(';')));
  if (digits.size() > 8 || (digits.size() < 8 && is_cut())) return false;
  return base::parse_hex(digits, value.number);
}

// Fills hex_. After damage the rest of the value is still followed to its end, so that the next entry is
// found.
bool ExportReader::read_hex(std::string_view rest) {
  hex_.clear();
  bool good = true;
  while (true) {
    bool continued = false;
    good = hex_.add_line(rest, continued) && good;
    if (!continued) return good && !hex_.expects_more() && !is_cut();
    if (!next_hex_line(rest)) return false;
  }
}

// The next line with bytes; blank lines and comments between are tolerated. False, and nothing consumed, when
// an entry follows.
bool ExportReader::next_hex_line(std::string_view& rest) {
  LineCursor ahead = cursor_;
  std::string_view line;
  while (ahead.next(line)) {
    rest = trim_left(line);
    if (is_blank_or_comment(rest)) continue;
    if (rest.front() == '[' || rest.front() == '"' || rest.front() == '@') return false;
    cursor_ = ahead;
    line_ = line;
    return true;
  }
  return false;
}

// Header and encoding of the file usually agree. Where they do not (saved again by an editor), the bytes
// themselves decide.
TextBytes ExportReader::text_bytes(const RegistryValue& value) {
  if (!is_text(value.type)) return TextBytes::utf16le;
  const std::string_view bytes = hex_.bytes();
  const bool wide_file = encoding_ == base::Encoding::utf16le || encoding_ == base::Encoding::utf16be;
  if (header_ == Header::version5 && wide_file) return TextBytes::utf16le;
  const bool sure = header_ == Header::regedit4 && !wide_file;
  if (!sure && looks_like_utf16le(bytes)) return TextBytes::utf16le;
  if (!sure && ansi_line_ == 0) ansi_line_ = value.line;
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (code_page_line_ == 0 && !std::all_of(bytes.begin(), bytes.end(), is_ascii))
    code_page_line_ = value.line;
  return TextBytes::ansi;
}

bool ExportReader::is_clean(std::string_view text) const {
  if (text.find('\0') != std::string_view::npos) return false;
  return !check_characters_ ||
         (text.find("\xEF\xBF\xBD") == std::string_view::npos && base::is_valid_utf8(text));
}

void ExportReader::skip_unknown(std::string_view line) {
  const bool hides = may_hide_key(line);
  if (hides && (!in_unknown_ || keys_.in_key())) {
    input_.skipped_record(
        cursor_.number(),
        "a line that is neither key nor value and may have been a key; skipped up to the next key");
    keys_.incomplete();
    keys_.close();
  } else if (!in_unknown_) {
    input_.skipped_value(cursor_.number(),
                         "a line that is neither key nor value; skipped up to the next one");
    keys_.incomplete();
  }
  in_unknown_ = true;
  damaged_tail_ = true;
}

void ExportReader::finish() {
  if (damaged_tail_) {
    input_.skipped_record(cursor_.number(),
                          "the input ends within an entry; it was probably cut off and keys may be missing");
  }
  if (encoding_ == base::Encoding::windows1252) {
    input_.note(0, "the file is neither UTF-8 nor UTF-16; it was read as Windows-1252");
  }
  if (ansi_line_ != 0) {
    input_.note(
        ansi_line_,
        "header and encoding of the file do not agree; the bytes of this value were read as 8-bit text");
  }
  if (code_page_line_ != 0) {
    input_.note(code_page_line_,
                "8-bit text that is not ASCII; it was read as Windows-1252, the code page is not known");
  }
  drop_deleted();
}

// A key is gone when it or a key above it is deleted further down in the script.
void ExportReader::drop_deleted() {
  if (deleted_.empty()) return;
  std::erase_if(keys_.keys(), [this](const facts::RegistryKey& key) {
    const std::string path = base::fold(facts::normal_registry_path(key.path));
    for (std::size_t end = 0; end != std::string::npos;) {
      end = path.find('\\', end + 1);
      const auto found = deleted_.find(path.substr(0, end));
      if (found != deleted_.end() && found->second > key.location.line) return true;
    }
    return false;
  });
}

}  // namespace

facts::Registry read_registry_export(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  return ExportReader(decoded, id, input).read();
}

}  // namespace exaudit::readers
