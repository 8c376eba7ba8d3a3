#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "support/ldif_reading.h"

namespace {

using namespace std::string_literals;
using exaudit::facts::Entry;
using exaudit::test::LdifReading;
using exaudit::test::problems_of;
using exaudit::test::read_texts;
using exaudit::test::remarks;

using Lines = std::vector<std::string>;

LdifReading read(std::string_view text) { return read_texts({std::string(text)}); }

// "<leaf RDN of the key>: name=value name=value" per entry of the only view.
Lines entries(const LdifReading& reading) {
  Lines out;
  for (const Entry& entry : reading.view().entries()) {
    std::string line = entry.key.substr(0, entry.key.find(',')) + ":";
    for (const auto& attribute : entry.attributes) {
      for (const auto& value : attribute.values) line += fmt::format(" {}={}", attribute.name, value.bytes);
      if (attribute.unreadable) line += fmt::format(" {}?", attribute.name);
    }
    out.push_back(line + (entry.damaged ? " damaged" : ""));
  }
  return out;
}

std::string utf16(std::string_view text, bool big_endian, bool bom) {
  std::string out = bom ? (big_endian ? "\xFE\xFF" : "\xFF\xFE") : "";
  for (const char c : text) out += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return out;
}

constexpr std::string_view kTwo = "dn: CN=A,CN=Configuration\ncn: A\n\ndn: CN=B,CN=Configuration\ncn: B\n";
const Lines kTwoEntries = {"cn=a: cn=A", "cn=b: cn=B"};

}  // namespace

TEST_CASE("ldif: what ldifde writes") {
  const auto reading = read(
      "dn: CN=MAIL1,CN=Servers,CN=Configuration,DC=contoso,DC=test\r\n"
      "changetype: add\r\n"
      "objectClass: top\r\n"
      "objectClass: server\r\n"
      "serialNumber: Version 6.5 (Build 7638.2: Service Pack 2)\r\n"
      "legacyExchangeDN: \r\n"
      " /o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Servers/cn=MAIL\r\n"
      " 1\r\n"
      "objectGUID:: US9/Z/F+I0ayfoasxUmCAQ==\r\n"
      "\r\n");
  CHECK(problems_of(reading.input()).empty());
  CHECK(reading.input().complete);
  CHECK(reading.input().records == 1);
  REQUIRE(reading.view().entries().size() == 1);
  const Entry& entry = reading.view().entries().front();
  CHECK(entry.dn == "CN=MAIL1,CN=Servers,CN=Configuration,DC=contoso,DC=test");
  CHECK(entry.find("changetype") == nullptr);
  CHECK(entry.first("serialnumber") == "Version 6.5 (Build 7638.2: Service Pack 2)");
  CHECK(entry.first("legacyExchangeDN") ==
        "/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Servers/cn=MAIL1");
  CHECK(entry.find("legacyExchangeDN")->values[0].line == 6);
  CHECK(entry.find("objectClass")->values[1].line == 4);
  REQUIRE(entry.guid);
  CHECK(entry.guid->text() == "{677F2F51-7EF1-4623-B27E-86ACC5498201}");
  CHECK(entry.location.line == 1);
  CHECK(entry.location.offset == 0);
}

TEST_CASE("ldif: what ldapsearch writes around the entries") {
  const auto reading = read(
      "# extended LDIF\n#\n# LDAPv3\n# base <CN=Configuration,DC=contoso,DC=test> with scope subtree\n# "
      "filter: (objectClass=*)\n"
      "# requesting: ALL\n# with pagedResults control: size=1000\n#\n\n"
      "# MAIL1, Servers, Configuration, contoso.test\ndn: "
      "CN=MAIL1,CN=Servers,CN=Configuration,DC=contoso,DC=test\ncn: MAIL1\n\n"
      "# search reference\nref: ldap://child.contoso.test/DC=child,DC=contoso,DC=test\n\n"
      "# refldap://child.contoso.test/DC=child,DC=contoso,DC=test\n\n"
      "# search result\nsearch: 2\nresult: 0 Success\ncontrol: 1.2.840.113556.1.4.319 false "
      "MIQAAAAFAgEABAA=\npagedresults: cookie=\n\n"
      "# numResponses: 3\n# numEntries: 1\n# numReferences: 1\n");
  CHECK(problems_of(reading.input()).empty());
  CHECK(reading.input().complete);
  CHECK(entries(reading) == Lines{"cn=mail1: cn=MAIL1"});
  CHECK(reading.view().inputs.front().requested_all);
  CHECK(reading.view().inputs.front().complete);
  CHECK(reading.view().entries().front().read_whole);
}

