// `exaudit collect` saves what live servers say as a bundle; `exaudit collect --print-commands` prints a
// Windows command file for the servers of --server and of the evidence.
#include <utility>

#include "base/text.h"
#include "collectors/bundle.h"
#include "commands.h"
#include "gather.h"
#include "output.h"
#include "report/advice.h"
#include "report/bundle_manifest.h"
#include "report/collect_script.h"

namespace exaudit::cmd {

namespace {

// The servers of the evidence. A name that could not stand in a command is left out and said.
base::Result<bool> add_servers_of_evidence(const Invocation& invocation, report::CollectRequest& request) {
  const auto snapshot = gather(invocation);
  if (!snapshot) return snapshot.error();
  const auto organizations = audit::list(*snapshot, invocation.audit, "servers");
  if (!organizations) return organizations.error();
  for (const model::ListNode& organization : *organizations) {
    for (const auto& [name, value] : organization.fields) {
      if (name == "dn" && request.organization_dn.empty()) request.organization_dn = value;
    }
    for (const model::ListNode& server : organization.children) {
      if (report::is_machine_name(server.name)) {
        request.servers.push_back(server.name);
      } else if (!invocation.quiet) {
        message("server '" + base::visible(server.name) +
                "' is left out: its name cannot stand in a command");
      }
    }
  }
  return true;
}

report::BundleManifest manifest_of(const collectors::Bundle& bundle, const Invocation& invocation,
                                   std::string time) {
  report::BundleManifest out;
  out.time = std::move(time);
  out.rules = invocation.audit.rules;
  for (const collectors::BundleView& view : bundle.views) {
    const collectors::DirectoryReport& report = view.view.report;
    out.directory.push_back(
        {view.view.uri, view.view.name, view.file, report.entries, report.complete, report.failure});
  }
  for (const collectors::BundleProbe& probe : bundle.probes) {
    out.smtp.push_back(
        {probe.target.path(), probe.machine, probe.file, 0, probe.problem.empty(), probe.problem});
  }
  return out;
}

int collect_live(const Invocation& invocation, const std::vector<const rules::Rule*>& rules) {
  const std::string time = current_time();
  collectors::DirectorySources directory;
  if (invocation.ldap.any()) {
    auto sources = directory_sources(invocation.ldap, rules);
    if (!sources) return usage_error(base::visible(sources.error().message));
    directory = std::move(*sources);
    directory.request.time = time;
  }
  auto folder = collectors::BundleFolder::make(invocation.report.file);
  if (!folder) return usage_error(folder.error().message);
  const auto bundle = folder->collect(directory, invocation.smtp, *collectors::system_network());
  if (!bundle) {
    message(base::visible(bundle.error().message));
    return audit::kExitIncomplete;
  }
  const report::BundleManifest manifest = manifest_of(*bundle, invocation, time);
  if (!bundle->anything()) {
    message("nothing was collected");
    print("", report::manifest_text(manifest, invocation.report.file));
    return audit::kExitUsage;
  }
  if (const auto error = folder->finish(report::manifest_json(manifest))) {
    message(base::visible(error->message));
    return audit::kExitIncomplete;
  }
  const int printed = print("", report::manifest_text(manifest, invocation.report.file));
  if (!bundle->complete() && !invocation.quiet) message("the bundle is incomplete");
  return bundle->complete() ? printed : audit::kExitIncomplete;
}

}  // namespace

int run_collect(const Invocation& invocation) {
  const auto selected = audit::select(invocation.audit);
  if (!selected) return usage_error(base::visible(selected.error().message));
  if (!invocation.print_commands) return collect_live(invocation, *selected);
  report::CollectRequest request{*selected, invocation.servers, ""};
  if (!invocation.folder.paths.empty()) {
    const auto added = add_servers_of_evidence(invocation, request);
    if (!added) return usage_error(base::visible(added.error().message));
    if (request.servers.empty())
      return usage_error("no server in the evidence: it needs the directory, or name servers with --server");
  }
  const auto script = report::collect_script(request);
  if (!script) return usage_error(base::visible(script.error().message));
  return print(invocation.report.file, *script);
}

}  // namespace exaudit::cmd
