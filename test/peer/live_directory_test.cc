// exaudit against a real directory server: what it finds is what it finds in files, a bundle gives the same
// as the server itself, and nothing that goes wrong on the way looks like health.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "facts/dn.h"
#include "peer/evidence.h"
#include "peer/proxy.h"
#include "peer/slapd.h"
#include "tree.h"

using namespace exaudit::test;
using Json = nlohmann::json;
namespace facts = exaudit::facts;
namespace fs = std::filesystem;

namespace {

Finished exaudit_program(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), EXAUDIT_PROGRAM);
  return run_to_end(arguments, input);
}

std::vector<Object> objects_of(std::string_view fixture) {
  auto views = directory_evidence(source_root() / "fixtures" / fixture);
  REQUIRE(views.size() == 1);
  return views.front().objects;
}

// What every directory has and some exports leave out: the domain, and the container that organizations
// stand in.
std::vector<Object> with_container(std::vector<Object> objects) {
  const std::string domain = "DC=contoso,DC=test";
  const bool has_domain = std::any_of(objects.begin(), objects.end(), [&](const Object& object) {
    return facts::dn_key(object.dn) == facts::dn_key(domain);
  });
  if (!has_domain)
    objects.push_back({domain,
                       {{"objectClass", "top"},
                        {"objectClass", "domain"},
                        {"objectClass", "domainDNS"},
                        {"dc", "contoso"}}});
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string dn = objects[i].dn;
    const std::size_t at = dn.find(",CN=Microsoft Exchange,CN=Services,");
    if (at == std::string::npos) continue;
    const std::string container = dn.substr(at + 1);
    const bool there = std::any_of(objects.begin(), objects.end(), [&](const Object& object) {
      return facts::dn_key(object.dn) == facts::dn_key(container);
    });
    if (!there)
      objects.push_back(
          {container, {{"objectClass", "top"}, {"objectClass", "container"}, {"cn", "Microsoft Exchange"}}});
    break;
  }
  return objects;
}

struct Served {
  explicit Served(const std::vector<Object>& objects, SlapdOptions options = {})
      : server(naming_contexts(objects), std::move(options)) {
    server.load(objects);
    server.start();
  }
  Slapd server;
};

// rule, reason, subject, fingerprint, severity of every finding.
using Found = std::set<std::tuple<std::string, std::string, std::string, std::string, std::string>>;
Found findings_of(const Json& result) {
  Found out;
  for (const Json& finding : result["findings"]) {
    out.emplace(finding["rule"], finding["reason"], finding["subject"]["name"], finding["fingerprint"],
                finding["severity"]);
  }
  return out;
}

std::multiset<std::string> messages_of(const Json& result) {
  std::multiset<std::string> out;
  for (const Json& finding : result["findings"]) out.insert(finding["message"]);
  return out;
}

Json audit_json(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"audit", "--format", "json"});
  const Finished run = exaudit_program(arguments);
  CAPTURE(run.err);
  REQUIRE((run.code == 0 || run.code == 1 || run.code == 3));
  return Json::parse(run.out);
}

// An organization with so many mailboxes that their search takes several pages.
std::vector<Object> many_mailboxes(int count) {
  auto objects = with_container(objects_of("scenarios/healthy-2003"));
  for (int i = 0; i < count; ++i) {
    Object user{fmt::format("CN=user{:05},CN=Users,DC=contoso,DC=test", i), {}};
    for (const char* name : {"top", "person", "organizationalPerson", "user"}) user.add("objectClass", name);
    user.add("cn", fmt::format("user{:05}", i));
    user.add("mailNickname", fmt::format("user{:05}", i));
    user.add("proxyAddresses", fmt::format("SMTP:user{:05}@contoso.test", i));
    objects.push_back(std::move(user));
  }
  return objects;
}

// Many of them are no fault here.
SlapdOptions unlimited() {
  SlapdOptions out;
  out.global_configuration = "sizelimit unlimited\n";
  return out;
}

std::string proxied(const Proxy& proxy) { return fmt::format("ldap://127.0.0.1:{}", proxy.port()); }

}  // namespace

