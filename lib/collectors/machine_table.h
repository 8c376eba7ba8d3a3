// Collects the facts of each machine while files are read in any order, and settles how its name is spelled.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "facts/snapshot.h"

namespace exaudit::collectors {

inline constexpr std::string_view kUnknownMachine = "?";

class MachineTable {
 public:
  // The machine of that name, letter case ignored; "" is the machine "?".
  facts::MachineFacts& at(std::string_view name);
  // Sorted by folded name. Of several spellings of a name the first one in byte order is kept; Input::machine
  // follows it.
  std::vector<facts::MachineFacts> finish(std::vector<facts::Input>& inputs) &&;

 private:
  std::map<std::string, facts::MachineFacts> by_name_;  // folded
};

// What a name found inside a file says about the machine: "mail1.contoso.test" and "MAIL1" give the first
// label. "" when it cannot be a computer's name (an address, masked by a firewall, localhost).
std::string machine_hint(std::string_view name);

// The machine that all of it is from, when it says so and does not contradict itself; else "".
std::string machine_hint(const facts::Registry& registry);
std::string machine_hint(const facts::EventLog& log);
std::string machine_hint(const facts::SmtpGreeting& greeting);
std::string machine_hint(const facts::MailboxTable& table);
std::string machine_hint(const facts::ServiceTable& table);
std::string machine_hint(const std::vector<facts::FileVersion>& files);
std::string machine_hint(const facts::FolderListing& listing);

// One log for each computer that its events name, in the order of their first events; those that name none
// are a log of their own, unless all others are of one computer.
std::vector<facts::EventLog> by_computer(facts::EventLog log);

}  // namespace exaudit::collectors
