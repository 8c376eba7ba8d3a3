// The schema files of ldapschema/, made from its tables. schema_files_test.cc compares them with the files
// that are committed; peer tests load those into real servers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exaudit::test {

// ldapschema/exchange.schema: definitions for slapd (slapd.conf(5), "attributetype" and "objectclass"),
// complete without any other schema file.
std::string slapd_schema();

// ldapschema/exchange-ad.ldif: what Exchange setup adds to the schema of Active Directory, with DC=X in place
// of the forest's root domain.
std::string active_directory_schema();

// All classes of the table but top, each after its superior and its auxiliary classes; by name otherwise.
std::vector<std::string_view> classes_in_order();

}  // namespace exaudit::test
