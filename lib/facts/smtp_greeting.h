// What an SMTP server said: its banner and its EHLO reply (RFC 5321 4.1.1.1), from a transcript.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/version_number.h"
#include "facts/location.h"

namespace exaudit::facts {

struct EhloKeyword {
  std::string keyword;    // upper case, up to the first blank or "=": "X-EXPS", "AUTH", "8BITMIME"
  std::string separator;  // "", " " or "="
  std::string arguments;  // "GSSAPI NTLM LOGIN"
  std::uint32_t line = 0;
};

struct SmtpGreeting {
  std::string banner;  // text after "220 ", "" when the transcript has none
  std::string host;    // first word of the banner or of the EHLO reply
  // "Microsoft ESMTP MAIL Service" (IIS, so 2000 and later) or "Microsoft Exchange Internet Mail Service"
  // (5.5) when the banner, or nmap's service column, says so; else "".
  std::string product;
  std::optional<base::VersionNumber> version;  // of the Microsoft banner, "6.0.3790.3959"
  std::vector<EhloKeyword> keywords;           // without the first reply line (host and greeting)
  bool has_ehlo = false;                       // a 250 reply to EHLO is there
  bool ehlo_complete =
      false;  // its last line ("250 " with a blank) was seen, and every line before it could be read
  bool masked = false;  // keywords overwritten with X or *: a firewall rewrote the reply, so nothing missing
                        // is really missing
  // The reply was taken across a network: the client address in "Hello [address]" is neither loopback nor,
  // where the transcript tells it, the server's own; or the client said EHLO with such an address ("EHLO
  // [192.0.2.77]") to a server whose address the transcript tells. False when local or when no client address
  // was shown.
  bool across_network = false;
  std::uint32_t banner_line = 0;
  std::uint32_t ehlo_line = 0;
  Location location;

  const EhloKeyword* find(std::string_view keyword) const;  // first one, case-insensitive
};

}  // namespace exaudit::facts
