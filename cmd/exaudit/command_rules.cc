#include "base/text.h"
#include "commands.h"
#include "report/catalogue.h"

namespace exaudit::cmd {

int run_rules(const Invocation& invocation) {
  // The audit of nothing judges the selection by the rules of an audit, so that a wrong glob is refused here
  // too.
  const auto checked = audit::run(facts::Snapshot{}, invocation.audit);
  if (!checked) return usage_error(base::visible(checked.error().message));
  const auto rules = audit::selected(invocation.audit);
  return print(invocation.report.file, invocation.report.format == Format::json ? report::rules_json(rules)
                                                                                : report::rules_text(rules));
}

}  // namespace exaudit::cmd
