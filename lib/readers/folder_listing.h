// Recognition of folder listings; read_folder_listing is declared in readers/readers.h.
#pragma once

#include <string_view>

namespace exaudit::readers {

// True when a line with the path of a folder, in any language, is followed by a line of an entry: date, time,
// size or <DIR>, name. `head` is decoded text.
bool looks_like_folder_listing(std::string_view head);

}  // namespace exaudit::readers
