#include "collectors/machine_table.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace exaudit::collectors {

namespace {

constexpr std::size_t kMaxLabel = 63;  // of a DNS name; NetBIOS names have 15

// The one name that all of `items` have; those without a name do not count.
template <typename Items, typename NameOf>
std::string common_hint(const Items& items, NameOf&& name_of) {
  std::string common;
  std::string folded;
  for (const auto& item : items) {
    const std::string& name = name_of(item);
    if (name.empty()) continue;
    std::string hint = machine_hint(name);
    if (hint.empty()) continue;
    if (common.empty()) {
      folded = base::fold(hint);
      common = std::move(hint);
    } else if (!base::fold_equals(hint, folded)) {
      return {};
    }
  }
  return common;
}

}  // namespace

facts::MachineFacts& MachineTable::at(std::string_view name) {
  if (name.empty()) name = kUnknownMachine;
  facts::MachineFacts& machine = by_name_[base::fold(name)];
  if (machine.name.empty() || name < machine.name) machine.name = name;
  return machine;
}

std::vector<facts::MachineFacts> MachineTable::finish(std::vector<facts::Input>& inputs) && {
  for (facts::Input& input : inputs) {
    if (!input.machine.empty()) input.machine = at(input.machine).name;
  }
  std::vector<facts::MachineFacts> machines;
  machines.reserve(by_name_.size());
  for (auto& [folded, machine] : by_name_) machines.push_back(std::move(machine));
  return machines;
}

std::string machine_hint(std::string_view name) {
  constexpr std::string_view kNever = " \t*?:/\\[]<>|\"=,;@()";
  const std::string_view label = name.substr(0, name.find('.'));
  if (label.empty() || label.size() > kMaxLabel || base::is_digits(label)) return {};
  if (label.find_first_of(kNever) != std::string_view::npos || base::ascii_iequals(label, "localhost"))
    return {};
  const bool controls =
      std::any_of(label.begin(), label.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  return controls ? std::string() : std::string(label);
}

std::string machine_hint(const facts::Registry& registry) { return machine_hint(registry.machine_hint); }

std::string machine_hint(const facts::EventLog& log) {
  if (!log.computer.empty()) return machine_hint(log.computer);
  return common_hint(log.events,
                     [](const facts::Event& event) -> const std::string& { return event.computer; });
}

std::vector<facts::EventLog> by_computer(facts::EventLog log) {
  std::vector<facts::EventLog> out;
  if (log.events.empty() || !machine_hint(log).empty()) {
    out.push_back(std::move(log));
    return out;
  }
  std::map<std::string, std::size_t> places;  // of a folded name
  std::vector<facts::Event> events = std::exchange(log.events, {});
  log.newest.reset();
  for (facts::Event& event : events) {
    const auto [at, fresh] = places.try_emplace(base::fold(machine_hint(event.computer)), out.size());
    if (fresh) out.push_back(log);
    facts::EventLog& part = out[at->second];
    if (event.time) part.newest = std::max(part.newest.value_or(*event.time), *event.time);
    part.events.push_back(std::move(event));
  }
  return out;
}

std::string machine_hint(const facts::SmtpGreeting& greeting) { return machine_hint(greeting.host); }

std::string machine_hint(const facts::MailboxTable& table) {
  return common_hint(table.rows,
                     [](const facts::MailboxRow& row) -> const std::string& { return row.server; });
}

std::string machine_hint(const facts::ServiceTable& table) {
  return machine_hint(std::string_view(table.machine_hint));
}

std::string machine_hint(const facts::FolderListing& listing) {
  return machine_hint(std::string_view(listing.machine_hint));
}

std::string machine_hint(const std::vector<facts::FileVersion>& files) {
  return common_hint(files,
                     [](const facts::FileVersion& file) -> const std::string& { return file.machine_hint; });
}

}  // namespace exaudit::collectors
