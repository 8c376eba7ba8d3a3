// Recognition of sink listings; read_sink_listing is declared in readers/readers.h.
#pragma once

#include <string_view>

namespace exaudit::readers {

// True for the output of `smtpreg.vbs /enum` in either form: "Source {GUID} {" before anything else but the
// script host's banner, or boxes like "| Source Type |". `head` is decoded UTF-8.
bool looks_like_sink_listing(std::string_view head);

}  // namespace exaudit::readers
