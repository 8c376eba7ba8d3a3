#include "readers/smtp_transcript.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "readers/readers.h"
#include "readers/smtp_line.h"

namespace exaudit::readers {

namespace {

using base::trim;
using facts::EhloKeyword;
using facts::SmtpGreeting;

constexpr std::size_t kMaxKeywords =
    500;  // Exchange advertises about 20; more is a hostile or looping server
constexpr std::size_t kMaxGreetings = 10'000;    // sessions in one transcript
constexpr std::size_t kMaxBannerBytes = 8192;    // of a banner of several lines
constexpr std::size_t kMaxServerAddresses = 16;  // "Trying" lines before a connection

constexpr std::string_view kIisProduct = "Microsoft ESMTP MAIL Service";
constexpr std::string_view kImsProduct = "Microsoft Exchange Internet Mail Service";

std::size_t find_ignoring_case(std::string_view text, std::string_view what) {
  const auto equal = [](char a, char b) { return base::ascii_lower(a) == base::ascii_lower(b); };
  const auto* at = std::search(text.begin(), text.end(), what.begin(), what.end(), equal);
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" \t")); }

// PIX and its successors overwrite the banner with asterisks (keeping some of its 0s and 2s) ...
bool is_masked_banner(std::string_view text) {
  const auto stars = std::count(text.begin(), text.end(), '*');
  const auto blanks = std::count(text.begin(), text.end(), ' ');
  return stars >= 4 && 2 * stars >= static_cast<std::ptrdiff_t>(text.size()) - blanks;
}

// ... and keywords with X; some put a letter behind the Xs.
bool is_masked_keyword(std::string_view keyword) {
  if (keyword.empty()) return false;
  if (keyword.find_first_not_of('*') == std::string_view::npos) return true;
  const std::size_t xs = std::min(keyword.find_first_not_of('X'), keyword.size());
  return xs >= 4 && keyword.size() - xs <= 1;
}

std::optional<base::VersionNumber> four_part_version(std::string_view text) {
  constexpr std::string_view kBytes = "0123456789.";
  while (true) {
    const std::size_t from = text.find_first_of(kBytes);
    if (from == std::string_view::npos) return std::nullopt;
    text.remove_prefix(from);
    std::string_view token = text.substr(0, text.find_first_not_of(kBytes));
    text.remove_prefix(token.size());
    while (token.ends_with('.')) token.remove_suffix(1);
    if (std::count(token.begin(), token.end(), '.') != 3) continue;
    if (const auto version = base::VersionNumber::parse(token)) return version;
  }
}

// `said` is a banner, or the service column of nmap, where `sign` is what tells the product.
void take_product(std::string_view said, std::string_view sign, std::string_view product,
                  SmtpGreeting& greeting) {
  const std::size_t at = find_ignoring_case(said, sign);
  if (at == std::string_view::npos || !greeting.product.empty()) return;
  greeting.product = product;
  greeting.version = four_part_version(said.substr(at + sign.size()));
}

EhloKeyword parse_keyword(std::string_view text, std::uint32_t line) {
  EhloKeyword keyword;
  keyword.line = line;
  const std::size_t end = std::min(text.find_first_of(" \t="), text.size());
  keyword.keyword = base::ascii_uppered(text.substr(0, end));
  if (end < text.size()) {
    keyword.separator = text[end] == '=' ? "=" : " ";
    keyword.arguments = trim(text.substr(end + 1));
  }
  return keyword;
}

// The first address behind a bracket, "" when there is none.
std::string bracketed_address(std::string_view text) {
  const std::size_t bracket = text.find('[');
  if (bracket == std::string_view::npos) return {};
  std::vector<std::string> addresses = addresses_in(text.substr(bracket));
  return addresses.empty() ? std::string() : std::move(addresses.front());
}

// "http-title:", "smtp-ntlm-info:": the first line of another nmap script.
bool begins_nmap_script(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 &&
         text.substr(0, colon).find('-') != std::string_view::npos &&
         text.substr(0, colon).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
             std::string_view::npos;
}

constexpr std::size_t kMaxReason = 2000;  // of what a collector says about a server

