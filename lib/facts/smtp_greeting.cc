#include "facts/smtp_greeting.h"

#include "base/text.h"

namespace exaudit::facts {

const EhloKeyword* SmtpGreeting::find(std::string_view keyword) const {
  for (const EhloKeyword& candidate : keywords) {
    if (base::ascii_iequals(candidate.keyword, keyword)) return &candidate;
  }
  return nullptr;
}

}  // namespace exaudit::facts
