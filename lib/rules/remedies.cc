#include "rules/remedies.h"

#include <cstdint>
#include <set>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "base/text.h"

namespace exaudit::rules {

namespace {

constexpr std::string_view kNotKnown = "<not known from the evidence>";

enum class Version : std::uint8_t { any, exchange2000, exchange2003 };
enum class Cluster : std::uint8_t { any, yes, no };
enum class StoreKind : std::uint8_t { any, private_store, public_store };

struct Step {
  std::string_view text;
  std::string_view value = {};  // printed only when this value is known, or only when it is not; "" = always
  bool when_known = false;
};

struct Row {
  std::string_view rule, reason;  // reason "*" = any
  Version version;
  Cluster cluster;
  StoreKind store;
  std::string_view summary;
  std::vector<Step> steps;
};

// Steps that several rows share.
constexpr std::string_view kEditWarning =
    "Warning: wrong edits of directory objects with ADSI Edit or LDP can make it necessary to reinstall "
    "Windows or Exchange. Have a backup first.";
constexpr std::string_view kSameDirectoryServer =
    "Make the change on the directory server that Exchange on ${server} uses (event 2080 names it), or wait "
    "for replication.";
constexpr std::string_view kOpenConnections =
    "Start ADSI Edit and open the Connections container of the organization "
    "(CN=Connections,CN=<organization>,CN=Microsoft Exchange,CN=Services in the "
    "configuration naming context).";
constexpr std::string_view kCreateGateway =
    "Right-click the container and create a new object with these six values:";
constexpr std::string_view kClass = "Class: mailGateway";
constexpr std::string_view kCn = "cn: ${cn}";
constexpr std::string_view kHomeMta = "homeMTA: ${homeMTA}";
constexpr std::string_view kDeliveryMechanism = "deliveryMechanism: 2";
constexpr std::string_view kHomeMdb = "homeMDB: ${homeMDB}";
constexpr std::string_view kLegacyDn = "legacyExchangeDN: ${legacyExchangeDN}";
constexpr std::string_view kRemount = "Dismount all information stores of ${server}, then mount them again.";
constexpr std::string_view kSecondMailbox =
    "In Exchange System Manager, under Mailboxes of the store, check that there is now a second SMTP mailbox "
    "and that it is connected.";
constexpr std::string_view kPurge =
    "Right-click the disconnected SMTP mailbox, if there is one, and click Purge. Check that mail flows "
    "again.";
constexpr std::string_view kRemountAfterSet =
    "Dismount and mount the store as a precaution, and check that the local delivery queue empties.";
constexpr std::string_view kCleanup =
    "The mailbox was judged as of the last run of the cleanup agent: in Exchange System Manager, right-click "
    "Mailboxes of the store, run the cleanup "
    "agent, and look again.";
constexpr std::string_view kWorkaroundPrivate =
    "Workaround: create a new mailbox store, move all users to it, and delete the old store.";
constexpr std::string_view kLocalTelnet =
    "Check on the computer itself: telnet localhost 25, then ehlo. X-EXPS, X-LINK2STATE and XEXCH50 must be "
    "listed. A firewall or antivirus product may "
    "hide them from other computers.";
constexpr std::string_view kMetabaseBackup =
    "If there is a good backup of the metabase (System State, or made in Internet Service Manager), restore "
    "it instead of the following steps.";
constexpr std::string_view kReinstall =
    "Otherwise reinstall Exchange: make sure that the SMTP service is installed, run Setup, choose Reinstall "
    "for each installed component in the Action "
    "column. This puts back missing files and metabase entries; databases, settings and mailboxes stay.";
constexpr std::string_view kServicePacks = "Apply all Exchange service packs and hotfixes again.";
constexpr std::string_view kSmtpreinstall =
    "Or, with Exchange 2000 SP2 or later on a stand-alone server: copy Smtpreinstall.exe from "
    "Support\\utils\\i386 of the service pack to Exchsrvr\\Bin, run "
    "it there, click OK, and restart the computer by hand.";
constexpr std::string_view kKeepIis =
    "Do not remove and reinstall IIS except in extreme cases (KB 822939). TechNet bb124688 does remove it "
    "and metabase.bin; that is the last resort.";
constexpr std::string_view kVerifyVerbs = "Check the verbs again with telnet localhost 25 and ehlo.";
constexpr std::string_view kNoSetupOnCluster =
    "On a cluster node do not use Smtpreinstall.exe or Reinstall for this: neither works there (KB 312395, "
    "written for Exchange 2000).";
constexpr std::string_view kClusterBackup =
    "Method 1 of KB 312395: restore a full backup of this node's metabase that was made before the SMTP "
    "service was removed or damaged.";
constexpr std::string_view kClusterMove =
    "Method 2 of KB 312395 moves the virtual servers off the node and removes IIS components, but never "
    "Common Files, which would remove the Cluster service. Follow the article itself: exaudit does not know "
    "its last steps.";
constexpr std::string_view kLookForImcKey =
    "Look for the key MSExchangeIMC below HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services first: it "
    "can make a Windows service pack remove the SMTP service (KB 294804).";
constexpr std::string_view kInstallSmtp =
    "Then install the component: Control Panel, Add or Remove Programs, Add/Remove Windows Components, "
    "Internet Information Services (IIS), Details, SMTP Service. Restart the computer.";
constexpr std::string_view kImcArticles =
    "Read KB 294804 and the section of KB 822939 on this key, and do what they say; exaudit does not know "
    "whether they delete the key or rename it.";
constexpr std::string_view kLookAgain =
    "Look in a newer copy of the log whether it has come back. If it has, or if mail does not flow, follow "
    "the article.";
constexpr std::string_view kMtaAndVerbs =
    "Then the SMTP service: look for MSExchangeMTA event 9405 with Init Routing API and -2147219168 (KB "
    "840469), and check the verbs on ${server} with telnet localhost 25 and ehlo: X-EXPS, X-LINK2STATE and "
    "XEXCH50 must be listed (KB 822939). If one of these fails, repair that and leave the directory alone.";
constexpr std::string_view kInheritance =
    "Then permissions: on the Connections container of the organization and the objects below it, "
    "inheritable permissions from the parent must be allowed.";
constexpr std::string_view kDomainPrep =
    "Run Exchange Setup with /domainprep, which sets permissions again; it helps only where inheritance is "
    "not blocked (documentation of event 326).";
#define WINDOWS_COMPONENTS                                                                               \
  "Control Panel, Add or Remove Programs, Add/Remove Windows Components, Internet Information Services " \
  "(IIS), "                                                                                              \
  "Details: "
constexpr std::string_view kRemoveSmtp =
    WINDOWS_COMPONENTS "clear SMTP Service, and nothing else. Finish the wizard and restart the computer.";
constexpr std::string_view kAddSmtp =
    WINDOWS_COMPONENTS "select SMTP Service. Finish the wizard and restart the computer.";
#undef WINDOWS_COMPONENTS
constexpr std::string_view kComponentOnly =
    "KB 822939 warns against removing and reinstalling IIS. KB 840469 removes only the SMTP component, but "
    "that takes the registrations of Exchange away as well: never stop before the extensions are back and "
    "the verbs are listed.";
constexpr std::string_view kBindings =
    "Network Neighborhood, Properties, Bindings: for all services and then for all protocols, move the "
    "internal adapter to the top and leave the Remote Access WAN Wrapper last. Restart the computer (KB "
    "279415).";
constexpr std::string_view kMtaFix =
    "If the MTA still does not start: install the fix of KB 285350 (5.5.2654.54). It needs Exchange 5.5 "
    "Service Pack 4. KB 283238 has newer files, 5.5.2654.89; its earlier .50 and .39 are too old.";
constexpr std::string_view kRpcReach =
    "Make sure that every enabled network adapter reaches the other servers of "
    "the site over RPC, or disable those that do not (KB 285350). No file shows whether they do. On a "
    "cluster server this requirement is by design.";
constexpr std::string_view kTcpIpAnew =
    "Last, when the binding order is healthy: KB 320200 has the same events, and removes and installs TCP/IP "
    "and the Windows NT service pack.";
constexpr std::string_view kRegistryBackup = "Back up the registry (KB 256986, KB 322756).";

// The rows of remedies.def, in file order.
std::vector<Row> load() {
  std::vector<Row> rows;
#define REMEDY(rule, reason, version, cluster, store, summary) \
  rows.push_back({rule, reason, Version::version, Cluster::cluster, StoreKind::store, summary, {}});
#define STEP(text) rows.back().steps.push_back({text});
#define STEP_WITH(value, text) rows.back().steps.push_back({text, value, true});
#define STEP_WITHOUT(value, text) rows.back().steps.push_back({text, value, false});
#include "rules/remedies.def"
#undef STEP_WITHOUT
#undef STEP_WITH
#undef STEP
#undef REMEDY
  return rows;
}

const std::vector<Row>& rows() {
  static const std::vector<Row> all = [] {
    auto loaded = load();
    std::set<std::tuple<std::string_view, std::string_view, Version, Cluster, StoreKind>> keys;
    for (const Row& row : loaded) {
      if (!keys.emplace(row.rule, row.reason, row.version, row.cluster, row.store).second) {
        throw std::logic_error("remedies.def has two rows for " + std::string(row.rule));
      }
    }
    return loaded;
  }();
  return all;
}

bool covers(Version version, model::Generation generation) {
  switch (version) {
    case Version::any:
      return true;
    case Version::exchange2000:
      return generation == model::Generation::exchange2000;
    case Version::exchange2003:
      return generation == model::Generation::exchange2003;
  }
  return false;
}

bool matches(const Row& row, const findings::Finding& finding, const RemedyContext& context) {
  const bool cluster = row.cluster == Cluster::any || (row.cluster == Cluster::yes) == context.cluster;
  const bool store =
      row.store == StoreKind::any || (row.store == StoreKind::public_store) == context.public_store;
  return row.rule == finding.rule && (row.reason == "*" || row.reason == finding.reason) && cluster &&
         store && covers(row.version, context.generation);
}

// A row for clusters beats any other, because what helps on a stand-alone server can do harm there; then one
// for the reason.
int specificity(const Row& row) {
  return (row.cluster != Cluster::any ? 8 : 0) + (row.reason != "*" ? 4 : 0) +
         (row.store != StoreKind::any ? 2 : 0) + (row.version != Version::any ? 1 : 0);
}

const Row* best_row(const findings::Finding& finding, const RemedyContext& context) {
  const Row* best = nullptr;
  for (const Row& row : rows()) {
    if (matches(row, finding, context) && (best == nullptr || specificity(row) > specificity(*best)))
      best = &row;
  }
  return best;
}

std::string server_of(const findings::Subject& subject, const RemedyContext& context) {
  if (!context.server.empty()) return context.server;
  if (!subject.server.empty()) return subject.server;
  if (!subject.machine.empty()) return subject.machine;
  const bool is_server =
      subject.kind == findings::SubjectKind::server || subject.kind == findings::SubjectKind::machine;
  return is_server ? subject.name : std::string();
}

bool is_known(std::string_view placeholder, std::string_view value) {
  return placeholder == "legacyExchangeDN" ? base::ascii_istarts_with(value, "/o=") : !value.empty();
}

// A legacyExchangeDN whose beginning was not observed must not look like one that can be typed in.
std::string shown(std::string_view placeholder, std::string_view value) {
  return is_known(placeholder, value) ? base::visible(value) : std::string(kNotKnown) + base::visible(value);
}

std::string value_of(std::string_view placeholder, const findings::Finding& finding,
                     const RemedyContext& context) {
  for (const findings::NamedValue& named : finding.values) {
    if (named.name == placeholder) return named.value;
  }
  if (placeholder == "server") return server_of(finding.subject, context);
  if (placeholder == "name") return finding.subject.name;
  if (placeholder == "dn") return finding.subject.dn;
  if (placeholder == "guid") return finding.subject.guid;
  if (placeholder == "part") return finding.subject.part;
  if (placeholder == "reason") return finding.reason;
  return {};
}

// Placeholders are looked for in our own text only, so one pass cannot expand anything that a value brings
// along.
std::string filled(std::string_view text, const findings::Finding& finding, const RemedyContext& context) {
  std::string out;
  while (!text.empty()) {
    const std::size_t start = text.find("${");
    const std::size_t end = start == std::string_view::npos ? start : text.find('}', start);
    out += text.substr(0, end == std::string_view::npos ? end : start);
    if (end == std::string_view::npos) break;
    const std::string_view placeholder = text.substr(start + 2, end - start - 2);
    out += shown(placeholder, value_of(placeholder, finding, context));
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

findings::Remedy remedy_for(const findings::Finding& finding, const RemedyContext& context) {
  findings::Remedy remedy;
  remedy.article_url = article_url(finding.article);
  const Row* row = best_row(finding, context);
  if (row == nullptr) return remedy;
  remedy.summary = filled(row->summary, finding, context);
  remedy.steps.reserve(row->steps.size());
  for (const Step& step : row->steps) {
    if (step.value.empty() || is_known(step.value, value_of(step.value, finding, context)) == step.when_known)
      remedy.steps.push_back(filled(step.text, finding, context));
  }
  return remedy;
}

std::string article_url(std::string_view article) {
  return article.empty() ? std::string() : "https://support.microsoft.com/kb/" + std::string(article);
}

}  // namespace exaudit::rules
