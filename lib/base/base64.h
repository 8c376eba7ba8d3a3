// Base64 (RFC 4648 section 4). Blanks and line ends inside the text are not accepted: LDIF unfolds before it
// decodes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace exaudit::base {

// Nothing when the text is not base64: foreign characters, wrong length, misplaced or missing padding.
std::optional<std::string> base64_decode(std::string_view text);
std::string base64_encode(std::string_view bytes);

}  // namespace exaudit::base
