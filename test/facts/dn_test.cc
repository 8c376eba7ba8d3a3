#include "facts/dn.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace {

using namespace std::string_literals;
using exaudit::facts::child_key;
using exaudit::facts::demangle;
using exaudit::facts::depth_of_key;
using exaudit::facts::Dn;
using exaudit::facts::dn_key;
using exaudit::facts::escape_rdn_value;
using exaudit::facts::is_below;
using exaudit::facts::Mangling;
using exaudit::facts::names_deleted_object;
using exaudit::facts::parent_key;
using exaudit::facts::parse_dn;
using exaudit::facts::path_of_key;
using exaudit::facts::rdn_of_key;

std::string key(std::string_view text) {
  const auto out = dn_key(text);
  REQUIRE_MESSAGE(out, text);
  return *out;
}

std::string leaf(std::string_view text) {
  const auto dn = parse_dn(text);
  REQUIRE_MESSAGE(dn, text);
  return std::string(dn->name());
}

}  // namespace

TEST_CASE("dn: the shapes of RFC 4514") {
  const auto dn = parse_dn("CN=MAIL1,OU=Servers,DC=contoso,DC=test");
  REQUIRE(dn);
  REQUIRE(dn->rdns.size() == 4);
  CHECK(dn->rdns[1][0].type == "OU");
  CHECK(dn->rdns[1][0].value == "Servers");
  CHECK(dn->name() == "MAIL1");

  CHECK(parse_dn("")->empty());
  CHECK(parse_dn("   ")->empty());
  CHECK(leaf("CN=") == "");
  CHECK(leaf("UID=jsmith,DC=example,DC=test") == "jsmith");
  CHECK(leaf("OU=Sales+CN=J.  Smith,DC=example,DC=test") == "Sales");
  CHECK(leaf("1.3.6.1.4.1.1466.0=x,DC=test") == "x");
  CHECK(leaf("CN=a=b=c,DC=test") == "a=b=c");
}

TEST_CASE("dn: text that is no DN") {
  for (const std::string_view text :
       {"MAIL1", "=x", "CN", "CN=a,", ",CN=a", "CN=a,,DC=b", "CN=a,b", "CN=a+", "CN=a\\", "CN=\"a",
        "CN=\"a\"b,DC=c", "C N=a", "CN_x=a", "<GUID=12", "CN=a;DC=b,x", "/o=Contoso/ou=First"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_dn(text));
    CHECK_FALSE(dn_key(text));
  }
}

TEST_CASE("dn: escapes and quotes are resolved") {
  CHECK(leaf("CN=Smith\\, John,DC=test") == "Smith, John");
  CHECK(leaf("CN=Smith\\2C John,DC=test") == "Smith, John");
  CHECK(leaf("CN=\"Smith, John\",DC=test") == "Smith, John");
  CHECK(leaf("CN=\"a \\\" b\" , DC=test") == "a \" b");
  CHECK(leaf("CN=Before\\0DAfter,DC=test") == "Before\rAfter");
  CHECK(leaf("CN=Lu\\C4\\8Di\\C4\\87") == "Lu\xC4\x8Di\xC4\x87");
  CHECK(leaf("CN=\\ a \\ ,DC=test") == " a  ");
  CHECK(leaf("CN=  a b  ,DC=test") == "a b");
  CHECK(leaf("CN=\\#x\\+y\\=z\\;\\<\\>\\\\") == "#x+y=z;<>\\");
  CHECK(leaf("CN=a\\00b") == "a\0b"s);
}

TEST_CASE("dn: a value in hexadecimal is the string that it encodes, or its text") {
  CHECK(leaf("CN=#0C054D41494C31,DC=test") == "MAIL1");  // UTF8String
  CHECK(leaf("1.3.6.1.4.1.1466.0=#04024869") == "Hi");   // OCTET STRING, the example of RFC 4514
  CHECK(leaf("CN=#04054869") == "#04054869");            // length and contents disagree
  CHECK(leaf("CN=#xyz") == "#xyz");
  CHECK(leaf("CN=#") == "#");
  CHECK(key("CN=#0C054D41494C31,DC=test") == key("cn=mail1,dc=test"));
}

