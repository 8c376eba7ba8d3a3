// What the text of a catalogued event must hold, for events that are told by their number and their text
// alone: articles and mails print "9321" and the text below it, without labels.
//
// A number among prose is no event. Its text counts when it has what no prose has: the locator of the MTA,
// the legacy name of an SMTP mailbox with an error code behind it, or the words of the English message.
#pragma once

#include <cstddef>
#include <string_view>

#include "facts/event_catalogue.h"

namespace exaudit::facts {

bool has_shape(const CataloguedEvent& known, std::string_view text);

// Texts of the MTA: the offset behind "[BASE MAIN BASE 1] (14)", npos when there is no locator. It may be
// wrapped.
std::size_t locator_end(std::string_view text);

}  // namespace exaudit::facts
