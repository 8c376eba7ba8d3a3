// Which metabase values are secrets and must never be stored: encrypted values, access lists, session keys,
// passwords.
#pragma once

#include <string_view>

#include "facts/metabase.h"

namespace exaudit::readers {

// True when an Attributes text ("INHERIT | SECURE") has the word SECURE.
bool says_secure(std::string_view attributes);

// Judged by name, number, type and the beginning of the value; `path` is the key's, because event bindings
// keep a value as property 0 of a key that has its name (".../SinkProperties/Password").
bool is_secret(const facts::MetabaseProperty& property, std::string_view path, std::string_view value);

}  // namespace exaudit::readers
