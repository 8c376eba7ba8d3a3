// The LDAP client on OpenLDAP's libldap.
//
// Whatever ldap.conf or the user's .ldaprc say: certificates are verified, referrals are not followed, and no
// size or time limit is asked for. What they may add is trusted certificates (TLS_CACERT).
#include <array>
#include <cstring>
#include <ctime>
#include <map>
#include <sasl/sasl.h>
#include <utility>

#include <fmt/format.h>
#include <ldap.h>

#include "base/text.h"
#include "collectors/ldap_client.h"
#include "collectors/ldap_errors.h"
#include "collectors/tls_certificate.h"

namespace exaudit::collectors {

namespace {

constexpr const char* kShowDeletedOid = "1.2.840.113556.1.4.417";
// SASL layers are asked for by strength in bits: 1 is signing, anything above is sealing too. Weak ciphers
// are the server's to refuse: RC4 of Windows 2000 counts as 56.
constexpr ber_len_t kSealing = 56;

// One entry of one answer. A server that announces more would have us reserve it before it sends a byte.
constexpr ber_len_t kMaxMessage = ber_len_t{256} << 20;

// Library calls want writable text that they do not change.
class CString {
 public:
  explicit CString(std::string_view text) : text_(text) {}
  char* get() { return text_.data(); }

 private:
  std::string text_;
};

struct Messages {
  std::vector<LDAPMessage*> all;
  std::vector<BerElement*> readers;  // their attribute names and values point into the messages

  Messages() = default;
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;
  ~Messages() {
    for (BerElement* reader : readers) ber_free(reader, 0);
    for (LDAPMessage* message : all) ldap_msgfree(message);
  }
};

bool has_scheme(std::string_view uri, std::string_view scheme) {
  return base::ascii_istarts_with(uri, scheme) && uri.substr(scheme.size()).starts_with("://");
}

class OpenLdapClient final : public LdapClient {
 public:
  explicit OpenLdapClient(LdapConnection connection) : connection_(std::move(connection)) {}
  ~OpenLdapClient() override { close(); }
  OpenLdapClient(const OpenLdapClient&) = delete;
  OpenLdapClient& operator=(const OpenLdapClient&) = delete;

  LdapOutcome connect() override {
    close();
    if (auto refused = cleartext_refused(); !refused.ok()) return refused;
    if (const int code = ldap_initialize(&ldap_, connection_.uri.c_str()); code != LDAP_SUCCESS)
      return library_failure(code, "the address cannot be used");
    if (auto set = set_options(); !set.ok()) return set;
    if (connection_.start_tls) {
      const int code = ldap_start_tls_s(ldap_, nullptr, nullptr);
      if (code != LDAP_SUCCESS) return connect_failure(code, "StartTLS failed");
    }
    LdapOutcome bound = bind();
    established_ = bound.ok();
    return bound;
  }

  int begin(const LdapSearch& search) override {
    const int id = ++last_id_;
    Request request;
    request.paged = search.page_size > 0;
    request.failure = send(search, request.message_id);
    requests_.emplace(id, std::move(request));
    return id;
  }

  LdapPage finish(int id) override {
    LdapPage page;
    const auto at = requests_.find(id);
    if (at == requests_.end() || ldap_ == nullptr) {
      page.outcome = {LdapStatus::connection_lost, LDAP_SERVER_DOWN, "the connection was closed"};
      return page;
    }
    const Request request = std::move(at->second);
    requests_.erase(at);
    page.outcome = request.failure;
    if (page.outcome.ok()) receive(request, page);
    return page;
  }

 private:
  struct Request {
    int message_id = -1;
    bool paged = false;
    LdapOutcome failure;
  };

  void close() {
    requests_.clear();
    if (ldap_ != nullptr) ldap_unbind_ext(ldap_, nullptr, nullptr);
    ldap_ = nullptr;
    established_ = false;
  }

  bool inside_tls() const { return connection_.start_tls || has_scheme(connection_.uri, "ldaps"); }

  timeval limit() const {
    timeval out{};
    out.tv_sec = connection_.timeout_seconds;
    return out;
  }

  // A password or a session without protection never leaves this computer by accident.
  LdapOutcome cleartext_refused() const {
    const bool simple = connection_.credentials != nullptr &&
                        connection_.credentials->method == LdapCredentials::Method::simple;
    if (!simple || inside_tls() || has_scheme(connection_.uri, "ldapi") || connection_.allow_cleartext_bind)
      return {};
    return {LdapStatus::denied, LDAP_CONFIDENTIALITY_REQUIRED,
            "a password would be sent unencrypted: use ldaps://, --start-tls or --sasl gssapi, or say "
            "--allow-cleartext-bind"};
  }