TEST_CASE("dn: the prefixes of an extended DN are not part of the name") {
  const std::string plain = key("CN=MAIL1,DC=test");
  CHECK(key("<GUID=677f2f51-7ef1-4623-b27e-86acc5498201>;CN=MAIL1,DC=test") == plain);
  CHECK(key("<GUID=512f7f67f17e2346b27e86acc5498201>;<SID=0105000000000005>;CN=MAIL1,DC=test") == plain);
}

TEST_CASE("dn: respellings of one name have one key") {
  const std::string plain =
      key("CN=Smith\\, J\xC3\xB6rg+OU=a,OU=Stra\xC3\x9F"
          "e,DC=contoso,DC=test");
  for (const std::string_view text :
       {"cn=Smith\\, J\xC3\xB6rg+ou=a,ou=Stra\xC3\x9F"
        "e,dc=contoso,dc=test",
        "CN = Smith\\2c J\\C3\\B6rg + OU = a , OU= STRASSE ,DC=Contoso , DC=TEST",
        "OU=A+CN=\"SMITH, J\xC3\x96RG\",OU=strasse,DC=contoso,DC=test",
        "2.5.4.3=Smith\\, J\xC3\xB6rg+OID.2.5.4.11=a,OU=Strasse,0.9.2342.19200300.100.1.25=contoso,DC=test",
        "CN=Smith\\, Jo\xCC\x88rg+OU=a,OU=Strasse,DC=contoso,DC=test"}) {  // o with combining diaeresis
    CAPTURE(text);
    CHECK(key(text) == plain);
  }
  CHECK(key("CN=a,DC=b") != key("CN=a\\,DC=b"));
  CHECK(key("CN=a+OU=b") != key("CN=a\\+OU=b"));
  CHECK(key("CN=Muller") != key("CN=M\xC3\xBCller"));  // diacritics count
  CHECK(key("CN=a") != key("OU=a"));
  CHECK(key("CN=a,DC=b") != key("CN=a,DC=b,DC=c"));
  CHECK(key("CN=\\ a") != key("CN=a"));
}

TEST_CASE("dn: key arithmetic") {
  const std::string server = key("CN=MAIL1,CN=Servers,DC=test");
  CHECK(parent_key(server) == "cn=servers,dc=test");
  CHECK(parent_key("dc=test").empty());
  CHECK(parent_key("").empty());
  CHECK(rdn_of_key(server) == "cn=mail1");
  CHECK(depth_of_key(server) == 3);
  CHECK(depth_of_key("") == 0);
  CHECK(is_below(server, "dc=test"));
  CHECK(is_below(server, ""));
  CHECK_FALSE(is_below(server, server));
  CHECK_FALSE(is_below("", ""));
  CHECK_FALSE(is_below("cn=xservers,dc=test", "cn=servers,dc=test"));
  CHECK_FALSE(is_below("cn=a,xdc=test", "dc=test"));
  // The comma of a value is no separator.
  const std::string awkward = key("CN=One\\,DC=test,DC=test");
  CHECK(depth_of_key(awkward) == 2);
  CHECK(parent_key(awkward) == "dc=test");
  CHECK(child_key("CN", "One,DC=test", "dc=test") == awkward);
  CHECK(child_key("DC", "Test", "") == "dc=test");
}

