#include "bench/options.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::bench {

namespace {

constexpr std::uint64_t kMaxLogMegabytes = 4000;  // offsets in a log have 32 bits
constexpr std::uint64_t kMaxMailboxes = 10'000'000;

constexpr std::string_view kUsage =
    "usage: exaudit_bench [--rounds N] [--peer-rounds N] [--timeout SECONDS] [--folder FOLDER] [--keep]\n"
    "                     [--program FILE] [--only ldif,evt,real,reg,start,live,growth]\n"
    "                     [--mailboxes N] [--folded-every N] [--base64-every N] [--recipients N]\n"
    "                     [--evt-megabytes N] [--reg-megabytes N] [--growth] [--growth-sizes N,N,...]\n";

bool read_sizes(std::string_view text, std::vector<std::uint64_t>& out) {
  out.clear();
  for (const std::string_view each : base::split(text, ',')) {
    if (!base::parse_uint(each, out.emplace_back()) || out.back() == 0 || out.back() > kMaxMailboxes)
      return false;
  }
  return !out.empty();
}

bool read_value(std::string_view name, std::string_view value, Options& out) {
  const std::pair<std::string_view, std::uint64_t*> numbers[] = {
      {"--rounds", &out.rounds},
      {"--peer-rounds", &out.peer_rounds},
      {"--timeout", &out.timeout},
      {"--mailboxes", &out.mailboxes},
      {"--folded-every", &out.folded_every},
      {"--base64-every", &out.base64_every},
      {"--recipients", &out.recipients},
      {"--evt-megabytes", &out.evt_megabytes},
      {"--reg-megabytes", &out.reg_megabytes},
  };
  for (const auto& [known, number] : numbers) {
    if (name == known) return base::parse_uint(value, *number);
  }
  if (name == "--growth-sizes") return read_sizes(value, out.growth);
  if (name == "--only") {
    out.only = value;
  } else if (name == "--folder") {
    out.folder = value;
  } else if (name == "--program") {
    out.program = value;
  } else {
    return false;
  }
  return true;
}

bool read(int argc, char** argv, Options& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--keep") {
      out.keep = true;
    } else if (name == "--growth") {
      out.only = "growth";
    } else if (i + 1 == argc || !read_value(name, argv[++i], out)) {
      return false;
    }
  }
  return out.rounds > 0 && out.mailboxes <= kMaxMailboxes && out.recipients <= kMaxMailboxes &&
         out.evt_megabytes > 0 && out.evt_megabytes <= kMaxLogMegabytes;
}

}  // namespace

bool Options::wants(std::string_view workload) const {
  for (const std::string_view each : base::split(only, ',')) {
    if (each == workload) return true;
  }
  return false;
}

bool read_options(int argc, char** argv, Options& out) {
  if (read(argc, argv, out)) return true;
  fmt::print(stderr, "{}", kUsage);
  return false;
}

}  // namespace exaudit::bench