TEST_CASE("live directory: what is found on a server is what is found in its files, and in a bundle of it") {
  if (!Slapd::present()) return;
  std::size_t compared = 0;
  for (const auto& evidence : all_directory_evidence()) {
    if (!evidence.left_out.empty() || evidence.objects.empty()) continue;
    CAPTURE(evidence.name);
    const auto objects = with_container(evidence.objects);
    const TemporaryFolder folder;
    const std::string file = folder.file("export.ldf", to_ldif(objects));
    const Json from_file = audit_json({file});
    if (from_file["organizations"].empty()) continue;
    const Served served(objects);
    const Json live = audit_json({"--anonymous", "--ldap", served.server.uri()});
    const std::string bundle = folder.path("bundle");
    const Finished collected =
        exaudit_program({"collect", "--anonymous", "--ldap", served.server.uri(), "--output", bundle});
    CAPTURE(collected.err);
    CHECK(collected.code == 0);
    const Json later = audit_json({bundle});
    // A server that was asked for an attribute and does not give it has none; a file may just not say. So
    // every finding of the file is there, and more only where the file could not tell.
    const Found in_file = findings_of(from_file);
    const Found on_server = findings_of(live);
    for (const auto& finding : in_file) {
      CAPTURE(std::get<0>(finding));
      CAPTURE(std::get<2>(finding));
      CHECK(on_server.contains(finding));
    }
    if (from_file["summary"]["verdicts"]["not-evaluated"] == live["summary"]["verdicts"]["not-evaluated"])
      CHECK(on_server == in_file);
    CHECK(findings_of(later) == on_server);
    CHECK(messages_of(later) == messages_of(live));
    CHECK(later["summary"]["verdicts"] == live["summary"]["verdicts"]);
    ++compared;
  }
  CHECK(compared > 50);
}

TEST_CASE("live directory: pages are followed where an unpaged search is cut off") {
  if (!Slapd::present()) return;
  SlapdOptions options;
  options.page_size = 100;
  const Served served(many_mailboxes(1234), options);
  const Finished unpaged =
      run_to_end({"ldapsearch", "-x", "-LLL", "-H", served.server.uri(), "-b", "DC=contoso,DC=test", "1.1"});
  CHECK(unpaged.code == 4);
  const TemporaryFolder folder;
  const Finished collected = exaudit_program(
      {"collect", "--anonymous", "--ldap", served.server.uri(), "--output", folder.path("bundle")});
  CAPTURE(collected.err);
  CHECK(collected.code == 0);
  const Json manifest = Json::parse(slurp(folder.path("bundle/manifest.json")));
  CHECK(manifest["complete"] == true);
  CHECK(manifest["directory"][0]["entries"].get<int>() > 1234);
}

