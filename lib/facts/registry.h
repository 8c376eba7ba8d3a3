// A registry export (.reg, reg query /s; later hives): keys, values and which part of the registry was
// exported.
//
// Paths are normalised on entry. Root names become the long ones ("HKLM\..." is "HKEY_LOCAL_MACHINE\...").
// The key HKEY_LOCAL_MACHINE\SYSTEM\ControlSetNNN becomes CurrentControlSet when the value Current of
// SYSTEM\Select names it; without a readable Select, when it is the only control set of the export. With
// several and no Select the numbered sets keep their names, and only keys written as CurrentControlSet are
// current. Comparison ignores letter case.
//
// Readers keep what the audit asks for, not the whole registry: see kKeptSubtrees in readers/registry_keys.h.
// Of everything else only the names next to the kept subtrees are here, with values_complete = false.
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
  none = 0,
  sz = 1,
  expand_sz = 2,
  binary = 3,
  dword = 4,
  dword_big_endian = 5,
  link = 6,
  multi_sz = 7,
  qword = 11,
  other = 0xffffffff
};

struct RegistryValue {
  std::string name;  // "" is the default value
  RegistryType type = RegistryType::none;
  // UTF-8: one for sz, expand_sz and link (line breaks inside as "\n"), the items in order for multi_sz.
  // Binary data is not kept.
  std::vector<std::string> strings;
  std::uint64_t number = 0;  // dword, qword
  bool readable = true;      // false: damaged, the value is not observed
  std::uint32_t line = 0;
};

struct RegistryKey {
  std::string path;                   // normalised root and control set, letter case as written
  std::string folded_path;            // set by Registry
  std::vector<RegistryValue> values;  // in a Registry: sorted by folded name, each name once
  Location location;
  bool values_complete = true;  // false: a value that is not here may exist all the same

  const RegistryValue* find(std::string_view name) const;  // case-insensitive
  std::string_view name() const;                           // last path component
};

// The long name of the root that `path` begins with ("HKEY_LOCAL_MACHINE" for "hklm\\SYSTEM"), "" when it is
// none.
std::string_view registry_root(std::string_view path);
// `path` with the long root name and without backslashes at its end. Control sets stay as they are.
std::string normal_registry_path(std::string_view path);

class Registry {
 public:
  Registry() = default;
  // Normalises roots and control sets, sorts, merges keys with the same path. Of two values with the same
  // name the later one in the input wins, as it would on import; a damaged one never replaces a readable one.
  Registry(std::vector<RegistryKey> keys, bool lost);

  std::span<const RegistryKey> keys() const { return keys_; }  // sorted by folded path
  // Here and below, `path` may begin with HKLM or HKEY_LOCAL_MACHINE.
  const RegistryKey* find(std::string_view path) const;
  bool exists(std::string_view path) const;  // the key or something below it
  // Names directly below `path`, sorted, also of keys that are known only because something below them was
  // exported.
  std::vector<std::string> child_names(std::string_view path) const;
  // True when all three hold: the key `path` itself has its own header in the export, at least one key below
  // it is there, and no records were lost. A child of such a key that is not here does not exist: exporters
  // write a key together with all that is below it, and never a parent's header for the sake of a child.
  // False means "cannot be told", not "absent": also for a key that has no subkeys at all, and for every key
  // outside the kept subtrees and their ancestors, because what is below those is counted by the readers but
  // not stored.
  bool exported(std::string_view path) const;

  InputId input = kNoInput;
  std::string machine_hint;   // computer name found inside (ComputerName, Tcpip Hostname), "" when none
  bool lost_records = false;  // keys may be missing: absence proves nothing

 private:
  std::span<const RegistryKey> below(std::string_view folded_path) const;

  std::vector<RegistryKey> keys_;
};

}  // namespace exaudit::facts
