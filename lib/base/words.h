// Where words begin and end in texts of any language, and the blanks and dashes that word processors and web
// pages put into copied text.
#pragma once

#include <string>
#include <string_view>

namespace exaudit::base {

// Is the character that begins at `at` (that ends before `at`) part of a word: a letter, a digit or an
// underscore? False beyond the text. Letters of scripts that put no blanks between words (Chinese, Japanese,
// Korean) are no part of one, so that a number among them stands for itself. `text` is UTF-8, `at` at the
// border of a character.
bool is_word_at(std::string_view text, std::size_t at);
bool is_word_before(std::string_view text, std::size_t at);

// Length of the blank at the beginning of `text`: blank, tab, no-break and other typographic blanks, a byte
// order mark or zero-width blank. 0 when there is none.
std::size_t blank_length(std::string_view text);
// Length of the hyphen, dash or minus sign at the beginning of `text`; 0 when there is none.
std::size_t dash_length(std::string_view text);
// Typographic blanks as blanks, those without a width left out.
std::string with_plain_blanks(std::string_view text);

}  // namespace exaudit::base
