// A value or an error, for everything that can fail because of the world outside (files, formats, limits).
//
// Exceptions are kept for broken invariants. A reader that meets damaged evidence does not fail: it keeps
// what it could read and reports the rest in facts::Input; Result is for "there is nothing to work on".
//
//   Result<int> r = parse(text);
//   if (!r) return r.error();
//   use(*r);
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace exaudit::base {

enum class ErrorCode {
  io,           // the operating system refused: message carries its reason
  not_found,    // no such file, name or object
  too_large,    // a stated limit was exceeded
  syntax,       // the bytes are not what they should be
  unsupported,  // recognised, but not readable by this build
  usage,        // the caller (in the end: the command line) asked for something impossible
};

struct Error {
  ErrorCode code = ErrorCode::io;
  std::string message;     // one sentence for people, without the file's name
  unsigned long line = 0;  // 1-based line in the input, 0 when there is none
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace exaudit::base
