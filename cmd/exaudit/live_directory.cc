#include "live_directory.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "output.h"
#include "progress.h"
#include "rules/attributes.h"

namespace exaudit::cmd {

namespace {

using base::Error;
using base::ErrorCode;
using Method = collectors::LdapCredentials::Method;

std::optional<Error> usage(std::string message) { return Error{ErrorCode::usage, std::move(message), 0}; }

constexpr std::array<std::string_view, 3> kSchemes = {"ldap://", "ldaps://", "ldapi://"};

std::optional<Error> check_uri(const std::string& uri, const LdapOptions& options) {
  const auto* const scheme = std::find_if(kSchemes.begin(), kSchemes.end(), [&](std::string_view known) {
    return base::ascii_istarts_with(uri, known);
  });
  const std::string shown = base::visible(uri);
  if (scheme == kSchemes.end())
    return usage(fmt::format("--ldap takes an address such as ldap://dc1.contoso.test, not '{}'", shown));
  const std::string_view rest = std::string_view(uri).substr(scheme->size());
  const std::size_t slash = rest.find('/');
  if (rest.empty() || slash == 0 || (slash != std::string_view::npos && slash + 1 != rest.size()))
    return usage(fmt::format("--ldap takes the address of a server and nothing behind it, not '{}'", shown));
  if (options.start_tls && *scheme != "ldap://")
    return usage(fmt::format("--start-tls is for ldap:// addresses; '{}' needs none", shown));
  return std::nullopt;
}

std::vector<std::string> owned(const std::vector<std::string_view>& names) {
  return {names.begin(), names.end()};
}

base::Result<base::Secret> password_of(const LdapOptions& options) {
  keep_out_of_core_dumps();
  auto secret = options.password_file.empty()
                    ? base::Secret::ask(fmt::format("Password for {}: ", base::visible(options.bind_dn)))
                    : base::Secret::read_file(options.password_file.c_str());
  if (secret) return secret;
  const std::string what = options.password_file.empty()
                               ? "a password is needed (--password-file FILE): "
                               : fmt::format("the password file '{}' ", base::visible(options.password_file));
  return Error{ErrorCode::usage, what + secret.error().message, 0};
}

Method method_of(const LdapOptions& options) {
  if (options.sasl == "gssapi") return Method::gssapi;
  if (options.sasl == "external") return Method::external;
  return options.bind_dn.empty() ? Method::anonymous : Method::simple;
}

// One domain controller and one global catalog; further ones are named, for comparing them with --ldap.
std::optional<Error> find_servers(const LdapOptions& options, collectors::DirectorySources& sources) {
  auto found = collectors::find_directory_servers(options.domain, collectors::lookup_service);
  if (!found) return found.error();
  if (!options.quiet && found->domain_controllers.size() > 1) {
    message(
        fmt::format("{} has {} domain controllers; the first that answers is asked. Others, for comparing "
                    "them: {}",
                    base::visible(options.domain), found->domain_controllers.size(),
                    fmt::join(found->domain_controllers, " ")));
  }
  sources.servers.push_back(std::move(found->domain_controllers));
  if (!found->global_catalogs.empty()) sources.servers.push_back(std::move(found->global_catalogs));
  return std::nullopt;
}

}  // namespace

std::optional<Error> check(const LdapOptions& options) {
  if (!options.any()) {
    if (!options.bind_dn.empty() || !options.sasl.empty() || options.anonymous)
      return usage("--bind-dn, --sasl and --anonymous need a server: --ldap URI or --domain NAME");
    return std::nullopt;
  }
  for (const std::string& uri : options.uris) {
    if (auto error = check_uri(uri, options)) return error;
  }
  const int ways = int{!options.bind_dn.empty()} + int{!options.sasl.empty()} + int{options.anonymous};
  if (ways > 1) return usage("--bind-dn, --sasl and --anonymous exclude each other");
  if (ways == 0) {
    return usage(
        "how to bind to the directory? --sasl gssapi uses your Kerberos ticket, --bind-dn NAME a "
        "password, --anonymous nothing");
  }
  if (options.bind_dn.empty() && !options.password_file.empty() && !options.anonymous)
    return usage("--password-file belongs to --bind-dn");
  return std::nullopt;
}

base::Result<collectors::DirectorySources> directory_sources(const LdapOptions& options,
                                                             const std::vector<const rules::Rule*>& rules) {
  collectors::DirectorySources out;
  for (const std::string& uri : options.uris) out.servers.push_back({uri});
  if (!options.domain.empty()) {
    if (auto error = find_servers(options, out)) return *error;
  }
  auto credentials = std::make_shared<collectors::LdapCredentials>();
  credentials->method = method_of(options);
  credentials->bind_dn = options.bind_dn;
  if (credentials->method == Method::simple) {
    auto password = password_of(options);
    if (!password) return password.error();
    credentials->password = std::move(*password);
  }
  out.connection.credentials = std::move(credentials);
  out.connection.start_tls = options.start_tls;
  out.connection.ca_file = options.ca_file;
  out.connection.allow_cleartext_bind = options.allow_cleartext_bind;
  out.connection.timeout_seconds = options.timeout_seconds;
  out.request.configuration = owned(rules::attributes_read(rules, findings::Need::directory));
  out.request.recipients = owned(rules::attributes_read(rules, findings::Need::directory_recipients));
  out.request.originating_changes = std::any_of(rules.begin(), rules.end(), [](const rules::Rule* rule) {
    return rule->id == "KB828938.dc-divergence";
  });
  if (!options.quiet) out.progress = show_progress();
  return out;
}

}  // namespace exaudit::cmd
