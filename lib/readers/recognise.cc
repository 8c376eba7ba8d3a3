// One input, one kind. The order of the tests decides about inputs that could be two things: what a whole
// file must begin with (magic numbers, root elements, header lines, the first DN) comes before shapes that
// may also be quoted inside something else.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/text.h"
#include "readers/event_text.h"
#include "readers/file_versions.h"
#include "readers/folder_listing.h"
#include "readers/mailbox_table.h"
#include "readers/metabase_dump.h"
#include "readers/readers.h"
#include "readers/service_states.h"
#include "readers/sink_listing.h"
#include "readers/smtp_transcript.h"
#include "readers/tracking_history.h"

namespace exaudit::readers {

namespace {

using facts::InputKind;

constexpr std::size_t kProbeBytes = 512;  // a text without NUL here is taken for text

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

std::string_view skip_space(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The first line that is not empty.
std::string_view first_line(std::string_view text) {
  base::LineCursor lines(text);
  std::string_view line;
  while (lines.next(line)) {
    if (!base::trim(line).empty()) return line;
  }
  return {};
}

// Cutting the input must not look like damage: a UTF-8 sequence that was cut in two is left out.
std::string_view head_of(std::string_view bytes) {
  if (bytes.size() <= kRecogniseBytes) return bytes;
  bytes = bytes.substr(0, kRecogniseBytes);
  for (int i = 0; i < 3 && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0; ++i)
    bytes.remove_suffix(1);
  return bytes;
}

// Binary formats by their magic numbers.
InputKind recognise_binary(std::string_view bytes) {
  if (bytes.starts_with("regf")) return InputKind::registry_hive;
  if (bytes.starts_with("ElfFile")) return InputKind::event_log_evtx;
  if (bytes.size() >= 8 && bytes.substr(4, 4) == "LfLe") return InputKind::event_log_evt;
  if (bytes.starts_with("MZ") &&
      base::range_of(bytes, base::u32_at(bytes, 0x3C), 4) == std::string_view("PE\0\0", 4)) {
    return InputKind::program_file;
  }
  return InputKind::unknown;
}

// The metabase.bin of IIS 5, or a backup of it. Its format was never published, and no magic number of it is
// known: what is known is what a metabase holds, namely keys of services and their classes, and that Windows
// writes such names in UTF-16. So a binary file with several of these names is taken for one, in the hope
// that the names are not scrambled. Without their NUL bytes, names in UTF-16 read like those in ASCII.
bool is_metabase_binary(std::string_view bytes) {
  constexpr std::size_t kProbedBytes = 1U << 20;  // nobody knows where the names stand
  constexpr std::array<std::string_view, 6> kClasses = {"iissmtpserver", "iissmtpservice", "iiswebserver",
                                                        "iiswebservice", "iisnntpserver",  "iiscomputer"};
  constexpr std::array<std::string_view, 4> kNames = {"smtpsvc", "w3svc", "nntpsvc", "keytype"};
  bytes = bytes.substr(0, kProbedBytes);
  if (bytes.find('\0') == std::string_view::npos) return false;
  std::string names;
  for (const char c : bytes) {
    if (c != '\0') names.push_back(base::ascii_lower(c));
  }
  const auto holds = [&](std::string_view name) { return contains(names, name); };
  return std::count_if(kClasses.begin(), kClasses.end(), holds) >= 2 &&
         std::any_of(kNames.begin(), kNames.end(), holds);
}

// exaudit's JSON output (exaudit-result, exaudit-coverage, ...), whatever the order of its keys.
bool is_own_json(std::string_view text) {
  constexpr std::string_view kKey = "\"format\"";
  for (std::size_t at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at + 1)) {
    std::string_view rest = skip_space(text.substr(at + kKey.size()));
    if (!rest.starts_with(':')) continue;
    rest = skip_space(rest.substr(1));
    if (rest.starts_with("\"exaudit-")) return true;
  }
  return false;
}

// "where: severity: message [RULE.id]", the first line of a text report.
bool is_own_report(std::string_view text) {
  const std::string_view line = base::trim(first_line(text));
  if (line.starts_with("exaudit ") && line.size() > 8 && is_digit(line[8])) return true;
  const std::size_t open = line.rfind('[');
  if (open == std::string_view::npos || !line.ends_with(']')) return false;
  const std::string_view rule = line.substr(open + 1, line.size() - open - 2);
  const bool rule_like = contains(rule, ".") && std::all_of(rule.begin(), rule.end(), [](char c) {
                           return is_letter(c) || is_digit(c) || c == '.' || c == '-';
                         });
  if (!rule_like) return false;
  const auto has_severity = [&](std::string_view severity) {
    return contains(line.substr(0, open), severity);
  };
  return has_severity(": high: ") || has_severity(": medium: ") || has_severity(": low: ") ||
         has_severity(": info: ");
}

// The root element's start tag without "<", from after the declaration, comments and processing instructions;
// "" when there is none.
std::string_view root_tag(std::string_view text) {
  while (true) {
    const std::size_t open = text.find('<');
    if (open == std::string_view::npos) return {};
    text.remove_prefix(open + 1);
    std::string_view end;
    if (text.starts_with("!--")) {
      end = "-->";
    } else if (text.starts_with('?')) {
      end = "?>";
    } else if (text.starts_with('!')) {
      end = ">";
    } else {
      return text.substr(0, text.find('>'));
    }
    const std::size_t close = text.find(end);
    if (close == std::string_view::npos) return {};
    text.remove_prefix(close + end.size());
  }
}

// Element name without a namespace prefix.
std::string_view element_name(std::string_view tag) {
  const std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/>"));
  return name.substr(name.rfind(':') + 1);  // npos + 1 is 0
}

// Is there an element like "<IIsSmtpServer\tLocation =", whatever is damaged before it?
bool has_metabase_key(std::string_view text) {
  for (const std::string_view prefix : {"<IIs", "<IIS_"}) {
    for (std::size_t at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
      const std::string_view tag = text.substr(at, 256);  // names and what stands before Location are short
      const std::size_t name_end = tag.find_first_of(" \t\r\n/>");
      if (name_end != std::string_view::npos && skip_space(tag.substr(name_end)).starts_with("Location"))
        return true;
    }
  }
  return false;
}

InputKind recognise_xml(std::string_view text) {
  const std::string_view root = root_tag(text);
  const std::string_view name = element_name(root);
  const bool iis_key = has_metabase_key(text);
  // .NET programs call their root element "configuration" too.
  if (name == "configuration" &&
      (iis_key || contains(text, "<MBProperty") || contains(root, "XML_Metabase"))) {
    return InputKind::metabase_xml;
  }
  if (name == "MetaData" && (contains(root, "microsoft-catalog") || contains(text, "InternalName"))) {
    return InputKind::mbschema_xml;
  }
  // The beginning is lost, the keys are there.
  if (iis_key &&
      (name == "MBProperty" || name == "Custom" || name.starts_with("IIs") || name.starts_with("IIS"))) {
    return InputKind::metabase_xml;
  }
  return InputKind::unknown;
}

bool is_registry_export(std::string_view text) {
  base::LineCursor lines(text);
  std::string_view line;
  while (lines.next(line)) {
    line = base::trim(line);
    if (line.empty() || line.front() == ';') continue;
    return base::ascii_iequals(line, "REGEDIT4") ||
           base::ascii_istarts_with(line, "Windows Registry Editor Version ");
  }
  return false;
}

bool is_registry_path(std::string_view line) {
  for (const std::string_view root :
       {"HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER", "HKEY_CLASSES_ROOT", "HKEY_USERS", "HKEY_CURRENT_CONFIG",
        "HKLM", "HKCU", "HKCR", "HKU", "HKCC"}) {
    if (!base::ascii_istarts_with(line, root)) continue;
    const std::string_view rest = line.substr(root.size());
    if (rest.starts_with('\\')) return true;
  }
  return false;
}

// "C:\>reg query HKLM\SYSTEM /s"
bool is_query_command(std::string_view line) {
  const std::size_t prompt = line.find('>');
  const std::string_view command = base::trim(line.substr(prompt == std::string_view::npos ? 0 : prompt + 1));
  return base::ascii_istarts_with(command, "reg query ") ||
         base::ascii_istarts_with(command, "reg.exe query ");
}

// Key paths at the beginning of the line, values indented by blanks, and nothing else but the command itself,
// when the console was copied. Keys alone are what "reg query" without /s lists.
bool is_registry_query(std::string_view text) {
  base::LineCursor lines(text);
  std::string_view line;
  bool any_key = false;
  while (lines.next(line)) {
    if (base::trim(line).empty()) continue;
    if (!any_key && base::ascii_istarts_with(base::trim(line), "! REG.EXE VERSION")) return true;
    if (!any_key && is_query_command(line)) continue;
    if (is_registry_path(line)) {
      any_key = true;
    } else {
      return any_key && is_blank(line.front()) && contains(line, "REG_");
    }
  }
  return any_key;
}

// "name:", "name;option:", "1.2.840.113556.1.4.1:" at the beginning of a line.
bool is_attribute_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
    return is_letter(c) || is_digit(c) || contains("-;.=_", {&c, 1});
  });
}

