// How long does an audit take, and how much memory, compared with programs that do less with the same file?
//
//   exaudit_bench [--rounds 9] [--peer-rounds 2] [--timeout 300] [--only LIST] [--mailboxes 300000]
//                 [--evt-megabytes 300] [--reg-megabytes 100] [--folder /tmp] [--keep]
//                 [--program FILE] [--folded-every N] [--base64-every N] [--recipients 50000]
//                 [--growth] [--growth-sizes 10000,100000,300000,1000000,3000000]
//
// Writes the evidence first, each kind by its own generator, then lets every program read it in interleaved
// rounds, and prints one table. The files are in the page cache by then: what is measured is reading, not the
// disk. --only names workloads: ldif, evt, real, reg, start, live, growth; comma between them. Peers that
// take minutes run in the first --peer-rounds rounds only; a program is killed after --timeout seconds, which
// the table then says. --growth alone prints the growth table, which the usual run leaves out; --program
// measures another exaudit than the one of this build.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/event_log.h"
#include "bench/growth.h"
#include "bench/live.h"
#include "bench/options.h"
#include "bench/registry_export.h"
#include "bench/synth_file.h"
#include "bench/table.h"

namespace {

namespace fs = std::filesystem;
using namespace exaudit::bench;  // NOLINT(google-build-using-namespace): one room of this program

// Counts the records of an LDIF file with python3-ldap.
constexpr const char* kPythonCounter =
    "import ldif, sys\n"
    "class Counter(ldif.LDIFParser):\n"
    "    def handle(self, dn, entry): pass\n"
    "counter = Counter(open(sys.argv[1], 'rb'))\n"
    "counter.parse()\n"
    "print(counter.records_read)\n";
constexpr const char* kPython = "/usr/bin/python3";  // the one that Debian's python3-ldap belongs to

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
    if (options_.wants("live")) workloads_.push_back(live_.workload(options_));
    if (workloads_.empty()) return;
    compete(workloads_, std::chrono::seconds(options_.timeout));
    print(workloads_);
  }

 private:
  fs::path new_file(std::string_view name) {
    files_.push_back(options_.folder / fmt::format("exaudit-bench-{}-{}", ::getpid(), name));
    return files_.back();
  }
  Contestant audit(const fs::path& file) const {
    return audit_of("exaudit audit FILE", {options_.program, "audit", file.string()}, file);
  }
  Contestant audit(const fs::path& file, const char* threads) const {
    return audit_of(fmt::format("exaudit audit FILE --threads {}", threads),
                    {options_.program, "audit", file.string(), "--threads", threads}, file);
  }
  Contestant audit_of(std::string name, std::vector<std::string> command, const fs::path& file) const {
    Contestant out = reader(std::move(name), std::move(command), file);
    out.good_exits = kAuditExits;
    return out;
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
    exaudit::test::SynthOptions organization = usual_organization(options_.mailboxes);
    organization.folded_every = options_.folded_every;
    organization.base64_every = options_.base64_every;
    write_synth_file(file, organization);
    workloads_.push_back(
        {fmt::format("LDIF export: {} mailboxes, {:.1f} MB", options_.mailboxes,
                     megabytes(fs::file_size(file))),
         {audit(file, "1"), audit(file, "2"), reader("wc -l FILE", {"wc", "-l", file.string()}, file),
          reader("cat FILE", {"cat", file.string()}, file),
          reader("ldapmodify -n -f FILE (libldap parses it)", {"ldapmodify", "-n", "-f", file.string()},
                 file),
          slow(python(file))},
         "wc -l"});
  }

  Contestant python(const fs::path& file) const {
    constexpr auto kLong = std::chrono::seconds(30);
    const Run there = exaudit::bench::run({kPython, "-c", "import ldif"}, kLong);
    const bool installed = there.end == Run::End::exited && there.exit_code == 0;
    return reader("python3-ldap counts the records of FILE",
                  installed ? std::vector<std::string>{kPython, "-c", kPythonCounter, file.string()}
                            : std::vector<std::string>{},
                  file);
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
                          {{"exaudit --version", {options_.program, "--version"}, 0, options_.rounds},
                           {"exaudit audit of one server's evidence",
                            {options_.program, "audit", bundle.string()},
                            0,
                            options_.rounds,
                            kAuditExits}}});
  }

  const Options& options_;
  std::vector<fs::path> files_;
  LiveDirectory live_;
  std::vector<Workload> workloads_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) return 2;
  try {
    Bench(options).run();
    if (options.wants("growth")) print_growth(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "exaudit_bench: {}\n", error.what());
    return 2;
  }
  return 0;
}
