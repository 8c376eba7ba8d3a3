// What sources for POSIX systems share: a file descriptor that closes itself, and the system's reasons.
#pragma once

#include "base/result.h"

namespace exaudit::base {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }  // negative: it could not be opened

 private:
  int fd_;
};

// "cannot be opened: Permission denied". `number` is an errno.
Error system_error(const char* what, int number);

}  // namespace exaudit::base
