// The words around an event record: column names, the labels of a copied event, and the words for its type,
// in the languages we are sure of.
//
// Windows translates all of them; source, event ID and the numbers in a description stay as they are, and
// only those are matched by rules.
#pragma once

#include <optional>
#include <string_view>

#include "facts/event.h"

namespace exaudit::readers {

enum class EventField {
  date,
  time,
  date_time,
  type,
  source,
  category,
  id,
  user,
  computer,
  description,
  log,
  other
};

// By the name of a column: Event Viewer ("Event"), Get-EventLog ("EntryType"), Get-WinEvent ("ProviderName"),
// Win32_NTLogEvent ("EventCode"). Letter case, blanks and quotes do not matter. Nothing when the name is not
// known.
std::optional<EventField> event_column(std::string_view name);

// A label of a copied event ("Event Source:") at the beginning of `text`, its colon included. Blanks before
// the colon are tolerated.
struct EventLabel {
  EventField field = EventField::other;
  std::size_t length = 0;  // bytes of `text`
  bool common = false;     // "Source:", as later versions write it: other texts have such labels as well
};
std::optional<EventLabel> event_label(std::string_view text);

// Error, Fehler, Erreur, ... and the numbers that scripts write instead. Letter case does not matter.
facts::EventType event_type(std::string_view word);

// What a type word says about the language of the log; decides between 1/2 and 2/1 in dates.
enum class WordLanguage { unknown, english, shared, foreign };
WordLanguage event_type_language(std::string_view word);

}  // namespace exaudit::readers
