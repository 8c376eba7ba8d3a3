// Scenarios whose evidence a program writes (support/made_scenarios.h): the committed files are what it
// writes today. EXAUDIT_UPDATE_GOLDEN=1 writes them anew.
#include "support/made_scenarios.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "tree.h"

using exaudit::test::Files;
using exaudit::test::made_scenarios;
using exaudit::test::slurp;
using exaudit::test::source_root;

namespace fs = std::filesystem;

namespace {

// Without README.md and expected.json, which describe the evidence.
Files committed(const fs::path& folder) {
  Files files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = fs::relative(entry.path(), folder).generic_string();
    if (entry.is_regular_file() && path != "README.md" && path != "expected.json")
      files[path] = slurp(entry.path());
  }
  return files;
}

void write(const fs::path& folder, const Files& files) {
  for (const auto& [path, old] : committed(folder)) fs::remove(folder / path);
  for (const auto& [path, bytes] : files) {
    fs::create_directories((folder / path).parent_path());
    std::ofstream(folder / path, std::ios::binary | std::ios::trunc) << bytes;
  }
}

}  // namespace

TEST_CASE("made scenarios: the committed evidence is what the program writes, byte for byte") {
  const char* update = std::getenv("EXAUDIT_UPDATE_GOLDEN");  // NOLINT(concurrency-mt-unsafe)
  for (const auto& [name, files] : made_scenarios()) {
    const std::string_view this_name = name;  // clang 14 captures no structured binding
    CAPTURE(this_name);
    const fs::path folder = source_root() / "fixtures/scenarios" / name;
    if (update != nullptr && std::string(update) == "1") write(folder, files);
    const Files there = committed(folder);
    CHECK(there.size() == files.size());
    for (const auto& [path, bytes] : files) {
      const std::string_view this_path = path;  // clang 14 captures no structured binding
      CAPTURE(this_path);
      const auto found = there.find(path);
      CHECK((found != there.end() && found->second == bytes));
    }
  }
}

TEST_CASE("made scenarios: twice the same bytes, and small ones") {
  const auto scenarios = made_scenarios();
  CHECK(scenarios == made_scenarios());
  for (const auto& [name, files] : scenarios) {
    const std::string_view this_name = name;  // clang 14 captures no structured binding
    CAPTURE(this_name);
    std::size_t bytes = 0;
    for (const auto& [path, content] : files) bytes += content.size();
    CHECK(bytes < 2'000'000);
  }
}
