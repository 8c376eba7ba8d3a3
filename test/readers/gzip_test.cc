#include "readers/gzip.h"

#include <string>

#include <doctest/doctest.h>

#include "support/gzipped.h"

namespace {

using exaudit::readers::gunzip;
using exaudit::readers::gunzip_head;
using exaudit::test::gzipped;

std::string long_text() {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i * 2654435761U) + "\n";
  return text;
}

constexpr std::uint64_t kLimit = 64U << 20;

}  // namespace

TEST_CASE("gzip: whole streams, also larger than any internal buffer") {
  for (const std::string& text :
       {std::string(), std::string("dn: CN=x\n"), long_text(), std::string(20U << 20, 'a')}) {
    const auto result = gunzip(gzipped(text), kLimit);
    REQUIRE(result);
    CHECK(result->buffer->view() == text);
    CHECK_FALSE(result->truncated);
  }
}

TEST_CASE("gzip: members one after the other are one text") {
  const auto result =
      gunzip(gzipped("one\n") + gzipped("") + gzipped("two\n") + std::string(512, '\0'), kLimit);
  REQUIRE(result);
  CHECK(result->buffer->view() == "one\ntwo\n");
  CHECK_FALSE(result->truncated);
}

TEST_CASE("gzip: a stream that ends early gives what was there") {
  const std::string text = long_text();
  const std::string bytes = gzipped(text);
  const auto half = gunzip(std::string_view(bytes).substr(0, bytes.size() / 2), kLimit);
  REQUIRE(half);
  CHECK(half->truncated);
  CHECK(half->buffer->view().size() > text.size() / 4);
  CHECK(text.starts_with(half->buffer->view()));
  // Only the checksum is missing: the text is there, but nobody knows.
  const auto no_trailer = gunzip(std::string_view(bytes).substr(0, bytes.size() - 4), kLimit);
  REQUIRE(no_trailer);
  CHECK(no_trailer->truncated);
  CHECK(no_trailer->buffer->view() == text);
  const auto header = gunzip(std::string_view(bytes).substr(0, 5), kLimit);
  REQUIRE(header);
  CHECK(header->truncated);
  CHECK(header->buffer->view().empty());
}

TEST_CASE("gzip: damage is noticed") {
  std::string wrong_checksum = gzipped("one\n");
  wrong_checksum[wrong_checksum.size() - 6] =
      static_cast<char>(wrong_checksum[wrong_checksum.size() - 6] ^ 1);
  const auto changed = gunzip(wrong_checksum, kLimit);
  REQUIRE(changed);
  CHECK(changed->truncated);
  const auto trailing = gunzip(gzipped("one\n") + "something else", kLimit);
  REQUIRE(trailing);
  CHECK(trailing->truncated);
  CHECK(trailing->buffer->view() == "one\n");
  CHECK_FALSE(gunzip("dn: CN=x\n", kLimit));
  CHECK_FALSE(gunzip("", kLimit));
}

TEST_CASE("gzip: the limit is exact") {
  const std::string bomb = gzipped(std::string(1U << 20, '\0'));
  CHECK(gunzip(bomb, 1U << 20));
  const auto refused = gunzip(bomb, (1U << 20) - 1);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == exaudit::base::ErrorCode::too_large);
  CHECK_FALSE(gunzip(gzipped("one") + gzipped("two"), 5));
}

TEST_CASE("gzip: the head alone") {
  const std::string text = long_text();
  CHECK(gunzip_head(gzipped(text), 100'000) == text.substr(0, 100'000));
  CHECK(gunzip_head(gzipped("one"), 100) == "one");
  CHECK(gunzip_head("no gzip", 100).empty());
}
