#include "collectors/folder_names.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/metabase_backup.h"

namespace exaudit::collectors {

namespace {

constexpr std::string_view kServers = "servers";
constexpr std::string_view kDirectory = "directory";

// The part after the first (or last) "servers", never the last part: that one is the file, or what was named.
std::string_view after_servers(const std::vector<std::string_view>& parts, bool innermost) {
  std::string_view machine;
  for (std::size_t i = 0; i + 2 < parts.size(); ++i) {
    if (!base::ascii_iequals(parts[i], kServers)) continue;
    machine = parts[i + 1];
    if (!innermost) break;
  }
  return machine;
}

std::string_view folder_of(const FoundFile& file) {
  return file.real == kStandardInput ? file.real : parent_of(file.real);
}

// The folder as the user would write it.
std::string_view shown_folder(const FoundFile& file) { return parent_of(file.path); }

// All LDIF files of the group were named one by one.
std::string name_of_files(const Walk& walk, const ViewGroup& group) {
  if (group.files.size() > 1) return std::string(kDirectory);
  return stem_of(walk.files[group.files.front()]);
}

std::string name_of_folder(const Walk& walk, std::string_view folder) {
  const std::string_view leaf = leaf_of(folder);
  const bool root =
      std::any_of(walk.roots.begin(), walk.roots.end(), [&](const Root& r) { return r.real == folder; });
  // Naming a folder inside of directory/ gives the view the name that it has when the whole case is named.
  const bool in_directory = base::ascii_iequals(leaf_of(parent_of(folder)), kDirectory);
  if (leaf.empty() || base::ascii_iequals(leaf, kDirectory) || (root && !in_directory))
    return std::string(kDirectory);
  return std::string(leaf);
}

}  // namespace

base::Result<PathNames> PathNames::make(std::string_view option,
                                        const std::vector<std::pair<std::string, std::string>>& pairs,
                                        const std::vector<FoundFile>& files) {
  PathNames names;
  for (const auto& [name, path] : pairs) {
    const auto fail = [&, &given_name = name, &given_path = path](base::ErrorCode code,
                                                                  std::string_view what) {
      return base::Error{
          code,
          fmt::format("{} {}={}: {}", option, base::visible(given_name), base::visible(given_path), what), 0};
    };
    if (name.empty()) return fail(base::ErrorCode::usage, "the name is missing");
    auto real = real_path(path);
    if (!real) return fail(real.error().code, "there is no such file or folder");
    const bool used =
        std::any_of(files.begin(), files.end(), [&](const FoundFile& f) { return is_within(f.real, *real); });
    if (!used) return fail(base::ErrorCode::usage, "no file of the evidence is there");
    names.pairs_.push_back({name, std::move(*real)});
  }
  // Longest first; of equal paths the last one given.
  std::reverse(names.pairs_.begin(), names.pairs_.end());
  std::stable_sort(names.pairs_.begin(), names.pairs_.end(),
                   [](const Pair& a, const Pair& b) { return a.real.size() > b.real.size(); });
  return names;
}

const std::string* PathNames::find(std::string_view real) const {
  const auto at = std::find_if(pairs_.begin(), pairs_.end(),
                               [&](const Pair& pair) { return is_within(real, pair.real); });
  return at == pairs_.end() ? nullptr : &at->name;
}

std::string_view machine_of_path(const FoundFile& file, const Root& root) {
  if (file.real == kStandardInput) return {};
  // One part more, so that a file directly in "servers" names no machine.
  const std::string_view below = after_servers(path_parts(file.below), false);
  if (!below.empty()) return below;
  // What leads to the file: the path as written, joined with what is below it.
  const std::string_view written = after_servers(path_parts(file.path), true);
  if (!written.empty()) return written;
  // "." in servers/ or in servers/MAIL1/: of the working folder, no more than its name and its parent's
  // count.
  const std::string_view folder = file.named() ? parent_of(root.real) : std::string_view(root.real);
  const std::size_t start = parent_of(parent_of(folder)).size();
  return after_servers(path_parts(std::string_view(file.real).substr(start)), false);
}

std::vector<ViewGroup> group_views(const Walk& walk, const std::vector<std::size_t>& ldif_files,
                                   const PathNames& names, UniqueNames& taken) {
  std::vector<ViewGroup> groups;
  std::unordered_map<std::string, std::size_t> by_key;
  for (const std::size_t index : ldif_files) {
    const FoundFile& file = walk.files[index];
    const std::string* name = names.find(file.real);
    const std::string key = name != nullptr ? "=" + base::fold(*name)
                                            : std::string(folder_of(file));  // no folder begins with "="
    const auto [at, is_new] = by_key.emplace(key, groups.size());
    if (is_new) groups.push_back({name != nullptr ? taken.take(*name) : "", {}});
    groups[at->second].files.push_back(index);
  }
  for (ViewGroup& group : groups) {
    if (!group.name.empty()) continue;
    const FoundFile& first = walk.files[group.files.front()];
    const bool named = std::all_of(group.files.begin(), group.files.end(),
                                   [&](std::size_t i) { return walk.files[i].named(); });
    std::string wanted = named ? name_of_files(walk, group) : name_of_folder(walk, folder_of(first));
    if (taken.taken(wanted) && !shown_folder(first).empty()) wanted = shown_folder(first);
    group.name = taken.take(std::move(wanted));
  }
  return groups;
}

bool is_machine_kind(facts::InputKind kind) {
  switch (kind) {
    case facts::InputKind::ldif:
    case facts::InputKind::exaudit_output:
    case facts::InputKind::empty:
    case facts::InputKind::unknown:
      return false;
    default:
      return true;
  }
}

bool is_metabase_backup(const FoundFile& file, facts::InputKind kind) {
  std::string_view name = leaf_of(file.path);
  if (name.size() > 3 && base::ascii_iequals(name.substr(name.size() - 3), ".gz")) name.remove_suffix(3);
  const std::string_view folder = leaf_of(parent_of(file.real));
  const bool meta_back = base::ascii_iequals(folder, "MetaBack");
  // MBSchema.xml beside MetaBase.xml is the schema that the machine uses.
  const bool by_name = facts::is_backup_file_name(name) ||
                       (facts::is_schema_part(name) && !base::ascii_iequals(name, "MBSchema.xml"));
  switch (kind) {
    case facts::InputKind::metabase_xml:
    case facts::InputKind::mbschema_xml:
      return meta_back || base::ascii_iequals(folder, "History") || by_name;
    case facts::InputKind::metabase_binary:
      return meta_back || by_name;
    case facts::InputKind::unknown:  // of IIS 5, whose format is not known, and not always recognised
      return meta_back && by_name;
    default:
      return false;
  }
}

std::string stem_of(const FoundFile& file) {
  if (file.real == kStandardInput) return "stdin";
  std::string_view stem = leaf_of(file.real);
  if (base::ascii_iequals(stem.substr(stem.rfind('.') + 1), "gz") && stem.size() > 3) stem.remove_suffix(3);
  const std::size_t dot = stem.rfind('.');
  if (dot != std::string_view::npos && dot > 0) stem = stem.substr(0, dot);
  return std::string(stem);
}

}  // namespace exaudit::collectors
