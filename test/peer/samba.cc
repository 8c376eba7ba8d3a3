#include "peer/samba.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "facts/dn.h"
#include "peer/evidence.h"
#include "tree.h"

namespace exaudit::test {

namespace {

namespace fs = std::filesystem;

constexpr auto kStartTime = std::chrono::seconds(60);
constexpr auto kStopTime = std::chrono::seconds(10);
constexpr auto kPause = std::chrono::milliseconds(10);
constexpr const char* kPython = "/usr/bin/python3";  // the modules are not those of any other one
constexpr const char* kUri = "ldaps://dc1.contoso.test";
constexpr const char* kAdministrator = "administrator@contoso.test";

std::string configuration_of(const std::string& folder) {
  return fmt::format(R"([global]
netbios name = DC1
realm = CONTOSO.TEST
workgroup = CONTOSO
server role = active directory domain controller
server services = ldap, cldap, kdc
interfaces = lo
bind interfaces only = yes
binddns dir = {0}/bind-dns
cache directory = {0}/cache
lock directory = {0}
log file = {0}/log.%m
ncalrpc dir = {0}/ncalrpc
pid directory = {0}
private dir = {0}/private
state directory = {0}/state
dsdb:schema update allowed = yes
)",
                     folder);
}

// Databases that were never served, made once.
const TemporaryFolder& prepared() {
  static const TemporaryFolder folder;
  static bool done = false;
  if (done) return folder;
  run_successfully({"samba-tool", "domain", "provision", "--configfile=/dev/null", "--realm=CONTOSO.TEST",
                    "--domain=CONTOSO", "--server-role=dc", "--dns-backend=NONE", "--host-name=dc1",
                    "--host-ip=127.0.0.1", "--option=interfaces=lo", "--option=bind interfaces only=yes",
                    "--targetdir=" + folder.path()});
  run_successfully({kPython, (source_root() / "test/peer/samba_prepare.py").string(),
                    folder.file("etc/smb.conf", configuration_of(folder.path())),
                    (source_root() / "ldapschema/exchange-ad.ldif").string()},
                   std::string(Samba::kPassword) + "\n");
  done = true;
  return folder;
}

// Samba's modules lie in a folder that is named after the architecture.
std::string module(const std::string& name) {
  for (const auto& entry : fs::directory_iterator("/usr/lib")) {
    const fs::path file = entry.path() / "samba" / name;
    if (fs::exists(file)) return file.string();
  }
  return "/usr/lib/samba/" + name;
}

// All processes of the network that `pid` lives in.
std::vector<pid_t> neighbours(pid_t pid) {
  std::error_code gone;
  const auto network = [&](const std::string& process) {
    return fs::read_symlink("/proc/" + process + "/ns/net", gone);
  };
  const fs::path wanted = network(std::to_string(pid));
  std::vector<pid_t> out;
  if (wanted.empty() || wanted == network("self")) return out;
  for (const auto& entry : fs::directory_iterator("/proc", gone)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") == std::string::npos && network(name) == wanted)
      out.push_back(std::stoi(name));
  }
  return out;
}

}  // namespace

bool Samba::present() {
  const std::string database = module("ldb/samba_dsdb.so");
  const std::string permissions = module("vfs/acl_xattr.so");
  if (!components_present({{"samba", "samba"},
                           {"samba-tool", "samba-common-bin"},
                           {"/usr/share/samba/setup/provision.ldif", "samba-ad-provision"},
                           {database, "samba-dsdb-modules"},
                           {permissions, "samba-vfs-modules"},
                           {"/usr/lib/python3/dist-packages/samba/samdb.py", "python3-samba"},
                           {"ldapmodify", "ldap-utils"},
                           {"kinit", "krb5-user"},
                           {"ip", "iproute2"},
                           {"unshare", "util-linux"}}))
    return false;
  const Finished network = run_to_end({"unshare", "-n", "-m", "true"});
  if (network.code != 0)
    not_tested("a domain controller needs a network of its own, which only root may make: " + network.err);
  return network.code == 0;
}

Samba::Samba() {
  fs::copy(prepared().path(), folder_.path(), fs::copy_options::recursive);
  write_configuration();
  start();
}

// Samba's children end a little later than Samba, and until then they write into the folder.
Samba::~Samba() {
  beside_.clear();
  if (!process_) return;
  const std::vector<pid_t> children = neighbours(process_->pid());
  process_.reset();
  const auto end = std::chrono::steady_clock::now() + kStopTime;
  for (const pid_t child : children) {
    while (::kill(child, 0) == 0) {
      if (std::chrono::steady_clock::now() > end) ::kill(child, SIGKILL);
      std::this_thread::sleep_for(kPause);
    }
  }
}

