#include "bench/event_log.h"

#include <array>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "support/evt_writer.h"
#include "support/random.h"

namespace exaudit::bench {

namespace {

namespace fs = std::filesystem;
using test::EvtRecord;
using test::Random;

constexpr std::uint64_t kRelevantEach = 2000;
constexpr std::uint32_t kOldest = 1'000'001;  // number of the oldest record: a million were overwritten
constexpr std::uint32_t kWrittenEach = 64;    // so often the header of a running log is brought up to date
constexpr std::uint32_t kBegin = 1'086'307'200;

constexpr std::array kServices = {"Background Intelligent Transfer Service", "Windows Installer",
                                  "Remote Access Connection Manager", "Distributed Transaction Coordinator",
                                  "WMI Performance Adapter"};

// What fills logs: most of it no rule reads, some of it has the number of an event that rules read.
EvtRecord common_record(Random& random) {
  const char* const service = random.pick(kServices);
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
      return {"Service Control Manager", 7036, {service, random.chance(50) ? "running" : "stopped"}};
    case 3:
      return {"Service Control Manager", 7035, {service, "start"}};
    case 4:
      return {"LSASRV",
              40961,
              {"cifs/MAIL1.contoso.test",
               "\"There are currently no logon servers available to service the logon request.\r\n "
               "(0xc000005e)\""}};
    case 5:
      return {"ESE", 700, {"Information Store (2384) ", "First Storage Group: ", "D:\\MDBDATA\\priv1.edb"}};
    case 6:
      return {"MSExchangeIS Mailbox Store",
              1221,
              {fmt::format("{}", random.below(900)), "First Storage Group\\Mailbox Store (MAIL1)"}};
    case 7:
      return {"W32Time", 35, {"dc1.contoso.test (ntp.d|192.0.2.10:123->192.0.2.11:123)"}};
    case 8:
      return {"MSExchangeDSAccess",
              2080,
              {"INETINFO.EXE", fmt::format("{}", 1000 + random.below(4000)),
               "dc1.contoso.test\tCDG 7 7 1 0 1 1 7 1 \r\ndc2.contoso.test\tCDG 7 7 1 0 1 1 7 1 \r\n"}};
    default:
      return {"Contoso Backup", 327, {"C:\\Backup\\nightly.job", "0"}};
  }
}

EvtRecord relevant_record(Random& random) {
  switch (random.below(4)) {
    case 0:
      return {"Service Control Manager", 7000, {"Simple Mail Transfer Protocol (SMTP)", "%%1083"}};
    case 1:
      return {"Service Control Manager", 7031, {"Microsoft Exchange Information Store", "1", "0", "0"}};
    case 2:
      return {"MSExchangeTransport",
              326,
              {"Service Account", "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Connections",
               "0x80040148"}};
    default:
      return {"MSExchangeMTA", 2207, {}};
  }
}

class Ring {
 public:
  Ring(const fs::path& path, std::uint32_t size, std::uint32_t at)
      : out_(path, std::ios::binary), size_(size), at_(at) {
    out_.seekp(at_);
  }

  std::uint32_t at() const { return at_; }
  // The fixed part of a record is never cut in two.
  void begin_record() {
    if (size_ - at_ >= test::kEvtUnsplit) return;
    std::string filler;
    while (filler.size() < size_ - at_) filler.append({'\x27', '\0', '\0', '\0'});
    put(filler);
  }
  void put(std::string_view bytes) {
    const std::string_view first = bytes.substr(0, size_ - at_);
    out_ << first;
    at_ += static_cast<std::uint32_t>(first.size());
    if (at_ < size_) return;
    at_ = test::kEvtHeader;
    out_.seekp(at_);
    if (first.size() < bytes.size()) put(bytes.substr(first.size()));
  }
  void put_header(std::string_view bytes) {
    out_.seekp(0);
    out_ << bytes;
  }

 private:
  std::ofstream out_;
  std::uint32_t size_;
  std::uint32_t at_;
};

}  // namespace

WrittenLog write_event_log(const fs::path& path, std::uint32_t bytes) {
  const std::uint32_t size = bytes / 4 * 4;
  const std::uint32_t begin = size / 8 * 4 + test::kEvtHeader;
  constexpr std::size_t kRemnant = 100;  // of the record that the newest one overwrote in part
  Random random(1);
  WrittenLog written;
  Ring ring(path, size, begin);
  test::EvtExtent known;  // to the header
  std::uint32_t number = kOldest;
  std::size_t used = test::kEvtHeader + test::kEvtUnsplit + test::kEvtEnd + kRemnant;
  for (;; ++number) {
    const bool relevant = number % kRelevantEach == 0;
    EvtRecord record = relevant ? relevant_record(random) : common_record(random);
    record.time = kBegin + number - kOldest;
    const std::string encoded = test::evt_record(record, number);
    used += encoded.size();
    if (used > size) break;
    if (number % kWrittenEach == 0) known = {begin, ring.at(), number, kOldest};
    ring.begin_record();
    ring.put(encoded);
    ++written.records;
    if (relevant) ++written.relevant;
  }
  ring.put(test::evt_end_marker({begin, ring.at(), number, kOldest}));
  ring.put(std::string(begin - ring.at(), 'x'));
  ring.put_header(test::evt_header(known, size, test::kEvtDirty | test::kEvtWrapped));
  return written;
}

}  // namespace exaudit::bench
