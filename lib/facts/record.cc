#include "facts/record.h"

#include "base/base64.h"

namespace exaudit::facts {

std::string unfold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (true) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      out.append(text);
      return out;
    }
    const bool crlf = end > 0 && text[end - 1] == '\r';
    out.append(text.substr(0, crlf ? end - 1 : end));
    text.remove_prefix(end + 1);
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
}

bool decode_value(RecordValue& value, std::string& storage, std::string_view& out) {
  if (value.form == RecordValue::Form::absent) return false;
  out = value.bytes;
  if (value.folded) {
    storage = unfold(out);
    out = storage;
  }
  if (value.form == RecordValue::Form::plain) return true;
  auto decoded = base::base64_decode(out);
  if (!decoded) {
    value.failed = true;
    return false;
  }
  storage = std::move(*decoded);
  out = storage;
  return true;
}

}  // namespace exaudit::facts
