// How long does an audit take, compared with programs that do less with the same file?
//
//   exaudit_bench [--mailboxes 100000] [--rounds 5] [--keep]
//
// Writes an LDIF export as ldifde does (the configuration of an organization of 20 servers, and mailboxes of
// 37 lines and 1.9 KB), then times in interleaved rounds: the whole audit; ldapmodify -n (libldap parses the
// file and does nothing with it); wc -l (reading it at all); and the start of the program alone and on the
// evidence of one server. Prints one table: median, fastest and slowest wall-clock time, and peak memory.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/guid.h"

extern char** environ;

namespace {

namespace fs = std::filesystem;
using exaudit::base::base64_encode;
using exaudit::base::Guid;

constexpr int kServers = 20;
constexpr int kStoresPerServer = 4;
constexpr const char* kConfiguration = "CN=Configuration,DC=contoso,DC=test";
constexpr const char* kOrganization =
    "CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test";
constexpr const char* kGroupLegacy = "/o=Contoso/ou=First Administrative Group";

Guid guid_of(std::uint64_t number) {
  Guid out;
  for (auto& octet : out.octets) {
    number = number * 6364136223846793005U + 1442695040888963407U;
    octet = static_cast<std::uint8_t>(number >> 56);
  }
  return out;
}

std::string octets(std::uint64_t number) {
  const Guid guid = guid_of(number);
  return base64_encode({reinterpret_cast<const char*>(guid.octets.data()), guid.octets.size()});
}

std::string server_name(int server) { return fmt::format("MAIL{}", server + 1); }
std::string group_dn() {
  return fmt::format("CN=First Administrative Group,CN=Administrative Groups,{}", kOrganization);
}
std::string server_dn(int server) {
  return fmt::format("CN={},CN=Servers,{}", server_name(server), group_dn());
}
std::string storage_group_dn(int server) {
  return fmt::format("CN=First Storage Group,CN=InformationStore,{}", server_dn(server));
}
std::string store_dn(int server, int store) {
  return fmt::format("CN=Mailbox Store {} ({}),{}", store + 1, server_name(server), storage_group_dn(server));
}
std::uint64_t store_number(int server, int store) {
  return 1000U + static_cast<std::uint64_t>(server * 100 + store);
}

class Export {
 public:
  explicit Export(const fs::path& path) : out_(path, std::ios::binary) {}

  void configuration() {
    object(kConfiguration, "configuration", {});
    object(kOrganization, "container\r\nobjectClass: msExchOrganizationContainer",
           "legacyExchangeDN: /o=Contoso\r\n");
    object(fmt::format("CN=Connections,{}", kOrganization), "container", {});
    object(fmt::format("CN=Administrative Groups,{}", kOrganization), "msExchAdminGroupContainer", {});
    object(group_dn(), "msExchAdminGroup", fmt::format("legacyExchangeDN: {}\r\n", kGroupLegacy));
    object("CN=Servers," + group_dn(), "msExchServersContainer", {});
    object("CN=Routing Groups," + group_dn(), "msExchRoutingGroupContainer", {});
    object("CN=First Routing Group,CN=Routing Groups," + group_dn(), "msExchRoutingGroup", {});
    object("CN=Microsoft Exchange System Objects,DC=contoso,DC=test", "msExchSystemObjectsContainer", {});
    for (int server = 0; server < kServers; ++server) add_server(server);
  }

