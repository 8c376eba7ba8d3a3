// KB 822939: the command verbs that Exchange adds to the SMTP service, as an EHLO reply shows them.
//
// Only the keywords count (facts: the texts disagree about argument lists): X-EXPS, X-LINK2STATE and XEXCH50
// are Exchange's own. AUTH alone proves nothing, the Windows service offers it too.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kEhlo[] = {Need::ehlo};
constexpr std::array<std::string_view, 3> kExchangeVerbs = {"X-EXPS", "X-LINK2STATE", "XEXCH50"};

std::vector<std::string_view> missing_verbs(const facts::SmtpGreeting& greeting) {
  std::vector<std::string_view> out;
  for (const std::string_view verb : kExchangeVerbs) {
    if (greeting.find(verb) == nullptr) out.push_back(verb);
  }
  return out;
}

std::vector<std::string> keyword_lines(const facts::SmtpGreeting& greeting) {
  std::vector<std::string> out;
  for (const facts::EhloKeyword& keyword : greeting.keywords)
    out.push_back(keyword.keyword + keyword.separator + keyword.arguments);
  return out;
}

// A Microsoft SMTP service before Exchange 2007's own one (8.0) speaks for itself where nothing else tells
// the version.
bool admits(const facts::SmtpGreeting& greeting) {
  return greeting.product == "Microsoft ESMTP MAIL Service" && greeting.version &&
         *greeting.version < base::VersionNumber{{8, 0, 0, 0}};
}

// The greeting to judge, or null when the verdict has been given.
const facts::SmtpGreeting* judged_greeting(const model::Machine& machine, Verdicts& out) {
  const facts::SmtpGreeting* greeting = machine.best_greeting();
  if (!machine.known_2000_or_2003 && (machine.known_other || greeting == nullptr || !admits(*greeting))) {
    if (judged(machine, out)) return greeting;
    return nullptr;
  }
  const auto subject = subject_of(machine);
  if (greeting == nullptr || !greeting->has_ehlo) {
    out.not_evaluated(subject, "no EHLO reply of the machine is there");
  } else if (greeting->masked) {
    out.not_evaluated(subject,
                      "a firewall has overwritten parts of the EHLO reply; take it on the machine itself");
  } else if (!greeting->ehlo_complete && !missing_verbs(*greeting).empty()) {
    out.not_evaluated(subject, "the EHLO reply ends before its last line");
  } else {
    return greeting;
  }
  return nullptr;
}

findings::Evidence ehlo_evidence(const facts::SmtpGreeting& greeting, std::vector<std::string> expected) {
  findings::Evidence out;
  out.at = greeting.location;
  out.at.line = greeting.ehlo_line;
  out.actual = keyword_lines(greeting);
  out.expected = std::move(expected);
  return out;
}

void verbs_missing(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    const facts::SmtpGreeting* greeting = judged_greeting(machine, out);
    if (greeting == nullptr) continue;
    const auto missing = missing_verbs(*greeting);
    if (missing.empty()) {
      out.pass(subject_of(machine));
      continue;
    }
    const bool all = missing.size() == kExchangeVerbs.size();
    auto& finding = out.fail(
        subject_of(machine), all ? "windows-smtp-only" : "incomplete",
        fmt::format("the SMTP service of {} does not advertise {}{}{}", machine.name,
                    fmt::join(missing, ", "), all ? ": it answers as Windows SMTP without Exchange" : "",
                    greeting->across_network
                        ? " (seen across a network: a firewall or scanner may hide verbs)"
                        : ""));
    if (!all && greeting->across_network) finding.severity = Severity::medium;
    finding.evidence = {ehlo_evidence(*greeting, {kExchangeVerbs.begin(), kExchangeVerbs.end()})};
  }
}

bool advertises(const facts::SmtpGreeting& greeting, std::string_view keyword, std::string_view separator,
                std::string_view arguments) {
  return std::any_of(greeting.keywords.begin(), greeting.keywords.end(), [&](const facts::EhloKeyword& item) {
    return base::ascii_iequals(item.keyword, keyword) &&
           (separator.empty() ||
            (item.separator == separator && base::ascii_iequals(item.arguments, arguments)));
  });
}

void auth_verbs(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    const facts::SmtpGreeting* greeting = judged_greeting(machine, out);
    if (greeting == nullptr) continue;
    const auto subject = subject_of(machine);
    if (!missing_verbs(*greeting).empty()) {
      out.not_applicable(subject, "Exchange's own verbs are missing, which KB822939.verbs-missing reports");
      continue;
    }
    std::vector<std::string> missing;
    if (!advertises(*greeting, "X-EXPS", "=", "LOGIN")) missing.emplace_back("X-EXPS=LOGIN");
    if (!advertises(*greeting, "AUTH", "", "")) missing.emplace_back("AUTH");
    if (!advertises(*greeting, "AUTH", "=", "LOGIN")) missing.emplace_back("AUTH=LOGIN");
    if (missing.empty()) {
      out.pass(subject);
    } else if (!greeting->ehlo_complete) {
      out.not_evaluated(subject, "the EHLO reply ends before its last line");
    } else {
      auto& finding = out.fail(subject, "not-advertised",
                               fmt::format("the SMTP service of {} does not advertise {}", machine.name,
                                           fmt::join(missing, ", ")));
      finding.evidence = {ehlo_evidence(*greeting, missing)};
    }
  }
}

}  // namespace

extern const Rule kb822939_verbs_missing = {"KB822939.verbs-missing",
                                            "The SMTP service advertises Exchange's command verbs.",
                                            "822939",
                                            Severity::high,
                                            "transport",
                                            "2000 2003",
                                            SubjectKind::machine,
                                            kEhlo,
                                            "windows-smtp-only incomplete",
                                            verbs_missing};
extern const Rule kb822939_auth_verbs = {
    "KB822939.auth-verbs",
    "The SMTP service advertises the login verbs that the article lists.",
    "822939",
    Severity::info,
    "transport",
    "2000 2003",
    SubjectKind::machine,
    kEhlo,
    "not-advertised",
    auth_verbs};

}  // namespace exaudit::rules