TEST_CASE("dn: in the order of paths descendants stand right behind their ancestor") {
  std::vector<std::string> names = {
      "DC=test",           "CN=A,DC=test",   "CN=B,CN=A,DC=test", "CN=C,CN=B,CN=A,DC=test",
      "CN=A-1,DC=test",    "CN=A B,DC=test", "CN=A\\,B,DC=test",  "CN=A\\0ACNF:x,DC=test",
      "CN=Z,CN=A,DC=test", "CN=AA,DC=test"};
  std::vector<std::string> keys;
  for (const auto& name : names) keys.push_back(key(name));
  std::sort(keys.begin(), keys.end(),
            [](const auto& a, const auto& b) { return path_of_key(a) < path_of_key(b); });
  for (const std::string& ancestor : keys) {
    const auto at = std::find(keys.begin(), keys.end(), ancestor);
    const auto below = [&](const std::string& each) { return is_below(each, ancestor); };
    const auto end = std::find_if_not(at + 1, keys.end(), below);
    CAPTURE(ancestor);
    CHECK(std::none_of(keys.begin(), at, below));
    CHECK(std::none_of(end, keys.end(), below));
  }
}

TEST_CASE("dn: marks of deleted and conflicting objects") {
  const auto conflict = demangle("SMTP (MAIL1)\nCNF:6a7f2f51-7ef1-4623-b27e-86acc5498201");
  CHECK(conflict.base == "SMTP (MAIL1)");
  CHECK(conflict.mangling == Mangling::conflict);
  REQUIRE(conflict.guid);
  CHECK(conflict.guid->text() == "{6A7F2F51-7EF1-4623-B27E-86ACC5498201}");

  const auto deleted = demangle("Microsoft MTA\nDEL:677f2f51-7ef1-4623-b27e-86acc5498201");
  CHECK(deleted.base == "Microsoft MTA");
  CHECK(deleted.mangling == Mangling::deleted);

  const auto both =
      demangle("x\nCNF:677f2f51-7ef1-4623-b27e-86acc5498201\nDEL:677f2f51-7ef1-4623-b27e-86acc5498201");
  CHECK(both.base == "x");
  CHECK(both.mangling == Mangling::deleted);

  CHECK(demangle("plain").mangling == Mangling::none);
  CHECK(demangle("two\nlines").base == "two\nlines");
  CHECK_FALSE(demangle("x\nCNF:no guid").guid);

  CHECK(
      names_deleted_object("CN=Microsoft MTA\\0ADEL:677f2f51-7ef1-4623-b27e-86acc5498201,CN=MAIL1,DC=test"));
  CHECK(names_deleted_object("CN=x,CN=Deleted Objects,CN=Configuration,DC=contoso,DC=test"));
  CHECK(names_deleted_object("cn=x,cn=MAIL1\\0adel:677f2f51-7ef1-4623-b27e-86acc5498201,dc=test"));
  CHECK_FALSE(names_deleted_object("CN=x\\0ACNF:677f2f51-7ef1-4623-b27e-86acc5498201,DC=test"));
  CHECK_FALSE(names_deleted_object("CN=Not Deleted Objects,DC=test"));
  CHECK_FALSE(names_deleted_object("no dn DEL:"));
}

TEST_CASE("dn: limits") {
  std::string deep;
  for (std::size_t i = 0; i < exaudit::facts::kMaxRdns; ++i) deep += "CN=a,";
  CHECK(dn_key(std::string_view(deep).substr(0, deep.size() - 1)));
  CHECK_FALSE(dn_key(deep + "DC=test"));
  CHECK_FALSE(dn_key(deep + "DC=t\xC3\xA9st"));
  CHECK(dn_key("CN=" + std::string(exaudit::facts::kMaxDnBytes - 3, 'a')));
  CHECK_FALSE(dn_key("CN=" + std::string(exaudit::facts::kMaxDnBytes - 2, 'a')));
}

namespace {

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t n) { return static_cast<std::size_t>(random() % n); }

// A name of up to four RDNs with every kind of awkward value.
Dn random_dn(Random& random) {
  static const std::vector<std::string> types = {"CN", "OU", "DC", "cn", "O", "Uid", "2.5.4.3", "x-note"};
  static const std::vector<std::string> pieces = {
      "a", "B", "MAIL1", " ",    "  ",       ",",        "+",        "=",        "\"", "\\",           "#",
      ";", "<", ">",     "\n",   "DEL:",     "\xC3\xA4", "\xC3\x84", "\xC3\x9F", "ss", "\xE2\x82\xAC", "\xFF",
      "-", "(", "{",     "\x7F", "i\xCC\x87"};
  Dn dn;
  for (std::size_t rdn = below(random, 4) + 1; rdn > 0; --rdn) {
    dn.rdns.emplace_back();
    for (std::size_t ava = below(random, 8) == 0 ? 2 : 1; ava > 0; --ava) {
      std::string value;
      for (std::size_t n = below(random, 4) + 1; n > 0; --n) value += pieces[below(random, pieces.size())];
      dn.rdns.back().push_back({types[below(random, types.size())], value});
    }
  }
  return dn;
}