  void mailbox(std::uint64_t number) {
    const int server = static_cast<int>(number % kServers);
    const int store = static_cast<int>(number / kServers % kStoresPerServer);
    const std::string alias = fmt::format("user{:07}", number);
    const std::string dn = fmt::format("CN={0},OU=Staff {1},DC=contoso,DC=test", alias, number % 97);
    out_ << fmt::format(
        "dn: {0}\r\nchangetype: add\r\nobjectClass: top\r\nobjectClass: person\r\nobjectClass: "
        "organizationalPerson\r\nobjectClass: user\r\n"
        "cn: {1}\r\nsn: Example\r\ngivenName: User\r\ndistinguishedName: {0}\r\ninstanceType: "
        "4\r\nwhenCreated: 20030611083000.0Z\r\n"
        "whenChanged: 20040511083000.0Z\r\ndisplayName: Example, User {2}\r\nuSNCreated: {3}\r\nuSNChanged: "
        "{4}\r\n",
        dn, alias, number, 100000 + number, 900000 + number);
    out_ << fmt::format(
        "homeMTA: CN=Microsoft MTA,{0}\r\nproxyAddresses: SMTP:{1}@contoso.test\r\nproxyAddresses: "
        "X400:c=US;a= ;p=Contoso;o=Exchange;s=Example;g={1};\r\n"
        "homeMDB: {2}\r\nmDBUseDefaults: TRUE\r\nmailNickname: {1}\r\nname: {1}\r\nobjectGUID:: "
        "{3}\r\nuserAccountControl: 512\r\n"
        "legacyExchangeDN: {4}/cn=Recipients/cn={1}\r\n",
        server_dn(server), alias, store_dn(server, store), octets(number + 1'000'000), kGroupLegacy);
    out_ << fmt::format(
        "objectSid:: AQUAAAAAAAUVAAAA{0}\r\nsAMAccountName: {1}\r\nshowInAddressBook: CN=Default Global "
        "Address List,CN=All Global Address Lists,CN=Address "
        "Lists Container,{2}\r\nuserPrincipalName: {1}@contoso.test\r\nobjectCategory: "
        "CN=Person,CN=Schema,CN=Configuration,DC=contoso,DC=test\r\n"
        "mail: {1}@contoso.test\r\nmsExchHomeServerName: "
        "{3}/cn=Configuration/cn=Servers/cn={4}\r\nmsExchMailboxGuid:: {5}\r\n"
        "msExchALObjectVersion: 46\r\nmsExchPoliciesIncluded: "
        "{{2491FC9A-4F6B-4D5B-8D5B-0123456789AB}},{{26491CFC-9E50-4857-861B-0CB8DF22B5D7}}\r\n\r\n",
        octets(number).substr(0, 16), alias, kOrganization, kGroupLegacy, server_name(server),
        octets(number + 9'000'000));
  }

 private:
  void object(const std::string& dn, std::string_view type, std::string_view lines, std::uint64_t guid = 0) {
    ++usn_;
    out_ << fmt::format(
        "dn: {0}\r\nchangetype: add\r\nobjectClass: top\r\nobjectClass: {1}\r\ndistinguishedName: "
        "{0}\r\ninstanceType: 4\r\n"
        "whenCreated: 20030611083000.0Z\r\nuSNChanged: {2}\r\nobjectGUID:: {3}\r\n{4}\r\n",
        dn, type, usn_, octets(guid == 0 ? usn_ + 50'000'000 : guid), lines);
  }

  void add_server(int server) {
    const std::string name = server_name(server);
    const std::string dn = server_dn(server);
    object(dn, "server\r\nobjectClass: msExchExchangeServer",
           fmt::format("legacyExchangeDN: {0}/cn=Configuration/cn=Servers/cn={1}\r\nserialNumber: Version "
                       "6.5 (Build 7638.2: Service Pack 2)\r\n"
                       "networkAddress: ncacn_ip_tcp:{1}.contoso.test\r\nmsExchHomeRoutingGroup: CN=First "
                       "Routing Group,CN=Routing Groups,{2}\r\n",
                       kGroupLegacy, name, group_dn()));
    object("CN=Microsoft MTA," + dn, "mTA", {});
    object("CN=InformationStore," + dn, "msExchInformationStore", {});
    object(storage_group_dn(server), "msExchStorageGroup", {});
    for (int store = 0; store < kStoresPerServer; ++store) {
      const std::uint64_t number = store_number(server, store);
      const std::string guid = guid_of(number).text();
      object(store_dn(server, store), "msExchMDB\r\nobjectClass: msExchPrivateMDB",
             "deliveryMechanism: 1\r\n", number);
      object(fmt::format("CN=SMTP ({}-{}),CN=Connections,{}", name, guid, kOrganization),
             "msExchConnector\r\nobjectClass: mailGateway",
             fmt::format("homeMTA: CN=Microsoft MTA,{}\r\nhomeMDB: {}\r\ndeliveryMechanism: 2\r\n"
                         "legacyExchangeDN: {}/cn=Configuration/cn=Connections/cn=SMTP ({})/cn={}\r\n",
                         dn, store_dn(server, store), kGroupLegacy, name, guid));
      object(fmt::format("CN=SystemMailbox{},CN=Microsoft Exchange System Objects,DC=contoso,DC=test", guid),
             "user", {});
    }
  }

