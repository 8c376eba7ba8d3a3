#include "facts/arena.h"

#include <algorithm>
#include <cstring>

namespace exaudit::facts {

std::string_view Arena::keep(std::string_view text) {
  constexpr std::size_t kLargestBlock = 64U << 10;
  if (text.empty()) return {};
  if (text.size() > kLargestBlock / 4) {  // large values get a block of their own
    blocks_.push_front(std::make_unique<char[]>(text.size()));
    std::memcpy(blocks_.front().get(), text.data(), text.size());
    return {blocks_.front().get(), text.size()};
  }
  if (text.size() > left_) {
    left_ = std::max(next_size_, text.size());
    blocks_.push_back(std::make_unique<char[]>(left_));
    next_ = blocks_.back().get();
    next_size_ = std::min(kLargestBlock, next_size_ * 2);
  }
  char* at = next_;
  std::memcpy(at, text.data(), text.size());
  next_ += text.size();
  left_ -= text.size();
  return {at, text.size()};
}

}  // namespace exaudit::facts
