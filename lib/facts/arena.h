// Text that outlives its source: blocks of memory that never move.
#pragma once

#include <deque>
#include <memory>
#include <string_view>

namespace exaudit::facts {

class Arena {
 public:
  std::string_view keep(std::string_view text);

 private:
  std::deque<std::unique_ptr<char[]>> blocks_;
  std::size_t left_ = 0;
  std::size_t next_size_ = 512;  // blocks grow, so that a few short texts cost little
  char* next_ = nullptr;
};

}  // namespace exaudit::facts