  std::ofstream out_;
  std::uint64_t usn_ = 0;
};

struct Run {
  double milliseconds = 0;
  long peak_kilobytes = 0;
  int status = -1;  // exit code, 127 when the program is not there
};

// Runs a program with its output thrown away.
Run run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& each : command)
    arguments.push_back(const_cast<char*>(each.c_str()));  // posix_spawn does not change them
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  Run out;
  pid_t child = 0;
  const auto start = std::chrono::steady_clock::now();
  const int failed = posix_spawnp(&child, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    out.status = 127;
    return out;
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  out.milliseconds =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  out.peak_kilobytes = usage.ru_maxrss;
  out.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return out;
}

struct Contestant {
  std::string name;
  std::vector<std::string> command;
  bool reads_export = false;
  std::vector<Run> runs = {};
};

void print(const Contestant& contestant, std::uintmax_t bytes) {
  auto runs = contestant.runs;
  if (runs.empty() || runs.front().status == 127) {
    fmt::print("{:<44} not installed\n", contestant.name);
    return;
  }
  std::sort(runs.begin(), runs.end(),
            [](const Run& a, const Run& b) { return a.milliseconds < b.milliseconds; });
  const Run& median = runs[runs.size() / 2];
  const std::string speed =
      contestant.reads_export
          ? fmt::format("{:.0f} MB/s", static_cast<double>(bytes) / 1e3 / median.milliseconds)
          : "";
  fmt::print("{:<44} {:>9.1f} ms  ({:.1f} to {:.1f})  {:>10}  {:>6.1f} MB peak  exit {}\n", contestant.name,
             median.milliseconds, runs.front().milliseconds, runs.back().milliseconds, speed,
             static_cast<double>(median.peak_kilobytes) / 1024, median.status);
}

std::uint64_t number_of(const char* text) { return std::strtoull(text, nullptr, 10); }

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t mailboxes = 100'000;
  std::uint64_t rounds = 5;
  bool keep = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--keep") {
      keep = true;
    } else if (i + 1 < argc && (option == "--mailboxes" || option == "--rounds")) {
      (option == "--rounds" ? rounds : mailboxes) = number_of(argv[++i]);
    } else {
      fmt::print(stderr, "usage: exaudit_bench [--mailboxes N] [--rounds N] [--keep]\n");
      return 2;
    }
  }
  const fs::path file = fs::temp_directory_path() / fmt::format("exaudit-bench-{}.ldf", ::getpid());
  {
    Export out(file);
    out.configuration();
    for (std::uint64_t i = 0; i < mailboxes; ++i) out.mailbox(i);
  }
  const auto bytes = fs::file_size(file);
  fmt::print("{} mailboxes, {:.1f} MB of LDIF, {} interleaved rounds: median (fastest to slowest)\n",
             mailboxes, static_cast<double>(bytes) / 1e6, rounds);

  const std::string program = EXAUDIT_PROGRAM;
  std::vector<Contestant> contestants = {
      {"exaudit audit FILE", {program, "audit", file.string()}, true},
      {"ldapmodify -n -f FILE (parsing by libldap)", {"ldapmodify", "-n", "-f", file.string()}, true},
      {"wc -l FILE", {"wc", "-l", file.string()}, true},
      {"exaudit --version", {program, "--version"}},
  };
  const fs::path bundle = fs::path(EXAUDIT_SOURCE_DIR) / "fixtures/scenarios/healthy-2003";
  if (fs::exists(bundle))
    contestants.push_back({"exaudit audit of one server's evidence", {program, "audit", bundle.string()}});
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (Contestant& contestant : contestants) contestant.runs.push_back(run(contestant.command));
  }
  for (const Contestant& contestant : contestants) print(contestant, bytes);
  if (keep) {
    fmt::print("kept: {}\n", file.string());
  } else {
    fs::remove(file);
  }
  return 0;
}
