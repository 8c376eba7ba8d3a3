// How long does an audit take, and how much memory, compared with programs that do less with the same file?
//
//   exaudit_bench [--rounds 5] [--peer-rounds 2] [--timeout 300] [--only LIST] [--mailboxes 100000]
//                 [--evt-megabytes 300] [--reg-megabytes 100] [--folder /tmp] [--keep]
//
// Writes the evidence first, each kind by its own generator, then lets every program read it in interleaved
// rounds, and prints one table. The files are in the page cache by then: what is measured is reading, not the
// disk. --only names workloads: ldif, evt, real, reg, start; comma between them. Peers that take minutes run
// in the first --peer-rounds rounds only; a program is killed after --timeout seconds, which the table then
// says.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "bench/event_log.h"
#include "bench/ldif_export.h"
#include "bench/registry_export.h"
#include "bench/table.h"

namespace {

namespace fs = std::filesystem;
namespace base = exaudit::base;
using namespace exaudit::bench;  // NOLINT(google-build-using-namespace): one room of this program

constexpr std::uint64_t kMega = 1'000'000;
constexpr std::uint64_t kMaxLogMegabytes = 4000;  // offsets in a log have 32 bits

struct Options {
  std::uint64_t rounds = 5;
  std::uint64_t peer_rounds = 2;
  std::uint64_t timeout = 300;
  std::uint64_t mailboxes = 100'000;
  std::uint64_t evt_megabytes = 300;
  std::uint64_t reg_megabytes = 100;
  std::string only = "ldif,evt,real,reg,start";
  fs::path folder = fs::temp_directory_path();
  bool keep = false;

  bool wants(std::string_view workload) const {
    for (const std::string_view each : base::split(only, ',')) {
      if (each == workload) return true;
    }
    return false;
  }
};

// False when the command line is wrong.
bool read_options(int argc, char** argv, Options& out) {
  const std::pair<std::string_view, std::uint64_t*> numbers[] = {{"--rounds", &out.rounds},
                                                                 {"--peer-rounds", &out.peer_rounds},
                                                                 {"--timeout", &out.timeout},
                                                                 {"--mailboxes", &out.mailboxes},
                                                                 {"--evt-megabytes", &out.evt_megabytes},
                                                                 {"--reg-megabytes", &out.reg_megabytes}};
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--keep") {
      out.keep = true;
      continue;
    }
    if (i + 1 == argc) return false;
    const std::string_view value = argv[++i];
    if (option == "--only") {
      out.only = value;
      continue;
    }
    if (option == "--folder") {
      out.folder = value;
      continue;
    }
    bool known = false;
    for (const auto& [name, number] : numbers) {
      if (name == option) known = base::parse_uint(value, *number);
    }
    if (!known) return false;
  }
  return out.rounds > 0 && out.evt_megabytes > 0 && out.evt_megabytes <= kMaxLogMegabytes;
}

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / static_cast<double>(kMega); }

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {}
  ~Bench() {
    for (const fs::path& file : files_) {
      if (options_.keep) {
        fmt::print("kept: {}\n", file.string());
      } else {
        fs::remove(file);
      }
    }
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void run() {
    if (options_.wants("ldif")) add_ldif();
    if (options_.wants("evt")) {
      add_event_log(std::max<std::uint64_t>(options_.evt_megabytes / 10, 1));
      add_event_log(options_.evt_megabytes);
    }
    if (options_.wants("real")) add_real_log();
    if (options_.wants("reg")) add_registry();
    if (options_.wants("start")) add_start();
    compete(workloads_, std::chrono::seconds(options_.timeout));
    print(workloads_);
  }

 private:
  fs::path new_file(std::string_view name) {
    files_.push_back(options_.folder / fmt::format("exaudit-bench-{}-{}", ::getpid(), name));
    return files_.back();
  }
  Contestant audit(const fs::path& file) const {
    return reader("exaudit audit FILE", {kProgram, "audit", file.string()}, file);
  }
  Contestant reader(std::string name, std::vector<std::string> command, const fs::path& file) const {
    return {std::move(name), std::move(command), fs::file_size(file), options_.rounds};
  }
  Contestant slow(Contestant contestant) const {
    contestant.rounds = std::min(options_.rounds, options_.peer_rounds);
    return contestant;
  }

  void add_ldif() {
    const fs::path file = new_file("export.ldf");
    write_ldif_export(file, options_.mailboxes);
    workloads_.push_back({fmt::format("LDIF export: {} mailboxes, {:.1f} MB", options_.mailboxes,
                                      megabytes(fs::file_size(file))),
                          {audit(file),
                           reader("ldapmodify -n -f FILE (libldap parses it)",
                                  {"ldapmodify", "-n", "-f", file.string()}, file),
                           reader("wc -l FILE", {"wc", "-l", file.string()}, file)}});
  }

  void add_event_log(std::uint64_t size) {
    const fs::path file = new_file(fmt::format("log-{}.evt", size));
    const WrittenLog written = write_event_log(file, static_cast<std::uint32_t>(size * kMega));
    workloads_.push_back(
        {fmt::format("event log: {} records, {} of them read by rules, {:.1f} MB, dirty and wrapped",
                     written.records, written.relevant, megabytes(fs::file_size(file))),
         {audit(file), slow(export_log(file)), reader("cat FILE", {"cat", file.string()}, file)}});
  }

  void add_real_log() {
    const fs::path file = fs::path(EXAUDIT_SOURCE_DIR) / "fixtures/real/SysEvent.Evt";
    workloads_.push_back(
        {fmt::format("fixtures/real/SysEvent.Evt, {:.1f} MB", megabytes(fs::file_size(file))),
         {audit(file), export_log(file)}});
  }

  Contestant export_log(const fs::path& file) const {
    return reader("evtexport FILE", {"evtexport", file.string()}, file);
  }

  void add_registry() {
    const fs::path file = new_file("export.reg");
    const WrittenRegistry written = write_registry_export(file, options_.reg_megabytes * kMega);
    workloads_.push_back(
        {fmt::format(
             "registry export: {} keys, {:.1f} MB of UTF-16, {:.0f} % hexadecimal, {:.0f} % control sets",
             written.keys, megabytes(fs::file_size(file)), written.hex_share * 100,
             written.system_share * 100),
         {audit(file),
          reader("iconv -f UTF-16 -t UTF-8 FILE (decoding alone)",
                 {"iconv", "-f", "UTF-16", "-t", "UTF-8", file.string()}, file),
          reader("wc -l FILE", {"wc", "-l", file.string()}, file),
          reader("cat FILE", {"cat", file.string()}, file)}});
  }

  void add_start() {
    const fs::path bundle = fs::path(EXAUDIT_SOURCE_DIR) / "fixtures/scenarios/healthy-2003";
    workloads_.push_back({"the program itself",
                          {{"exaudit --version", {kProgram, "--version"}, 0, options_.rounds},
                           {"exaudit audit of one server's evidence",
                            {kProgram, "audit", bundle.string()},
                            0,
                            options_.rounds}}});
  }

  inline static const std::string kProgram = EXAUDIT_PROGRAM;

  const Options& options_;
  std::vector<fs::path> files_;
  std::vector<Workload> workloads_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    fmt::print(stderr,
               "usage: exaudit_bench [--rounds N] [--peer-rounds N] [--timeout SECONDS] [--only "
               "ldif,evt,real,reg,start]\n"
               "                     [--mailboxes N] [--evt-megabytes N] [--reg-megabytes N] [--folder "
               "FOLDER] [--keep]\n");
    return 2;
  }
  Bench(options).run();
  return 0;
}