TEST_CASE(
    "live directory: a connection that drops once is made again, one that keeps dropping leaves an "
    "incomplete view") {
  if (!Slapd::present()) return;
  const Served served(many_mailboxes(5000), unlimited());
  SUBCASE("once") {
    const Proxy proxy(served.server.port(), {150'000, 1, false});
    const Finished run = exaudit_program(
        {"audit", "--anonymous", "--ldap", proxied(proxy), "--rules", "KB828938.*,KB316622.*"});
    CAPTURE(run.out);
    CAPTURE(run.err);
    CHECK(run.code == 0);
    CHECK(proxy.connections() > 1);
  }
  SUBCASE("again and again") {
    const Proxy proxy(served.server.port(), {150'000, 1000, false});
    const Finished run = exaudit_program(
        {"audit", "--anonymous", "--ldap", proxied(proxy), "--rules", "KB828938.*,KB316622.*"});
    CAPTURE(run.out);
    CHECK(run.code == 3);
    CHECK(run.out.find("recipients of ") != std::string::npos);
    CHECK(run.out.find("Can't contact LDAP server") != std::string::npos);
  }
  SUBCASE("and an incomplete bundle says so, and proves no absence either") {
    const Proxy proxy(served.server.port(), {150'000, 1000, false});
    const TemporaryFolder folder;
    const Finished run = exaudit_program(
        {"collect", "--anonymous", "--ldap", proxied(proxy), "--output", folder.path("bundle")});
    CHECK(run.code == 3);
    CHECK(run.out.find("INCOMPLETE") != std::string::npos);
    CHECK(Json::parse(slurp(folder.path("bundle/manifest.json")))["complete"] == false);
    const Finished later = exaudit_program({"audit", folder.path("bundle")});
    CHECK(later.code == 3);
  }
}

TEST_CASE("live directory: a server that stalls is given up after the time limit") {
  if (!Slapd::present()) return;
  const Served served(many_mailboxes(5000), unlimited());
  const Proxy proxy(served.server.port(), {150'000, 1000, true});
  const Finished run = exaudit_program({"audit", "--anonymous", "--timeout", "1", "--ldap", proxied(proxy)});
  CAPTURE(run.out);
  CHECK(run.code == 3);
  CHECK(run.out.find("did not answer for 1 second") != std::string::npos);
}

TEST_CASE("live directory: a search that the server cuts off is no complete view") {
  if (!Slapd::present()) return;
  SlapdOptions options;
  options.global_configuration = "limits * size.soft=2000 size.hard=2000 size.prtotal=2000\n";
  const Served served(many_mailboxes(3000), options);
  const Finished run =
      exaudit_program({"audit", "--anonymous", "--ldap", served.server.uri(), "--rules", "KB316622.*"});
  CAPTURE(run.out);
  CAPTURE(run.err);
  CHECK(run.code == 3);
  CHECK(run.out.find("limit for the size of an answer") != std::string::npos);
}

TEST_CASE("live directory: binding") {
  if (!Slapd::present()) return;
  const Served served(with_container(objects_of("scenarios/healthy-2003")));
  const TemporaryFolder folder;
  const std::string right = folder.file("right", std::string(Slapd::kPassword) + "\n");
  const std::string wrong = folder.file("wrong", "not the password\n");
  const auto audit = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"audit", "--rules", "KB828938.gateway-*", "--ldap", served.server.uri()});
    return exaudit_program(more);
  };
  SUBCASE("a password is not sent unencrypted unless that is asked for by name") {
    const Finished run = audit({"--bind-dn", served.server.administrator(), "--password-file", right});
    CHECK(run.code == 2);
    CHECK(run.err.find("--allow-cleartext-bind") != std::string::npos);
  }
  SUBCASE("the right password") {
    const Finished run = audit(
        {"--allow-cleartext-bind", "--bind-dn", served.server.administrator(), "--password-file", right});
    CAPTURE(run.err);
    CHECK(run.code == 0);
  }
  SUBCASE("a wrong password is said to be wrong and is never shown") {
    const Finished run = audit(
        {"--allow-cleartext-bind", "--bind-dn", served.server.administrator(), "--password-file", wrong});
    CHECK(run.code == 2);
    CHECK(run.err.find("password is wrong") != std::string::npos);
    CHECK((run.out + run.err).find("not the password") == std::string::npos);
  }
  SUBCASE("an empty password would be a bind as nobody") {
    const Finished run = audit({"--allow-cleartext-bind", "--bind-dn", served.server.administrator(),
                                "--password-file", folder.file("empty", "\n")});
    CHECK(run.code == 2);
    CHECK(run.err.find("the password is empty") != std::string::npos);
  }
  SUBCASE("nobody binds as nobody by accident") {
    const Finished run = audit({});
    CHECK(run.code == 2);
    CHECK(run.err.find("--anonymous") != std::string::npos);
  }
}

TEST_CASE("live directory: TLS is verified, and what is wrong with a certificate is said") {
  if (!Slapd::present() || !components_present({{"openssl", "openssl"}})) return;
  const TemporaryFolder folder;
  const auto openssl = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    run_successfully(arguments);
  };
  const std::string ca = folder.path("ca.pem");
  const std::string key = folder.path("key.pem");
  openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
           "/CN=Contoso CA", "-days", "3650", "-keyout", folder.path("ca.key"), "-out", ca});
  openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
           "/CN=dc1.contoso.test", "-keyout", key, "-out", folder.path("request.pem")});
  const std::string names = folder.file("names", "subjectAltName=DNS:dc1.contoso.test,IP:127.0.0.1\n");
  openssl({"x509", "-req", "-in", folder.path("request.pem"), "-CA", ca, "-CAkey", folder.path("ca.key"),
           "-CAcreateserial", "-days", "3650", "-extfile", names, "-out", folder.path("server.pem")});
  SlapdOptions options;
  options.global_configuration =
      fmt::format("TLSCACertificateFile {}\nTLSCertificateFile {}\nTLSCertificateKeyFile {}\n", ca,
                  folder.path("server.pem"), key);
  const auto objects = with_container(objects_of("scenarios/healthy-2003"));
  SUBCASE("ldaps") {
    options.scheme = "ldaps";
    const Served served(objects, options);
    const std::string port = std::to_string(served.server.port());
    CHECK(exaudit_program({"audit", "--anonymous", "--rules", "KB828938.gateway-*", "--ldap",
                           "ldaps://127.0.0.1:" + port, "--ca-file", ca})
              .code == 0);
    const Finished name =
        exaudit_program({"audit", "--anonymous", "--ldap", "ldaps://localhost:" + port, "--ca-file", ca});
    CHECK(name.code == 2);
    CHECK(name.err.find(
              "it is for dc1.contoso.test, 127.0.0.1 and issued by CN=Contoso CA, not for localhost") !=
          std::string::npos);
    const Finished unknown = exaudit_program({"audit", "--anonymous", "--ldap", "ldaps://127.0.0.1:" + port});
    CHECK(unknown.code == 2);
    CHECK(unknown.err.find("issued by CN=Contoso CA, which is not trusted") != std::string::npos);
    const Finished none = exaudit_program({"audit", "--anonymous", "--ldap", "ldaps://127.0.0.1:" + port,
                                           "--ca-file", folder.path("missing.pem")});
    CHECK(none.code == 2);
    CHECK(none.err.find("--ca-file") != std::string::npos);
  }
  SUBCASE("a connection that drops later is no fault of the certificate, and is made again") {
    options.scheme = "ldaps";
    options.global_configuration += "sizelimit unlimited\n";
    const Served served(many_mailboxes(5000), options);
    const auto audit = [&](const Proxy& proxy) {
      return exaudit_program({"audit", "--anonymous", "--rules", "KB316622.*", "--ca-file", ca, "--ldap",
                              fmt::format("ldaps://127.0.0.1:{}", proxy.port())});
    };
    const Proxy once(served.server.port(), {150'000, 1, false});
    const Finished mended = audit(once);
    CAPTURE(mended.out);
    CHECK(mended.code == 0);
    CHECK(once.connections() > 1);
    const Proxy always(served.server.port(), {150'000, 1000, false});
    const Finished lost = audit(always);
    CAPTURE(lost.out);
    CHECK(lost.code == 3);
    CHECK(lost.out.find("certificate") == std::string::npos);
  }
  SUBCASE("StartTLS") {
    const Served served(objects, options);
    const std::string port = std::to_string(served.server.port());
    CHECK(exaudit_program({"audit", "--anonymous", "--start-tls", "--rules", "KB828938.gateway-*", "--ldap",
                           "ldap://127.0.0.1:" + port, "--ca-file", ca})
              .code == 0);
    const Finished name = exaudit_program(
        {"audit", "--anonymous", "--start-tls", "--ldap", "ldap://localhost:" + port, "--ca-file", ca});
    CHECK(name.code == 2);
    CHECK(name.err.find("not for localhost") != std::string::npos);
    const std::string password = folder.file("password", Slapd::kPassword);
    CHECK(exaudit_program({"audit", "--bind-dn", served.server.administrator(), "--password-file", password,
                           "--start-tls", "--rules", "KB828938.gateway-*", "--ldap",
                           "ldap://127.0.0.1:" + port, "--ca-file", ca})
              .code == 0);
  }
}

TEST_CASE("live directory: a server that points elsewhere is not followed, and is no complete view") {
  if (!Slapd::present()) return;
  SlapdOptions options;
  options.as_domain_controller = false;
  options.root_dse = {{"configurationNamingContext", "CN=Configuration,DC=fabrikam,DC=test"},
                      {"defaultNamingContext", "DC=fabrikam,DC=test"}};
  options.global_configuration = "referral ldap://dc.fabrikam.test\n";
  const Served served(with_container(objects_of("scenarios/healthy-2003")), options);
  const Finished run = exaudit_program({"audit", "--anonymous", "--ldap", served.server.uri()});
  CAPTURE(run.out);
  CHECK(run.code == 2);
  CHECK(run.err.find("points to another one: ldap://dc.fabrikam.test") != std::string::npos);
}

TEST_CASE("live directory: two servers that disagree about a gateway") {
  if (!Slapd::present()) return;
  const auto objects = with_container(objects_of("scenarios/healthy-2003"));
  auto changed = objects;
  for (Object& object : changed) {
    if (object.dn.starts_with("CN=SMTP (") && object.has("deliveryMechanism"))
      object.set("deliveryMechanism", "0");
  }
  const Served one(objects);
  const Served two(changed);
  const Json result = audit_json({"--anonymous", "--rules", "KB828938.dc-divergence", "--ldap",
                                  one.server.uri(), "--ldap", two.server.uri()});
  REQUIRE_FALSE(result["findings"].empty());
  for (const Json& finding : result["findings"]) {
    CHECK(finding["rule"] == "KB828938.dc-divergence");
    CHECK(finding["reason"] == "deliveryMechanism");
    CHECK(finding["views"].size() == 2);
  }
}

TEST_CASE("live directory: an interrupted collection leaves nothing that looks finished") {
  if (!Slapd::present()) return;
  const Served served(many_mailboxes(3000), unlimited());
  const Proxy proxy(served.server.port(), {200'000, 1000, true});
  const TemporaryFolder folder;
  {
    Process collecting({EXAUDIT_PROGRAM, "collect", "--anonymous", "--ldap", proxied(proxy), "--output",
                        folder.path("bundle")},
                       folder.path("log"));
    collecting.wait_until([&] { return fs::exists(folder.path("bundle.partial/directory")); },
                          std::chrono::seconds(20));
    ::kill(collecting.pid(), SIGKILL);
  }
  CHECK_FALSE(fs::exists(folder.path("bundle")));
  const Finished again = exaudit_program(
      {"collect", "--anonymous", "--ldap", served.server.uri(), "--output", folder.path("bundle")});
  CHECK(again.code == 2);
  CHECK(again.err.find("bundle.partial") != std::string::npos);
  const std::string existing = folder.file("there/file", "x");
  CHECK(exaudit_program(
            {"collect", "--anonymous", "--ldap", served.server.uri(), "--output", folder.path("there")})
            .code == 2);
  CHECK(slurp(existing) == "x");
}
