#include <arpa/inet.h>
#include <array>
#include <ctime>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <ldap.h>

#include "collectors/tls_certificate.h"

namespace exaudit::collectors {

namespace {

constexpr std::size_t kMaxName = 1024;  // longer names are cut
constexpr unsigned kMaxNames = 5;       // a certificate of many hosts is not listed in full

class Certificate {
 public:
  explicit Certificate(const std::string& der) {
    if (gnutls_x509_crt_init(&certificate_) != GNUTLS_E_SUCCESS) return;
    gnutls_datum_t bytes{};
    bytes.data =
        reinterpret_cast<unsigned char*>(const_cast<char*>(der.data()));  // NOLINT: gnutls only reads it
    bytes.size = static_cast<unsigned>(der.size());
    readable_ = gnutls_x509_crt_import(certificate_, &bytes, GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS;
  }
  ~Certificate() {
    if (certificate_ != nullptr) gnutls_x509_crt_deinit(certificate_);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  bool readable() const { return readable_; }
  bool is_for(const std::string& host) const {
    return gnutls_x509_crt_check_hostname(certificate_, host.c_str()) != 0;
  }
  std::time_t expires() const { return gnutls_x509_crt_get_expiration_time(certificate_); }
  std::string subject() const { return name(gnutls_x509_crt_get_dn); }
  std::string issuer() const { return name(gnutls_x509_crt_get_issuer_dn); }

  // Host names and addresses of the certificate, else its subject.
  std::string names() const {
    std::vector<std::string> out;
    for (unsigned i = 0; i < kMaxNames; ++i) {
      std::array<char, kMaxName> text{};
      std::size_t size = text.size() - 1;
      const int kind = gnutls_x509_crt_get_subject_alt_name(certificate_, i, text.data(), &size, nullptr);
      if (kind < 0) break;
      if (kind == GNUTLS_SAN_DNSNAME) out.emplace_back(text.data(), size);
      if (kind == GNUTLS_SAN_IPADDRESS) out.push_back(address(text.data(), size));
    }
    return out.empty() ? subject() : fmt::format("{}", fmt::join(out, ", "));
  }

 private:
  static std::string address(const char* octets, std::size_t size) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool known = size == sizeof(in_addr) || size == sizeof(in6_addr);
    const int family = size == sizeof(in_addr) ? AF_INET : AF_INET6;
    return known && inet_ntop(family, octets, text.data(), text.size()) != nullptr ? std::string(text.data())
                                                                                   : "?";
  }

  template <typename Get>
  std::string name(Get get) const {
    std::array<char, kMaxName> text{};
    std::size_t size = text.size();
    return get(certificate_, text.data(), &size) == GNUTLS_E_SUCCESS ? std::string(text.data()) : "?";
  }

  gnutls_x509_crt_t certificate_ = nullptr;
  bool readable_ = false;
};

// The server's certificate (DER), "" when there is none.
std::string fetch(const std::string& uri, bool start_tls, int timeout_seconds) {
  LDAP* ldap = nullptr;
  if (ldap_initialize(&ldap, uri.c_str()) != LDAP_SUCCESS) return {};
  const int version = LDAP_VERSION3;
  const int any = LDAP_OPT_X_TLS_NEVER;
  const int client = 0;
  timeval wait{};
  wait.tv_sec = timeout_seconds;
  ldap_set_option(ldap, LDAP_OPT_PROTOCOL_VERSION, &version);
  ldap_set_option(ldap, LDAP_OPT_NETWORK_TIMEOUT, &wait);
  ldap_set_option(ldap, LDAP_OPT_TIMEOUT, &wait);
  ldap_set_option(ldap, LDAP_OPT_X_TLS_REQUIRE_CERT, &any);
  ldap_set_option(ldap, LDAP_OPT_X_TLS_NEWCTX, &client);
  const int connected = start_tls ? ldap_start_tls_s(ldap, nullptr, nullptr) : ldap_connect(ldap);
  std::string out;
  berval certificate{};
  if (connected == LDAP_SUCCESS &&
      ldap_get_option(ldap, LDAP_OPT_X_TLS_PEERCERT, &certificate) == LDAP_OPT_SUCCESS &&
      certificate.bv_val != nullptr) {
    out.assign(certificate.bv_val, certificate.bv_len);
    ber_memfree(certificate.bv_val);
  }
  ldap_unbind_ext(ldap, nullptr, nullptr);
  return out;
}

}  // namespace

std::string host_of_uri(const std::string& uri) {
  const std::size_t scheme = uri.find("://");
  std::string host = scheme == std::string::npos ? uri : uri.substr(scheme + 3);
  host = host.substr(0, host.find('/'));
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

std::string describe_certificate(const std::string& der, const std::string& host) {
  const Certificate certificate(der);
  if (!certificate.readable()) return {};
  const std::string whose =
      fmt::format("it is for {} and issued by {}", certificate.names(), certificate.issuer());
  if (!certificate.is_for(host)) return fmt::format("{}, not for {}", whose, host);
  const std::time_t expires = certificate.expires();
  if (expires < std::time(nullptr))
    return fmt::format("{}; it expired on {:%Y-%m-%d}", whose, fmt::gmtime(expires));
  return fmt::format("{}, which is not trusted (--ca-file names the certificates to trust)", whose);
}

std::string explain_certificate(const std::string& uri, bool start_tls, int timeout_seconds) {
  const std::string der = fetch(uri, start_tls, timeout_seconds);
  if (der.empty()) return {};
  const std::string host = host_of_uri(uri);
  const std::string out = describe_certificate(der, host);
  if (host != "localhost") return out;
  return out + "; for \"localhost\" the LDAP library expects the name of this computer in the certificate";
}

}  // namespace exaudit::collectors
