// Which directory attributes rules read, so that a collector can ask for these and no others.
//
//   const auto names = attributes_read(selected, Need::directory);   // for ldifde -l, or an LDAP search
//
// A test audits every scenario reduced to these attributes and expects the same findings: a rule that starts
// to read another attribute needs its name here.
#pragma once

#include <string_view>
#include <vector>

#include "findings/finding.h"
#include "rules/rule.h"

namespace exaudit::rules {

// Does the rule need this kind of evidence? What its `needs` say, and beyond that the directory when its
// subjects are objects of the directory; then, for those of KB 828938, also which global catalog counts.
bool reads(const Rule& rule, findings::Need need);

// Sorted by letters, case ignored; empty when none of the rules reads the directory. `need` is
// Need::directory (objects below CN=Microsoft Exchange of the configuration) or Need::directory_recipients
// (objects of a domain). Beside what the rules read: what the organization model is built from, and what
// tells that an object was read whole and when it changed (instanceType, objectCategory, uSNChanged,
// whenCreated, ...).
std::vector<std::string_view> attributes_read(const std::vector<const Rule*>& rules, findings::Need need);

}  // namespace exaudit::rules
