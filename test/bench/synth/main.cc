// exaudit-synth: writes a made Exchange organization of any size as LDIF, with a stated number of each fault.
// For sizing a machine, for benchmarks, and for whoever wants to see what a fault looks like.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "support/synth.h"

namespace {

namespace base = exaudit::base;
using exaudit::test::SynthFault;
using exaudit::test::SynthOptions;
using Problem = std::optional<std::string>;

constexpr int kWrong = 2;

constexpr std::string_view kUsage =
    "Usage: exaudit-synth [OPTION VALUE]...\n"
    "Writes the LDIF export of a made Exchange 2003 organization. The same options give the same bytes.\n\n"
    "  --mailboxes N       up to 10,000,000 (1000); each has 35 lines and 1.7 KB\n"
    "  --servers N         (4)\n"
    "  --stores N          mailbox stores of each server (2)\n"
    "  --domains N         of the forest (1)\n"
    "  --fault NAME=COUNT  repeatable; COUNT mailboxes, of a duplicate COUNT values that two mailboxes "
    "have:\n"
    "                      {}\n"
    "  --line-end lf|crlf  (crlf)\n"
    "  --folded-every N    every Nth mailbox has its lines folded at column 78 (0: none)\n"
    "  --base64-every N    every Nth mailbox has a name beyond ASCII, in base64 (0: none)\n"
    "  --seed N            another organization of the same size (1)\n"
    "  --output FILE       - is standard output (-)\n";

struct CommandLine {
  SynthOptions synth;
  std::string output = "-";
  bool help = false;
};

Problem read_number(std::string_view what, std::string_view text, std::uint64_t& out) {
  if (base::parse_uint(text, out)) return std::nullopt;
  return fmt::format("{} takes a number, not '{}'", what, base::visible(text));
}

Problem read_fault(std::string_view value, SynthOptions& out) {
  const auto names = exaudit::test::synth_fault_names();
  const std::size_t equals = value.find('=');
  const std::string_view name = value.substr(0, equals);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    return fmt::format("there is no fault '{}', but {}", base::visible(name), fmt::join(names, ", "));
  if (equals == std::string_view::npos) return fmt::format("how many? --fault {}=COUNT", name);
  return read_number(fmt::format("--fault {}=COUNT", name), value.substr(equals + 1),
                     out.faults[static_cast<SynthFault>(found - names.begin())]);
}

Problem read_option(std::string_view name, std::string_view value, CommandLine& out) {
  SynthOptions& synth = out.synth;
  const std::pair<std::string_view, std::uint64_t*> numbers[] = {{"--mailboxes", &synth.mailboxes},
                                                                 {"--servers", &synth.servers},
                                                                 {"--stores", &synth.stores},
                                                                 {"--domains", &synth.domains},
                                                                 {"--folded-every", &synth.folded_every},
                                                                 {"--base64-every", &synth.base64_every},
                                                                 {"--seed", &synth.seed}};
  for (const auto& [known, number] : numbers) {
    if (name == known) return read_number(name, value, *number);
  }
  if (name == "--fault") return read_fault(value, synth);
  if (name == "--output") {
    out.output = value;
    return std::nullopt;
  }
  synth.crlf = value == "crlf";
  if (synth.crlf || value == "lf") return std::nullopt;
  return fmt::format("--line-end takes lf or crlf, not '{}'", base::visible(value));
}

Problem read_options(int argc, char** argv, CommandLine& out) {
  constexpr std::string_view kNames[] = {"--mailboxes",    "--servers",      "--stores", "--domains",
                                         "--folded-every", "--base64-every", "--seed",   "--fault",
                                         "--line-end",     "--output"};
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--help" || name == "-h") {
      out.help = true;
      return std::nullopt;
    }
    if (std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames))
      return fmt::format("unknown option '{}'; --help lists them", base::visible(name));
    if (i + 1 == argc) return fmt::format("{} needs a value", name);
    if (auto problem = read_option(name, argv[++i], out)) return problem;
  }
  return exaudit::test::synth_problem(out.synth);
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Problem write(const CommandLine& command) {
  constexpr mode_t kMode = 0666;
  const bool is_standard = command.output == "-";
  const auto because = [&] {
    return fmt::format("cannot write {}: {}", is_standard ? "standard output" : base::visible(command.output),
                       std::strerror(errno));  // NOLINT(concurrency-mt-unsafe): one thread
  };
  const int file = is_standard
                       ? STDOUT_FILENO
                       : ::open(command.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (file < 0) return because();
  if (!write_synth(command.synth, [&](std::string_view text) { return write_all(file, text); }))
    return because();
  // Some file systems only say now that they are full.
  if (::close(file) != 0) return because();
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine command;
  Problem problem = read_options(argc, argv, command);
  if (!problem && command.help) {
    fmt::print(fmt::runtime(kUsage),
               fmt::join(exaudit::test::synth_fault_names(), "\n                      "));
    return 0;
  }
  if (!problem) problem = write(command);
  if (!problem) return 0;
  fmt::print(stderr, "exaudit-synth: {}\n", *problem);
  return kWrong;
}
