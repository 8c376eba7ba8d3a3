// How to collect the evidence that was missing, with tools that Windows itself has. Data, so that a new kind
// of evidence is a new row.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "findings/finding.h"

namespace exaudit::report {

struct Advice {
  findings::Need need = findings::Need::directory;
  std::string_view title;
  std::string_view where;                        // the computer to run it on
  std::span<const std::string_view> commands;    // {machine}, {exchange} and {domain} are placeholders
  std::span<const std::string_view> notes = {};  // for the person who types them; the same placeholders
};

// Never null: every Need has a row.
const Advice& advice_for(findings::Need need);

// A host name that can stand in a command and name a folder on Windows: letters, digits, hyphens,
// underscores, and no name of a device (NUL, COM1).
bool is_machine_name(std::string_view name);

// What the placeholders stand for; "" keeps the word that a person has to replace.
struct AdviceNames {
  std::string machine;
  std::string organization_dn;  // "CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=..."
};

// The names come from evidence and the line will be pasted into a shell: a name with any character that a
// shell could understand is left out, and the placeholder's word stays.
std::string filled(std::string_view command, const AdviceNames& names);

}  // namespace exaudit::report
