// A made Exchange 2003 organization of any size as LDIF, with a stated number of each fault of recipients.
//
//   SynthOptions options;
//   options.mailboxes = 300'000;
//   options.faults[SynthFault::proxy_duplicate] = 12;
//   write_synth(options, [&](std::string_view text) { return out.write(text); });
//
// The same options give the same bytes. The configuration is complete and healthy. A mailbox has 35 lines,
// the blank one included, and 1.7 KB on average, as ldifde exports it. It has one fault at most, so that
// every finding is counted by one of the numbers.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace exaudit::test {

// Named like the rules that find them, recipients.NAME.
enum class SynthFault : std::uint8_t {
  home_mdb_missing,
  home_mdb_not_found,
  home_mta_deleted,
  home_mta_mismatch,
  home_server_mismatch,
  legacy_dn_missing,
  legacy_dn_duplicate,  // each is one value that two mailboxes have, in different letter case where possible
  proxy_duplicate,      // likewise
};
inline constexpr std::size_t kSynthFaults = 8;
std::span<const std::string_view> synth_fault_names();  // "home-mdb-missing", in the order of SynthFault

class SynthFaultCounts {
 public:
  std::uint64_t& operator[](SynthFault fault) { return counts_[static_cast<std::size_t>(fault)]; }
  std::uint64_t operator[](SynthFault fault) const { return counts_[static_cast<std::size_t>(fault)]; }
  // Mailboxes that these faults take: a duplicate takes two.
  std::uint64_t mailboxes() const;

 private:
  std::array<std::uint64_t, kSynthFaults> counts_{};
};

struct SynthOptions {
  std::uint64_t mailboxes = 1000;
  std::uint64_t servers = 4;
  std::uint64_t stores = 2;   // mailbox stores of each server, which also has a public one
  std::uint64_t domains = 1;  // of the forest: the root, and its children
  bool crlf = true;
  std::uint64_t folded_every = 0;  // every so manieth mailbox has its lines folded at column 78; 0: none
  std::uint64_t base64_every = 0;  // every so manieth mailbox has a name beyond ASCII; 0: none
  SynthFaultCounts faults;
  std::uint64_t seed = 1;
};

// What is wrong with the options, for people; nothing when they can be written.
std::optional<std::string> synth_problem(const SynthOptions& options);

// Takes the text in pieces of about a megabyte; false: no more is wanted.
using SynthSink = std::function<bool(std::string_view)>;
// False when the sink said so. The options have no problem.
bool write_synth(const SynthOptions& options, const SynthSink& sink);
std::string synth_text(const SynthOptions& options);

}  // namespace exaudit::test