TEST_CASE("ldif: a search that was cut off says so") {
  const auto reading = read(fmt::format("{}\nsearch: 2\nresult: 4 Size limit exceeded\ntext: x\n", kTwo));
  CHECK(entries(reading) == kTwoEntries);
  CHECK(problems_of(reading.input()) == Lines{"8: the search was cut off: result 4 Size limit exceeded"});
  CHECK(reading.input().lost_records);
  CHECK(read("search: 2\nresult: 32 No such object\n").input().lost_records);
  CHECK(read("search: 2\nresult: 0 Success\n").input().complete);
  // Several searches in one file.
  const auto two = read(fmt::format(
      "{0}\nsearch: 2\nresult: 0 Success\n\n{0}\nsearch: 2\nresult: 3 Time limit exceeded\n", kTwo));
  CHECK(remarks(two.input(), 17, "cut off: result 3"));
}

TEST_CASE("ldif: an attribute named result or ref inside a record is an attribute") {
  const auto reading = read("dn: CN=A,CN=Configuration\nresult: 4\nref: x\nversion: 2\n");
  CHECK(entries(reading) == Lines{"cn=a: ref=x result=4 version=2"});
  CHECK(reading.input().complete);
}

TEST_CASE("ldif: version lines, blank lines and comments may stand anywhere between lines") {
  CHECK(entries(read(fmt::format("version: 1\n\n\n\n# x\n{}\n\n\n# y", kTwo))) == kTwoEntries);
  CHECK(entries(read(fmt::format("version: 1\n{}", kTwo))) == kTwoEntries);
  const auto reading = read(
      "# one\n  folded comment\ndn: CN=A,CN=Configuration\n# cn: commented out\n# and\n folded: x\ncn: A\n");
  CHECK(entries(reading) == Lines{"cn=a: cn=A"});
  CHECK(problems_of(reading.input()).empty());
}

TEST_CASE("ldif: folded lines") {
  const auto reading = read(
      "dn: CN=A,CN=Conf\n iguration\ncn: one\n  two\ndescription:: b25\n lIHR3\n bw==\nl:\n  x\nhomeMTA: a\n "
      "\n b\n");
  CHECK(entries(reading) == Lines{"cn=a: cn=one two description=one two homeMTA=ab l=x"});
  const Entry& entry = reading.view().entries().front();
  CHECK(entry.find("cn")->values[0].line == 3);
  CHECK(entry.find("description")->values[0].line == 5);
  CHECK(entry.find("homeMTA")->values[0].line == 10);
  CHECK(problems_of(reading.input()).empty());
  // CRLF is removed with the fold.
  CHECK(entries(read("dn: CN=A,CN=Configuration\r\ncn: one\r\n two\r\n")) == Lines{"cn=a: cn=onetwo"});
  // A line that starts with a blank after a blank line continues nothing.
  const auto lost = read("dn: CN=A,CN=Configuration\ncn: A\n\n stray\n");
  CHECK(entries(lost) == Lines{"cn=a: cn=A"});
  CHECK(remarks(lost.input(), 4, "belong to no record"));
}

TEST_CASE("ldif: blanks around values") {
  const auto reading = read("dn:CN=A,CN=Configuration\ncn:A\nl:   B  \ndescription:\nst::   Qw==\n");
  CHECK(entries(reading) == Lines{"cn=a: cn=A l=B   st=C"});
  CHECK(reading.input().complete);
}

TEST_CASE("ldif: base64 in names and values") {
  const auto reading = read("dn:: Q049U3RyYcOfZSxDTj1Db25maWd1cmF0aW9u\ncn:: U3RyYcOfZQ==\n");
  CHECK(entries(reading) == Lines{"cn=strasse: cn=Stra\xC3\x9F"
                                  "e"});
  const auto bad = read(fmt::format("dn: CN=A,CN=Configuration\ncn:: @@@\nl:: QQ\nst: S\n\n{}",
                                    kTwo.substr(kTwo.find("\n\n") + 2)));
  CHECK(entries(bad) == Lines{"cn=a: cn? l? st=S", "cn=b: cn=B"});
  CHECK(problems_of(bad.input()) ==
        Lines{"2: the value of cn is no valid base64; the attribute counts as not observed",
              "3: the value of l is no valid base64; the attribute counts as not observed"});
  CHECK_FALSE(bad.input().complete);
  CHECK_FALSE(bad.input().lost_records);

  const auto name = read(fmt::format("dn:: @@@\ncn: x\n\n{}", kTwo));
  CHECK(entries(name) == kTwoEntries);
  CHECK(problems_of(name.input()) == Lines{"1: the record's DN is no valid base64; the record is skipped"});
  CHECK(name.input().lost_records);
}

