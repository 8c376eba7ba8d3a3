// How large exports are read: the report does not depend on it, and memory has a limit.
#include <string>

#include <doctest/doctest.h>

#include "cmd/run_program.h"
#include "support/gzipped.h"
#include "support/synth.h"

using namespace exaudit::test;  // NOLINT(google-build-using-namespace)

namespace {

// Large enough for three threads.
std::string faulty_export() {
  SynthOptions options;
  options.mailboxes = 12'000;
  options.base64_every = 9;
  options.folded_every = 11;
  for (std::size_t i = 0; i < kSynthFaults; ++i) options.faults[static_cast<SynthFault>(i)] = 5;
  return synth_text(options);
}

// Without the names of the input and its size.
std::string findings(const Run& run) {
  std::string out;
  std::size_t begin = run.out.find("\"findings\"");
  if (begin == std::string::npos) return "no findings: " + run.err;
  for (std::string_view rest = std::string_view(run.out).substr(begin); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    out += std::string(rest.substr(0, end)) + "\n";
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return out;
}

}  // namespace

TEST_CASE("reading: the findings are the same for every number of threads, standard input and gzip") {
  const TemporaryFolder folder;
  const std::string text = faulty_export();
  const std::string file = folder.file("export.ldf", text);
  const std::string expected = findings(run_program("--format json --threads 1 " + file));
  CHECK(expected.find("recipients.proxy-duplicate") != std::string::npos);
  for (const char* threads : {"2", "3", "64"}) {
    CAPTURE(threads);
    CHECK(findings(run_program(std::string("--format json --threads ") + threads + " " + file)) == expected);
  }
  const Run all = run_program("--format json " + file);
  CHECK(all.code == 1);
  CHECK(findings(all) == expected);
  CHECK(findings(run_program("--format json --view export=- - < " + file)) == expected);
  CHECK(findings(run_program("--format json " + folder.file("export.ldf.gz", gzipped(text)))) == expected);
}

TEST_CASE("reading: --max-memory gives up with advice, before anything is reported") {
  const TemporaryFolder folder;
  const std::string file = folder.file("export.ldf", faulty_export());
  const Run refused = run_program("--max-memory 1M " + file);
  CHECK(refused.code == 2);
  CHECK(refused.out.empty());
  CHECK(refused.err.find("--max-memory") != std::string::npos);
  CHECK(refused.err.find("one domain at a time") != std::string::npos);
  CHECK(run_program("--max-memory 2G " + file).code == 1);
}

TEST_CASE("reading: sizes and numbers of threads that are none are usage errors") {
  const TemporaryFolder folder;
  const std::string file = folder.file("export.ldf", "version: 1\n");
  for (const char* wrong : {"--threads 0", "--threads many", "--threads -1", "--threads 100000",
                            "--max-memory 0", "--max-memory 1Q", "--max-memory G", "--max-memory -1M",
                            "--max-memory 99999999999999999999", "--max-memory 99999999999T"}) {
    CAPTURE(wrong);
    const Run run = run_program(std::string(wrong) + " " + file);
    CHECK(run.code == 2);
    CHECK(run.err.find(std::string(wrong).substr(0, 9)) != std::string::npos);
  }
}
