// What the two registry text readers share: which keys are kept, and how keys and values become a
// facts::Registry.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "facts/input.h"
#include "facts/registry.h"

namespace exaudit::readers {

struct KeptSubtree {
  std::string_view path;  // below HKEY_LOCAL_MACHINE; "*" is any control set
  std::string_view reason;
};

// A whole-machine export is mostly class registrations, fonts and installer data that no rule asks for. Keys
// at and below these are stored with their values, and so are their ancestors; everything else is read,
// checked and counted only.
inline constexpr std::array kKeptSubtrees = {
    KeptSubtree{"SYSTEM\\*\\Services",
                "service configuration, MTA and SMTP parameters, binding order, leftovers"},
    KeptSubtree{"SYSTEM\\*\\Control", "computer name, names of network connections"},
    KeptSubtree{"SYSTEM\\Select", "tells which control set is the current one"},
    KeptSubtree{"SOFTWARE\\Microsoft\\Exchange", "Setup: installed version, service pack and folder"},
    KeptSubtree{"SOFTWARE\\Microsoft\\InetStp", "version of IIS"},
    KeptSubtree{"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
                "version of Windows, network cards, svchost groups"},
};

enum class Keep {
  whole,      // the key and its values
  name_only,  // a sibling of a kept subtree or of its ancestors: shows that the parent was exported with what
              // is below it
  nothing,
};
Keep keep_of(std::string_view path);

// A real path is at most 512 levels, a name 255 characters; in practice paths are a few hundred bytes. Longer
// ones are damage.
inline constexpr std::size_t kMaxRegistryPath = 4096;
// Real keys have at most some thousands; without a limit a hostile file costs twenty times its size.
inline constexpr std::size_t kMaxValuesPerKey = 65536;

class RegistryCollector {
 public:
  RegistryCollector(facts::InputId id, facts::Input& input) : id_(id), input_(input) {}

  // A key's own line. A path without known root, with NUL or too long is reported as a lost key, and closes.
  void open(std::string_view path, std::uint32_t line, std::uint64_t offset);
  // What follows belongs to a key that is not known: its values are dropped.
  void close();
  bool in_key() const { return state_ != State::none; }
  bool keeps_values() const { return state_ == State::whole; }
  bool has_values() const { return keeps_values() && !keys_.back().values.empty(); }
  // A value of the open key; dropped when its values are not kept.
  void add(facts::RegistryValue value);
  // The value last added was damaged after all.
  void spoil_last();
  // A value of the open key may have been missed.
  void incomplete();
  std::vector<facts::RegistryKey>& keys() { return keys_; }
  // `partial`: absence proves nothing, although nothing was lost in reading.
  facts::Registry finish(bool partial);

 private:
  enum class State { none, counted, whole };

  facts::InputId id_;
  facts::Input& input_;
  State state_ = State::none;
  std::vector<facts::RegistryKey> keys_;
};

}  // namespace exaudit::readers
