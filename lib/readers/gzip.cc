#include "readers/gzip.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <zlib.h>

namespace exaudit::readers {

namespace {

constexpr std::size_t kInputChunk = std::size_t{1} << 30;  // zlib counts its input in 32 bits
constexpr std::size_t kOutputChunk = std::size_t{1} << 16;
constexpr int kGzipOnly = 16 + MAX_WBITS;  // 16: gzip wrapper only, no zlib or raw streams

// Pulls decompressed bytes out of concatenated members.
class Inflater {
 public:
  explicit Inflater(std::string_view bytes) : rest_(bytes) {
    ready_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // The next piece of the result; empty at the end. Valid until the next call.
  std::string_view next() {
    while (ready_ && !done_) {
      const std::string_view piece = step();
      if (!piece.empty()) return piece;
    }
    return {};
  }
  bool damaged() const { return damaged_ || !ready_; }

 private:
  std::string_view step() {
    const std::size_t offered = std::min(rest_.size(), kInputChunk);
    stream_.next_in =
        reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));  // NOLINT: zlib does not write to it
    stream_.avail_in = static_cast<uInt>(offered);
    stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
    stream_.avail_out = static_cast<uInt>(out_.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    rest_.remove_prefix(offered - stream_.avail_in);
    if (status == Z_STREAM_END) {
      end_member();
    } else if (status != Z_OK) {  // Z_BUF_ERROR: there is no more input
      done_ = damaged_ = true;
    }
    return {out_.data(), out_.size() - stream_.avail_out};
  }

  // Another member may follow; zeros are padding (tapes, preallocated files).
  void end_member() {
    const bool more = is_gzip(rest_);
    done_ = !more;
    damaged_ = !more && rest_.find_first_not_of('\0') != std::string_view::npos;
    if (more && inflateReset(&stream_) != Z_OK) done_ = damaged_ = true;
  }

  std::string_view rest_;
  z_stream stream_{};
  std::array<char, kOutputChunk> out_{};
  bool ready_ = false;
  bool done_ = false;
  bool damaged_ = false;
};

}  // namespace

bool is_gzip(std::string_view bytes) {
  // ID1, ID2, and the only compression method there is (RFC 1952, 2.3.1).
  return bytes.starts_with("\x1F\x8B\x08");
}

base::Result<Gunzipped> gunzip(std::string_view bytes, std::uint64_t limit) {
  if (!is_gzip(bytes)) return base::Error{base::ErrorCode::syntax, "is not compressed by gzip", 0};
  Inflater inflater(bytes);
  base::Spool spool;
  for (std::string_view piece = inflater.next(); !piece.empty(); piece = inflater.next()) {
    if (piece.size() > limit - spool.size()) {
      return base::Error{base::ErrorCode::too_large,
                         fmt::format("is larger than {} bytes when decompressed", limit), 0};
    }
    if (!spool.append(piece)) break;  // finish() says why
  }
  auto buffer = spool.finish();
  if (!buffer) return buffer.error();
  return Gunzipped{std::move(*buffer), inflater.damaged()};
}

std::string gunzip_head(std::string_view bytes, std::size_t size) {
  std::string out;
  if (!is_gzip(bytes)) return out;
  Inflater inflater(bytes);
  for (std::string_view piece = inflater.next(); !piece.empty() && out.size() < size;
       piece = inflater.next()) {
    out.append(piece.substr(0, size - out.size()));
  }
  return out;
}

}  // namespace exaudit::readers
