#include "base/text.h"
#include "commands.h"
#include "gather.h"
#include "output.h"
#include "report/catalogue.h"

namespace exaudit::cmd {

int run_list(const Invocation& invocation) {
  const auto snapshot = gather(invocation);
  if (!snapshot) {
    message(base::visible(snapshot.error().message));
    return audit::kExitUsage;
  }
  const auto nodes = audit::list(*snapshot, invocation.audit, invocation.words.front());
  if (!nodes) return usage_error(base::visible(nodes.error().message));
  bool any = false;
  bool damaged = false;
  for (const facts::Input& input : snapshot->inputs) {
    any = any || audit::is_evidence(input.kind);
    damaged = damaged || !input.complete;
  }
  if (!any) {
    message("nothing to list: no file is evidence of a known kind");
    return audit::kExitUsage;
  }
  if (damaged && !invocation.quiet)
    message("some evidence was not read completely; `exaudit audit` says where");
  const bool json = invocation.report.format == Format::json;
  return print(invocation.report.file, json ? report::listing_json(*nodes, snapshot->inputs)
                                            : report::listing_text(*nodes, snapshot->inputs));
}

}  // namespace exaudit::cmd
