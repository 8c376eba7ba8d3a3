// All that a reading of LDIF gave, as text: two readings are the same when their pictures are.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "facts/directory_view.h"

namespace exaudit::test {

inline std::string picture_of(const facts::DirectoryView& view) {
  std::vector<std::string> lines;
  const auto& table = view.recipients();
  std::map<std::uint32_t, std::string> names;
  view.each_recipient([&](std::uint32_t number, const facts::Recipient& row) {
    const facts::Placement& at = table.placements()[row.placement];
    names[number] = fmt::format("{}@{}", row.input, row.offset);
    const auto copy = view.read(row);
    lines.push_back(fmt::format("recipient {} line {} flags {} [{}|{}|{}] {} {}", names[number], row.line,
                                row.flags, at.home_mdb, at.home_mta, at.home_server,
                                copy ? copy->entry.key : "?", copy ? copy->entry.attributes.size() : 0));
  });
  for (const auto& shared : table.shared()) {
    std::vector<std::string> rows;
    for (const std::uint32_t row : shared.rows)
      rows.push_back((row & facts::RecipientTable::kObjectBit) != 0 ? table.object_key(row) : names[row]);
    std::sort(rows.begin(), rows.end());
    lines.push_back(fmt::format("shared {} {}", static_cast<int>(shared.kind), fmt::join(rows, " ")));
  }
  for (const auto& mailbox : view.system_mailboxes)
    lines.push_back(fmt::format("system mailbox {} {} {}", mailbox.store.text(), mailbox.domain_key,
                                mailbox.location.line));
  std::sort(lines.begin(), lines.end());
  for (const auto& entry : view.entries()) {
    lines.push_back(fmt::format("entry {} line {} whole {} damaged {}", entry.key, entry.location.line,
                                entry.read_whole, entry.damaged));
    for (const auto& attribute : entry.attributes) {
      for (const auto& value : attribute.values)
        lines.push_back(fmt::format("  {}:{} {}", attribute.name, value.line, value.bytes));
      if (attribute.unreadable) lines.push_back(fmt::format("  {}?", attribute.name));
    }
  }
  lines.push_back(fmt::format("view {} hosts {} others {} domains {} read {} names {} legacy {} proxies {}",
                              view.name, fmt::join(view.hosts, ","), view.other_objects,
                              fmt::join(view.domains, ","), fmt::join(view.system_objects_read, ","),
                              view.distinct_values(facts::ValueKind::name),
                              view.distinct_values(facts::ValueKind::legacy_dn),
                              view.distinct_values(facts::ValueKind::proxy_address)));
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

inline std::string picture_of(const facts::Input& input) {
  std::string out = fmt::format("input {} records {} complete {} lost {} more {}\n", input.path,
                                input.records, input.complete, input.lost_records, input.more_problems);
  for (const auto& problem : input.problems) out += fmt::format("  {}: {}\n", problem.line, problem.message);
  return out;
}

}  // namespace exaudit::test
