// Decompression of gzip files (RFC 1952): an LDIF export of a large directory travels compressed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/result.h"

namespace exaudit::readers {

struct Gunzipped {
  base::BufferPtr buffer;
  // The stream ends early, fails its checksum, or something that is no gzip member follows it: what is
  // missing after `buffer` is not known.
  bool truncated = false;
};

// True when `bytes` begin as a gzip member does.
bool is_gzip(std::string_view bytes);

// Decompresses all members, one after the other, into one buffer (large results go to a temporary file, see
// base::Spool). A damaged stream gives what could be read up to the damage. Errors: too_large when the result
// would exceed `limit` bytes, syntax when `bytes` are no gzip data, io when no temporary file could be
// written.
base::Result<Gunzipped> gunzip(std::string_view bytes, std::uint64_t limit);

// The first `size` bytes of the result, or fewer when there are no more or the stream is damaged there.
std::string gunzip_head(std::string_view bytes, std::size_t size);

}  // namespace exaudit::readers
