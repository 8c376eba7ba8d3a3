// The lines of LDIF (RFC 2849): what both ways of reading it share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "facts/record.h"

namespace exaudit::readers::ldif {

// AD refuses values above 10 MB (MaxReceiveBuffer); a longer "value" is a damaged file.
inline constexpr std::size_t kMaxValueBytes = 16U << 20;
// 50,000 back links in one attribute are real, two million lines in one object are not.
inline constexpr std::size_t kMaxLinesPerRecord = 2'000'000;

struct Line {
  std::string_view text;     // with its continuation lines, without the last line end
  std::uint32_t number = 0;  // of its first physical line
  std::uint64_t offset = 0;
  bool folded = false;
  bool ended = false;  // a line end follows
};

// Cuts logical lines: a physical line and the continuation lines (one leading blank) after it.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  // Goes on at `offset`, the beginning of line `number`, up to `end`.
  void restrict_to(std::size_t offset, std::size_t end, std::uint32_t number) {
    at_ = offset;
    end_ = std::min(end, text_.size());
    number_ = number;
  }

  bool next(Line& line) {
    if (at_ >= end_) return false;
    line.offset = at_;
    line.number = number_;
    line.folded = false;
    const std::size_t begin = at_;
    std::size_t end = physical_end(line.ended);
    while (line.ended && at_ < end_ && text_[at_] == ' ' && end > begin) {
      line.folded = true;
      end = physical_end(line.ended);
    }
    line.text = text_.substr(begin, end - begin);
    return true;
  }

 private:
  // Moves behind the line end; returns where the text of the line ends.
  std::size_t physical_end(bool& ended) {
    const void* found = std::memchr(text_.data() + at_, '\n', end_ - at_);
    ++number_;
    if (found == nullptr) {
      ended = false;
      at_ = end_;
      return at_;
    }
    ended = true;
    std::size_t end = static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
    at_ = end + 1;
    if (end > 0 && text_[end - 1] == '\r') --end;
    return end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t end_ = text_.size();
  std::uint32_t number_ = 1;
};

// Of an attribute description: "member;range=0-1499".
constexpr bool is_description_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ';' ||
         c == '.' || c == '=' || c == '*' || c == '_';
}

// A line may be folded before its value begins. Inside a logical line every line end is a fold.
inline void skip_folds(std::string_view& rest) {
  while (rest.starts_with("\n ") || rest.starts_with("\r\n ")) rest.remove_prefix(rest.find(' ') + 1);
}

// "name: value", "name:: base64", "name:< URL". The name of a folded line may itself be folded; that is
// left to the damaged.
inline bool split_line(const Line& line, facts::RecordValue& value) {
  const std::size_t colon = line.text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  value.name = line.text.substr(0, colon);
  if (!std::all_of(value.name.begin(), value.name.end(), is_description_char)) {
    value.name = {};
    return false;
  }
  std::string_view rest = line.text.substr(colon + 1);
  skip_folds(rest);
  if (rest.starts_with(':')) {
    value.form = facts::RecordValue::Form::base64;
    rest.remove_prefix(1);
  } else if (rest.starts_with('<')) {
    value.form = facts::RecordValue::Form::absent;
    rest.remove_prefix(1);
  }
  skip_folds(rest);
  while (rest.starts_with(' ')) {
    rest.remove_prefix(1);
    skip_folds(rest);
  }
  value.bytes = rest;
  return true;
}

// Reads the record that begins at `at` once more, as the first reading did. facts::ReadAgain.
bool read_again(std::string_view text, const facts::Location& at, facts::Record& record,
                std::string& storage);

}  // namespace exaudit::readers::ldif
