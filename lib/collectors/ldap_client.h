// A connection to one directory server: the door through which the directory collector sees the world. The
// OpenLDAP implementation is ldap_client_openldap.cc; tests put a scripted one in its place.
//
// Searches are asynchronous, so that the server works on the next page while the last one is digested:
//
//   int id = client.begin(search);
//   while (true) {
//     LdapPage page = client.finish(id);
//     if (!page.cookie.empty()) id = client.begin(search with page.cookie);
//     ... use page.entries ...
//   }
//
// Nothing ever waits longer than the time limit of the connection for a next sign of life. Referrals are
// never followed: data of another server would not be this server's view.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace exaudit::collectors {

enum class LdapStatus {
  ok,
  connection_lost,  // refused, closed, reset, or never there
  timed_out,        // no sign of life for the time limit
  cut_off,          // size, time or administrative limit of the server: there is more than was sent
  referral,         // the server answers with the address of another one
  no_such_object,
  denied,   // the account or the kind of bind does not suffice
  refused,  // any other refusal, or an answer that makes no sense
};

struct LdapOutcome {
  LdapStatus status = LdapStatus::ok;
  int code = 0;  // LDAP result code (RFC 4511 4.1.9), or the library's own (negative)
  std::string
      message;  // for people: what went wrong and, where it is known, what to do; may quote the server

  bool ok() const { return status == LdapStatus::ok; }
};

struct LdapSearch {
  enum class Scope { base, one_level, subtree };
  std::string base;
  Scope scope = Scope::subtree;
  std::string filter = "(objectClass=*)";  // RFC 4515; never made from evidence
  std::vector<std::string> attributes;     // empty: all
  int page_size = 0;                       // paging control (RFC 2696); 0: none
  std::string cookie;                      // of the page before; "" begins
  bool show_deleted = false;               // MS-ADTS 3.1.1.3.4.1.14
};

// Entries of one answer. Text points into `memory`.
struct LdapPage {
  struct Attribute {
    std::string_view name;               // with its options, "member;range=0-1499"
    std::uint32_t first = 0, count = 0;  // in `values`
  };
  struct Entry {
    std::string_view dn;
    std::uint32_t first = 0, count = 0;  // in `attributes`
  };
  std::vector<Entry> entries;
  std::vector<Attribute> attributes;
  std::vector<std::string_view> values;
  std::string cookie;  // "" = this was the last page
  LdapOutcome outcome;
  std::shared_ptr<const void> memory;
};

class LdapClient {
 public:
  virtual ~LdapClient() = default;
  // Connects and binds; again after a connection was lost. Searches under way are forgotten.
  virtual LdapOutcome connect() = 0;
  // Sends a search; a failure shows in finish().
  virtual int begin(const LdapSearch& search) = 0;
  virtual LdapPage finish(int id) = 0;
};

struct LdapCredentials {
  enum class Method { anonymous, simple, gssapi, external };
  Method method = Method::anonymous;
  std::string bind_dn;  // of simple: a DN, or user@domain (MS-ADTS 5.1.1.1.1)
  base::Secret password;
};

struct LdapConnection {
  std::string uri;                    // ldap://, ldaps:// or ldapi://
  bool start_tls = false;             // on ldap://; without it no data and no password is sent
  std::string ca_file;                // "" = what the system trusts
  bool allow_cleartext_bind = false;  // simple bind over ldap:// without TLS
  int timeout_seconds = 30;
  std::shared_ptr<const LdapCredentials> credentials;  // anonymous when null; erased with the last connection
};

// Does not connect yet.
std::unique_ptr<LdapClient> make_ldap_client(const LdapConnection& connection);

}  // namespace exaudit::collectors
