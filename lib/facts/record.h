// One directory record on its way from a reader into a ViewBuilder: the shape that LDIF and LDAP share.
//
// Values stay as the source has them until somebody needs them: of a million mailboxes most attributes are
// never decoded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

struct RecordValue {
  enum class Form : std::uint8_t {
    plain,   // `bytes` is the value
    base64,  // `bytes` is base64 (RFC 2849 "attr:: ...")
    absent,  // the source names a value without giving it (a URL, which is never fetched, or damage)
  };
  std::string_view name;  // attribute description as written, options included; "" when a line could not be
                          // understood at all
  std::string_view bytes;
  std::uint32_t line = 0;
  Form form = Form::plain;
  bool folded = false;  // `bytes` contains line ends followed by a blank, to be removed first
  bool failed = false;  // set by whoever tried to decode it and could not
};

struct Record {
  std::string_view dn;  // decoded
  std::vector<RecordValue> values;
  Location location;
};

// The value's bytes, decoded. Uses `storage` when the value is not plain; nothing is returned for
// Form::absent, and `failed` is set on damage.
bool decode_value(RecordValue& value, std::string& storage, std::string_view& out);
// Removes LDIF line folding (RFC 2849: line end followed by one blank).
std::string unfold(std::string_view text);

}  // namespace exaudit::facts
