// A command file (.cmd) for Windows that collects the evidence which a selection of rules reads, with the
// tools that Windows itself has, into the folder layout that an audit expects:
//
//   case\directory\<domain controller>\exchange.ldf, recipients.ldf
//   case\servers\<server>\services.reg, MetaBase.xml, application.evt, ehlo.txt ...
//
// It runs on one of the servers or on any computer of the forest, as an administrator of all of them; every
// step says what it is for and which rules need it, checks what it wrote, and goes on when it failed. It
// changes no server and no directory; an event log is saved under a temporary name on the server's drive C:
// and moved away.
//
// The text is pure ASCII with CRLF line ends. A name that is no is_machine_name() never enters it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/rule.h"

namespace exaudit::report {

struct CollectRequest {
  std::vector<const rules::Rule*> rules;
  std::vector<std::string> servers;  // repeated names (by letters, case ignored) are one
  std::string organization_dn;  // for the forest's root domain; "" = derived on the spot, to be corrected
};

// An error when a name could not stand in a command, or when there is no server.
base::Result<std::string> collect_script(const CollectRequest& request);

}  // namespace exaudit::report
