// Recognition of service lists; read_service_states is declared in readers/readers.h.
#pragma once

#include <string_view>

namespace exaudit::readers {

// True for the output of `sc query`, `sc queryex` or `sc qc` ("SERVICE_NAME: X" and a numbered state or start
// type), for that of `net start` (in another language than English only when it lists services whose names
// are the same everywhere), and for a csv of Win32_Service or Get-Service, of which one row must fit. `head`
// is decoded UTF-8.
bool looks_like_service_states(std::string_view head);

}  // namespace exaudit::readers
