#include "readers/smtp_line.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace exaudit::readers {

namespace {

using base::ascii_istarts_with;
using base::trim;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Applies typed corrections (BS and DEL rub out the character before them) and drops escape sequences and
// other controls.
std::string clean(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (c == '\b' || c == '\x7f') {
      if (!out.empty()) out.pop_back();
    } else if (c == '\x1b' && i + 1 < raw.size() && raw[i + 1] == '[') {
      ++i;
      while (i + 1 < raw.size() && (is_digit(raw[i + 1]) || raw[i + 1] == ';')) ++i;
      ++i;  // the letter that ends the sequence
    } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') {
      out.push_back(c);
    }
  }
  return out;
}

// "12:00:01.123", "2004-05-01", "[2004-05-01T12:00:01Z]", "01.05.2004,", "AM". Never a reply code: those have
// no second separator.
bool is_timestamp(std::string_view token) {
  if (base::ascii_iequals(token, "AM") || base::ascii_iequals(token, "PM")) return true;
  std::size_t digits = 0;
  std::size_t separators = 0;
  for (const char c : token) {
    if (is_digit(c)) {
      ++digits;
    } else if (c == ':' || c == '-' || c == '/' || c == '.') {
      ++separators;
    } else if (std::string_view("[](),+TZ").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return digits >= 4 && separators >= 1 && token.size() <= 40;
}

// Longer marks first. Direction is not kept: a reply is known by its code, a command by its verb.
constexpr std::array<std::string_view, 18> kMarks = {"<**",     "<~*",     "<<<", ">>>", "===", "***",
                                                     "Server:", "Client:", "<-",  "<~",  "->",  "~>",
                                                     "S:",      "C:",      "<",   ">",   "*",   "|"};

std::string_view without_prefix(std::string_view text) {
  constexpr int kMaxPrefixes = 8;  // date, time, zone, AM, direction, and a few more
  for (int i = 0; i < kMaxPrefixes; ++i) {
    text = trim(text);
    if (is_smtp_reply(text)) return text;
    const auto* mark =
        std::find_if(kMarks.begin(), kMarks.end(), [&](auto m) { return ascii_istarts_with(text, m); });
    if (mark != kMarks.end()) {
      text.remove_prefix(mark->size());
      continue;
    }
    const std::string_view token = text.substr(0, text.find_first_of(" \t"));
    if (!is_timestamp(token)) return text;
    text.remove_prefix(token.size());
  }
  return trim(text);
}

constexpr std::array<std::string_view, 19> kVerbs = {
    "EHLO", "HELO", "MAIL", "RCPT", "DATA", "QUIT", "RSET", "NOOP",     "AUTH",   "VRFY",
    "EXPN", "HELP", "TURN", "ATRN", "ETRN", "BDAT", "SEND", "STARTTLS", "XEXCH50"};

// The verb of a command line, "" for anything else.
std::string verb_of(std::string_view text) {
  const std::string word =
      base::ascii_uppered(text.substr(0, std::min(text.find_first_of(" \t:"), std::size_t{16})));
  return std::find(kVerbs.begin(), kVerbs.end(), word) != kVerbs.end() ? word : std::string();
}

bool names_connection(std::string_view text) {
  constexpr std::array<std::string_view, 4> kBeginnings = {"Trying ", "Connected to ",
                                                           "Nmap scan report for ", "Interesting ports on "};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](auto b) { return ascii_istarts_with(text, b); });
}

}  // namespace

bool is_smtp_reply(std::string_view text) {
  return text.size() >= 3 && text[0] >= '2' && text[0] <= '5' && is_digit(text[1]) && is_digit(text[2]) &&
         (text.size() == 3 || is_blank(text[3]) || text[3] == '-');
}

SmtpLine parse_smtp_line(std::string_view raw) {
  SmtpLine line;
  line.cut = raw.size() > kMaxSmtpLineBytes;
  const std::string cleaned = clean(raw.substr(0, kMaxSmtpLineBytes));
  std::string_view text = trim(cleaned);
  if (text.starts_with('|') && !is_smtp_reply(without_prefix(text))) {
    line.kind = SmtpLineKind::nmap;
    line.last = text.starts_with("|_");
    line.text = trim(text.substr(line.last ? 2 : 1));
    return line;
  }
  text = without_prefix(text);
  line.text = text;
  if (text.empty()) {
    line.kind = SmtpLineKind::blank;
  } else if (is_smtp_reply(text)) {
    line.kind = SmtpLineKind::reply;
    line.code = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    line.last = text.size() == 3 || text[3] != '-';
    line.text = trim(text.substr(std::min(text.size(), std::size_t{4})));
  } else if (names_connection(text)) {
    line.kind = SmtpLineKind::connection;
  } else if (std::string verb = verb_of(text); !verb.empty()) {
    line.kind = SmtpLineKind::command;
    line.verb = std::move(verb);
  }
  return line;
}

std::vector<std::string> addresses_in(std::string_view text) {
  constexpr std::string_view kAddressBytes = "0123456789abcdefABCDEF:.";
  constexpr std::string_view kBeforeTag = "IPv";
  constexpr std::string_view kTag = "6:";
  std::vector<std::string> out;
  while (true) {
    const std::size_t from = text.find_first_of(kAddressBytes);
    if (from == std::string_view::npos) return out;
    const bool tagged = base::ascii_iequals(
        text.substr(from - std::min(from, kBeforeTag.size()), kBeforeTag.size()), kBeforeTag);
    text.remove_prefix(from);
    std::string_view token = text.substr(0, text.find_first_not_of(kAddressBytes));
    text.remove_prefix(token.size());
    while (token.ends_with('.')) token.remove_suffix(1);
    if (tagged && token.starts_with(kTag)) token.remove_prefix(kTag.size());
    const auto colons = std::count(token.begin(), token.end(), ':');
    const std::string_view host = colons == 1 ? token.substr(0, token.find(':')) : token;
    const bool ipv4 = std::count(host.begin(), host.end(), '.') == 3 &&
                      host.find_first_not_of("0123456789.") == std::string_view::npos &&
                      is_digit(host.front());
    if (ipv4 || colons >= 2) out.push_back(base::ascii_lowered(host));
  }
}

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

}  // namespace exaudit::readers
