#include "base/text.h"
#include "commands.h"
#include "report/catalogue.h"

namespace exaudit::cmd {

int run_rules(const Invocation& invocation) {
  const auto selected = audit::select(invocation.audit);
  if (!selected) return usage_error(base::visible(selected.error().message));
  return print(invocation.report.file, invocation.report.format == Format::json
                                           ? report::rules_json(*selected)
                                           : report::rules_text(*selected));
}

}  // namespace exaudit::cmd