std::string blanks(Random& random) { return std::string(below(random, 3) == 0 ? below(random, 3) : 0, ' '); }

std::string spell_value(Random& random, const std::string& value) {
  static constexpr char kHex[] = "0123456789abcdefABCDEF";
  const auto hex = [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    const auto digit = [&](int n) { return kHex[n > 9 && below(random, 2) == 0 ? n + 6 : n]; };
    return std::string("\\") + digit(byte >> 4) + digit(byte & 15);
  };
  switch (below(random, 3)) {
    case 0:
      return escape_rdn_value(value);
    case 1: {
      std::string out;
      for (const char c : value) out += hex(c);
      return out;
    }
    default: {
      std::string out = "\"";
      for (const char c : value) out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
      return out + "\"";
    }
  }
}

// The same name in another spelling: letter case of types, order of a multi-valued RDN, blanks, escapes,
// quotes.
std::string spell(Random& random, Dn dn) {
  std::string out;
  for (auto& rdn : dn.rdns) {
    std::shuffle(rdn.begin(), rdn.end(), random);
    out += out.empty() ? "" : ",";
    for (std::size_t i = 0; i < rdn.size(); ++i) {
      out += (i > 0 ? "+" : "") + blanks(random);
      for (const char c : rdn[i].type) out += below(random, 2) == 0 ? c : static_cast<char>(std::toupper(c));
      out += blanks(random) + "=" + blanks(random) + spell_value(random, rdn[i].value) + blanks(random);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("dn property: equality of keys is an equivalence over respellings") {
  Random random(20030611);
  for (int round = 0; round < 4000; ++round) {
    const Dn dn = random_dn(random);
    const std::string one = spell(random, dn);
    const std::string two = spell(random, dn);
    CAPTURE(round);
    CAPTURE(one);
    CAPTURE(two);
    const auto key_one = dn_key(one);
    REQUIRE(key_one);
    CHECK(key_one == dn_key(two));
    CHECK(*key_one == dn_key(dn));
    // A key is a name in its own right, and its own key: folding twice changes nothing.
    CHECK(dn_key(*key_one) == key_one);
    CHECK(depth_of_key(*key_one) == dn.rdns.size());
    CHECK(path_of_key(*key_one).size() == key_one->size() + 1);
  }
}

TEST_CASE("dn property: the fast path and the parser agree on every text") {
  static const std::vector<std::string> pieces = {
      "CN", "ou",    "dc",  "=", "=",        ",",     ", ", " ", "+", "\"", "\\", "2C", "0A",         "#",
      "04", "MAIL1", "a b", ";", "\xC3\x84", "<GUID", ">",  ".", "-", "9",  "\n", "x",  "OID.2.5.4.3"};
  Random random(828938);
  std::size_t names = 0;
  for (int round = 0; round < 40000; ++round) {
    std::string text = below(random, 2) == 0 ? "CN=" : "";
    for (std::size_t n = below(random, 9); n > 0; --n) text += pieces[below(random, pieces.size())];
    const auto parsed = parse_dn(text);
    const auto fast = dn_key(text);
    CAPTURE(text);
    REQUIRE(parsed.has_value() == fast.has_value());
    if (!parsed) continue;
    ++names;
    CHECK(dn_key(*parsed) == *fast);
    std::string appended = "before|";
    CHECK(exaudit::facts::append_dn_key(text, appended));
    CHECK(appended == "before|" + *fast);
  }
  CHECK(names > 2000);
}
