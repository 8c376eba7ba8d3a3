// A password: kept in memory of its own, which is not swapped or dumped where the system allows that, and
// erased when the object ends.
//
// Nothing prints it: there is no conversion to std::string, and view() is for the one call that sends it.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "base/result.h"

namespace exaudit::base {

class Secret {
 public:
  static constexpr std::size_t kMaxBytes = 4096;  // one page; no directory takes longer passwords

  Secret() = default;
  ~Secret();
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;

  // The first line of the file, without its line end. The file may be a pipe; its bytes pass through no other
  // memory.
  static Result<Secret> read_file(const char* path);
  // Asks on the terminal, without showing what is typed. An error when there is none. A signal that ends the
  // program is delivered when the terminal shows again what is typed.
  static Result<Secret> ask(std::string_view prompt);

  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {data_, size_}; }

 private:
  // `wait` comes before every read, and gives up with false.
  static Result<Secret> read_line(int descriptor, const std::function<bool(int)>& wait = {});
  bool allocate();

  char* data_ = nullptr;  // kMaxBytes
  std::size_t size_ = 0;
};

}  // namespace exaudit::base
