// Recognition of metabase dumps; read_metabase_dump is declared in readers/readers.h.
#pragma once

#include <string_view>

namespace exaudit::readers {

// True for the output of mdutil, with or without the command itself: keys "[/smtpsvc/1]" and properties
// "36998 : [IS] (DWORD) 0x7574c1={7697601}", and nothing else before the first of them. `head` is decoded
// UTF-8.
bool looks_like_metabase_dump(std::string_view head);

}  // namespace exaudit::readers
