// Placeholder until the audit itself is written: recognises LDIF only, runs no rule.
#include "audit/audit.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "collectors/folder.h"

namespace exaudit::audit {

std::array<std::uint64_t, 4> Result::headlines() const {
  std::array<std::uint64_t, 4> counts{};
  for (const auto& finding : findings) {
    if (finding.explained_by.empty()) ++counts[static_cast<std::size_t>(finding.severity)];
  }
  return counts;
}

std::uint64_t Result::explained() const {
  return static_cast<std::uint64_t>(
      std::count_if(findings.begin(), findings.end(), [](const auto& f) { return !f.explained_by.empty(); }));
}

std::uint64_t Result::verdict_count(findings::Verdict verdict) const {
  std::uint64_t count = 0;
  for (const auto& row : verdicts) {
    if (row.counts) {
      count += (*row.counts)[static_cast<std::size_t>(verdict)];
    } else if (row.verdict == verdict) {
      ++count;
    }
  }
  return count;
}

bool Result::incomplete() const {
  return verdict_count(findings::Verdict::error) > 0 ||
         std::any_of(inputs.begin(), inputs.end(), [](const auto& i) { return !i.complete || i.unattributed; });
}

base::Result<Result> run(const facts::Snapshot& snapshot, const Options&) {
  Result result;
  result.inputs = snapshot.inputs;
  return result;
}

std::vector<const rules::Rule*> selected(const Options&) { return {}; }

base::Result<std::vector<model::ListNode>> list(const facts::Snapshot&, const Options&, std::string_view) {
  return std::vector<model::ListNode>{};
}

}  // namespace exaudit::audit

namespace exaudit::rules {
std::span<const Rule* const> all_rules() { return {}; }
const Rule* find_rule(std::string_view) { return nullptr; }
}  // namespace exaudit::rules

namespace exaudit::collectors {

base::Result<facts::Snapshot> collect_folder(const FolderOptions& options) {
  facts::Snapshot snapshot;
  const auto add = [&](const std::filesystem::path& file, const std::string& name) {
    facts::Input input;
    input.path = name;
    std::ifstream stream(file, std::ios::binary);
    std::string head(3, '\0');
    stream.read(head.data(), 3);
    if (stream.gcount() == 0) input.kind = facts::InputKind::empty;
    if (head == "dn:" || head == "ver") input.kind = facts::InputKind::ldif;
    snapshot.inputs.push_back(input);
  };
  for (const auto& path : options.paths) {
    if (!std::filesystem::exists(path)) {
      return base::Error{base::ErrorCode::not_found, "'" + path + "' does not exist", 0};
    }
    if (std::filesystem::is_regular_file(path)) add(path, path);
    if (!std::filesystem::is_directory(path)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) add(entry.path(), std::filesystem::relative(entry.path(), path).string());
    }
  }
  return snapshot;
}

}  // namespace exaudit::collectors
