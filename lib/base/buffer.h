// Bytes of one input, owned, with a stable address for as long as the Buffer lives (facts point into it).
//
// Small files are read into memory, so that a file which another process cuts short cannot hurt us; large
// ones are mapped (their pages are the file's, not ours). Standard input and decompressed data are spooled to
// an unnamed temporary file once they exceed kSpoolThreshold, then mapped: memory stays bounded, and every
// record can be read again by its offset.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace exaudit::base {

class Buffer {
 public:
  virtual ~Buffer() = default;
  std::string_view view() const { return view_; }

 protected:
  std::string_view view_;
};
using BufferPtr = std::shared_ptr<const Buffer>;

inline constexpr std::uint64_t kMapThreshold = 4U << 20;     // larger files are mapped, not copied
inline constexpr std::uint64_t kSpoolThreshold = 16U << 20;  // larger streams go to a temporary file

// Regular files only: a device, a socket or a named pipe is an error (it could block for ever).
Result<BufferPtr> read_file(const std::string& path);
// Reads descriptor 0 to its end. `limit` bytes at most.
Result<BufferPtr> read_stdin(std::uint64_t limit);
BufferPtr buffer_from(std::string bytes);

// Collects a stream of unknown length.
class Spool {
 public:
  Spool();                                  // in memory, then in an unnamed temporary file
  explicit Spool(const std::string& path);  // in a new file of this name, readable by this user only
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  // False when the file could not be written (disk full); finish() then gives the error.
  bool append(std::string_view bytes);
  // Takes back what came after the first `size` bytes.
  bool truncate(std::uint64_t size);
  std::uint64_t size() const;
  Result<BufferPtr> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace exaudit::base
