#include "cmd/run_program.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>

namespace exaudit::test {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "exaudit-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::file(const std::string& name, const std::string& bytes) const {
  const std::filesystem::path full = path_ / name;
  std::filesystem::create_directories(full.parent_path());
  std::ofstream(full, std::ios::binary) << bytes;
  return full.string();
}

std::string read_text(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

Run run_program(const std::string& arguments, const std::string& before) {
  const TemporaryFolder folder;
  // The program stands in a function, so that redirections in `arguments` win over ours.
  const std::string script =
      "for v in $(env | sed -n 's/^\\(EXAUDIT_[A-Z_]*\\)=.*/\\1/p'); do unset $v; done\n"
      "unset NO_COLOR CLICOLOR_FORCE\n"
      "{ " +
      before + " " EXAUDIT_PROGRAM " " + arguments + "\n} >" + folder.path("out") + " 2>" +
      folder.path("err") + "\n";
  const std::string file = folder.file("run.sh", script);
  const int status = std::system(("/bin/sh " + file).c_str());  // NOLINT(concurrency-mt-unsafe)
  Run run;
  run.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  run.out = read_text(folder.path("out"));
  run.err = read_text(folder.path("err"));
  return run;
}

}  // namespace exaudit::test
