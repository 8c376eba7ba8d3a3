#include "facts/metabase.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace exaudit::facts {

namespace {

std::string_view without_trailing_slash(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

std::string folded(std::string_view path) {
  std::string out = base::fold(without_trailing_slash(path));
  if (out.empty()) out = "/";
  return out;
}

// Byte order with '/' below every other byte: "/lm/smtpsvc/1" and what is below it come before
// "/lm/smtpsvc/1-old" and
// "/lm/smtpsvc/10", so that a subtree is one range.
bool path_less(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
  if (*x == '/' || *y == '/') return *x == '/';
  return static_cast<unsigned char>(*x) < static_cast<unsigned char>(*y);
}

bool is_below(std::string_view path, std::string_view root) {
  if (!path.starts_with(root)) return false;
  return root == "/" || path.size() == root.size() || path[root.size()] == '/';
}

// Moves the properties of later keys with the same path to the first one.
void merge_equal_paths(std::vector<MetabaseKey>& keys) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (keys[i].folded_path == keys[kept].folded_path) {
      std::move(keys[i].properties.begin(), keys[i].properties.end(),
                std::back_inserter(keys[kept].properties));
    } else if (++kept != i) {
      keys[kept] = std::move(keys[i]);
    }
  }
  if (!keys.empty()) keys.resize(kept + 1);
}

}  // namespace

const MetabaseProperty* MetabaseKey::find(std::string_view name) const {
  const auto it = std::find_if(properties.begin(), properties.end(),
                               [&](const MetabaseProperty& p) { return base::ascii_iequals(p.name, name); });
  return it == properties.end() ? nullptr : &*it;
}

const MetabaseProperty* MetabaseKey::find(std::uint32_t id) const {
  const auto it = std::find_if(properties.begin(), properties.end(),
                               [&](const MetabaseProperty& p) { return p.id == id; });
  return it == properties.end() ? nullptr : &*it;
}

std::string_view MetabaseKey::name() const {
  const std::string_view whole = path;
  return whole.substr(whole.rfind('/') + 1);  // npos + 1 == 0
}

Metabase::Metabase(std::vector<MetabaseKey> keys) : keys_(std::move(keys)) {
  for (MetabaseKey& key : keys_) {
    key.path = std::string(without_trailing_slash(key.path));
    key.folded_path = folded(key.path);
  }
  std::stable_sort(keys_.begin(), keys_.end(), [](const MetabaseKey& a, const MetabaseKey& b) {
    return path_less(a.folded_path, b.folded_path);
  });
  merge_equal_paths(keys_);
}

const MetabaseKey* Metabase::find(std::string_view path) const {
  const std::span<const MetabaseKey> below = subtree(path);
  return !below.empty() && below.front().folded_path == folded(path) ? &below.front() : nullptr;
}

std::span<const MetabaseKey> Metabase::subtree(std::string_view path) const {
  const std::string root = folded(path);
  const auto first = std::partition_point(
      keys_.begin(), keys_.end(), [&](const MetabaseKey& key) { return path_less(key.folded_path, root); });
  const auto last = std::partition_point(
      first, keys_.end(), [&](const MetabaseKey& key) { return is_below(key.folded_path, root); });
  return {first, last};
}

std::vector<std::string> Metabase::child_names(std::string_view path) const {
  const std::string root = folded(path);
  const std::size_t prefix = root == "/" ? 1 : root.size() + 1;
  std::vector<std::string> names;
  std::string last;  // the name before, folded: equal names are neighbours
  for (const MetabaseKey& key : subtree(path)) {
    if (key.folded_path.size() <= prefix) continue;
    const std::string_view rest = std::string_view(key.folded_path).substr(prefix);
    const std::string_view name = rest.substr(0, rest.find('/'));
    if (name.empty() || (!names.empty() && name == last)) continue;
    last = std::string(name);
    // Folding may change lengths but never a slash: the same component of the path as written.
    const auto depth = std::count(key.folded_path.begin(),
                                  key.folded_path.begin() + static_cast<std::ptrdiff_t>(prefix), '/');
    std::string_view written = key.path;
    for (std::ptrdiff_t i = 0; i < depth; ++i) written.remove_prefix(written.find('/') + 1);
    names.emplace_back(written.substr(0, written.find('/')));
  }
  return names;
}

}  // namespace exaudit::facts
