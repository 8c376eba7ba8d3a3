// Reading in several threads gives what reading in one does, wherever the text is cut.
#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "support/ldif_reading.h"
#include "support/synth.h"

using namespace exaudit::test;  // NOLINT(google-build-using-namespace)
using exaudit::readers::LdifOptions;

namespace {

std::string picture(const std::string& text, const LdifOptions& options) {
  return picture_of(read_once({exaudit::base::buffer_from(text)}, options));
}

LdifOptions careful() {
  LdifOptions options;
  options.careful = true;
  return options;
}

// Everything that ends a record, begins one, or looks as if it did.
constexpr std::string_view kText =
    "\n\nversion: 1\n\n# dc1, Domain Controllers\n"
    "dn: CN=One,OU=Staff,DC=contoso,DC=test\nchangetype: add\nhomeMDB: CN=Store\n ,CN=x\nproxyAddresses: "
    "SMTP:one@x.test\nproxyAddresses:: c210cDp1bm9AeC50ZXN0\n\r\n"
    "dn:: Q049VHdvLE9VPVN0YWZmLERDPWNvbnRvc28sREM9dGVzdA==\r\nmailNickname: two\r\nproxyAddresses: "
    "smtp:ONE@x.test\r\n\r\n\r\n"
    "dn: CN=Three\\, Dr.,OU=Staff,DC=contoso,DC=test\nmailNickname;x: three\n \n\n"
    "# requesting: homeMDB\n\n"
    "dn: CN=Four,CN=Configuration,DC=contoso,DC=test\ncn: Four\n\n"
    "dn: CN=Five,OU=Staff,DC=contoso,DC=test\nmailNickname five\n\n"
    "dn: CN=Six,OU=Staff,DC=contoso,DC=test\nmailNickname: six\ndn: CN=Seven,OU=Staff,DC=contoso,DC=test\n"
    "mailNickname: seven\n\nsearch: 2\nresult: 4 Size limit exceeded\n\n"
    "dn: CN=Eight,OU=Staff,DC=contoso,DC=test\nmailNickname: eight\nlegacyExchangeDN: /o=x\n";

}  // namespace

TEST_CASE("ldif: cut at every place, by one thread and by three") {
  std::string crlf;
  for (const char c : kText) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (const std::string& text : {std::string(kText), crlf}) {
    const std::string expected = picture(text, careful());
    CHECK(expected.find("cn=eight") != std::string::npos);
    for (std::size_t bytes = 1; bytes <= text.size() + 1; ++bytes) {
      CAPTURE(bytes);
      CHECK(picture(text, in_chunks(bytes, 1)) == expected);
      if (bytes % 7 == 1) CHECK(picture(text, in_chunks(bytes, 3)) == expected);
    }
  }
}

TEST_CASE("ldif: cut short at every place, as with the careful reader") {
  const std::string text(kText);
  for (std::size_t size = 0; size <= text.size(); ++size) {
    CAPTURE(size);
    CHECK(picture(text.substr(0, size), in_chunks(1, 1)) == picture(text.substr(0, size), careful()));
  }
}

TEST_CASE("ldif: an organization with every fault, read in every way") {
  SynthOptions options;
  options.mailboxes = 3000;
  options.servers = 5;
  options.base64_every = 7;
  options.folded_every = 5;
  for (std::size_t i = 0; i < kSynthFaults; ++i) options.faults[static_cast<SynthFault>(i)] = 3;
  const std::string text = synth_text(options);
  const std::string expected = picture(text, careful());
  for (const unsigned threads : {1U, 2U, 3U, 8U}) {
    CAPTURE(threads);
    CHECK(picture(text, in_chunks(10'000, threads)) == expected);
  }
}

TEST_CASE("ldif: reading that is stopped says so") {
  LdifOptions options = in_chunks(1, 2);
  options.stop = [] { return true; };
  const auto reading = read_once({exaudit::base::buffer_from(std::string(kText))}, options);
  CHECK_FALSE(reading.input().complete);
  CHECK(reading.input().lost_records);
}

TEST_CASE("ldif: UTF-16 that ends in half a character, at the border of a piece") {
  std::string text = "\xFE\xFF";
  const std::string_view head = "dn: CN=A,CN=Configuration,DC=x\n\ndescription: ";
  for (const char c : head) text += std::string{'\0', c};
  while (text.size() < (1U << 20) + 2) text += std::string{'\0', 'x'};
  text += '\0';
  const auto reading = read_once({exaudit::base::buffer_from(text)}, {});
  CHECK(reading.input().records == 1);
  CHECK_FALSE(reading.input().problems.empty());
}
