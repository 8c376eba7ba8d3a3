// Replays every stored fuzz input (seeds and former crashes) in the ordinary test run, under whatever
// sanitizers it is built with.
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/buffer.h"
#include "fuzz/targets.h"

namespace {

struct Target {
  std::string name;
  void (*run)(std::string_view);
};

const std::vector<Target>& targets() {
  static const std::vector<Target> all = {
#define FUZZ_TARGET(name) {#name, exaudit::fuzz::name},
#include "fuzz/targets.def"
#undef FUZZ_TARGET
  };
  return all;
}

}  // namespace

TEST_CASE("fuzz replay: stored inputs crash no reader") {
  for (const Target& target : targets()) {
    std::size_t seeds = 0;
    for (const char* kind : {"readers", "crash"}) {
      const std::filesystem::path folder =
          std::filesystem::path(EXAUDIT_SOURCE_DIR) / "fixtures" / kind / target.name;
      if (!std::filesystem::is_directory(folder)) continue;
      for (const auto& file : std::filesystem::directory_iterator(folder)) {
        CAPTURE(file.path().string());
        const auto buffer = exaudit::base::read_file(file.path().string());
        REQUIRE(buffer);
        target.run((*buffer)->view());
        // Every prefix of a small seed is an input too: files are cut short in practice.
        if ((*buffer)->view().size() <= 4096) {
          for (std::size_t n = 0; n < (*buffer)->view().size(); n += 7)
            target.run((*buffer)->view().substr(0, n));
        }
        ++seeds;
      }
    }
    CAPTURE(target.name);
    CHECK(seeds > 0);
  }
}