TEST_CASE("ldif: a URL is never opened") {
  const auto reading =
      read(fmt::format("dn: CN=X,CN=Configuration\ndescription:< file:///etc/hostname\nl: L\n\n{}", kTwo));
  CHECK(entries(reading) == Lines{"cn=a: cn=A", "cn=b: cn=B", "cn=x: description? l=L"});
  CHECK(remarks(reading.input(), 2, "description is given as a URL, which is never fetched"));
  CHECK_FALSE(reading.input().lost_records);
  const auto name = read(fmt::format("dn:< file:///etc/hostname\ncn: x\n\n{}", kTwo));
  CHECK(entries(name) == kTwoEntries);
  CHECK(remarks(name.input(), 1, "DN is given as a URL"));
  CHECK(name.input().lost_records);
}

TEST_CASE("ldif: encodings") {
  CHECK(entries(read("\xEF\xBB\xBF" + std::string(kTwo))) == kTwoEntries);
  for (const bool big_endian : {false, true}) {
    for (const bool bom : {false, true}) {
      CAPTURE(big_endian);
      CAPTURE(bom);
      const auto reading = read(utf16(kTwo, big_endian, bom));
      CHECK(entries(reading) == kTwoEntries);
      CHECK(problems_of(reading.input()).empty());
    }
  }
  // A surrogate without its other half, and half a code unit at the end.
  const auto broken = read(utf16("dn: CN=A,CN=Configuration\ncn: ", false, true) + "\x00\xD8"s +
                           utf16("x\n\n", false, false) + "d");
  CHECK(entries(broken) == Lines{"cn=a: cn=\xEF\xBF\xBDx"});
  CHECK(remarks(broken.input(), 0, "UTF-16 text contains invalid characters"));
}

TEST_CASE("ldif: bytes that are no text are kept") {
  const auto reading =
      read("dn: CN=A,CN=Configuration\ncn: a\xFF\xC3(\nl: x\0y\n\ndn: CN=\xFF,CN=Configuration\ncn: B\n"s);
  REQUIRE(reading.view().entries().size() == 2);
  CHECK(reading.view().entries()[0].first("cn") == "a\xFF\xC3(");
  CHECK(reading.view().entries()[0].first("l") == "x\0y"s);
  CHECK(reading.view().entries()[1].dn == "CN=\xFF,CN=Configuration");
}

TEST_CASE("ldif: changes are no directory content") {
  const auto reading =
      read(fmt::format("dn: CN=A,CN=Configuration\nchangetype: modify\nreplace: cn\ncn: x\n-\n\n"
                       "dn: CN=A,CN=Configuration\nchangetype: delete\n\n{}\n"
                       "dn: CN=C,CN=Configuration\ncontrol: 1.2.3 true\nchangetype:: YWRk\ncn: C\n",
                       kTwo));
  CHECK(entries(reading) == Lines{"cn=a: cn=A", "cn=b: cn=B", "cn=c: cn=C"});
  CHECK(remarks(reading.input(), 2, "changetype: modify"));
  CHECK(remarks(reading.input(), 8, "changetype: delete"));
  CHECK_FALSE(reading.input().lost_records);
}

TEST_CASE("ldif: lines that cannot be understood") {
  const auto reading =
      read("dn: CN=A,CN=Configuration\ncn: A\nno colon here\n: no name\nbad name: x\nl: L\n");
  CHECK(entries(reading) == Lines{"cn=a: cn=A l=L damaged"});
  for (const std::uint32_t line : {3U, 4U, 5U})
    CHECK(remarks(reading.input(), line, "no \"attribute: value\" line"));
  CHECK_FALSE(reading.input().complete);
  CHECK_FALSE(reading.input().lost_records);
}

TEST_CASE("ldif: lines that belong to no record") {
  const auto reading = read(fmt::format("cn: orphan\nl: x\n\n{}\nunderstood by nobody\n", kTwo));
  CHECK(entries(reading) == kTwoEntries);
  CHECK(reading.input().problems.size() == 2);
  CHECK(remarks(reading.input(), 1, "belong to no record"));
  CHECK(remarks(reading.input(), 10, "belong to no record"));
  CHECK(reading.input().lost_records);
}

TEST_CASE("ldif: a name that is no DN") {
  const auto reading = read(fmt::format("dn: MAIL1\ncn: x\n\ndn:\ncn: y\n\n{}", kTwo));
  CHECK(entries(reading) == kTwoEntries);
  CHECK(remarks(reading.input(), 1, "\"MAIL1\" is no distinguished name"));
  CHECK(remarks(reading.input(), 4, "\"\" is no distinguished name"));
  CHECK(reading.input().lost_records);
  CHECK(reading.input().records == 2);
}

