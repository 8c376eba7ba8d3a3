// Recognition of SMTP transcripts; read_smtp_transcript is declared in readers/readers.h.
#pragma once

#include <string_view>

namespace exaudit::readers {

// True for text with an SMTP banner, an EHLO reply or the output of nmap's smtp-commands script. `head` is
// decoded UTF-8.
// A line of sessions that exaudit collected (collectors/bundle.h), followed by the reason: the server was not
// heard to its end, or not at all.
inline constexpr std::string_view kNotHeard = "# exaudit smtp session ended: ";

bool looks_like_smtp_transcript(std::string_view head);

}  // namespace exaudit::readers
