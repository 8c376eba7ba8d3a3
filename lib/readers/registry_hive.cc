// Registry hives (SYSTEM, SOFTWARE) through hivex, which knows the format and never writes here.
//
// Only what rules ask for is visited (readers/registry_keys.h). In a sound hive every key and every value
// belongs to one parent, so visiting more of them than the file has room for means that the lists of a
// damaged hive run in circles.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <hivex.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"
#include "readers/readers.h"
#include "readers/registry_keys.h"
#include "readers/registry_value.h"

namespace exaudit::readers {

namespace {

constexpr std::size_t kBaseBlock = 4096;  // the header
constexpr std::uint64_t kMinKeyBytes = 80;
constexpr std::uint64_t kMinValueBytes = 24;

struct Freeing {
  void operator()(void* memory) const { std::free(memory); }  // NOLINT: hivex returns malloc'ed memory
};
template <typename T>
using Freed = std::unique_ptr<T, Freeing>;

struct Closing {
  void operator()(hive_h* hive) const { hivex_close(hive); }
};
using Hive = std::unique_ptr<hive_h, Closing>;

struct Node {
  hive_node_h node = 0;
  std::string path;
};

class HiveReader {
 public:
  HiveReader(const std::string& path, facts::InputId id, facts::Input& input)
      : path_(path), input_(input), keys_(id, input) {}

  facts::Registry read() {
    if (check_header() && open()) {
      if (const auto root = root_path()) {
        walk(*root);
      } else {
        input_.skipped_record(0, "neither the SYSTEM nor the SOFTWARE hive; it was not read");
      }
    }
    return keys_.finish(false);
  }

 private:
  bool check_header();
  bool open();
  std::optional<std::string> root_path();
  void walk(std::string root);
  void push_children(const Node& parent);
  void read_values(const Node& key);
  void read_value(const Node& key, hive_value_h handle);
  bool spend(std::uint64_t& budget, std::uint64_t amount);

