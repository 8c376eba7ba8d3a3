// What all reports share. A report renders an audit::Result and decides nothing; it reads no clock, locale or
// environment, so the same evidence gives the same bytes.
#pragma once

#include <functional>
#include <string_view>

#include "findings/finding.h"

namespace exaudit::report {

// Takes the report piece by piece: a directory of a million recipients can have as many findings.
using Sink = std::function<void(std::string_view)>;

// --verdicts: which rows of rule x subject a report lists. The counts are always those of all rows.
enum class VerdictFilter {
  none,
  problems,  // failed, broken or not evaluated
  all,
};

constexpr bool lists(VerdictFilter filter, findings::Verdict verdict) {
  if (filter == VerdictFilter::none) return false;
  return filter == VerdictFilter::all ||
         (verdict != findings::Verdict::pass && verdict != findings::Verdict::not_applicable);
}

}  // namespace exaudit::report
