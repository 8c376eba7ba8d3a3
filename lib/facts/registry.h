// A registry export (.reg, reg query /s; later hives): keys, values and which part of the registry was exported.
//
// Paths are normalised on entry: root names in full, "HKEY_LOCAL_MACHINE\SYSTEM\ControlSetNNN" becomes CurrentControlSet when
// the Select key names that set or when it is the only control set of the export. Comparison ignores letter case.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

// The numbers of winnt.h REG_*, used in "hex(N):" too.
enum class RegistryType : std::uint32_t {
  none = 0, sz = 1, expand_sz = 2, binary = 3, dword = 4, dword_big_endian = 5, link = 6, multi_sz = 7, qword = 11, other = 0xffffffff
};

struct RegistryValue {
  std::string name;                   // "" is the default value
  RegistryType type = RegistryType::none;
  std::vector<std::string> strings;   // UTF-8: one for sz/expand_sz, the items in order for multi_sz
  std::uint64_t number = 0;           // dword, qword
  bool readable = true;               // false: damaged, the value is not observed
  std::uint32_t line = 0;
};

struct RegistryKey {
  std::string path;         // normalised root and control set, letter case as written
  std::string folded_path;
  std::vector<RegistryValue> values;
  Location location;
  bool values_complete = true;  // false: some line of the key could not be read

  const RegistryValue* find(std::string_view name) const;  // case-insensitive
  std::string_view name() const;                           // last path component
};

class Registry {
 public:
  Registry() = default;
  // Normalises control sets, sorts, merges keys with the same path.
  Registry(std::vector<RegistryKey> keys, bool lost_records);

  std::span<const RegistryKey> keys() const { return keys_; }
  // `path` may begin with HKLM or HKEY_LOCAL_MACHINE.
  const RegistryKey* find(std::string_view path) const;
  bool exists(std::string_view path) const;  // the key or something below it
  std::vector<std::string> child_names(std::string_view path) const;
  // True when `path` itself was exported with what is below it: the key is there, and so is a child or a sibling export of one of its ancestors
  // reaches it. An absent child of such a key is really absent.
  bool exported(std::string_view path) const;

  InputId input = kNoInput;
  std::string machine_hint;  // computer name found inside (ComputerName, Tcpip Hostname), "" when none
  bool lost_records = false;

 private:
  std::vector<RegistryKey> keys_;
};

}  // namespace exaudit::facts