bool is_base64_line(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
  });
}

// `value` is what follows "dn:"; `lines` stands behind that line. The first record must go on like one.
bool is_first_record(std::string_view value, base::LineCursor& lines) {
  const bool base64 = value.starts_with(':');
  value = base::trim(base64 ? value.substr(1) : value);
  const bool root_dse = value.empty() && !base64;
  if (base64 ? !is_base64_line(value) : !root_dse && !contains(value, "=")) return false;
  std::string_view line;
  while (lines.next(line)) {
    if (!line.empty() && (line.front() == ' ' || line.front() == '#')) continue;  // folded, or a comment
    return line.empty() ? !root_dse : is_attribute_line(line);
  }
  return !root_dse;
}

// What ldapsearch writes before the first record, on standard error or as a comment.
bool is_ldapsearch_chatter(std::string_view line) {
  return base::ascii_istarts_with(line, "SASL/") || base::ascii_istarts_with(line, "SASL ") ||
         base::ascii_istarts_with(line, "Enter LDAP Password:");
}

bool is_ldif(std::string_view text) {
  base::LineCursor lines(text);
  std::string_view line;
  bool from_ldapsearch = false;
  bool version = false;
  bool may_fold = false;  // the line before was a comment: it may go on in this one
  while (lines.next(line)) {
    if (line.empty() || (may_fold && line.front() == ' ')) continue;
    may_fold = line.front() == '#';
    if (may_fold) {
      const std::string_view comment = base::trim(line.substr(1));
      from_ldapsearch = from_ldapsearch || comment == "extended LDIF" || comment == "LDAPv3";
    } else if (base::ascii_istarts_with(line, "version:")) {
      if (version || !base::is_digits(base::trim(line.substr(8)))) return false;
      version = true;
    } else if (base::ascii_istarts_with(line, "dn:")) {
      return is_first_record(line.substr(3), lines);
    } else if (!is_ldapsearch_chatter(line)) {
      // A search that found nothing still has its summary.
      return from_ldapsearch &&
             (line.starts_with("search:") || line.starts_with("result:") || line.starts_with("ref:"));
    }
  }
  return version || from_ldapsearch;
}

