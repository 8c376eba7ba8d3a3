#include "bench/live.h"

#include <set>

#include <fmt/format.h>

#include "bench/synth_file.h"
#include "findings/finding.h"
#include "peer/evidence.h"
#include "peer/slapd.h"
#include "rules/attributes.h"

namespace exaudit::bench {

namespace {

using findings::Need;

constexpr const char* kDomain = "DC=contoso,DC=test";
constexpr const char* kExchange = "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";
// What lib/collectors/directory.cc asks a domain for.
constexpr const char* kRecipients =
    "(|(mailNickname=*)(proxyAddresses=*)(homeMDB=*)(msExchMailboxGuid=*)(msExchHomeServerName=*)"
    "(cn=SystemMailbox*)(cn=Microsoft Exchange System Objects))";

std::string attributes(std::initializer_list<Need> needs) {
  const auto all = rules::all_rules();
  const std::vector<const rules::Rule*> rules(all.begin(), all.end());
  std::set<std::string_view> names;
  for (const Need need : needs) {
    for (const std::string_view name : rules::attributes_read(rules, need)) names.insert(name);
  }
  return fmt::format(" {}", fmt::join(names, " "));
}

// Both searches of the collector that have many answers, one behind the other.
std::string searches(const std::string& uri) {
  const std::string search = fmt::format("ldapsearch -x -LLL -H {} -E pr=1000/noprompt -b", uri);
  return fmt::format("{0} '{1}' '(objectClass=*)'{2} && {0} '{3}' '{4}'{5}", search, kExchange,
                     attributes({Need::directory, Need::directory_recipients}), kDomain, kRecipients,
                     attributes({Need::directory_recipients}));
}

test::SlapdOptions unlimited() {
  test::SlapdOptions out;
  out.global_configuration = "sizelimit unlimited\n";
  return out;
}

}  // namespace

struct LiveDirectory::Running {
  explicit Running(const std::vector<test::Object>& objects)
      : server(test::naming_contexts(objects), unlimited()) {
    server.load(objects);
    server.start();
  }
  test::Slapd server;
  test::TemporaryFolder folder;
};

LiveDirectory::LiveDirectory() = default;
LiveDirectory::~LiveDirectory() = default;

Workload LiveDirectory::workload(const Options& options) {
  for (const char* program : {"slapd", "slapadd", "slaptest", "ldapsearch"}) {
    if (test::find_program(program).empty())
      return {fmt::format("live directory server: not measured, {} is not installed", program), {}};
  }
  const auto objects = test::read_objects(test::synth_text(usual_organization(options.recipients)));
  running_ = std::make_unique<Running>(objects.objects);
  const std::string uri = running_->server.uri();
  const std::string bundle = running_->folder.path("bundle");
  const std::uint64_t rounds = options.rounds;
  return {fmt::format("live directory server: slapd with {} mailboxes on this machine", options.recipients),
          {{"exaudit audit --ldap URI",
            {options.program, "audit", "--ldap", uri, "--anonymous"},
            0,
            rounds,
            kAuditExits},
           {"exaudit collect --ldap URI --output FOLDER",
            // A bundle is never written over another one.
            {"sh", "-c",
             fmt::format("rm -rf '{0}' && exec '{1}' collect --ldap {2} --anonymous --output '{0}'", bundle,
                         options.program, uri)},
            0,
            rounds},
           {"ldapsearch -E pr=1000/noprompt (the same)", {"sh", "-c", searches(uri)}, 0, rounds}},
          "ldapsearch"};
}

}  // namespace exaudit::bench
