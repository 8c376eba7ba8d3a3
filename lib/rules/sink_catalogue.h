// The event sinks that Exchange 2000/2003 registers with the Windows SMTP service, known by the display names
// of their bindings.
//
// Source of the built-in list (sinks.tsv): TechNet aa997096, which names 37 bindings. It does not say which
// version, edition or role needs which of them, so the catalogue carries a family (our grouping by name: the
// SMTP verb or the component behind the sink) and how sure it is that absence is a fault. A user can replace
// the list.
//
// File format, one sink per line:
//
//   display_name<TAB>family<TAB>absence_is_fault_confidence      <- header, required
//   Exchange Router<TAB>router<TAB>high
//
// UTF-8 (decode other encodings first; a byte order mark is ignored), any line ends. Blanks around a field do
// not count. Empty lines and lines that begin with # are skipped. Confidence is low, medium or high. Display
// names are compared as the metabase's are (case-folded) and must not repeat.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace exaudit::rules {

enum class Confidence { low, medium, high };

struct Sink {
  std::string display_name;
  std::string family;
  Confidence confidence = Confidence::low;
};

inline constexpr std::size_t kMaxSinks = 10'000;  // Exchange registers 37; beyond this it is not a catalogue

// Errors name the line; a catalogue without any sink is an error too, because every check would pass
// silently.
base::Result<std::vector<Sink>> parse_sink_catalogue(std::string_view tsv);

// sinks.tsv, in file order.
const std::vector<Sink>& built_in_sinks();

// Families that mail flow between Exchange servers needs: their absence is a high finding, that of any other
// family is information.
bool family_is_essential(std::string_view family);

}  // namespace exaudit::rules
