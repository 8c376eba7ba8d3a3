#pragma once

#include <string_view>

namespace exaudit::readers {

// `first_line` is the first line of the input that is not empty, as UTF-8.
bool is_mailbox_header(std::string_view first_line);

}  // namespace exaudit::readers
