#include "base/temporary_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace exaudit::base {

Result<TemporaryFile> TemporaryFile::make(std::string_view bytes) {
  std::string path = "/tmp/exaudit-XXXXXX";
  const int fd = ::mkstemp(path.data());
  int failed = fd < 0 ? errno : 0;
  TemporaryFile file(fd < 0 ? std::string() : std::move(path));
  while (failed == 0 && !bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) failed = errno;
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  if (fd >= 0 && ::close(fd) != 0 && failed == 0) failed = errno;
  if (failed != 0)
    return Error{ErrorCode::io, std::string("no temporary file could be written: ") + std::strerror(failed),
                 0};
  return file;
}

TemporaryFile::~TemporaryFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace exaudit::base
