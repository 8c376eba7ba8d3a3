#include "peer/slapd.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/dn.h"
#include "facts/naming_context.h"
#include "peer/evidence.h"
#include "tree.h"

namespace exaudit::test {

namespace {

constexpr auto kStartTime = std::chrono::seconds(30);
constexpr std::string_view kModules = "/usr/lib/ldap";

// What only the root DSE of a domain controller has; no object has them, so the schema does not know them.
constexpr std::string_view kRootAttributes[] = {"configurationNamingContext",
                                                "currentTime",
                                                "defaultNamingContext",
                                                "domainControllerFunctionality",
                                                "domainFunctionality",
                                                "dsServiceName",
                                                "forestFunctionality",
                                                "highestCommittedUSN",
                                                "isGlobalCatalogReady",
                                                "isSynchronized",
                                                "ldapServiceName",
                                                "rootDomainNamingContext",
                                                "schemaNamingContext",
                                                "supportedCapabilities",
                                                "supportedLDAPPolicies"};

// Below 2.25, the arc of UUIDs; see exchange.schema.
constexpr std::string_view kArc = "2.25.281742984955158306937821377686857087798.2";

// Added by slapd to every entry.
const std::set<std::string_view> kBookkeeping = {"structuralobjectclass", "entryuuid", "creatorsname",
                                                 "createtimestamp",       "entrycsn",  "modifiersname",
                                                 "modifytimestamp",       "entrydn"};

std::string root_schema() {
  std::string out;
  int number = 0;
  for (const auto name : kRootAttributes) {
    out += fmt::format("attributetype ( {}.{} NAME '{}' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )\n", kArc,
                       ++number, name);
  }
  return out;
}

bool holds(std::string_view context, std::string_view key) {
  return key == context || facts::is_below(key, context);
}

std::string glue(const std::string& dn) {
  return fmt::format("dn: {}\nobjectClass: top\nobjectClass: glue\nstructuralObjectClass: glue\n\n", dn);
}

Object without_options(Object object) {
  for (auto& [name, value] : object.attributes) name.resize(std::min(name.find(';'), name.size()));
  return object;
}

}  // namespace

std::vector<std::string> naming_contexts(const std::vector<Object>& objects) {
  std::set<std::string> out;
  for (const Object& object : objects) {
    const std::string key = facts::dn_key(object.dn).value();
    const std::string domain(facts::domain_of(key));
    if (domain.empty()) throw std::runtime_error("in no domain: " + object.dn);
    out.insert(facts::in_configuration(key) ? "cn=configuration," + domain : domain);
  }
  return {out.begin(), out.end()};
}

bool Slapd::present() {
  return components_present({{"slapd", "slapd"}, {"slapadd", "slapd"}, {"ldapsearch", "ldap-utils"}});
}

Slapd::Slapd(std::vector<std::string> naming_contexts, SlapdOptions options)
    : options_(std::move(options)), port_(free_port()) {
  for (const std::string& context : naming_contexts) contexts_.push_back(facts::dn_key(context).value());
  // slapd wants a database before the one that it lies in.
  std::sort(contexts_.begin(), contexts_.end(), [](const std::string& a, const std::string& b) {
    return std::make_pair(facts::depth_of_key(b), a) < std::make_pair(facts::depth_of_key(a), b);
  });
  for (std::size_t i = 0; i < contexts_.size(); ++i) std::filesystem::create_directory(database_folder(i));
  folder_.file("root.schema", root_schema());
  folder_.file("root.ldif", root_dse());
  folder_.file("slapd.conf", configuration());
  run_successfully({"slaptest", "-u", "-f", folder_.path("slapd.conf")});
}

std::string Slapd::configuration() const {
  std::string out = fmt::format(
      "modulepath {}\nmoduleload back_mdb\ninclude {}\ninclude {}\npidfile {}\nrootDSE {}\n{}\n", kModules,
      (source_root() / "ldapschema/exchange.schema").string(), folder_.path("root.schema"),
      folder_.path("pid"), folder_.path("root.ldif"), options_.global_configuration);
  for (std::size_t i = 0; i < contexts_.size(); ++i) {
    // maxsize is address space, not disk space.
    out += fmt::format(
        "database mdb\nsuffix \"{}\"\ndirectory {}\nmaxsize 4294967296\ndbnosync\nrootdn \"{}\"\n",
        contexts_[i], database_folder(i), administrator());
    if (i + 1 == contexts_.size()) out += fmt::format("rootpw {}\n", kPassword);
    if (options_.page_size != 0)
      out += fmt::format("limits * size={0} size.pr={0} size.prtotal=unlimited\n", options_.page_size);
    out += fmt::format("index objectClass,cn,objectGUID,homeMTA,mailNickname eq,pres\n{}\n",
                       options_.database_configuration);
  }
  return out;
}

std::string Slapd::root_dse() const {
  std::string out = "dn:\n";
  if (options_.as_domain_controller) {
    const std::string root(facts::domain_of(contexts_.back()));
    out += fmt::format(
        "defaultNamingContext: {0}\nrootDomainNamingContext: {0}\nconfigurationNamingContext: "
        "CN=Configuration,{0}\n"
        "schemaNamingContext: CN=Schema,CN=Configuration,{0}\ndnsHostName: dc1.contoso.test\n",
        root);
  }
  for (const auto& [name, value] : options_.root_dse) out += fmt::format("{}: {}\n", name, value);
  return out;
}

void Slapd::load(const std::vector<Object>& objects) {
  struct Entry {
    std::size_t depth;
    std::string text;
  };
  std::vector<std::vector<Entry>> entries(contexts_.size());
  std::set<std::string> there;
  std::vector<std::string> keys;
  for (const Object& object : objects) there.insert(keys.emplace_back(facts::dn_key(object.dn).value()));
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto context = std::find_if(contexts_.begin(), contexts_.end(),
                                      [&](const std::string& each) { return holds(each, keys[i]); });
    if (context == contexts_.end()) throw std::runtime_error("in no naming context: " + objects[i].dn);
    auto& into = entries[static_cast<std::size_t>(context - contexts_.begin())];
    into.push_back({facts::depth_of_key(keys[i]), to_ldif({without_options(objects[i])})});
    for (std::string_view above = keys[i]; above != *context;) {
      above = facts::parent_key(above);
      if (there.insert(std::string(above)).second)
        into.push_back({facts::depth_of_key(above), glue(std::string(above))});
    }
  }
  for (std::size_t i = 0; i < contexts_.size(); ++i) {
    if (entries[i].empty()) continue;
    std::stable_sort(entries[i].begin(), entries[i].end(),
                     [](const Entry& a, const Entry& b) { return a.depth < b.depth; });
    std::string text;
    for (const Entry& entry : entries[i]) text += entry.text;
    run_successfully({"slapadd", "-q", "-f", folder_.path("slapd.conf"), "-b", contexts_[i], "-l",
                      folder_.file("load.ldif", text)});
  }
}

std::vector<Object> Slapd::content() const {
  std::vector<Object> out;
  for (const std::string& context : contexts_) {
    const std::string text = run_successfully({"slapcat", "-f", folder_.path("slapd.conf"), "-b", context});
    for (Object& object : read_objects(text).objects) {
      const bool is_glue =
          std::any_of(object.attributes.begin(), object.attributes.end(), [](const auto& attribute) {
            return attribute.first == "structuralObjectClass" && attribute.second == "glue";
          });
      if (is_glue) continue;
      std::erase_if(object.attributes, [](const auto& attribute) {
        return kBookkeeping.contains(base::ascii_lowered(attribute.first));
      });
      out.push_back(std::move(object));
    }
  }
  return out;
}

void Slapd::start() {
  process_.emplace(
      std::vector<std::string>{"slapd", "-f", folder_.path("slapd.conf"), "-h", uri() + "/", "-d", "0"},
      folder_.path("log"));
  process_->wait_until([&] { return accepts_connections(port_); }, kStartTime);
}

std::string Slapd::uri() const { return fmt::format("{}://127.0.0.1:{}", options_.scheme, port_); }

}  // namespace exaudit::test
