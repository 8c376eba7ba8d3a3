#include "collectors/walk.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::collectors {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNames = 1'000'000;  // of one folder: they are sorted in memory

// Bytes on POSIX systems, UTF-8 on Windows.
fs::path to_path(std::string_view text) { return fs::path(std::u8string(text.begin(), text.end())); }
std::string to_text(const fs::path& path) {
  const std::u8string text = path.generic_u8string();
  return {text.begin(), text.end()};
}

struct Item {
  std::string path;
  std::string real;
  std::string below;
  fs::file_type type = fs::file_type::none;
  std::uint32_t depth = 0;
};

class Walker {
 public:
  explicit Walker(const WalkLimits& limits) : limits_(limits) {}

  base::Result<Walk> run(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      const auto error = add_root(path);
      if (!error.message.empty()) return error;
    }
    return std::move(walk_);
  }

 private:
  // The error has no message when there is none.
  base::Error add_root(const std::string& path) {
    std::string real(kStandardInput);
    fs::file_type type = fs::file_type::regular;
    if (path != kStandardInput) {
      std::error_code failure;
      type = fs::status(to_path(path), failure).type();
      if (type == fs::file_type::not_found) {
        return {base::ErrorCode::not_found, fmt::format("'{}' does not exist", base::visible(path)), 0};
      }
      auto canonical = real_path(path);
      real = canonical ? *canonical : path;
    }
    walk_.roots.push_back({path, real});
    visit({path, real, "", type, 0});
    while (!pending_.empty()) {
      const Item item = std::move(pending_.back());
      pending_.pop_back();
      visit(item);
    }
    return {};
  }

  void visit(const Item& item) {
    if (item.depth > 0 && ++count_ > limits_.max_files) return stop();
    switch (item.type) {
      case fs::file_type::regular:
        return found(item, "", false);
      case fs::file_type::directory:
        return open_folder(item);
      case fs::file_type::symlink:
        return visit_link(item);
      case fs::file_type::none:
      case fs::file_type::unknown:
        return found(item, "cannot be examined", true);
      default:
        return found(item, "is a device, socket or pipe and was not opened", item.below.empty());
    }
  }

  // A link is not followed, so no loop is possible; what it names inside the folder is met there.
  void visit_link(const Item& item) {
    const auto target = real_path(item.real);
    if (!target) return found(item, "is a symbolic link to nothing that can be reached", true);
    if (is_within(*target, walk_.roots.back().real)) return;
    found(
        item,
        "is a symbolic link out of the folder and was not followed; name what it points to, to have it read",
        true);
  }

  void open_folder(const Item& folder) {
    if (folder.depth >= limits_.max_depth) {
      return found(folder, fmt::format("lies deeper than {} folders and was not read", limits_.max_depth),
                   true);
    }
    if (!folders_.insert(folder.real).second) return;
    std::vector<Item> items;
    std::error_code failure;
    fs::directory_iterator entry(to_path(folder.real), failure);
    while (!failure && entry != fs::directory_iterator() && items.size() < kMaxNames) {
      std::error_code ignored;  // shows as file_type::none
      const std::string name = to_text(entry->path().filename());
      const std::string below = folder.below.empty() ? name : join_path(folder.below, name);
      items.push_back({join_path(folder.path, name), join_path(folder.real, name), below,
                       entry->symlink_status(ignored).type(), folder.depth + 1});
      entry.increment(failure);
    }
    if (failure) found(folder, fmt::format("cannot be listed: {}", failure.message()), true);
    if (items.size() >= kMaxNames) {
      return found(folder, fmt::format("holds {} names or more and was not read", kMaxNames), true);
    }
    // The stack gives them back in ascending order.
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.real > b.real; });
    std::move(items.begin(), items.end(), std::back_inserter(pending_));
  }

  void found(const Item& item, std::string problem, bool lost) {
    if (problem.empty() && !files_.insert(item.real).second) return;
    // A named folder that cannot be read has no path below itself, as a named file has none.
    walk_.files.push_back(
        {item.path, item.real, item.below, std::move(problem), lost, walk_.roots.size() - 1});
  }

  void stop() {
    pending_.clear();
    const Root& root = walk_.roots.back();
    walk_.files.push_back(
        {root.path, root.real, "",
         fmt::format("holds more than {} files and folders; the rest was not read", limits_.max_files), true,
         walk_.roots.size() - 1});
  }

  WalkLimits limits_;
  Walk walk_;
  std::vector<Item> pending_;
  std::unordered_set<std::string> files_;    // real paths
  std::unordered_set<std::string> folders_;  // real paths
  std::uint64_t count_ = 0;
};

}  // namespace

base::Result<Walk> walk(const std::vector<std::string>& paths, const WalkLimits& limits) {
  return Walker(limits).run(paths);
}

base::Result<std::string> real_path(const std::string& path) {
  if (path == kStandardInput) return path;
  std::error_code failure;
  const fs::path canonical = fs::canonical(to_path(path), failure);
  if (failure == std::errc::no_such_file_or_directory) {
    return base::Error{base::ErrorCode::not_found, fmt::format("'{}' does not exist", base::visible(path)),
                       0};
  }
  if (failure) {
    return base::Error{base::ErrorCode::io, fmt::format("'{}': {}", base::visible(path), failure.message()),
                       0};
  }
  return to_text(canonical);
}

bool is_within(std::string_view path, std::string_view folder) {
  if (folder == "/") return path.starts_with('/');
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::vector<std::string_view> path_parts(std::string_view path) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : base::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  return parts;
}

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view leaf_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string join_path(std::string_view folder, std::string_view name) {
  while (folder.size() > 1 && folder.ends_with('/')) folder.remove_suffix(1);
  return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

}  // namespace exaudit::collectors