InputKind recognise_text(std::string_view text) {
  const std::string_view start = skip_space(text);
  if (start.empty()) return InputKind::empty;
  if (start.front() == '{') return is_own_json(start) ? InputKind::exaudit_output : InputKind::unknown;
  // swaks begins its lines with "<-" and "<~".
  const bool markup =
      start.front() == '<' && start.size() > 1 && (is_letter(start[1]) || start[1] == '?' || start[1] == '!');
  if (markup) return recognise_xml(start);
  if (is_registry_export(text)) return InputKind::registry_export;
  if (is_ldif(text)) return InputKind::ldif;
  if (is_registry_query(text)) return InputKind::registry_query;
  if (contains(text.substr(0, kProbeBytes), {"\0", 1})) return InputKind::unknown;
  if (is_own_report(text)) return InputKind::exaudit_output;
  if (looks_like_event_text(text)) return InputKind::event_log_text;
  if (looks_like_mailbox_table(text)) return InputKind::mailbox_table;
  if (looks_like_metabase_dump(text)) return InputKind::metabase_dump;
  if (looks_like_sink_listing(text)) return InputKind::sink_listing;
  if (looks_like_service_states(text)) return InputKind::service_states;
  if (looks_like_file_versions(text)) return InputKind::file_versions;
  if (looks_like_folder_listing(text)) return InputKind::folder_listing;
  // Events quote SMTP replies; a transcript does not quote events. An article that shows events may show a
  // tracking history, too, and is then read for both.
  if (looks_like_event_blocks(text)) return InputKind::event_blocks;
  if (looks_like_tracking_history(text)) return InputKind::tracking_history;
  if (looks_like_smtp_transcript(text)) return InputKind::smtp_greeting;
  return InputKind::unknown;
}

}  // namespace

facts::InputKind recognise(std::string_view bytes) {
  if (bytes.empty()) return InputKind::empty;
  const InputKind binary = recognise_binary(bytes);
  if (binary != InputKind::unknown) return binary;
  const base::DecodedText decoded = base::decode_text(head_of(bytes));
  const InputKind text = recognise_text(decoded.text);
  const bool wide =
      decoded.encoding == base::Encoding::utf16le || decoded.encoding == base::Encoding::utf16be;
  if (text == InputKind::unknown && !wide && is_metabase_binary(bytes)) return InputKind::metabase_binary;
  return text;
}

}  // namespace exaudit::readers
