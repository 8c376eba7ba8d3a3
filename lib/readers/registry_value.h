// The raw bytes of one registry value, as "hex(N):" gives them, turned into what its type says.
#pragma once

#include <cstdint>
#include <string_view>

#include "facts/registry.h"

namespace exaudit::readers {

facts::RegistryType registry_type(std::uint64_t number);
// sz, expand_sz, link and multi_sz: the types whose bytes are text.
bool is_text(facts::RegistryType type);

enum class TextBytes { utf16le, ansi };  // ansi is read as Windows-1252

// True when the bytes read as UTF-16LE have Western text only: an even number of them, every second one 0.
bool looks_like_utf16le(std::string_view bytes);

// Fills strings or number of `value` according to value.type. False when the bytes do not fit the type or are
// no text. Strings end at their first NUL. The items of a multi_sz are separated by NUL: empty ones inside
// are kept, the NULs at its end (two by the rules, in practice none to many) make no items.
bool set_from_bytes(facts::RegistryValue& value, std::string_view bytes, TextBytes text);

}  // namespace exaudit::readers
