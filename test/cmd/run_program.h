// Runs the built program the way a shell does.
#pragma once

#include <filesystem>
#include <string>

namespace exaudit::test {

struct Run {
  int code = -1;  // exit code, or 128 + signal
  std::string out, err;
};

// `arguments` is shell text: quotes, redirections and pipes work. `before` is put before the program
// ("NO_COLOR=1", "printf x |"). EXAUDIT_* and colour variables of the caller are not inherited.
Run run_program(const std::string& arguments, const std::string& before = "");

// An empty folder that disappears with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path(const std::string& name = "") const { return (path_ / name).string(); }
  // Creates a file and the folders above it; gives its path.
  std::string file(const std::string& name, const std::string& bytes) const;

 private:
  std::filesystem::path path_;
};

std::string read_text(const std::string& path);

}  // namespace exaudit::test
