// A file for libraries that read nothing but files: a private copy of some bytes, deleted with the object.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace exaudit::base {

class TemporaryFile {
 public:
  // Readable by this user only.
  static Result<TemporaryFile> make(std::string_view bytes);
  ~TemporaryFile();
  TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFile& operator=(TemporaryFile&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}

  std::string path_;  // "" when there is nothing to delete
};

}  // namespace exaudit::base