class Transcript {
 public:
  Transcript(facts::InputId id, facts::Input& input) : id_(id), input_(input) {}
  std::vector<SmtpGreeting> read(std::string_view text);

 private:
  void take(const SmtpLine& line);
  void take_reply(const SmtpLine& line);
  void take_banner(const SmtpLine& line);
  void begin_ehlo(const SmtpLine& line);
  void add_keyword(std::string_view text);
  void take_connection(const SmtpLine& line);
  void take_nmap(const SmtpLine& line);
  void take_nmap_items(std::string_view text);
  void take_greeting_line(std::string_view text);
  bool is_another_computer(const std::string& client) const;
  void damage(std::string message);
  void not_heard(std::string_view why);
  void open();
  void flush();

  facts::InputId id_;
  facts::Input& input_;
  std::vector<SmtpGreeting> greetings_;
  SmtpGreeting current_;
  std::vector<std::string> server_addresses_;
  std::string announced_address_;      // of the client's address literal, EHLO [192.0.2.77]
  bool connected_to_another_ = false;  // some address of the server is no loopback address
  std::string service_;                // nmap's service column
  std::string last_command_;           // not yet answered
  bool heard_ = true;                  // to the end
  std::uint32_t number_ = 0;
  std::uint64_t offset_ = 0;
  bool open_ = false;
  bool in_banner_ = false;
  bool in_ehlo_ = false;
  bool in_nmap_ = false;
  bool damaged_ = false;  // some line of the EHLO reply could not be read
  bool full_ = false;
  bool replied_ = false;  // since the last connection line
};

void Transcript::open() {
  if (open_) return;
  open_ = true;
  current_ = {};
  current_.location = {.input = id_, .line = number_, .offset = offset_};
}

void Transcript::flush() {
  if (in_ehlo_ || in_nmap_) {
    input_.skipped_record(
        number_, "the EHLO reply stops before its last line (\"250\" and a blank): verbs may be missing");
  }
  in_ehlo_ = in_nmap_ = in_banner_ = damaged_ = false;
  if (!open_) return;
  open_ = false;
  if (current_.banner.empty() && !current_.has_ehlo) return;
  if (greetings_.size() == kMaxGreetings) {
    if (!full_)
      input_.skipped_record(number_,
                            fmt::format("more than {} SMTP sessions: the rest was not read", kMaxGreetings));
    full_ = true;
    return;
  }
  if (!current_.has_ehlo) input_.note(current_.banner_line, "an SMTP session without an EHLO reply");
  greetings_.push_back(std::move(current_));
}

void Transcript::damage(std::string message) {
  if (!damaged_) input_.skipped_value(number_, std::move(message));
  damaged_ = true;
}

void Transcript::take_banner(const SmtpLine& line) {
  if (last_command_ == "STARTTLS") return;  // "220 ready for TLS" is no banner
  if (in_banner_) {
    if (current_.banner.size() + line.text.size() < kMaxBannerBytes) current_.banner += " " + line.text;
  } else {
    flush();
    open();
    current_.banner = line.text;
    current_.banner_line = number_;
    current_.masked = is_masked_banner(line.text);
    if (!current_.masked) current_.host = first_word(line.text);
  }
  in_banner_ = !line.last;
  take_product(current_.banner, kIisProduct, kIisProduct, current_);
  take_product(current_.banner, kImsProduct, kImsProduct, current_);
}

// "mail1.example.test Hello [192.0.2.77]"
void Transcript::take_greeting_line(std::string_view text) {
  current_.has_ehlo = true;
  current_.ehlo_line = number_;
  if (current_.host.empty()) current_.host = first_word(text);
  current_.across_network = is_another_computer(bracketed_address(text)) ||
                            (connected_to_another_ && is_another_computer(announced_address_));
}

// No address and loopback addresses are none; nor is the server's own, where the transcript tells it.
bool Transcript::is_another_computer(const std::string& client) const {
  if (client.empty() || is_loopback(client)) return false;
  return std::find(server_addresses_.begin(), server_addresses_.end(), client) == server_addresses_.end();
}

