// What to do about a finding: plain text for people, taken from the data in remedies.def.
//
// The rows of remedies.def are chosen by rule, reason, generation of Exchange, cluster and kind of store; the
// most specific row wins. Summary and steps have placeholders, filled in once from the finding: ${homeMTA},
// ${cn} ... from Finding::values, and ${server}, ${name} (the subject's name),
// ${dn}, ${guid}, ${part} and ${reason}. What is not known becomes "<not known from the evidence>", never an
// empty place. Values come from evidence and may be hostile: a value that contains ${x} is not expanded
// again, and control characters are made visible, so that a value can add no step.
#pragma once

#include <string>
#include <string_view>

#include "findings/finding.h"
#include "model/organization.h"

namespace exaudit::rules {

struct RemedyContext {
  // Of the server that the finding is about. Where the generation was not observed, the remedy names what
  // differs between 2000 and 2003.
  model::Generation generation = model::Generation::not_observed;
  bool cluster = false;
  bool public_store = false;
  std::string server;  // "" = the server or machine of the finding's subject
};

// A finding of a rule that has no row gets a remedy without summary and steps.
findings::Remedy remedy_for(const findings::Finding& finding, const RemedyContext& context);

// https://support.microsoft.com/kb/828938; "" for findings without an article.
std::string article_url(std::string_view article);

}  // namespace exaudit::rules
