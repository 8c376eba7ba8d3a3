// The result of an audit, before it is rendered.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "facts/input.h"
#include "findings/finding.h"
#include "model/directory_servers.h"

namespace exaudit::audit {

struct OrganizationRow {
  std::string name, guid, dn;  // guid "" = not observed
};

struct Result {
  std::vector<OrganizationRow> organizations;
  std::vector<facts::Input> inputs;
  std::vector<findings::Finding> findings;     // sorted: severity (high first), rule, subject, part
  std::vector<findings::VerdictRow> verdicts;  // sorted: rule, subject
  // The global catalogs that count for each Exchange 2000/2003 server of the directory (KB 828938), sorted by
  // server.
  std::vector<model::DirectoryServer> directory_servers;
  // Names of directory views, third-party event bindings and the like that only --verbose prints.
  std::vector<std::string> details;

  // Counts of unexplained findings by severity, index = Severity.
  std::array<std::uint64_t, 4> headlines() const;
  std::uint64_t explained() const;
  std::uint64_t verdict_count(findings::Verdict verdict) const;
  // Something could not be read to its end, not be attributed, or a rule broke: exit code 3.
  bool incomplete() const;
};

}  // namespace exaudit::audit