TEST_CASE("ldif: a missing blank line between records is noticed and harmless") {
  const auto reading = read("dn: CN=A,CN=Configuration\ncn: A\nDN: CN=B,CN=Configuration\ncn: B\n");
  CHECK(entries(reading) == kTwoEntries);
  CHECK(problems_of(reading.input()) == Lines{"3: a new record begins without a blank line before it"});
  CHECK(reading.input().complete);
}

TEST_CASE("ldif: a file that ends in the middle of a line") {
  const auto reading = read("dn: CN=A,CN=Configuration\ncn: A\nhomeMTA: CN=Micro");
  CHECK(entries(reading) == Lines{"cn=a: cn=A homeMTA?"});
  CHECK(problems_of(reading.input()) ==
        Lines{"3: the file ends in the middle of a line: that line is skipped, and more may be missing"});
  CHECK(reading.input().lost_records);

  const auto name = read(fmt::format("{}\ndn: CN=C,CN=Confi", kTwo));
  CHECK(entries(name) == kTwoEntries);
  CHECK(name.input().lost_records);

  const auto folded = read("dn: CN=A,CN=Configuration\ncn: A\nl: one\n tw");
  CHECK(entries(folded) == Lines{"cn=a: cn=A l?"});
  CHECK(remarks(folded.input(), 3, "middle of a line"));

  CHECK(read(fmt::format("{}\n# comment", kTwo)).input().complete);
  CHECK(read("dn: CN=A,CN=Configuration\ncn: A\n\n# search result\nsearch: 2\nresult: 0 Success")
            .input()
            .complete);
}

TEST_CASE("ldif: nothing at all") {
  for (const std::string_view text :
       {"", "\n", "\n\n\r\n", "# x\n", "\xEF\xBB\xBF", "\xFF\xFE", "version: 1\n", "# x"}) {
    CAPTURE(text);
    const auto reading = read(text);
    CHECK(reading.input().records == 0);
    CHECK(reading.input().complete);
    CHECK(reading.views.front().entries().empty());
  }
}

TEST_CASE("ldif: many damaged records fill no report") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "what\n\n";
  const auto reading = read(text);
  CHECK(reading.input().problems.size() == exaudit::facts::kMaxProblems);
  CHECK(reading.input().more_problems == 1000 - exaudit::facts::kMaxProblems);
}

TEST_CASE("ldif: locations lead back to the record") {
  const std::string text = fmt::format("# x\n\n{}", kTwo);
  const auto reading = read(text);
  const Entry& b = reading.view().entries()[1];
  CHECK(b.location.line == 6);
  CHECK(std::string_view(text).substr(b.location.offset).starts_with("dn: CN=B"));
}

TEST_CASE("ldif: a record of more than two million lines keeps its beginning") {
  std::string text = "dn: CN=A,CN=Configuration\ncn: A\n";
  constexpr std::size_t kLines = 2'000'002;
  text.reserve(kLines * 5 + 200);
  for (std::size_t i = 0; i < kLines; ++i) text += "l: x\n";
  text += "st: S\n\ndn: CN=B,CN=Configuration\ncn: B\n";
  const auto reading = read(text);
  const auto& view = reading.view();
  REQUIRE(view.entries().size() == 2);
  CHECK(view.entries()[0].find("l")->values.size() == 1'999'999);
  CHECK(view.entries()[0].find("st") == nullptr);
  CHECK(view.entries()[0].damaged);
  CHECK(view.entries()[1].first("cn") == "B");
  CHECK(reading.input().problems.size() == 1);
  CHECK(remarks(reading.input(), 2'000'002, "more than 2000000 lines"));
  CHECK_FALSE(reading.input().lost_records);
}

TEST_CASE("ldif: a value longer than any directory holds is skipped") {
  const std::string huge((16U << 20) + 1, 'x');
  const auto reading = read(fmt::format("dn: CN=A,CN=Configuration\ndescription: {}\ncn: A\n", huge));
  CHECK(entries(reading) == Lines{"cn=a: cn=A description?"});
  CHECK(remarks(reading.input(), 2, "longer than 16777216 bytes"));
  const auto name = read(fmt::format("dn: CN={},CN=Configuration\ncn: A\n\n{}", huge, kTwo));
  CHECK(entries(name) == kTwoEntries);
  REQUIRE(name.input().problems.size() == 1);
  CHECK(name.input().problems[0].message.size() < 1000);
}