void Samba::write_configuration() const {
  folder_.file("etc/smb.conf", configuration_of(folder_.path()));
  folder_.file("password", kPassword);  // libldap's tools take a line end for a part of it
  fs::permissions(password_file(), fs::perms::owner_read);
  folder_.file("hosts", "127.0.0.1 dc1.contoso.test dc1 localhost\n");
  folder_.file("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
  folder_.file("krb5.conf",
               "[libdefaults]\ndefault_realm = CONTOSO.TEST\ndns_lookup_kdc = false\ndns_lookup_realm = "
               "false\nrdns = false\ndns_canonicalize_hostname = false\n[realms]\nCONTOSO.TEST = {\n  kdc = "
               "127.0.0.1\n}\n[domain_realm]\n.contoso.test = CONTOSO.TEST\n");
  folder_.file("start.sh", R"(set -e
ip link set lo up
mount --bind "$1/hosts" /etc/hosts
mount --bind "$1/resolv.conf" /etc/resolv.conf
touch "$1/inside"
exec samba --foreground --no-process-group --model=prefork --configfile="$1/etc/smb.conf" --debug-stdout
)");
}

void Samba::start() {
  process_.emplace(
      std::vector<std::string>{"unshare", "-n", "-m", "sh", folder_.path("start.sh"), folder_.path()},
      folder_.path("log"));
  // Before that, its process is still in the network of everybody.
  process_->wait_until([&] { return fs::exists(folder_.path("inside")); }, kStartTime);
  process_->wait_until(
      [&] {
        return run({"env", "LDAPTLS_CACERT=" + ca_file(), "ldapsearch", "-x", "-H", kUri, "-s", "base", "-b",
                    "", "1.1"})
                   .code == 0;
      },
      kStartTime);
}

std::vector<std::string> Samba::inside(const std::vector<std::string>& arguments) const {
  std::vector<std::string> out = {"nsenter",
                                  "--target=" + std::to_string(process_->pid()),
                                  "--net",
                                  "--mount",
                                  "env",
                                  "KRB5_CONFIG=" + folder_.path("krb5.conf"),
                                  "KRB5CCNAME=FILE:" + folder_.path("tickets")};
  out.insert(out.end(), arguments.begin(), arguments.end());
  return out;
}

Finished Samba::run(const std::vector<std::string>& arguments, const std::string& input) const {
  return run_to_end(inside(arguments), input);
}

Finished Samba::exaudit(std::vector<std::string> arguments, const std::string& input) const {
  arguments.insert(arguments.begin(), EXAUDIT_PROGRAM);
  return run(arguments, input);
}

void Samba::start_beside(const std::string& name, const std::vector<std::string>& arguments,
                         const std::vector<std::string>& probe) {
  beside_.push_back(std::make_unique<Process>(inside(arguments), folder_.path(name + ".log")));
  beside_.back()->wait_until([&] { return run(probe).code == 0; }, kStartTime);
}

std::vector<std::string> Samba::tool(const std::string& program,
                                     const std::vector<std::string>& arguments) const {
  std::vector<std::string> out = {
      "env",          "LDAPTLS_CACERT=" + ca_file(), program, "-x", "-H", kUri, "-D", kAdministrator, "-y",
      password_file()};
  out.insert(out.end(), arguments.begin(), arguments.end());
  return out;
}

void Samba::change(const std::string& ldif) const {
  const Finished done = run(tool("ldapmodify", {}), ldif);
  if (done.code != 0) throw std::runtime_error("ldapmodify: " + done.out + done.err);
}

std::vector<Object> Samba::search(const std::string& base, const std::string& filter,
                                  const std::vector<std::string>& attributes) const {
  std::vector<std::string> arguments = {"-LLL", "-o", "ldif_wrap=no", "-E", "pr=1000/noprompt",
                                        "-b",   base, filter};
  arguments.insert(arguments.end(), attributes.begin(), attributes.end());
  const Finished found = run(tool("ldapsearch", arguments));
  constexpr int kNoSuchObject = 32;
  if (found.code == kNoSuchObject) return {};
  if (found.code != 0) throw std::runtime_error("ldapsearch: " + found.err);
  return read_objects(found.out).objects;
}

void Samba::remove(const std::string& dn) const {
  std::vector<Object> objects = search(dn, "(objectClass=*)", {"1.1"});
  std::stable_sort(objects.begin(), objects.end(), [](const Object& a, const Object& b) {
    return facts::depth_of_key(facts::dn_key(a.dn).value()) >
           facts::depth_of_key(facts::dn_key(b.dn).value());
  });
  std::string names;
  for (const Object& object : objects) names += object.dn + "\n";
  const Finished done = run(tool("ldapdelete", {}), names);
  if (done.code != 0) throw std::runtime_error("ldapdelete: " + done.err);
}

}  // namespace exaudit::test
