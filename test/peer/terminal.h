// A program on a terminal of its own, as when a person types.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace exaudit::test {

class Terminal {
 public:
  // `arguments` begins with the program. The program ends with the object.
  explicit Terminal(const std::vector<std::string>& arguments);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Reads until the screen shows `text` after what earlier calls waited for; false when the program ends
  // before that or takes longer than half a minute.
  bool shows(std::string_view text);
  void type(std::string_view keys);
  // Reads to the end of the program; gives its exit code, or 128 + signal.
  int end();
  // Everything that was on the screen so far.
  const std::string& screen() const { return screen_; }
  // Does the terminal echo what is typed?
  bool echoes() const;

 private:
  bool read_more(std::chrono::steady_clock::time_point until);

  pid_t pid_ = -1;
  int master_ = -1;
  int slave_ = -1;  // kept open, so that the terminal outlives the program
  std::string screen_;
  std::size_t seen_ = 0;
  int code_ = -1;
};

}  // namespace exaudit::test