void Transcript::begin_ehlo(const SmtpLine& line) {
  if (open_ && current_.has_ehlo) {  // a second EHLO in the session, for example after STARTTLS
    SmtpGreeting next;
    next.banner = current_.banner;
    next.host = current_.host;
    next.product = current_.product;
    next.version = current_.version;
    next.banner_line = current_.banner_line;
    next.masked = is_masked_banner(current_.banner);
    flush();
    open();
    next.location = current_.location;
    current_ = std::move(next);
  }
  open();
  in_banner_ = false;
  damaged_ = false;
  take_greeting_line(line.text);
  in_ehlo_ = !line.last;
  current_.ehlo_complete = line.last;
}

void Transcript::add_keyword(std::string_view text) {
  if (text.empty()) return;
  if (current_.keywords.size() == kMaxKeywords) {
    return damage(fmt::format("more than {} lines in an EHLO reply: the rest was not read", kMaxKeywords));
  }
  current_.keywords.push_back(parse_keyword(text, number_));
  if (is_masked_keyword(current_.keywords.back().keyword)) current_.masked = true;
}

void Transcript::take_reply(const SmtpLine& line) {
  replied_ = true;
  // bb124688 prints one line of its sample reply as 240; nothing else uses that code.
  const bool misprint = line.code == 240 && in_ehlo_;
  if (misprint) input_.note(number_, "240 inside a 250 reply, read as 250");
  if (in_ehlo_ && (line.code == 250 || misprint)) {
    if (line.cut) damage("a line of the EHLO reply is too long");
    add_keyword(line.text);
    if (line.last) {
      in_ehlo_ = false;
      current_.ehlo_complete = !damaged_;
    }
  } else if (line.code == 250) {
    if (!line.last || last_command_ == "EHLO") begin_ehlo(line);
  } else if (in_ehlo_) {
    input_.skipped_record(number_, fmt::format("the EHLO reply is interrupted by a reply {}", line.code));
    in_ehlo_ = false;
  }
  if (line.code == 220) take_banner(line);
  if (line.code == 221 || line.code == 421) flush();
  if (line.last) last_command_.clear();
}

void Transcript::take_connection(const SmtpLine& line) {
  flush();
  announced_address_.clear();
  if (replied_) {
    server_addresses_.clear();
    connected_to_another_ = false;
    service_.clear();
  }
  replied_ = false;
  for (std::string& address : addresses_in(line.text)) {
    connected_to_another_ = connected_to_another_ || !is_loopback(address);
    if (server_addresses_.size() < kMaxServerAddresses) server_addresses_.push_back(std::move(address));
  }
}

void Transcript::take_nmap_items(std::string_view text) {
  // "This server supports the following commands: HELO EHLO ..." is the answer to HELP.
  if (find_ignoring_case(text, "commands:") != std::string_view::npos) return;
  for (std::string_view item : base::split(text, ',')) {
    item = trim(item);
    if (item.empty()) continue;
    if (current_.ehlo_line != 0) {
      add_keyword(item);
      continue;
    }
    if (base::ascii_istarts_with(item, "EHLO ")) item = trim(item.substr(5));
    take_greeting_line(item);
  }
}

void Transcript::take_nmap(const SmtpLine& line) {
  constexpr std::string_view kScript = "smtp-commands:";
  std::string_view text = line.text;
  if (in_nmap_ && begins_nmap_script(text)) {
    in_nmap_ = false;
    current_.ehlo_complete = current_.has_ehlo && !damaged_;
  }
  if (text.starts_with(kScript)) {
    flush();
    open();
    replied_ = true;
    in_nmap_ = true;
    take_product(service_, "Microsoft ESMTP", kIisProduct, current_);
    text.remove_prefix(kScript.size());
  }
  if (!in_nmap_) return;
  if (line.cut) damage("a line of the EHLO reply is too long");
  take_nmap_items(text);
  if (!line.last) return;
  in_nmap_ = false;
  // A message such as "Couldn't establish connection" is no reply.
  if (current_.keywords.empty()) current_.has_ehlo = false;
  current_.ehlo_complete = current_.has_ehlo && !damaged_;
}

