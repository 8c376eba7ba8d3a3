// A folder of evidence for the tests of the folder collector, and short questions to what was collected.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "collectors/folder.h"

namespace exaudit::test {

using collectors::collect_folder;
using collectors::FolderOptions;
using facts::Input;
using facts::InputKind;
using facts::MachineFacts;
using facts::Snapshot;
namespace fs = std::filesystem;

inline constexpr const char* kOrganization =
    "CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";

// A folder of its own for each test, and the current one while it lives.
class Folder {
 public:
  Folder() : before_(fs::current_path()) {
    std::string name = (fs::temp_directory_path() / "exaudit-test-XXXXXX").string();
    path_ = fs::canonical(::mkdtemp(name.data()));
    fs::current_path(path_);
  }
  ~Folder() {
    fs::current_path(before_);
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  static void write(const std::string& path, std::string_view text) {
    if (fs::path(path).has_parent_path()) fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }

 private:
  fs::path before_;
  fs::path path_;
};

inline std::string entry(const std::string& cn, const std::string& description = "one") {
  return fmt::format("dn: CN={},{}\nobjectClass: top\ncn: {}\ndescription: {}\n\n", cn, kOrganization, cn,
                     description);
}

inline std::string registry(const std::string& computer = "") {
  std::string text =
      "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SMTPSVC]\r\n\"Start\"=dword:"
      "00000002\r\n\r\n";
  if (!computer.empty()) {
    text +=
        "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]"
        "\r\n\"ComputerName\"=\"" +
        computer + "\"\r\n";
  }
  return text;
}

inline std::string event(const std::string& computer) {
  return fmt::format(
      "Event Type:\tError\r\nEvent Source:\tMSExchangeTransport\r\nEvent Category:\tNone\r\nEvent "
      "ID:\t326\r\n"
      "Date:\t\t3/1/2006\r\nTime:\t\t10:00:00 "
      "AM\r\nUser:\t\tN/A\r\nComputer:\t{}\r\nDescription:\r\nFailed.\r\n\r\n",
      computer);
}

inline std::string greeting(const std::string& host) {
  return fmt::format(
      "220 {0} Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready\r\nEHLO probe.example.test\r\n"
      "250-{0} Hello [192.0.2.7]\r\n250-SIZE\r\n250-XEXCH50\r\n250 OK\r\n",
      host);
}

inline FolderOptions naming(std::vector<std::string> paths) {
  FolderOptions options;
  options.paths = std::move(paths);
  return options;
}

inline Snapshot collect(const FolderOptions& options) {
  auto snapshot = collect_folder(options);
  if (!snapshot) FAIL(snapshot.error().message);
  return std::move(*snapshot);
}
inline Snapshot collect(std::vector<std::string> paths) { return collect(naming(std::move(paths))); }

inline std::vector<std::string> paths_of(const Snapshot& snapshot) {
  std::vector<std::string> paths;
  for (const Input& input : snapshot.inputs) paths.push_back(input.path);
  return paths;
}

inline const Input& input_of(const Snapshot& snapshot, std::string_view path) {
  for (const Input& input : snapshot.inputs) {
    if (input.path == path) return input;
  }
  FAIL("no input " << path);
  return snapshot.inputs.front();
}

inline std::vector<std::string> machine_names(const Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const MachineFacts& machine : snapshot.machines) names.push_back(machine.name);
  return names;
}

inline std::vector<std::string> view_names(const Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const auto& view : snapshot.views) names.push_back(view.name);
  return names;
}

inline bool has_problem(const Input& input, std::string_view part) {
  return std::any_of(input.problems.begin(), input.problems.end(),
                     [&](const auto& problem) { return problem.message.find(part) != std::string::npos; });
}

using Names = std::vector<std::string>;

}  // namespace exaudit::test
