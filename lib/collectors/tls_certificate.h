// Why a directory server's certificate was not accepted, for the message about it.
#pragma once

#include <string>

namespace exaudit::collectors {

// Fetches the certificate over a second connection, which accepts any, sends nothing and is closed at once,
// and says what is wrong with it: for which names it is, who issued it, when it expired. "" when no
// certificate could be fetched.
std::string explain_certificate(const std::string& uri, bool start_tls, int timeout_seconds);

// The same for one certificate (DER) and the host name that was asked for.
std::string describe_certificate(const std::string& der, const std::string& host);

// "dc1.contoso.test" of "ldaps://dc1.contoso.test:636/"; of "ldap://[::1]" "::1".
std::string host_of_uri(const std::string& uri);

}  // namespace exaudit::collectors
