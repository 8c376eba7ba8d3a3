// The project's own files, for the tests that read them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace exaudit::test {

struct TreeFile {
  std::string path;  // from the root of the repository, with slashes
  std::string text;
};

inline std::filesystem::path source_root() { return EXAUDIT_SOURCE_DIR; }

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Files below the folders (or the named files themselves) with one of the extensions, sorted by path. A
// folder that is not there holds none.
inline std::vector<TreeFile> files_below(const std::vector<std::string_view>& folders,
                                         const std::vector<std::string_view>& extensions) {
  namespace fs = std::filesystem;
  std::vector<TreeFile> files;
  const auto add = [&](const fs::path& path) {
    if (std::ranges::count(extensions, path.extension().string()) == 0) return;
    files.push_back({path.lexically_relative(source_root()).generic_string(), slurp(path)});
  };
  for (const std::string_view folder : folders) {
    const fs::path start = source_root() / folder;
    if (fs::is_regular_file(start)) add(start);
    if (!fs::is_directory(start)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(start)) {
      if (entry.is_regular_file()) add(entry.path());
    }
  }
  std::ranges::sort(files, {}, &TreeFile::path);
  return files;
}

// "KB828938.gateway-missing", "recipients.legacy-dn-missing"
inline bool is_rule_id(std::string_view text) {
  const std::size_t dot = text.find('.');
  const auto made_of = [](std::string_view part, std::string_view characters) {
    return !part.empty() && part.find_first_not_of(characters) == std::string_view::npos;
  };
  if (dot == std::string_view::npos ||
      !made_of(text.substr(dot + 1), "abcdefghijklmnopqrstuvwxyz0123456789-"))
    return false;
  const std::string_view topic = text.substr(0, dot);
  if (topic.starts_with("KB")) return topic.size() == 8 && made_of(topic.substr(2), "0123456789");
  return made_of(topic, "abcdefghijklmnopqrstuvwxyz");
}

}  // namespace exaudit::test
