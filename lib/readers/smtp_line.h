// One line of an SMTP transcript, freed from what the tool that recorded it put around it: telnet's typed
// corrections, swaks and curl arrows, "S: " / "C: " marks, timestamps, nmap's bars.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exaudit::readers {

// A reply line has at most 512 octets (RFC 5321 4.5.3.1.5), but nmap prints a whole EHLO reply as one line.
inline constexpr std::size_t kMaxSmtpLineBytes = 8192;

enum class SmtpLineKind {
  blank,
  reply,       // "250-TURN": code, last, text
  command,     // "ehlo client.example.test": verb in upper case
  connection,  // "Trying 192.0.2.10...", "Connected to ...", "Nmap scan report for ...": text is the whole
               // line
  nmap,        // a line of an nmap script ("|" or "|_"): text without the bar, last for "|_"
  other,
};

struct SmtpLine {
  SmtpLineKind kind = SmtpLineKind::other;
  int code = 0;
  bool last = false;  // reply: no "-" after the code
  std::string verb;
  std::string text;
  bool cut = false;  // longer than kMaxSmtpLineBytes
};

// True for a line that begins as a reply does (RFC 5321 4.2): a code from 200 to 599, and a blank, a hyphen
// or nothing.
bool is_smtp_reply(std::string_view text);

// `raw` is one line without its end.
SmtpLine parse_smtp_line(std::string_view raw);

// The IPv4 and IPv6 addresses in a text, in order, without ports, zones and the tag of an address literal
// ("[IPv6:::1]"); IPv6 in lower case.
std::vector<std::string> addresses_in(std::string_view text);
bool is_loopback(std::string_view address);

}  // namespace exaudit::readers
