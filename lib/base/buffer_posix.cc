// Files, standard input and spooled streams on POSIX systems.
#include "base/buffer.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"

namespace exaudit::base {

namespace {

class MemoryBuffer final : public Buffer {
 public:
  explicit MemoryBuffer(std::string bytes) : bytes_(std::move(bytes)) { view_ = bytes_; }

 private:
  std::string bytes_;
};

class MappedBuffer final : public Buffer {
 public:
  MappedBuffer(void* address, std::size_t size) : address_(address), size_(size) {
    view_ = std::string_view(static_cast<const char*>(address), size);
  }
  ~MappedBuffer() override { ::munmap(address_, size_); }
  MappedBuffer(const MappedBuffer&) = delete;
  MappedBuffer& operator=(const MappedBuffer&) = delete;

 private:
  void* address_;
  std::size_t size_;
};

Result<BufferPtr> map(int fd, std::uint64_t size) {
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (address == MAP_FAILED)
    return system_error("cannot be mapped", errno);  // NOLINT(performance-no-int-to-ptr)
  ::madvise(address, size, MADV_SEQUENTIAL);
  return BufferPtr(std::make_shared<MappedBuffer>(address, size));
}

// Reads until the end or `limit`; returns false and sets errno on failure.
template <typename Sink>
bool read_all(int fd, Sink&& sink) {
  std::array<char, 1U << 16> chunk;  // NOLINT: filled by read
  while (true) {
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n == 0) return true;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 || !sink(std::string_view(chunk.data(), static_cast<std::size_t>(n)))) return false;
  }
}

}  // namespace

BufferPtr buffer_from(std::string bytes) { return std::make_shared<MemoryBuffer>(std::move(bytes)); }

Result<BufferPtr> read_file(const std::string& path) {
  // O_NONBLOCK: opening a named pipe must not wait for a writer. It has no effect on regular files.
  const Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));  // NOLINT(*-vararg)
  if (file.get() < 0) return system_error("cannot be opened", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_error("cannot be examined", errno);
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::io, "is not a regular file", 0};
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > kMapThreshold) return map(file.get(), size);
  std::string bytes;
  bytes.reserve(size + 1);
  const bool ok = read_all(file.get(), [&](std::string_view chunk) {
    bytes.append(chunk);
    return bytes.size() <= kMapThreshold * 2;  // a file that grows while it is read
  });
  if (!ok && bytes.size() <= kMapThreshold) return system_error("cannot be read", errno);
  return buffer_from(std::move(bytes));
}

Result<BufferPtr> read_stdin(std::uint64_t limit) {
  Spool spool;
  bool too_large = false;
  const bool ok = read_all(STDIN_FILENO, [&](std::string_view chunk) {
    too_large = spool.size() + chunk.size() > limit;
    return !too_large && spool.append(chunk);
  });
  if (too_large)
    return Error{ErrorCode::too_large, "standard input is larger than the limit for one input", 0};
  const int reason = errno;
  auto buffer = spool.finish();
  if (!buffer) return buffer;
  if (!ok) return system_error("standard input cannot be read", reason);
  return buffer;
}

struct Spool::State {
  std::string memory;
  int fd = -1;
  std::uint64_t size = 0;
  int failed = 0;

  ~State() {
    if (fd >= 0) ::close(fd);
  }
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void open() {
    const char* folder = "/tmp";
    fd = ::open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);  // NOLINT(*-vararg)
    if (fd < 0) {                                               // file systems without unnamed files
      std::string name = std::string(folder) + "/exaudit-XXXXXX";
      fd = ::mkstemp(name.data());
      if (fd >= 0) ::unlink(name.c_str());
    }
    if (fd < 0) failed = errno;
  }

  void create(const std::string& path) {
    fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);  // NOLINT(*-vararg)
    if (fd < 0) failed = errno;
  }

  bool write(std::string_view bytes) {
    while (failed == 0 && !bytes.empty()) {
      const ssize_t n = ::write(fd, bytes.data(), bytes.size());
      if (n < 0 && errno != EINTR) failed = errno;
      if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return failed == 0;
  }
};

Spool::Spool() : state_(std::make_unique<State>()) {}
Spool::Spool(const std::string& path) : Spool() { state_->create(path); }
Spool::~Spool() = default;

bool Spool::append(std::string_view bytes) {
  State& s = *state_;
  if (s.failed != 0) return false;
  s.size += bytes.size();
  if (s.fd < 0 && s.memory.size() + bytes.size() <= kSpoolThreshold) {
    s.memory.append(bytes);
    return true;
  }
  if (s.fd < 0) {
    s.open();
    if (s.failed != 0 || !s.write(s.memory)) return false;
    s.memory = {};
  }
  return s.write(bytes);
}

bool Spool::truncate(std::uint64_t size) {
  State& s = *state_;
  if (s.failed != 0 || size > s.size) return s.failed == 0;
  s.size = size;
  if (s.fd < 0) {
    s.memory.resize(size);
  } else if (::ftruncate(s.fd, static_cast<off_t>(size)) != 0 ||
             ::lseek(s.fd, static_cast<off_t>(size), SEEK_SET) < 0) {
    s.failed = errno;
  }
  return s.failed == 0;
}

std::uint64_t Spool::size() const { return state_->size; }

Result<BufferPtr> Spool::finish() {
  State& s = *state_;
  if (s.failed != 0) return system_error("the file could not be written", s.failed);
  if (s.fd < 0 || s.size == 0) return buffer_from(std::move(s.memory));
  return map(s.fd, s.size);
}

}  // namespace exaudit::base
