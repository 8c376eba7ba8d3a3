// --ldap, --domain and how to bind: from options to directory servers that can be asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "collectors/directory_sources.h"
#include "rules/rule.h"

namespace exaudit::cmd {

struct LdapOptions {
  std::vector<std::string> uris;  // --ldap
  std::string domain;             // --domain
  std::string bind_dn, password_file, sasl, ca_file;
  bool start_tls = false, allow_cleartext_bind = false, anonymous = false;
  int timeout_seconds = 30;
  bool quiet = false;

  bool any() const { return !uris.empty() || !domain.empty(); }
};

// A usage error: an address that is none, two ways to bind, or none.
std::optional<base::Error> check(const LdapOptions& options);

// Reads or asks for the password and finds the servers of --domain. Asks for what the rules read, of as many
// kinds of objects as they need.
base::Result<collectors::DirectorySources> directory_sources(const LdapOptions& options,
                                                             const std::vector<const rules::Rule*>& rules);

}  // namespace exaudit::cmd
