// A slapd of one's own, with the schema of ldapschema/exchange.schema.
//
//   Slapd server(naming_contexts(objects));
//   server.load(objects);
//   server.start();
//   run_to_end({"ldapsearch", "-x", "-H", server.uri(), ...});
//
// What it does not do as a domain controller does is listed in ldapschema/README.md. Errors are
// std::runtime_error with what slapd or its tools said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/run_program.h"  // TemporaryFolder
#include "peer/process.h"
#include "support/ldif_writer.h"  // Object

namespace exaudit::test {

struct SlapdOptions {
  // Entries that a search gives without paging, and entries per page; 0: any number. As MaxPageSize of a
  // domain controller: a search that finds more ends with sizeLimitExceeded.
  std::size_t page_size = 0;
  // What the root DSE says beside slapd's own attributes: which naming contexts are the domain, the
  // configuration and the schema (MS-ADTS 3.1.1.3.2) and a server name, or only what is given here (name,
  // value).
  bool as_domain_controller = true;
  std::vector<std::pair<std::string, std::string>> root_dse;
  std::string global_configuration;    // lines for slapd.conf before the databases
  std::string database_configuration;  // lines for each database
  std::string scheme = "ldap";         // or "ldaps", with certificates in global_configuration
};

// The naming contexts that hold the objects, as in AD: configuration and each domain apart.
std::vector<std::string> naming_contexts(const std::vector<Object>& objects);

class Slapd {
 public:
  // What it needs (see components_present).
  static bool present();

  // Writes the configuration and has slaptest check it.
  explicit Slapd(std::vector<std::string> naming_contexts, SlapdOptions options = {});

  // Fills the databases, before the start. Every object lies in one of the naming contexts and has an
  // objectClass. Parents that are not among the objects become entries that nobody sees (class glue), so that
  // the others have a place; asking for one of them gives noSuchObject.
  void load(const std::vector<Object>& objects);
  // What the databases hold, without what slapd added itself. Before the start or after the stop.
  std::vector<Object> content() const;

  void start();
  void stop() { process_.reset(); }
  std::string uri() const;
  std::uint16_t port() const { return port_; }

  // May write and has no limits. Anybody may read, without a bind too.
  std::string administrator() const { return "cn=administrator," + contexts_.back(); }
  static constexpr const char* kPassword = "secret";

 private:
  std::string database_folder(std::size_t number) const {
    return folder_.path("db" + std::to_string(number));
  }
  std::string configuration() const;
  std::string root_dse() const;

  TemporaryFolder folder_;
  std::vector<std::string> contexts_;  // keys, the most specific first
  SlapdOptions options_;
  std::uint16_t port_ = 0;
  std::optional<Process> process_;
};

}  // namespace exaudit::test
