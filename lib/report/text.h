// The report for people, which is also grep-able:
//
//   directory/dc1.ldf:301: high: The gateway of ... names a deleted MTA. [KB828938.gateway-home-mta]
//       attribute: homeMTA
//       found:     CN=Microsoft MTA\0ADEL:...
//       expected:  CN=Microsoft MTA,CN=MAIL1,...
//       remedy:    Set homeMTA to the expected value ...
//       also explains:
//           events.txt:12: high: ... [KB828938.store-logon-failure]
//
// The first line of every finding, explained ones included, is `where: severity: message [RULE-ID]`; where =
// path:line, the path alone, or the DN. After the findings: the order of repair, counts, inputs with
// problems, and what was not evaluated with the command that would collect it.
//
// Everything that comes from evidence is made visible (base::visible): no control character reaches a
// terminal, no value starts a line of its own.
#pragma once

#include <string>

#include "audit/result.h"
#include "report/report.h"

namespace exaudit::report {

inline constexpr std::size_t kListLimit =
    20;  // findings of one rule, files of one list; --verbose prints all
inline constexpr std::size_t kValueLimit = 10;  // evidence of one finding, values of one attribute
inline constexpr std::size_t kValueBytes =
    600;  // of one value; DNs of the deepest real organizations stay below

struct TextOptions {
  bool color = false;    // ANSI colours around severity words
  bool verbose = false;  // nothing is cut; adds details and remarks
  VerdictFilter verdicts = VerdictFilter::problems;
  std::string timestamp = {};  // "" = none
};

void write_text(const audit::Result& result, const TextOptions& options, const Sink& sink);
std::string text_report(const audit::Result& result, const TextOptions& options);

}  // namespace exaudit::report
