#pragma once

#include <string_view>

namespace exaudit::readers {

// `head` is the beginning of the input as UTF-8.
bool looks_like_smtp_transcript(std::string_view head);

}  // namespace exaudit::readers
