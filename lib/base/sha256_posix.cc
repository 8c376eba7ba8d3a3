#include "base/sha256.h"

#include <array>

#include <nettle/base16.h>
#include <nettle/sha2.h>

namespace exaudit::base {

std::string sha256_hex(std::string_view bytes) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  sha256_digest(&context, digest.size(), digest.data());
  std::string out(BASE16_ENCODE_LENGTH(digest.size()), '\0');
  base16_encode_update(out.data(), digest.size(), digest.data());
  return out;
}

}  // namespace exaudit::base
