#include "collectors/ldap_errors.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace exaudit::collectors {

namespace {

// RFC 4511 4.1.9. Written as numbers: this file is the same on every platform, whatever its LDAP library.
constexpr int kOperationsError = 1;
constexpr int kTimeLimitExceeded = 3;
constexpr int kSizeLimitExceeded = 4;
constexpr int kAuthMethodNotSupported = 7;
constexpr int kStrongerAuthRequired = 8;
constexpr int kReferral = 10;
constexpr int kAdminLimitExceeded = 11;
constexpr int kConfidentialityRequired = 13;
constexpr int kNoSuchObject = 32;
constexpr int kInappropriateAuthentication = 48;
constexpr int kInvalidCredentials = 49;
constexpr int kInsufficientAccess = 50;
constexpr int kBusy = 51;
constexpr int kUnavailable = 52;
constexpr int kUnwillingToPerform = 53;

struct Meaning {
  int code;
  LdapStatus status;
  std::string_view text;
};

constexpr std::array kMeanings = {
    Meaning{kOperationsError, LdapStatus::denied, "the server answers nothing before a bind"},
    Meaning{kTimeLimitExceeded, LdapStatus::cut_off, "the server's time limit for a search was exceeded"},
    Meaning{kSizeLimitExceeded, LdapStatus::cut_off,
            "the server's limit for the size of an answer was exceeded"},
    Meaning{kAuthMethodNotSupported, LdapStatus::denied, "the server does not take this kind of bind"},
    Meaning{kStrongerAuthRequired, LdapStatus::denied,
            "the server requires signing or TLS: use ldaps://, --start-tls or --sasl gssapi"},
    Meaning{kReferral, LdapStatus::referral, "the server does not hold this and points to another one"},
    Meaning{kAdminLimitExceeded, LdapStatus::cut_off, "an administrative limit of the server was exceeded"},
    Meaning{kConfidentialityRequired, LdapStatus::denied,
            "the server requires encryption: use ldaps:// or --start-tls"},
    Meaning{kNoSuchObject, LdapStatus::no_such_object,
            "there is no such object, or the account may not see it"},
    Meaning{kInappropriateAuthentication, LdapStatus::denied, "the server refuses this kind of bind"},
    Meaning{kInvalidCredentials, LdapStatus::denied, "the user name or the password is wrong"},
    Meaning{kInsufficientAccess, LdapStatus::denied, "the account may not do this"},
    Meaning{kBusy, LdapStatus::refused, "the server is busy"},
    Meaning{kUnavailable, LdapStatus::refused, "the server is not available"},
    Meaning{kUnwillingToPerform, LdapStatus::refused, "the server is not willing to do this"},
};

// The Windows error that Active Directory puts behind "data" (in hexadecimal) of code 49.
struct Data {
  std::string_view code;
  std::string_view text;
};

constexpr std::array kData = {
    Data{"525", "there is no such user"},
    Data{"52e", "the password is wrong (or the user name)"},
    Data{"530", "the account may not log on at this time"},
    Data{"531", "the account may not log on from this computer"},
    Data{"532", "the password has expired"},
    Data{"533", "the account is disabled"},
    Data{"701", "the account has expired"},
    Data{"773", "the password must be changed first"},
    Data{"775", "the account is locked out"},
    Data{"80090346",
         "the server requires channel binding (LdapEnforceChannelBinding): this library sends none for this "
         "kind of bind"},
};

constexpr std::size_t kShownDiagnostic = 300;

// The server's own words, one line.
std::string quoted(int code, std::string_view diagnostic) {
  std::string text(diagnostic.substr(0, diagnostic.find('\0')));
  if (text.size() > kShownDiagnostic) text = text.substr(0, kShownDiagnostic) + "...";
  return text.empty() ? fmt::format(" (LDAP result {})", code)
                      : fmt::format(" (LDAP result {}: {})", code, base::trim(text));
}

}  // namespace

std::string_view bind_data_meaning(std::string_view diagnostic) {
  constexpr std::string_view kKey = "data ";
  const std::size_t at = diagnostic.find(kKey);
  if (at == std::string_view::npos) return {};
  std::string_view code = diagnostic.substr(at + kKey.size());
  code = code.substr(0, code.find_first_not_of("0123456789abcdefABCDEF"));
  for (const Data& data : kData) {
    if (base::ascii_iequals(data.code, code)) return data.text;
  }
  return {};
}

LdapOutcome operation_failure(int code, std::string_view diagnostic,
                              const std::vector<std::string>& referrals) {
  if (code == 0) return {};
  for (const Meaning& meaning : kMeanings) {
    if (meaning.code != code) continue;
    std::string text(meaning.text);
    if (code == kReferral && !referrals.empty()) text += fmt::format(": {}", fmt::join(referrals, ", "));
    return {meaning.status, code, text + quoted(code, diagnostic)};
  }
  return {LdapStatus::refused, code, "the server refuses this" + quoted(code, diagnostic)};
}

LdapOutcome bind_failure(int code, std::string_view diagnostic) {
  LdapOutcome out = operation_failure(code, diagnostic);
  const std::string_view meaning = bind_data_meaning(diagnostic);
  if (!meaning.empty()) out = {LdapStatus::denied, code, std::string(meaning) + quoted(code, diagnostic)};
  if (!out.ok()) out.message = "the bind failed: " + out.message;
  return out;
}

}  // namespace exaudit::collectors
