// How much work is a megabyte of LDIF? Counted in instructions, which do not depend on the clock, on what
// else the machine does, or on its speed; so this also means something on a busy CI machine.
#include <cstdlib>
#include <optional>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "cmd/run_program.h"
#include "peer/process.h"
#include "support/synth.h"

using namespace exaudit::test;

namespace {

// Millions per megabyte (10^6 bytes), in a release build with g++ 12 on a processor with AVX2: valgrind shows
// programs no later extensions. Lower it when the reader gets faster; docs/performance.md has its history.
constexpr double kMillionsPerMegabyte = 8.0;
constexpr double kMargin = 0.10;  // other minor versions of the compiler and the C library

constexpr std::uint64_t kFewMailboxes = 4000;
constexpr std::uint64_t kManyMailboxes = 12'000;

struct Measured {
  double instructions = 0;
  double bytes = 0;
};

// What an audit of so many mailboxes takes, on one thread; a tenth of them folded, a twentieth in base64.
Measured measure(std::uint64_t mailboxes) {
  constexpr std::uint64_t kFoldedEvery = 10;
  constexpr std::uint64_t kBase64Every = 20;
  SynthOptions options;
  options.mailboxes = mailboxes;
  options.folded_every = kFoldedEvery;
  options.base64_every = kBase64Every;
  const std::string text = synth_text(options);
  const TemporaryFolder folder;
  const Finished run =
      run_to_end({"valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", EXAUDIT_PROGRAM, "audit",
                  "--threads", "1", folder.file("export.ldf", text)});
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  constexpr std::string_view kTotal = "Collected :";
  const std::size_t at = run.err.rfind(kTotal);
  REQUIRE(at != std::string::npos);
  const double instructions = std::strtod(run.err.c_str() + at + kTotal.size(), nullptr);
  REQUIRE(instructions > 0);
  return {instructions, static_cast<double>(text.size())};
}

}  // namespace

TEST_CASE("instructions: a megabyte of LDIF costs no more than stated") {
  if (!EXAUDIT_IS_RELEASE) {
    MESSAGE("nothing was tested: instructions are counted in a release build");
    return;
  }
  if (!components_present({{"valgrind", "valgrind"}})) return;
  // The difference of two sizes: what the program itself and the configuration take falls out.
  const Measured few = measure(kFewMailboxes);
  const Measured many = measure(kManyMailboxes);
  const double found = (many.instructions - few.instructions) / (many.bytes - few.bytes);
  const std::string figures =
      fmt::format("{:.2f} million instructions per megabyte; stated are {:.2f} and a margin of {:.0f} %",
                  found, kMillionsPerMegabyte, kMargin * 100);
  MESSAGE(figures);
  CHECK_MESSAGE(found <= kMillionsPerMegabyte * (1 + kMargin), figures);
}
