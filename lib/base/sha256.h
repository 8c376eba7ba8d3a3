// SHA-256 (FIPS 180-4) of bytes, as 64 lower-case hex digits. Used for fingerprints and for --hash-inputs,
// never for secrets.
#pragma once

#include <string>
#include <string_view>

namespace exaudit::base {

std::string sha256_hex(std::string_view bytes);

}  // namespace exaudit::base
