// exaudit-synth: what it writes is counted here by a reader that knows nothing of how it was written.
#include "support/synth.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/text.h"
#include "cmd/run_program.h"
#include "rules/rule.h"

using namespace exaudit::test;
namespace base = exaudit::base;
using Json = nlohmann::json;

namespace {

using Record = std::multimap<std::string, std::string>;  // attribute in lower case, value

std::string value(const Record& record, const std::string& name) {
  const auto found = record.find(name);
  return found == record.end() ? "" : found->second;
}

bool has_class(const Record& record, std::string_view name) {
  const auto [begin, end] = record.equal_range("objectclass");
  return std::any_of(begin, end, [&](const auto& each) { return each.second == name; });
}

std::string without(std::string text, std::string_view what) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at))
    text.erase(at, what.size());
  return text;
}

std::vector<Record> records_of(const std::string& text) {
  const std::string unfolded = without(without(text, "\r"), "\n ");
  std::vector<Record> out(1);
  for (const std::string_view line : base::split(unfolded, '\n')) {
    if (line.empty()) {
      if (!out.back().empty()) out.emplace_back();
      continue;
    }
    const std::size_t colon = line.find(": ");
    REQUIRE(colon != std::string_view::npos);
    const bool encoded = line[colon - 1] == ':';
    const std::string_view written = line.substr(colon + 2);
    out.back().emplace(base::ascii_lowered(line.substr(0, encoded ? colon - 1 : colon)),
                       encoded ? base::base64_decode(written).value() : std::string(written));
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

bool is_recipient(const Record& record) {
  return record.contains("mailnickname") &&
         value(record, "dn").find(",CN=Configuration,") == std::string::npos;
}

// Who has the same value as somebody else, and how many such values there are.
struct Shared {
  std::map<std::string, std::set<std::string>> owners;  // value in lower case: DNs

  // Stores of one server have the same legacyExchangeDN: there, recipients alone count.
  Shared(const std::vector<Record>& records, const std::string& attribute) {
    for (const Record& record : records) {
      if (attribute == "legacyexchangedn" && !is_recipient(record)) continue;
      const auto [begin, end] = record.equal_range(attribute);
      for (auto it = begin; it != end; ++it)
        owners[base::ascii_lowered(it->second)].insert(value(record, "dn"));
    }
    std::erase_if(owners, [](const auto& each) { return each.second.size() < 2; });
  }
};

struct Counted {
  std::uint64_t mailboxes = 0;                       // without system mailboxes
  std::array<std::uint64_t, kSynthFaults> faults{};  // of duplicates: values
  std::size_t most_of_one = 0;                       // kinds of faults of one mailbox
};

class Counter {
 public:
  explicit Counter(const std::string& text) : records_(records_of(text)) {
    for (const Record& record : records_) {
      if (has_class(record, "msExchPrivateMDB"))
        server_of_store_[value(record, "dn")] = value(record, "msexchowningserver");
      if (has_class(record, "msExchExchangeServer")) servers_[value(record, "dn")] = &record;
    }
  }

  Counted run() {
    Counted out;
    for (const Record& record : records_) {
      if (!is_recipient(record)) continue;
      if (!value(record, "cn").starts_with("SystemMailbox")) ++out.mailboxes;
      judge(record);
    }
    duplicates("legacyexchangedn", SynthFault::legacy_dn_duplicate, out);
    duplicates("proxyaddresses", SynthFault::proxy_duplicate, out);
    for (const auto& [dn, faults] : faults_) {
      out.most_of_one = std::max(out.most_of_one, faults.size());
      for (const SynthFault fault : faults) {
        const bool counted_by_value =
            fault == SynthFault::legacy_dn_duplicate || fault == SynthFault::proxy_duplicate;
        if (!counted_by_value) ++out.faults[static_cast<std::size_t>(fault)];
      }
    }
    return out;
  }

 private:
  void judge(const Record& record) {
    auto& found = faults_[value(record, "dn")];
    const std::string store = value(record, "homemdb");
    const std::string mta = value(record, "homemta");
    const bool deleted = mta.find("\\0ADEL:") != std::string::npos;
    if (deleted) found.insert(SynthFault::home_mta_deleted);
    if (!record.contains("legacyexchangedn")) found.insert(SynthFault::legacy_dn_missing);
    if (store.empty()) {
      found.insert(SynthFault::home_mdb_missing);
    } else if (!server_of_store_.contains(store)) {
      found.insert(SynthFault::home_mdb_not_found);
    } else {
      const Record& server = *servers_.at(server_of_store_.at(store));
      if (!deleted && mta != value(server, "msexchresponsiblemtaserver"))
        found.insert(SynthFault::home_mta_mismatch);
      if (value(record, "msexchhomeservername") != value(server, "legacyexchangedn"))
        found.insert(SynthFault::home_server_mismatch);
    }
  }

  void duplicates(const std::string& attribute, SynthFault fault, Counted& out) {
    const Shared shared(records_, attribute);
    out.faults[static_cast<std::size_t>(fault)] = shared.owners.size();
    for (const auto& [text, owners] : shared.owners) {
      CHECK(owners.size() == 2);
      for (const std::string& dn : owners) faults_[dn].insert(fault);
    }
  }

  std::vector<Record> records_;
  std::map<std::string, std::string> server_of_store_;
  std::map<std::string, const Record*> servers_;
  std::map<std::string, std::set<SynthFault>> faults_;
};

SynthOptions faulty(std::uint64_t mailboxes, std::array<std::uint64_t, kSynthFaults> counts) {
  SynthOptions out;
  out.mailboxes = mailboxes;
  for (std::size_t i = 0; i < counts.size(); ++i) out.faults[static_cast<SynthFault>(i)] = counts[i];
  return out;
}

void check_counts(const SynthOptions& options) {
  REQUIRE_FALSE(synth_problem(options));
  const Counted counted = Counter(synth_text(options)).run();
  CHECK(counted.mailboxes == options.mailboxes);
  CHECK(counted.most_of_one <= 1);
  for (std::size_t i = 0; i < kSynthFaults; ++i) {
    CAPTURE(synth_fault_names()[i]);
    CHECK(counted.faults[i] == options.faults[static_cast<SynthFault>(i)]);
  }
}

// Findings of `exaudit audit` by rule.
std::map<std::string, std::uint64_t> audited(const SynthOptions& options) {
  const TemporaryFolder folder;
  const Run run = run_program("audit --format json " + folder.file("export.ldf", synth_text(options)));
  REQUIRE((run.code == 0 || run.code == 1));
  std::map<std::string, std::uint64_t> out;
  const Json result = Json::parse(run.out);  // outlives the loop over a part of it
  for (const Json& finding : result["findings"]) ++out[finding["rule"]];
  return out;
}

struct Ended {
  int code;
  std::string said;  // on both outputs
};
Ended run_synth(const std::string& arguments) {
  const std::string line = fmt::format("\"{}\" {} 2>&1", EXAUDIT_SYNTH, arguments);
  std::FILE* pipe = popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string said;
  std::array<char, 4096> chunk{};
  while (const std::size_t n = std::fread(chunk.data(), 1, chunk.size(), pipe)) said.append(chunk.data(), n);
  return {pclose(pipe) >> 8, said};
}

}  // namespace

TEST_CASE("synth: each fault is there as often as stated, and a mailbox has one at most") {
  SynthOptions options = faulty(400, {1, 2, 3, 4, 5, 6, 7, 8});
  SUBCASE("several servers and domains") {
    options.servers = 7;
    options.stores = 3;
    options.domains = 4;
  }
  SUBCASE("one server, whose mailboxes can name no other") { options.servers = 1; }
  SUBCASE("folded, in base64, with line feeds") {
    options.crlf = false;
    options.folded_every = 2;
    options.base64_every = 3;
  }
  SUBCASE("another seed") { options.seed = 4711; }
  SUBCASE("every mailbox is faulty") { options = faulty(51, {1, 2, 3, 4, 5, 6, 7, 8}); }
  SUBCASE("none is") { options = faulty(100, {}); }
  SUBCASE("no mailbox at all") { options = faulty(0, {}); }
  SUBCASE("one pair alone") { options = faulty(2, {0, 0, 0, 0, 0, 0, 1, 0}); }
  SUBCASE("one mailbox alone") { options = faulty(1, {1}); }
  check_counts(options);
}

TEST_CASE("synth: the counter sees a fault that was not asked for") {
  std::string text = synth_text(faulty(20, {}));
  const std::size_t at = text.find("proxyAddresses: smtp:");
  REQUIRE(at != std::string::npos);
  const std::size_t end = text.find('\r', at);
  const std::size_t last = text.rfind("proxyAddresses: smtp:");
  text.replace(last, text.find('\r', last) - last, text.substr(at, end - at));
  CHECK(Counter(text).run().faults[static_cast<std::size_t>(SynthFault::proxy_duplicate)] == 1);
}

TEST_CASE("synth: the same options give the same bytes, another seed gives others") {
  SynthOptions options = faulty(300, {1, 1, 1, 1, 1, 1, 1, 1});
  const std::string first = synth_text(options);
  CHECK(first == synth_text(options));
  options.seed = 2;
  CHECK(first != synth_text(options));
}

TEST_CASE("synth: a mailbox has 35 lines and 1.7 KB") {
  constexpr std::uint64_t kMore = 1000;
  SynthOptions options;
  options.servers = 20;
  const std::string few = synth_text(options);
  options.mailboxes += kMore;
  const std::string many = synth_text(options);
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  CHECK(lines(many) - lines(few) == 35 * kMore);
  CHECK((many.size() - few.size()) / kMore >= 1650);
  CHECK((many.size() - few.size()) / kMore <= 1750);
}

TEST_CASE("synth: line ends, folding and base64 are what was asked for") {
  SynthOptions options;
  options.mailboxes = 120;
  const auto count = [](const std::string& text, std::string_view what) {
    std::uint64_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
  };
  const std::string plain = synth_text(options);
  CHECK(count(plain, "\r\n") == count(plain, "\n"));
  CHECK(count(plain, "\n ") == 0);
  CHECK(count(plain, "\ndn:: ") == 0);
  options.crlf = false;
  options.base64_every = 4;
  CHECK(count(synth_text(options), "\r") == 0);
  CHECK(count(synth_text(options), "\ndn:: ") == 30);
  CHECK(count(synth_text(options), "\nsn:: ") == 30);
  options.folded_every = 1;
  const std::string folded = synth_text(options);
  const std::size_t mailboxes = folded.find("OU=Staff");
  for (const std::string_view line : base::split(std::string_view(folded).substr(mailboxes), '\n'))
    CHECK(line.size() <= 78);
  options.folded_every = 0;
  CHECK(without(folded, "\n ") == synth_text(options));
}

TEST_CASE("synth: an audit finds the stated faults and nothing else") {
  SynthOptions options = faulty(600, {3, 4, 5, 6, 7, 8, 9, 10});
  options.servers = 5;
  options.domains = 2;
  options.base64_every = 5;
  options.folded_every = 3;
  SUBCASE("none in a healthy organization") { options.faults = {}; }
  SUBCASE("each in a faulty one") {}
  SUBCASE("on one server") {
    options.servers = 1;
    // The other server that they name does not exist; two of them would have a headline.
    options.faults[SynthFault::home_server_mismatch] = 1;
  }
  std::map<std::string, std::uint64_t> expected;
  for (std::size_t i = 0; i < kSynthFaults; ++i) {
    const std::string rule = fmt::format("recipients.{}", synth_fault_names()[i]);
    const std::uint64_t stated = options.faults[static_cast<SynthFault>(i)];
    if (stated > 0 && exaudit::rules::find_rule(rule) != nullptr) expected[rule] = stated;
  }
  const auto found = audited(options);
  for (const auto& each : expected) CHECK_MESSAGE(found.contains(each.first), each.first);
  for (const auto& [rule, count] : found) {
    const std::string& name = rule;  // clang 14 captures no structured binding
    CAPTURE(name);
    CHECK(count == (expected.contains(rule) ? expected.at(rule) : 0));
  }
}

TEST_CASE("synth: wrong options are refused with a reason") {
  const auto refused = [](const std::string& arguments, std::string_view reason) {
    const Ended ended = run_synth(arguments);
    CAPTURE(arguments);
    CAPTURE(ended.said);
    CHECK(ended.code == 2);
    CHECK(ended.said.starts_with("exaudit-synth: "));
    CHECK(ended.said.find(reason) != std::string::npos);
    CHECK(std::count(ended.said.begin(), ended.said.end(), '\n') == 1);
  };
  refused("--fault home-mdb-lost=1", "there is no fault 'home-mdb-lost', but home-mdb-missing, ");
  refused("--fault proxy-duplicate", "--fault proxy-duplicate=COUNT");
  refused("--fault proxy-duplicate=x", "takes a number, not 'x'");
  refused("--mailboxes 9 --fault proxy-duplicate=5", "too few for the faults");
  refused("--fault legacy-dn-duplicate=18446744073709551615", "too few for the faults");
  refused("--servers 0", "1 to 10000 servers, not 0");
  refused("--mailboxes 10000001", "0 to 10000000 mailboxes, not 10000001");
  refused("--stores 0", "mailbox stores per server, not 0");
  refused("--domains 0", "domains, not 0");
  refused("--mailboxes -1", "--mailboxes takes a number, not '-1'");
  refused("--line-end cr", "lf or crlf, not 'cr'");
  refused("--seed", "--seed needs a value");
  refused("--colour red", "unknown option '--colour'");
  refused("--output /dev/full", "cannot write /dev/full: No space left on device");
  refused("--output /nowhere/at/all", "cannot write /nowhere/at/all: No such file or directory");
}

TEST_CASE("synth: the program writes what the library writes") {
  const TemporaryFolder folder;
  const std::string options = "--mailboxes 50 --servers 3 --fault proxy-duplicate=2 --line-end lf";
  SynthOptions same = faulty(50, {0, 0, 0, 0, 0, 0, 0, 2});
  same.servers = 3;
  same.crlf = false;
  CHECK(run_synth(options).said == synth_text(same));
  CHECK(run_synth(options + " --output " + folder.path("out.ldf")).code == 0);
  CHECK(read_text(folder.path("out.ldf")) == synth_text(same));
}
