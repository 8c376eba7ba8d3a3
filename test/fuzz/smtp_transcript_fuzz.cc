// SMTP transcripts.
#include <cstdlib>

#include "base/text.h"
#include "fuzz/targets.h"
#include "readers/readers.h"
#include "readers/smtp_transcript.h"

void exaudit::fuzz::smtp_transcript(std::string_view bytes) {
  facts::Input input;
  for (const facts::SmtpGreeting& greeting : readers::read_smtp_transcript(bytes, 1, input)) {
    if (greeting.ehlo_complete && !greeting.has_ehlo) std::abort();
    if (greeting.has_ehlo && !greeting.ehlo_complete && input.complete) std::abort();
    for (const facts::EhloKeyword& keyword : greeting.keywords) {
      if (keyword.line < greeting.ehlo_line || greeting.find(keyword.keyword) == nullptr) std::abort();
    }
  }
  static_cast<void>(readers::looks_like_smtp_transcript(base::decode_text(bytes).text));
}
