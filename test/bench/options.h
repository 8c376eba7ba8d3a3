// The command line of exaudit_bench.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace exaudit::bench {

inline constexpr std::uint64_t kMega = 1'000'000;

struct Options {
  std::uint64_t rounds = 9;
  std::uint64_t peer_rounds = 2;
  std::uint64_t timeout = 300;  // seconds
  std::uint64_t mailboxes = 300'000;
  std::uint64_t folded_every = 0, base64_every = 0;  // of the mailboxes, see support/synth.h
  std::uint64_t recipients = 50'000;                 // of the live directory server
  std::uint64_t evt_megabytes = 300;
  std::uint64_t reg_megabytes = 100;
  std::string only = "ldif,evt,real,reg,start,live";
  std::vector<std::uint64_t> growth = {10'000, 100'000, 300'000, 1'000'000, 3'000'000};
  std::filesystem::path folder = std::filesystem::temp_directory_path();
  std::string program = EXAUDIT_PROGRAM;
  bool keep = false;

  bool wants(std::string_view workload) const;
};

// False, after a message on standard error, when the command line is wrong.
bool read_options(int argc, char** argv, Options& out);

}  // namespace exaudit::bench
