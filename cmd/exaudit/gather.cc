#include "gather.h"

#include <optional>
#include <utility>

#include "memory_limit.h"
#include "progress.h"

namespace exaudit::cmd {

base::Result<facts::Snapshot> gather(const Invocation& invocation) {
  const collectors::FolderOptions& folder = invocation.folder;
  collectors::Reading reading;
  reading.threads = invocation.threads;
  reading.stop = memory_limit(invocation.max_memory);
  collectors::Evidence evidence(reading);
  std::optional<ReadingProgress> progress;
  if (!invocation.quiet) progress.emplace(reading);
  // Without files, there is nothing that --machine NAME=PATH could name, which the folder collector says.
  if (!folder.paths.empty() || !folder.machines.empty() || !folder.views.empty()) {
    if (auto error = collectors::add_folder(folder, evidence)) return std::move(*error);
  }
  progress.reset();
  if (invocation.ldap.any()) {
    const auto rules = audit::select(invocation.audit);
    if (!rules) return rules.error();
    const auto directory = directory_sources(invocation.ldap, *rules);
    if (!directory) return directory.error();
    collectors::add_directories(*directory, evidence);
  }
  if (reading.stop && reading.stop()) return out_of_memory(invocation.max_memory);
  const auto probes = collectors::probe_all(invocation.smtp, *collectors::system_network());
  collectors::add_smtp_probes(invocation.smtp, probes, evidence);
  return std::move(evidence).finish();
}

}  // namespace exaudit::cmd
