// What collectors gather, until it is a Snapshot. A folder, the greetings of live servers and the answers of
// directory servers are added to one Evidence, one collector after the other:
//
//   Evidence evidence;
//   if (const auto error = add_folder(options, evidence)) return *error;
//   const facts::InputId id = evidence.add_input(input);
//   evidence.owner(id, hint).greetings.push_back(...);
//   return std::move(evidence).finish();
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collectors/machine_table.h"
#include "facts/snapshot.h"

namespace exaudit::collectors {

// How files are read.
struct Reading {
  unsigned threads = 1;
  // Of directory exports, for who shows progress; both may grow until the end.
  std::atomic<std::uint64_t> bytes_expected = 0;
  std::atomic<std::uint64_t> bytes_read = 0;
  // Asked now and then, by any thread. When it says so, inputs are left incomplete.
  std::function<bool()> stop;
};

// Gives out names that differ in more than letter case.
class UniqueNames {
 public:
  bool taken(std::string_view name) const;
  // `wanted`, or the first of "wanted (2)", "wanted (3)", ... that is free.
  std::string take(std::string wanted);

 private:
  std::unordered_map<std::string, std::size_t> last_;  // folded name, last number tried
};

class Evidence {
 public:
  Evidence() = default;
  // `reading` lives longer than this.
  explicit Evidence(Reading& reading) : reading_(&reading) {}

  // Ids count from 0 in the order of the calls, which is the order in the report.
  facts::InputId add_input(facts::Input input);
  // Valid until the next input is added.
  facts::Input& input(facts::InputId id) { return inputs_[id]; }
  const facts::Input& input(facts::InputId id) const { return inputs_[id]; }
  std::size_t input_count() const { return inputs_.size(); }

  // The names of views differ, whichever collector they are from: a view is named by what take() gives.
  UniqueNames& view_names() { return view_names_; }
  Reading& reading() { return *reading_; }
  // Finishes `builder`, which was made with `name`, taken from view_names(). Inputs that contradict the view
  // become views of their own and get names of their own; Input::view follows.
  void add_views(facts::ViewBuilder& builder, std::string_view name);

  // The machine of that name, letter case ignored; it is part of the snapshot from now on, also when nothing
  // can be read from it. "" is the machine "?".
  facts::MachineFacts& machine(std::string_view name) { return machines_.at(name); }
  // The machine that the facts of an input belong to: Input::machine when that was set by the place of the
  // input; else `hint`, what the content says (machine_hint), which is then Input::machine; else "?", and the
  // input is marked unattributed.
  facts::MachineFacts& owner(facts::InputId id, std::string_view hint);

  // The directory export `buffer`, as a part of a view.
  void read_ldif(facts::InputId id, const base::BufferPtr& buffer, std::string own_name,
                 facts::ViewBuilder& builder);

  facts::Snapshot finish() &&;

 private:
  std::vector<facts::Input> inputs_;
  std::vector<facts::DirectoryView> views_;
  MachineTable machines_;
  UniqueNames view_names_;
  Reading own_;
  Reading* reading_ = &own_;
};

}  // namespace exaudit::collectors
