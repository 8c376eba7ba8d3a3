// LDAP failures in words: what they mean on Active Directory, and what to do about them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/ldap_client.h"

namespace exaudit::collectors {

// Of a bind, from the result code and the diagnostic message (RFC 4511 4.1.9). Active Directory gives the
// real reason of code 49 in the message: "..., data 52e, v1db1".
LdapOutcome bind_failure(int code, std::string_view diagnostic);

// Of a search or another operation. `referrals`: where the server points to.
LdapOutcome operation_failure(int code, std::string_view diagnostic,
                              const std::vector<std::string>& referrals = {});

// What `data 52e` and its like mean; "" when the message has none that is known.
std::string_view bind_data_meaning(std::string_view diagnostic);

}  // namespace exaudit::collectors
