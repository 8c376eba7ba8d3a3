// Where reports go. Nothing is lost silently: a full disk, a closed pipe or a closed descriptor is an error.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace exaudit::cmd {

class Output {
 public:
  virtual ~Output() = default;
  // Errors are kept for finish(); after one, further pieces are dropped.
  virtual void write(std::string_view piece) = 0;
  // Must be called once. Everything has left the program when this gives nothing.
  virtual std::optional<base::Error> finish() = 0;
};

// "" or "-" is standard output. A file is written under a temporary name beside it and renamed by finish();
// without finish() the old file stays as it was and the temporary one is removed, also when the program is
// interrupted. Devices and pipes are written in place.
base::Result<std::unique_ptr<Output>> open_output(const std::string& file);

// The file that `a` and `b` name is one and the same; false when either does not exist.
bool same_file(const std::string& a, const std::string& b);

// Makes sure that the three standard streams are open (a file opened later must not take the number of a
// closed one), turns a closed pipe into an error of write(), and makes an interrupt remove temporary files
// and exit with 130.
void prepare_process();

// From here on no core dump of this process is written: it holds a password.
void keep_out_of_core_dumps();

// One line on standard error, for people. `text` must be safe to print.
void message(std::string_view text);

}  // namespace exaudit::cmd
