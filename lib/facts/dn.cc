// Parsing and normalising distinguished names. The fast path handles what directories write nearly always:
// ASCII without escapes.
#include "facts/dn.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace exaudit::facts {

namespace {

struct TypeName {
  std::string_view oid, name;
};
// RFC 4519 names of the naming attributes; AD writes names, other tools sometimes OIDs.
constexpr std::array<TypeName, 8> kTypeNames = {{{"2.5.4.3", "cn"},
                                                 {"2.5.4.6", "c"},
                                                 {"2.5.4.7", "l"},
                                                 {"2.5.4.8", "st"},
                                                 {"2.5.4.10", "o"},
                                                 {"2.5.4.11", "ou"},
                                                 {"0.9.2342.19200300.100.1.25", "dc"},
                                                 {"0.9.2342.19200300.100.1.1", "uid"}}};

bool is_type_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

std::string normal_type(std::string_view type) {
  if (base::ascii_istarts_with(type, "oid.")) type.remove_prefix(4);
  for (const auto& known : kTypeNames) {
    if (known.oid == type) return std::string(known.name);
  }
  return base::ascii_lowered(type);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "#0C054D41494C31" (RFC 4514 2.4) becomes the contents of the BER string; anything else stays as it is.
void resolve_ber_string(std::string& value) {
  std::string bytes;
  for (std::size_t i = 1; i < value.size(); i += 2) {
    const int high = hex_digit(value[i]);
    const int low = i + 1 < value.size() ? hex_digit(value[i + 1]) : -1;
    if (high < 0 || low < 0) return;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  // OCTET STRING, UTF8String, PrintableString, IA5String; names are short, so the length is one octet.
  constexpr std::string_view kStringTags = "\x04\x0C\x13\x16";
  if (bytes.size() < 2 || kStringTags.find(bytes[0]) == std::string_view::npos) return;
  const auto length = static_cast<unsigned char>(bytes[1]);
  if (length < 0x80 && bytes.size() == length + 2U) value = bytes.substr(2);
}

// Walks a DN left to right.
class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::optional<Dn> run() {
    Dn dn;
    skip_blanks();
    if (rest_.empty()) return dn;
    while (true) {
      std::vector<Ava> rdn;
      do {
        Ava ava;
        if (!type(ava.type) || !value(ava.value)) return std::nullopt;
        rdn.push_back(std::move(ava));
      } while (take('+'));
      dn.rdns.push_back(std::move(rdn));
      if (dn.rdns.size() > kMaxRdns) return std::nullopt;
      if (rest_.empty()) return dn;
      if (!take(',')) return std::nullopt;
    }
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool type(std::string& out) {
    skip_blanks();
    std::size_t n = 0;
    while (n < rest_.size() && is_type_char(rest_[n])) ++n;
    out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    skip_blanks();
    return n > 0 && take('=');
  }

  // One escaped character after a backslash: two hex digits are a byte, anything else stands for itself.
  bool escape(std::string& out) {
    if (rest_.empty()) return false;
    const int high = hex_digit(rest_[0]);
    const int low = rest_.size() > 1 ? hex_digit(rest_[1]) : -1;
    if (high >= 0 && low >= 0) {
      out.push_back(static_cast<char>(high * 16 + low));
      rest_.remove_prefix(2);
    } else {
      out.push_back(rest_.front());
      rest_.remove_prefix(1);
    }
    return true;
  }

  bool quoted(std::string& out) {
    while (!rest_.empty()) {
      if (take('"')) {
        skip_blanks();
        return rest_.empty() || rest_.front() == ',' || rest_.front() == '+';
      }
      if (take('\\')) {
        if (!escape(out)) return false;
        continue;
      }
      out.push_back(rest_.front());
      rest_.remove_prefix(1);
    }
    return false;
  }

  bool value(std::string& out) {
    skip_blanks();
    if (take('"')) return quoted(out);
    bool hexadecimal = !rest_.empty() && rest_.front() == '#';
    std::size_t keep = 0;  // trailing blanks are dropped unless escaped
    while (!rest_.empty() && rest_.front() != ',' && rest_.front() != '+') {
      if (take('\\')) {
        if (!escape(out)) return false;
        keep = out.size();
        hexadecimal = false;
        continue;
      }
      const char c = rest_.front();
      out.push_back(c);
      rest_.remove_prefix(1);
      if (c != ' ') keep = out.size();
    }
    out.resize(keep);
    if (hexadecimal) resolve_ber_string(out);
    return true;
  }

  std::string_view rest_;
};

// "<GUID=...>;<SID=...>;CN=..." (LDAP_SERVER_EXTENDED_DN, MS-ADTS 3.1.1.3.4.1.5)
std::string_view without_extended_prefix(std::string_view text) {
  while (text.starts_with('<')) {
    const std::size_t end = text.find('>');
    if (end == std::string_view::npos) return text;
    text.remove_prefix(end + 1);
    if (text.starts_with(';')) text.remove_prefix(1);
  }
  return text;
}

constexpr std::string_view kHex = "0123456789abcdef";

void append_escaped(char c, std::string& out) {
  out.push_back('\\');
  out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
  out.push_back(kHex[static_cast<unsigned char>(c) & 15]);
}

void append_key_value(std::string_view value, std::string& out) {
  const std::string folded = base::fold(value);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const char c = folded[i];
    const bool edge_blank = c == ' ' && (i == 0 || i + 1 == folded.size());
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    const bool special = c == ',' || c == '+' || c == '\\' || c == '"' || (c == '#' && i == 0);
    if (edge_blank || control || special) {
      append_escaped(c, out);
    } else {
      out.push_back(c);
    }
  }
}

// Nothing that needs the real parser: no escape, quote, hexadecimal value, multi-valued RDN, extended prefix,
// OID type or non-ASCII letter.
bool append_plain_key(std::string_view text, std::string& out) {
  const std::size_t start = out.size();
  std::size_t rdns = 0;
  while (true) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    std::size_t n = 0;
    while (n < text.size() && is_type_char(text[n])) out.push_back(base::ascii_lower(text[n++]));
    const bool dotted = text.substr(0, n).find('.') != std::string_view::npos;
    while (n < text.size() && text[n] == ' ') ++n;
    if (n == 0 || dotted || n >= text.size() || text[n] != '=' || ++rdns > kMaxRdns) break;
    out.push_back('=');
    text.remove_prefix(n + 1);
    while (text.starts_with(' ')) text.remove_prefix(1);
    std::size_t blanks = 0;
    std::size_t i = 0;
    bool plain = true;
    for (; i < text.size() && text[i] != ','; ++i) {
      const char c = text[i];
      if (c == ' ') {
        ++blanks;
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F || c == '\\' ||
          c == '"' || c == '+' || (c == '#' && i == 0)) {
        plain = false;
        break;
      }
      out.append(blanks, ' ');
      blanks = 0;
      out.push_back(base::ascii_lower(c));
    }
    if (!plain) break;
    if (i == text.size()) return true;
    out.push_back(',');
    text.remove_prefix(i + 1);
  }
  out.resize(start);
  return false;
}

}  // namespace

