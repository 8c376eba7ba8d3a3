#include "base/descriptor.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <unistd.h>

namespace exaudit::base {

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Error system_error(const char* what, int number) {
  return {number == ENOENT ? ErrorCode::not_found : ErrorCode::io,
          std::string(what) + ": " + std::strerror(number), 0};  // NOLINT(concurrency-mt-unsafe)
}

}  // namespace exaudit::base
