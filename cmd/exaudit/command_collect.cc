// `exaudit collect --print-commands` prints a Windows command file for the servers of --server and of the
// evidence.
#include "base/text.h"
#include "commands.h"
#include "gather.h"
#include "output.h"
#include "report/advice.h"
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

}  // namespace

int run_collect(const Invocation& invocation) {
  const auto selected = audit::select(invocation.audit);
  if (!selected) return usage_error(base::visible(selected.error().message));
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
