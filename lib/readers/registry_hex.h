// The bytes of one "hex:01,02,\" value of a .reg file, line by line.
#pragma once

#include <string>
#include <string_view>

namespace exaudit::readers {

std::string_view trim_left(std::string_view text);
bool is_blank_or_comment(std::string_view text);

class HexBytes {
 public:
  void clear();
  // One line of "01,02,03": two digits each, blanks between tolerated. `continued`: a backslash ends the
  // line. False when something else is in it; the value is damaged then, but `continued` still tells whether
  // more lines belong to it.
  bool add_line(std::string_view line, bool& continued);
  bool expects_more() const { return comma_; }  // the last thing was a comma
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view add_pairs(std::string_view line);
  bool add_loose(std::string_view& rest);

  std::string bytes_;
  bool comma_ = false;
};

}  // namespace exaudit::readers
