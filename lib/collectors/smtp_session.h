// One conversation with an SMTP server: its greeting is read, EHLO and QUIT are said, and nothing else,
// whatever it answers (RFC 5321 3.1, 3.2, 4.1.1.1, 4.1.1.10).
//
// The server may be hostile: everything it can send is bounded, in lines, bytes and time.
#pragma once

#include <cstddef>
#include <string>

#include "collectors/connection.h"

namespace exaudit::collectors {

inline constexpr std::size_t kMaxReplyLineBytes = 2048;  // RFC 5321 4.5.3.1.5 allows 512
inline constexpr std::size_t kMaxReplyLines = 512;       // Exchange's reply to EHLO has about 20
inline constexpr std::size_t kMaxSessionBytes = 256U << 10;
// What the server is given to answer QUIT; nothing depends on the answer.
inline constexpr std::chrono::seconds kQuitPatience{5};

// What the server said and what it was told, as telnet shows it: one line per line, ended by LF. A line that
// did not arrive to its end is left out, since half a keyword is another keyword.
struct SmtpSession {
  std::string transcript;
  std::size_t reply_lines = 0;  // lines of the transcript that the server sent
  // Why the reply to EHLO is not there or not whole, one sentence; "" when it was received to its end.
  std::string problem;
};

// The name given with EHLO is the address literal of our end, "[192.0.2.77]" or "[IPv6:2001:db8::77]": a name
// would have to be one that the server can look up (RFC 5321 4.1.1.1, 4.1.3).
SmtpSession talk_smtp(Connection& connection, TimePoint deadline);

}  // namespace exaudit::collectors
