// A Samba domain controller of one's own: dc1.contoso.test, the only one of the forest contoso.test, with the
// schema of ldapschema/exchange-ad.ldif.
//
//   Samba controller;
//   controller.run({EXAUDIT_PROGRAM, "audit", "--ldap", "ldaps://dc1.contoso.test", ...});
//
// The ports of a domain controller are fixed, so it lives in a network of its own with nothing but a loopback
// interface, a hosts file and a resolv.conf; clients are started inside. Errors are std::runtime_error with
// what Samba or a tool said.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/run_program.h"  // TemporaryFolder
#include "peer/process.h"
#include "support/ldif_writer.h"  // Object

namespace exaudit::test {

class Samba {
 public:
  // What it needs (see components_present), a network of its own included.
  static bool present();

  // Gives it an empty directory and waits until it answers. The first one of a test program makes the
  // databases, which takes about 15 seconds; the others start from a copy.
  Samba();
  ~Samba();
  Samba(const Samba&) = delete;
  Samba& operator=(const Samba&) = delete;

  // A program inside, to its end. Kerberos tickets are kept in a cache of this controller's own.
  Finished run(const std::vector<std::string>& arguments, const std::string& input = "") const;
  // exaudit inside.
  Finished exaudit(std::vector<std::string> arguments, const std::string& input = "") const;
  // Another server inside, until `probe` succeeds; its outputs go to path(name + ".log").
  void start_beside(const std::string& name, const std::vector<std::string>& arguments,
                    const std::vector<std::string>& probe);

  // As the administrator, over TLS; throws when a change is refused.
  void change(const std::string& ldif) const;
  // Everything at or below `base`, with the attributes named ("*": all).
  std::vector<Object> search(const std::string& base, const std::string& filter,
                             const std::vector<std::string>& attributes) const;
  // Creates the objects, in an order that the server accepts. It makes its own objectGUIDs: names with the
  // GUID of another object ("SMTP (MAIL1-{...})") are made to fit. What is there already stays as it is.
  void create(std::vector<Object> objects) const;
  // Deletes an object and all below it, leaf by leaf.
  void remove(const std::string& dn) const;

  // The authority that vouches for the controller's certificate.
  std::string ca_file() const { return folder_.path("private/tls/ca.pem"); }
  // Of the users "administrator", "auditor", who may read all of Exchange's configuration, and "visitor", who
  // may not; as file and as text.
  std::string password_file() const { return folder_.path("password"); }
  static constexpr const char* kPassword = "Correct-Horse-7";
  std::string path(const std::string& name) const { return folder_.path(name); }

 private:
  std::vector<std::string> inside(const std::vector<std::string>& arguments) const;
  // A command line of OpenLDAP's tools, as the administrator.
  std::vector<std::string> tool(const std::string& program, const std::vector<std::string>& arguments) const;
  void write_configuration() const;
  void start();

  TemporaryFolder folder_;
  std::optional<Process> process_;
  std::vector<std::unique_ptr<Process>> beside_;
};

}  // namespace exaudit::test
