// Audits of small evidence: a folder of fixtures/, or files written in the test.
//
//   const auto result = audit_files({{"directory/a.ldf", edited(small_site(), "deliveryMechanism: 2",
//   "deliveryMechanism: 1")}}); CHECK(findings_of(result) == "medium KB828938.gateway-delivery-mechanism
//   value " + kGateway);
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audit/audit.h"

namespace exaudit::test {

using Files = std::vector<std::pair<std::string, std::string>>;  // path below the folder, content

// `folder` from the root of the repository.
audit::Result audit_folder(const std::string& folder, const audit::Options& options = {});
audit::Result audit_files(const Files& files, const audit::Options& options = {});

// One line per finding, sorted: "severity rule reason subject[ part]", two blanks before those that another
// finding explains.
std::string findings_of(const audit::Result& result);
// One line per subject of the rule, sorted: "subject verdict[ (needs)]".
std::string verdicts_of(const audit::Result& result, std::string_view rule);
// The only finding of the rule.
const findings::Finding& only_finding(const audit::Result& result, std::string_view rule);

// What the folders fixtures/kbNNNNNN/{bad,good,not-evaluated,not-applicable}/<slug> of a rule must give.
struct FixtureRow {
  std::string rule;
  std::string bad;        // "severity reason subject[ part]" of its finding in bad/
  std::string needs;      // of its verdict in not-evaluated/; "" = the rule never gives it
  std::string also = "";  // another finding that bad/ cannot be without, as findings_of() writes it
};
// Checks the fixtures of an article against its rows, and that every folder has its row.
void check_fixtures(const std::string& article, const std::vector<FixtureRow>& rows);

// The site of fixtures/kb828938/good as LDIF: server MAIL1 with one mailbox store, nothing wrong.
std::string small_site();
inline const std::string kStore = "Mailbox Store (MAIL1)";
inline const std::string kGuid = "{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}";
inline const std::string kGateway = "SMTP (MAIL1-" + kGuid + ")";
inline const std::string kConfiguration = "CN=Configuration,DC=contoso,DC=test";
inline const std::string kOrg = "CN=Contoso,CN=Microsoft Exchange,CN=Services," + kConfiguration;
inline const std::string kConnections = "CN=Connections," + kOrg;
inline const std::string kGroup = "CN=First Administrative Group,CN=Administrative Groups," + kOrg;
inline const std::string kServer = "CN=MAIL1,CN=Servers," + kGroup;
inline const std::string kMta = "CN=Microsoft MTA," + kServer;
inline const std::string kStorageGroup = "CN=First Storage Group,CN=InformationStore," + kServer;
inline const std::string kStoreDn = "CN=" + kStore + "," + kStorageGroup;
inline const std::string kGatewayDn = "CN=" + kGateway + "," + kConnections;

// Edits fail the test when there is nothing to edit.
std::string edited(std::string text, std::string_view from, std::string_view to);  // every place
std::string without_record(std::string ldif, const std::string& dn);
// The record's attribute gets this line ("homeMTA: ...") instead of its own; "" removes it.
std::string with_value(const std::string& ldif, const std::string& dn, const std::string& attribute,
                       const std::string& line);
// A record as an export of whole entries shows it.
std::string record(const std::string& dn, const std::string& classes,
                   const std::vector<std::string>& lines = {});

}  // namespace exaudit::test
