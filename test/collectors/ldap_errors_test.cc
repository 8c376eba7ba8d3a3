#include "collectors/ldap_errors.h"

#include <doctest/doctest.h>

#include "collectors/tls_certificate.h"
#include "tree.h"

using namespace exaudit;
using collectors::LdapStatus;

TEST_CASE("ldap errors: Active Directory's data codes say what is wrong with the account") {
  const auto of = [](std::string_view data) {
    return collectors::bind_failure(
        49, "80090308: LdapErr: DSID-0C090334, comment: AcceptSecurityContext error, data " +
                std::string(data) + ", vece");
  };
  CHECK(of("52e").message.find("password is wrong") != std::string::npos);
  CHECK(of("525").message.find("no such user") != std::string::npos);
  CHECK(of("532").message.find("expired") != std::string::npos);
  CHECK(of("533").message.find("disabled") != std::string::npos);
  CHECK(of("773").message.find("must be changed") != std::string::npos);
  CHECK(of("775").message.find("locked") != std::string::npos);
  CHECK(of("52E").status == LdapStatus::denied);
  CHECK(of("999").message.find("user name or the password") != std::string::npos);
}

TEST_CASE("ldap errors: each kind of failure has its status, and the server's words are kept in one line") {
  CHECK(collectors::operation_failure(0, "").ok());
  CHECK(collectors::operation_failure(3, "").status == LdapStatus::cut_off);
  CHECK(collectors::operation_failure(4, "").status == LdapStatus::cut_off);
  CHECK(collectors::operation_failure(11, "").status == LdapStatus::cut_off);
  CHECK(collectors::operation_failure(32, "").status == LdapStatus::no_such_object);
  CHECK(collectors::operation_failure(50, "").status == LdapStatus::denied);
  CHECK(collectors::operation_failure(8, "").message.find("signing") != std::string::npos);
  const auto referral = collectors::operation_failure(10, "", {"ldap://dc2.contoso.test/DC=contoso,DC=test"});
  CHECK(referral.status == LdapStatus::referral);
  CHECK(referral.message.find("ldap://dc2.contoso.test/") != std::string::npos);
  CHECK(collectors::operation_failure(80, "strange").message ==
        "the server refuses this (LDAP result 80: strange)");
  CHECK(collectors::operation_failure(80, std::string(5000, 'x')).message.size() < 500);
}

TEST_CASE("ldap errors: a certificate that is not accepted is described by names, issuer and date") {
  const std::string good = test::slurp(test::source_root() / "fixtures/readers/certificate/dc1.der");
  const std::string other = collectors::describe_certificate(good, "dc2.contoso.test");
  CHECK(other.find("dc1.contoso.test, dc1") != std::string::npos);
  CHECK(other.find("not for dc2.contoso.test") != std::string::npos);
  const std::string unknown = collectors::describe_certificate(good, "dc1.contoso.test");
  CHECK(unknown.find("CN=Contoso CA") != std::string::npos);
  CHECK(unknown.find("not trusted") != std::string::npos);
  const std::string expired = collectors::describe_certificate(
      test::slurp(test::source_root() / "fixtures/readers/certificate/expired.der"), "dc1.contoso.test");
  CHECK(expired.find("expired on 2004-01-01") != std::string::npos);
  CHECK(collectors::describe_certificate("no certificate", "dc1").empty());
}

TEST_CASE("ldap errors: host names of addresses") {
  CHECK(collectors::host_of_uri("ldaps://dc1.contoso.test:636/") == "dc1.contoso.test");
  CHECK(collectors::host_of_uri("ldap://[2001:db8::1]:389") == "2001:db8::1");
  CHECK(collectors::host_of_uri("ldap://dc1") == "dc1");
}
