#include "terminal.h"

#include <cstdlib>
#include <optional>
#include <string>

#include <doctest/doctest.h>

using exaudit::cmd::ColorMode;
using exaudit::cmd::use_color;

namespace {

// Sets a variable (nullptr: removes it) for the life of the object.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* old = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    if (old != nullptr) old_ = old;
    set(value);
  }
  ~Variable() { set(old_ ? old_->c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) const {
    if (value == nullptr) {
      ::unsetenv(name_);
    } else {
      ::setenv(name_, value, 1);
    }
  }
  const char* name_;
  std::optional<std::string> old_;
};

}  // namespace

TEST_CASE("terminal: --color, then NO_COLOR, then CLICOLOR_FORCE, then the terminal decides about colours") {
  const Variable no_color("NO_COLOR", nullptr);
  const Variable force("CLICOLOR_FORCE", nullptr);
  const Variable term("TERM", "xterm");
  CHECK(use_color(ColorMode::automatic, true));
  CHECK_FALSE(use_color(ColorMode::automatic, false));
  {
    const Variable dumb("TERM", "dumb");
    CHECK_FALSE(use_color(ColorMode::automatic, true));
    CHECK(use_color(ColorMode::always, true));
  }
  {
    const Variable forced("CLICOLOR_FORCE", "1");
    CHECK(use_color(ColorMode::automatic, false));
    CHECK_FALSE(use_color(ColorMode::never, true));
    const Variable refused("NO_COLOR", "1");
    CHECK_FALSE(use_color(ColorMode::automatic, true));
    CHECK(use_color(ColorMode::always, false));
  }
  const Variable off("CLICOLOR_FORCE", "0");
  CHECK_FALSE(use_color(ColorMode::automatic, false));
  const Variable empty("NO_COLOR", "");
  CHECK(use_color(ColorMode::automatic, true));
}