std::string_view Dn::name() const {
  return rdns.empty() ? std::string_view() : std::string_view(rdns.front().front().value);
}

std::optional<Dn> parse_dn(std::string_view text) {
  if (text.size() > kMaxDnBytes) return std::nullopt;
  return Parser(without_extended_prefix(text)).run();
}

std::string dn_key(const Dn& dn) {
  std::string out;
  for (const auto& rdn : dn.rdns) {
    std::vector<std::string> parts;
    parts.reserve(rdn.size());
    for (const Ava& ava : rdn) {
      parts.push_back(normal_type(ava.type) + "=");
      append_key_value(ava.value, parts.back());
    }
    std::sort(parts.begin(), parts.end());
    if (!out.empty()) out.push_back(',');
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) out.push_back('+');
      out += parts[i];
    }
  }
  return out;
}

bool append_dn_key(std::string_view text, std::string& out) {
  if (text.size() > kMaxDnBytes) return false;
  if (text.empty()) return true;
  if (append_plain_key(text, out)) return true;
  const auto dn = parse_dn(text);
  if (!dn) return false;
  out += dn_key(*dn);
  return true;
}

std::optional<std::string> dn_key(std::string_view text) {
  std::string out;
  if (!append_dn_key(text, out)) return std::nullopt;
  return out;
}

std::string_view parent_key(std::string_view key) {
  const std::size_t comma = key.find(',');
  return comma == std::string_view::npos ? std::string_view() : key.substr(comma + 1);
}

bool is_below(std::string_view key, std::string_view ancestor) {
  if (ancestor.empty()) return !key.empty();
  return key.size() > ancestor.size() + 1 && key.ends_with(ancestor) &&
         key[key.size() - ancestor.size() - 1] == ',';
}

std::string_view rdn_of_key(std::string_view key) { return key.substr(0, key.find(',')); }

std::size_t depth_of_key(std::string_view key) {
  return key.empty() ? 0 : 1 + static_cast<std::size_t>(std::count(key.begin(), key.end(), ','));
}

std::string path_of_key(std::string_view key) {
  std::string out;
  out.reserve(key.size() + 1);
  while (!key.empty()) {
    const std::size_t comma = key.rfind(',');
    const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
    out.append(key.substr(begin));
    out.push_back('\0');
    key = key.substr(0, comma == std::string_view::npos ? 0 : comma);
  }
  return out;
}

std::string child_key(std::string_view type, std::string_view value, std::string_view parent) {
  std::string out = base::ascii_lowered(type) + "=";
  append_key_value(value, out);
  if (!parent.empty()) out.append(",").append(parent);
  return out;
}

std::string escape_rdn_value(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool edge_blank = c == ' ' && (i == 0 || i + 1 == value.size());
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      append_escaped(c, out);
      out[out.size() - 1] = base::ascii_upper(out[out.size() - 1]);
      continue;
    }
    if (edge_blank || (c == '#' && i == 0) ||
        std::string_view(",+\"\\<>;=").find(c) != std::string_view::npos)
      out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

MangledName demangle(std::string_view value) {
  MangledName out{value, Mangling::none, std::nullopt};
  const std::size_t at = value.rfind('\n');
  if (at == std::string_view::npos) return out;
  const std::string_view mark = value.substr(at + 1);
  if (base::ascii_istarts_with(mark, "CNF:")) {
    out.mangling = Mangling::conflict;
  } else if (base::ascii_istarts_with(mark, "DEL:")) {
    out.mangling = Mangling::deleted;
  } else {
    return out;
  }
  out.base = value.substr(0, at);
  out.guid = base::Guid::parse(mark.substr(4));
  // A deleted conflict object carries both marks.
  const std::size_t inner = out.base.rfind('\n');
  if (inner != std::string_view::npos && base::ascii_istarts_with(out.base.substr(inner + 1), "CNF:"))
    out.base = out.base.substr(0, inner);
  return out;
}

bool names_deleted_object(std::string_view dn_text) {
  const auto key = dn_key(dn_text);
  if (!key) return false;
  return key->find("\\0adel:") != std::string::npos ||
         key->find(",cn=deleted objects,") != std::string::npos || key->starts_with("cn=deleted objects,");
}

}  // namespace exaudit::facts