void Transcript::take(const SmtpLine& line) {
  switch (line.kind) {
    case SmtpLineKind::blank:
      return;
    case SmtpLineKind::reply:
      return take_reply(line);
    case SmtpLineKind::connection:
      return take_connection(line);
    case SmtpLineKind::nmap:
      return take_nmap(line);
    case SmtpLineKind::command:
      last_command_ = line.verb;
      if (line.verb == "EHLO") announced_address_ = bracketed_address(line.text);
      return;
    case SmtpLineKind::other:
      if (line.text.substr(0, 9).find("/tcp") != std::string::npos) service_ = line.text;
      if (in_ehlo_) damage("a line inside the EHLO reply is no reply line: " + line.text.substr(0, 80));
      return;
  }
}

void Transcript::not_heard(std::string_view why) {
  heard_ = false;
  input_.skipped_record(number_, std::string(why.substr(0, kMaxReason)));
}

std::vector<SmtpGreeting> Transcript::read(std::string_view text) {
  base::LineCursor lines(text);
  std::string_view raw;
  while (lines.next(raw)) {
    number_ = lines.number();
    offset_ = static_cast<std::uint64_t>(raw.data() - text.data());
    if (raw.starts_with(kNotHeard)) {
      not_heard(raw.substr(kNotHeard.size()));
      continue;
    }
    take(parse_smtp_line(raw));
  }
  // An nmap reply is one line: when the text ends in the middle of it, only its last word tells whether it is
  // whole.
  const bool line_ended = text.ends_with('\n') || text.ends_with('\r');
  if (open_ && !line_ended && current_.ehlo_complete && raw.starts_with('|') && !current_.keywords.empty() &&
      current_.keywords.back().line == number_ && current_.keywords.back().keyword != "OK") {
    current_.ehlo_complete = false;
    in_nmap_ = true;
  }
  flush();
  for (SmtpGreeting& greeting : greetings_) greeting.ehlo_complete = greeting.ehlo_complete && heard_;
  if (greetings_.empty() && heard_) input_.note(0, "no SMTP banner and no EHLO reply was found");
  return std::move(greetings_);
}

constexpr std::array<std::string_view, 19> kKnownKeywords = {
    "TURN",         "ATRN",       "SIZE",     "ETRN", "PIPELINING", "DSN",  "ENHANCEDSTATUSCODES",
    "8BITMIME",     "BINARYMIME", "CHUNKING", "VRFY", "AUTH",       "HELP", "X-EXPS",
    "X-LINK2STATE", "XEXCH50",    "STARTTLS", "EXPN", "TLS"};

bool is_known_keyword(std::string_view text) {
  const std::string keyword = parse_keyword(text, 0).keyword;
  return is_masked_keyword(keyword) ||
         std::find(kKnownKeywords.begin(), kKnownKeywords.end(), keyword) != kKnownKeywords.end();
}

}  // namespace

std::vector<SmtpGreeting> read_smtp_transcript(std::string_view bytes, facts::InputId id,
                                               facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  std::vector<SmtpGreeting> greetings = Transcript(id, input).read(decoded.text);
  input.records = greetings.size();
  return greetings;
}

bool looks_like_smtp_transcript(std::string_view head) {
  base::LineCursor lines(head);
  std::string_view raw;
  bool replied = false;  // a line "250-" was seen
  while (lines.next(raw)) {
    if (raw.starts_with(kNotHeard)) return true;
    const SmtpLine line = parse_smtp_line(raw);
    if (line.kind == SmtpLineKind::nmap && line.text.starts_with("smtp-commands:")) return true;
    if (line.kind != SmtpLineKind::reply) continue;
    if (line.code == 220 &&
        (find_ignoring_case(line.text, "SMTP") != std::string_view::npos || is_masked_banner(line.text))) {
      return true;
    }
    if (line.code == 250 && replied && is_known_keyword(line.text)) return true;
    replied = replied || (line.code == 250 && !line.last);
  }
  return false;
}

}  // namespace exaudit::readers