  const std::string& path_;
  facts::Input& input_;
  RegistryCollector keys_;
  Hive hive_;
  std::vector<Node> pending_;
  std::unordered_set<hive_node_h> seen_;
  std::uint64_t keys_left_ = 0;  // what the file has room for
  std::uint64_t values_left_ = 0;
  std::uint64_t bytes_left_ = 0;
  bool exhausted_ = false;
};

bool HiveReader::check_header() {
  std::ifstream file(path_, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::uint64_t>(std::max<std::streamoff>(file.tellg(), 0));
  std::string header(kBaseBlock, '\0');
  file.seekg(0);
  if (size < kBaseBlock || !file.read(header.data(), kBaseBlock)) {
    input_.skipped_record(0, "the hive ends within its header");
    return false;
  }
  keys_left_ = size / kMinKeyBytes;
  values_left_ = size / kMinValueBytes;
  bytes_left_ = size;
  if (base::u32_at(header, 4) != base::u32_at(header, 8)) {
    input_.note(0,
                "the hive is dirty, as it is when it is copied from a running machine: its last changes may "
                "be missing");
  }
  const std::uint64_t data = base::u32_at(header, 40);
  if (data > size - kBaseBlock) {
    input_.skipped_record(
        0, fmt::format("the hive is cut off after {} of {} bytes; keys are lost", size, data + kBaseBlock));
  }
  return true;
}

bool HiveReader::open() {
  hive_.reset(hivex_open(path_.c_str(), 0));
  if (hive_) return true;
  hive_.reset(hivex_open(path_.c_str(), HIVEX_OPEN_UNSAFE));
  input_.skipped_record(0, hive_ ? "the hive is damaged; what can be found of it was read"
                                 : "the hive is damaged and cannot be read");
  return hive_ != nullptr;
}

// Which hive it is, its file does not say: its keys do.
std::optional<std::string> HiveReader::root_path() {
  const hive_node_h root = hivex_root(hive_.get());
  if (root == 0) return std::nullopt;
  if (hivex_node_get_child(hive_.get(), root, "Select") != 0 ||
      hivex_node_get_child(hive_.get(), root, "ControlSet001") != 0) {
    return "HKEY_LOCAL_MACHINE\\SYSTEM";
  }
  if (hivex_node_get_child(hive_.get(), root, "Microsoft") != 0) return "HKEY_LOCAL_MACHINE\\SOFTWARE";
  return std::nullopt;
}

// False once the budget is spent; that is reported once.
bool HiveReader::spend(std::uint64_t& budget, std::uint64_t amount) {
  if (amount <= budget) {
    budget -= amount;
    return true;
  }
  if (!std::exchange(exhausted_, true)) {
    input_.skipped_record(0,
                          "the hive is damaged: keys or values have several parents; the rest was skipped");
  }
  return false;
}

void HiveReader::walk(std::string root) {
  pending_.push_back({hivex_root(hive_.get()), std::move(root)});
  while (!pending_.empty() && !exhausted_) {
    const Node key = std::move(pending_.back());
    pending_.pop_back();
    if (!seen_.insert(key.node).second) {
      input_.skipped_record(0, fmt::format("the key {} has two parents; it was read once", key.path));
      continue;
    }
    keys_.open(key.path, 0, key.node);
    if (!keys_.keeps_values()) continue;
    read_values(key);
    push_children(key);
  }
}

void HiveReader::push_children(const Node& parent) {
  const Freed<hive_node_h> children(hivex_node_children(hive_.get(), parent.node));
  if (!children) {
    return input_.skipped_record(0, fmt::format("the subkeys of {} cannot be read", parent.path));
  }
  for (const hive_node_h* child = children.get(); *child != 0; ++child) {
    if (!spend(keys_left_, 1)) return;
    const Freed<char> name(hivex_node_name(hive_.get(), *child));
    if (!name || *name == '\0' || std::string_view(name.get()).find('\\') != std::string_view::npos) {
      input_.skipped_record(0,
                            fmt::format("a subkey of {} has no readable name; it was skipped", parent.path));
      continue;
    }
    std::string path = fmt::format("{}\\{}", parent.path, name.get());
    if (path.size() > kMaxRegistryPath) {
      input_.skipped_record(0, fmt::format("a key path of {} bytes; the key was skipped", path.size()));
    } else if (keep_of(path) != Keep::nothing) {
      pending_.push_back({*child, std::move(path)});
    } else {
      ++input_.records;
    }
  }
}

void HiveReader::read_values(const Node& key) {
  const Freed<hive_value_h> values(hivex_node_values(hive_.get(), key.node));
  if (!values) {
    keys_.incomplete();
    return input_.skipped_value(0, fmt::format("the values of {} cannot be read", key.path));
  }
  for (const hive_value_h* value = values.get(); *value != 0; ++value) {
    if (!spend(values_left_, 1)) return;
    read_value(key, *value);
  }
}

void HiveReader::read_value(const Node& key, hive_value_h handle) {
  const Freed<char> name(hivex_value_key(hive_.get(), handle));
  hive_type type = hive_t_REG_NONE;
  std::size_t size = 0;
  if (!name || hivex_value_type(hive_.get(), handle, &type, &size) != 0) {
    keys_.incomplete();
    return input_.skipped_value(0, fmt::format("a value of {} cannot be read", key.path));
  }
  facts::RegistryValue value;
  value.name = name.get();
  std::uint32_t type_number = 0;  // whatever the file says, so not to be looked at as an enumerator
  static_assert(sizeof type == sizeof type_number);
  std::memcpy(&type_number, &type, sizeof type_number);
  value.type = registry_type(type_number);
  const bool binary = !is_text(value.type) && value.type != facts::RegistryType::dword &&
                      value.type != facts::RegistryType::dword_big_endian &&
                      value.type != facts::RegistryType::qword;
  if (!binary) {
    if (!spend(bytes_left_, size)) return;
    const Freed<char> data(hivex_value_value(hive_.get(), handle, &type, &size));
    value.readable = data && set_from_bytes(value, {data.get(), size}, TextBytes::utf16le);
  }
  if (!value.readable) {
    value.strings.clear();
    value.number = 0;
    input_.skipped_value(
        0, fmt::format("the value \"{}\" of {} is damaged; it was skipped", value.name, key.path));
  }
  keys_.add(std::move(value));
}

}  // namespace

facts::Registry read_registry_hive(const std::string& path, facts::InputId id, facts::Input& input) {
  return HiveReader(path, id, input).read();
}

}  // namespace exaudit::readers