  LdapOutcome set_options() {
    const int version = LDAP_VERSION3;
    const int none = LDAP_NO_LIMIT;
    const int never = LDAP_DEREF_NEVER;
    const int demand = LDAP_OPT_X_TLS_DEMAND;
    const timeval wait = limit();
    int code = ldap_set_option(ldap_, LDAP_OPT_PROTOCOL_VERSION, &version);
    const auto set = [&](int option, const void* value) {
      if (code == LDAP_OPT_SUCCESS) code = ldap_set_option(ldap_, option, value);
    };
    set(LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    set(LDAP_OPT_RESTART, LDAP_OPT_ON);
    set(LDAP_OPT_SIZELIMIT, &none);
    set(LDAP_OPT_TIMELIMIT, &none);
    set(LDAP_OPT_DEREF, &never);
    set(LDAP_OPT_NETWORK_TIMEOUT, &wait);
    set(LDAP_OPT_TIMEOUT, &wait);
    Sockbuf* buffer = nullptr;
    ber_len_t largest = kMaxMessage;
    if (ldap_get_option(ldap_, LDAP_OPT_SOCKBUF, &buffer) == LDAP_OPT_SUCCESS && buffer != nullptr)
      ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &largest);
    if (inside_tls()) {
      const int client = 0;
      set(LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
      if (!connection_.ca_file.empty()) set(LDAP_OPT_X_TLS_CACERTFILE, connection_.ca_file.c_str());
      if (code != LDAP_OPT_SUCCESS) return library_failure(LDAP_LOCAL_ERROR, "--ca-file cannot be used");
      if (ldap_set_option(ldap_, LDAP_OPT_X_TLS_NEWCTX, &client) != LDAP_OPT_SUCCESS) {
        return library_failure(LDAP_LOCAL_ERROR,
                               connection_.ca_file.empty()
                                   ? "TLS cannot be set up"
                                   : "TLS cannot be set up: is --ca-file a file of PEM certificates?");
      }
    }
    return code == LDAP_OPT_SUCCESS ? LdapOutcome{}
                                    : library_failure(LDAP_LOCAL_ERROR, "the library refuses an option");
  }

  LdapOutcome bind() {
    const LdapCredentials* credentials = connection_.credentials.get();
    switch (credentials == nullptr ? LdapCredentials::Method::anonymous : credentials->method) {
      case LdapCredentials::Method::anonymous:
        return simple_bind("", {});
      case LdapCredentials::Method::simple:
        // A bind with a name and no password succeeds as nobody (RFC 4513 5.1.2), which is not what was
        // meant.
        if (credentials->password.empty())
          return {LdapStatus::denied, LDAP_INVALID_CREDENTIALS, "the password is empty"};
        return simple_bind(credentials->bind_dn, credentials->password.view());
      case LdapCredentials::Method::gssapi:
        return sasl_bind("GSSAPI");
      case LdapCredentials::Method::external:
        return sasl_bind("EXTERNAL");
    }
    return {};
  }

  LdapOutcome simple_bind(const std::string& name, std::string_view password) {
    berval value{};
    value.bv_len = password.size();
    value.bv_val = const_cast<char*>(password.data());  // NOLINT(*-const-cast): libldap only reads it
    int id = -1;
    int code = ldap_sasl_bind(ldap_, name.c_str(), LDAP_SASL_SIMPLE, &value, nullptr, nullptr, &id);
    if (code != LDAP_SUCCESS) return connect_failure(code, "no connection");
    LDAPMessage* answer = nullptr;
    timeval wait = limit();
    const int got = ldap_result(ldap_, id, LDAP_MSG_ALL, &wait, &answer);
    if (got <= 0) return no_answer(got);
    char* diagnostic = nullptr;
    const int parsed = ldap_parse_result(ldap_, answer, &code, nullptr, &diagnostic, nullptr, nullptr, 1);
    const std::string said = diagnostic == nullptr ? "" : diagnostic;
    ldap_memfree(diagnostic);
    return bind_failure(parsed == LDAP_SUCCESS ? code : parsed, said);
  }

  // Cyrus SASL asks for names that GSSAPI and EXTERNAL do not need: the default is always right.
  static int answer_sasl(LDAP* /*ldap*/, unsigned /*flags*/, void* /*defaults*/, void* questions) {
    for (auto* question = static_cast<sasl_interact_t*>(questions); question->id != SASL_CB_LIST_END;
         ++question) {
      question->result = question->defresult != nullptr ? question->defresult : "";
      question->len = static_cast<unsigned>(std::strlen(static_cast<const char*>(question->result)));
    }
    return LDAP_SUCCESS;
  }

  LdapOutcome sasl_bind(const char* mechanism) {
    const bool gssapi = std::strcmp(mechanism, "GSSAPI") == 0;
    // Inside TLS no second layer (MS-ADTS 5.1.2.1); outside, signing and sealing or nothing.
    const ber_len_t none = 0;
    ldap_set_option(ldap_, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON);
    if (gssapi)
      ldap_set_option(ldap_, inside_tls() ? LDAP_OPT_X_SASL_SSF_MAX : LDAP_OPT_X_SASL_SSF_MIN,
                      inside_tls() ? &none : &kSealing);
#ifdef LDAP_OPT_X_SASL_CBINDING
    const int binding = LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT;
    if (gssapi && inside_tls()) ldap_set_option(ldap_, LDAP_OPT_X_SASL_CBINDING, &binding);
#endif
    const int code = ldap_sasl_interactive_bind_s(ldap_, nullptr, mechanism, nullptr, nullptr,
                                                  LDAP_SASL_QUIET, answer_sasl, nullptr);
    if (code == LDAP_SUCCESS) return {};
    const std::string said = diagnostic();
    if (code < 0 && code != LDAP_LOCAL_ERROR && code != LDAP_AUTH_UNKNOWN)
      return connect_failure(code, "no connection");
    if (code < 0) {
      return {LdapStatus::denied, code,
              fmt::format("the {} bind failed: {}{}", mechanism, said.empty() ? ldap_err2string(code) : said,
                          gssapi ? "; is there a valid Kerberos ticket (klist), and is the server named by "
                                   "its full DNS name?"
                                 : "")};
    }
    if (code == LDAP_STRONG_AUTH_REQUIRED && gssapi && inside_tls()) {
      return {
          LdapStatus::denied, code,
          "the bind failed: the server takes no Kerberos bind inside TLS: use --sasl gssapi with ldap://, "
          "where Kerberos signs and encrypts, or --bind-dn (" +
              said + ")"};
    }
    return bind_failure(code, said);
  }

  std::string diagnostic() const {
    char* text = nullptr;
    ldap_get_option(ldap_, LDAP_OPT_DIAGNOSTIC_MESSAGE, static_cast<void*>(&text));
    std::string out = text == nullptr ? "" : text;
    ldap_memfree(text);
    return out;
  }

  LdapOutcome library_failure(int code, std::string_view what) const {
    return {LdapStatus::refused, code, fmt::format("{}: {}", what, ldap_err2string(code))};
  }

  LdapOutcome no_answer(int got) {
    if (got == 0) {
      return {
          LdapStatus::timed_out, LDAP_TIMEOUT,
          fmt::format("the server did not answer for {} seconds (--timeout)", connection_.timeout_seconds)};
    }
    int code = LDAP_SERVER_DOWN;
    ldap_get_option(ldap_, LDAP_OPT_RESULT_CODE, &code);
    return connect_failure(code, "the connection was lost");
  }

  // The library says "Can't contact LDAP server" for everything: a refused connection, a name that does not
  // exist, a certificate that it does not trust. Its diagnostic message knows more.
  LdapOutcome connect_failure(int code, std::string_view what) {
    if (code == LDAP_TIMEOUT) return no_answer(0);
    const std::string said = diagnostic();
    if (code > 0) return operation_failure(code, said);
    if (inside_tls() && !established_ && !said.empty()) {
      const std::string certificate =
          explain_certificate(connection_.uri, connection_.start_tls, connection_.timeout_seconds);
      if (!certificate.empty())
        return {LdapStatus::denied, code,
                fmt::format("the server's certificate is not trusted: {}", certificate)};
    }
    return {LdapStatus::connection_lost, code,
            fmt::format("{}: {}{}", what, ldap_err2string(code), said.empty() ? "" : " (" + said + ")")};
  }

  LdapOutcome send(const LdapSearch& search, int& message_id) {
    if (ldap_ == nullptr) return {LdapStatus::connection_lost, LDAP_SERVER_DOWN, "not connected"};
    std::vector<CString> names;
    std::vector<char*> wanted;
    names.reserve(search.attributes.size());
    for (const std::string& name : search.attributes) wanted.push_back(names.emplace_back(name).get());
    wanted.push_back(nullptr);

    std::array<LDAPControl*, 3> controls{};
    std::size_t count = 0;
    LDAPControl* paging = nullptr;
    if (search.page_size > 0) {
      berval cookie{};
      cookie.bv_len = search.cookie.size();
      cookie.bv_val = const_cast<char*>(search.cookie.data());  // NOLINT(*-const-cast): libldap only reads it
      if (ldap_create_page_control(ldap_, search.page_size, &cookie, 1, &paging) == LDAP_SUCCESS)
        controls[count++] = paging;
    }
    LDAPControl deleted{};
    CString oid(kShowDeletedOid);
    if (search.show_deleted) {
      deleted.ldctl_oid = oid.get();
      deleted.ldctl_iscritical = 1;
      controls[count++] = &deleted;
    }
    const int scope = search.scope == LdapSearch::Scope::base        ? LDAP_SCOPE_BASE
                      : search.scope == LdapSearch::Scope::one_level ? LDAP_SCOPE_ONELEVEL
                                                                     : LDAP_SCOPE_SUBTREE;
    const int code = ldap_search_ext(ldap_, search.base.c_str(), scope, search.filter.c_str(),
                                     search.attributes.empty() ? nullptr : wanted.data(), 0, controls.data(),
                                     nullptr, nullptr, LDAP_NO_LIMIT, &message_id);
    if (paging != nullptr) ldap_control_free(paging);
    return code == LDAP_SUCCESS ? LdapOutcome{} : connect_failure(code, "the connection was lost");
  }

  void receive(const Request& request, LdapPage& page) {
    auto messages = std::make_shared<Messages>();
    page.memory = messages;
    while (true) {
      LDAPMessage* message = nullptr;
      timeval wait = limit();
      const int got = ldap_result(ldap_, request.message_id, LDAP_MSG_ONE, &wait, &message);
      if (got <= 0) {
        page.outcome = no_answer(got);
        return;
      }
      messages->all.push_back(message);
      if (got == LDAP_RES_SEARCH_ENTRY) {
        if (!add_entry(message, *messages, page)) {
          page.outcome = {LdapStatus::refused, LDAP_DECODING_ERROR,
                          "an entry of the server's answer makes no sense"};
          return;
        }
      } else if (got == LDAP_RES_SEARCH_RESULT) {
        page.outcome = result(message, request, page);
        return;
      }  // continuation references and intermediate answers are no data of this server
    }
  }

  // False when the entry cannot be decoded.
  bool add_entry(LDAPMessage* message, Messages& messages, LdapPage& page) {
    BerElement* reader = nullptr;
    berval dn{};
    const bool readable = ldap_get_dn_ber(ldap_, message, &reader, &dn) == LDAP_SUCCESS;
    if (reader != nullptr) messages.readers.push_back(reader);
    if (!readable) return false;
    LdapPage::Entry entry;
    entry.dn = {dn.bv_val, dn.bv_len};
    entry.first = static_cast<std::uint32_t>(page.attributes.size());
    while (true) {
      berval name{};
      BerVarray values = nullptr;
      if (ldap_get_attribute_ber(ldap_, message, reader, &name, &values) != LDAP_SUCCESS) return false;
      if (name.bv_val == nullptr) break;
      LdapPage::Attribute attribute;
      attribute.name = {name.bv_val, name.bv_len};
      attribute.first = static_cast<std::uint32_t>(page.values.size());
      for (const berval* value = values; value != nullptr && value->bv_val != nullptr; ++value)
        page.values.emplace_back(value->bv_val, value->bv_len);
      attribute.count = static_cast<std::uint32_t>(page.values.size()) - attribute.first;
      ber_memfree(values);  // the array; what it points to is the message's
      page.attributes.push_back(attribute);
    }
    entry.count = static_cast<std::uint32_t>(page.attributes.size()) - entry.first;
    page.entries.push_back(entry);
    return true;
  }

  LdapOutcome result(LDAPMessage* message, const Request& request, LdapPage& page) {
    int code = LDAP_SUCCESS;
    char* said = nullptr;
    char** referrals = nullptr;
    LDAPControl** controls = nullptr;
    const int parsed = ldap_parse_result(ldap_, message, &code, nullptr, &said, &referrals, &controls, 0);
    if (parsed != LDAP_SUCCESS) return library_failure(parsed, "the server's answer makes no sense");
    if (request.paged && code == LDAP_SUCCESS) {
      LDAPControl* control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, nullptr);
      ber_int_t estimate = 0;
      berval cookie{};
      if (control != nullptr &&
          ldap_parse_pageresponse_control(ldap_, control, &estimate, &cookie) == LDAP_SUCCESS &&
          cookie.bv_val != nullptr)
        page.cookie.assign(cookie.bv_val, cookie.bv_len);
      ber_memfree(cookie.bv_val);
    }
    std::vector<std::string> elsewhere;
    for (char** referral = referrals; referral != nullptr && *referral != nullptr; ++referral)
      elsewhere.emplace_back(*referral);
    const std::string text = said == nullptr ? "" : said;
    ldap_memfree(said);
    ldap_memvfree(
        reinterpret_cast<void**>(referrals));  // NOLINT(*-reinterpret-cast): as the library wants it
    ldap_controls_free(controls);
    return operation_failure(code, text, elsewhere);
  }

  LdapConnection connection_;
  LDAP* ldap_ = nullptr;
  bool established_ = false;  // connected and bound: TLS has accepted the certificate
  int last_id_ = 0;
  std::map<int, Request> requests_;
};

}  // namespace

std::unique_ptr<LdapClient> make_ldap_client(const LdapConnection& connection) {
  return std::make_unique<OpenLdapClient>(connection);
}

}  // namespace exaudit::collectors
