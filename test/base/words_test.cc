#include "base/words.h"

#include <doctest/doctest.h>

using exaudit::base::blank_length;
using exaudit::base::dash_length;
using exaudit::base::is_word_at;
using exaudit::base::is_word_before;
using exaudit::base::with_plain_blanks;

TEST_CASE("words: letters of alphabets, not those of scripts without blanks") {
  for (const char* word : {"a", "Z", "0", "_", "é", "ß", "Ω", "я", "ª"}) {
    CAPTURE(word);
    CHECK(is_word_at(word, 0));
    CHECK(is_word_before(word, std::string_view(word).size()));
  }
  for (const char* other :
       {"-", ".", " ", "が", "。", "错", "가", "–", "“", "\xC2\xA0", "×", "\xFF", "\xC3", "\xEF\xBF\xBD"}) {
    CAPTURE(other);
    CHECK_FALSE(is_word_at(other, 0));
    CHECK_FALSE(is_word_before(other, std::string_view(other).size()));
  }
  CHECK_FALSE(is_word_at("a", 1));
  CHECK_FALSE(is_word_before("a", 0));
  CHECK_FALSE(is_word_at("", 0));
}

TEST_CASE("words: blanks and dashes of word processors and web pages") {
  CHECK(blank_length(" x") == 1);
  CHECK(blank_length("\xC2\xA0") == 2);
  CHECK(blank_length("\xEF\xBB\xBF") == 3);
  CHECK(blank_length("x") == 0);
  CHECK(blank_length("") == 0);
  CHECK(dash_length("-") == 1);
  CHECK(dash_length("–5") == 3);
  CHECK(dash_length("−5") == 3);
  CHECK(dash_length("_") == 0);
  CHECK(with_plain_blanks("a\xC2\xA0"
                          "b\t\xE2\x80\x8B"
                          "c\xEF\xBB\xBF é") == "a b\tc é");
}
