#include "collectors/ldif_output.h"

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"

namespace exaudit::collectors {

namespace {

constexpr std::size_t kFlushBytes = 256U << 10;

// SAFE-STRING of RFC 2849: 7-bit, no line ends, no NUL, no blank at the end, and a beginning that is not
// mistaken for something else.
bool is_safe(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() == ' ' || text.front() == ':' || text.front() == '<' || text.back() == ' ') return false;
  unsigned bad = 0;  // no early exit: the loop is vectorised
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    bad |= static_cast<unsigned>(octet >= 0x80) | static_cast<unsigned>(octet == '\n') |
           static_cast<unsigned>(octet == '\r') | static_cast<unsigned>(octet == '\0');
  }
  return bad == 0;
}

}  // namespace

void LdifOutput::value(std::string_view attribute, std::string_view value) {
  pending_ += attribute;
  if (is_safe(value)) {
    pending_ += ": ";
    pending_ += value;
  } else {
    pending_ += ":: ";
    pending_ += base::base64_encode(value);
  }
  pending_ += '\n';
}

void LdifOutput::begin_entry(std::string_view dn) { value("dn", dn); }

void LdifOutput::end_entry() {
  pending_ += '\n';
  if (pending_.size() >= kFlushBytes) flush();
}

void LdifOutput::comment(std::string_view name, std::string_view value) {
  pending_ += "# ";
  pending_ += name;
  pending_ += ": ";
  pending_ += base::visible(value);
  pending_ += '\n';
}

void LdifOutput::line(std::string_view text) {
  pending_ += text;
  pending_ += '\n';
}

void LdifOutput::flush() {
  good_ = good_ && spool_->append(pending_);
  pending_.clear();
}

std::uint64_t LdifOutput::mark() {
  flush();
  return spool_->size();
}

bool LdifOutput::rewind(std::uint64_t mark) {
  pending_.clear();
  good_ = good_ && spool_->truncate(mark);
  return good_;
}

base::Result<base::BufferPtr> LdifOutput::finish() {
  flush();
  return spool_->finish();
}

}  // namespace exaudit::collectors
