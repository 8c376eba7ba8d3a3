#include <algorithm>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/buffer.h"
#include "readers/readers.h"

using exaudit::facts::Input;
using exaudit::facts::Metabase;
using exaudit::facts::MetabaseKey;
using exaudit::facts::MetabaseProperty;
using exaudit::readers::MetabaseSchema;

namespace {

using Values = std::vector<std::string>;

constexpr std::string_view kHead =
    "<?xml version =\"1.0\"?>\n<configuration>\n<MBProperty>\n";  // lines 1 to 3
constexpr std::string_view kTail = "</MBProperty>\n</configuration>\n";

struct Read {
  Input input;
  Metabase metabase;

  bool has(std::string_view path) const { return metabase.find(path) != nullptr; }
  const MetabaseProperty& property(std::string_view path, std::string_view name) const {
    const MetabaseKey* key = metabase.find(path);
    REQUIRE(key);
    const MetabaseProperty* property = key->find(name);
    REQUIRE(property);
    return *property;
  }
  std::vector<std::uint32_t> lines() const {
    std::vector<std::uint32_t> out;
    for (const auto& problem : input.problems) out.push_back(problem.line);
    return out;
  }
  bool intact() const { return input.problems.empty() && input.complete && !metabase.lost_records; }
};

Read read_raw(std::string_view bytes, const MetabaseSchema& schema = {}) {
  Read read;
  read.metabase = exaudit::readers::read_metabase_xml(bytes, schema, 3, read.input);
  CHECK(read.metabase.lost_records == read.input.lost_records);
  return read;
}

// `body` begins on line 4.
Read read_body(std::string_view body, const MetabaseSchema& schema = {}) {
  return read_raw(fmt::format("{}{}{}", kHead, body, kTail), schema);
}

std::string key(std::string_view path, std::string_view inside = "") {
  return fmt::format("<IIsConfigObject\tLocation =\"{}\"\n\t>\n{}</IIsConfigObject>\n", path, inside);
}

std::string custom(std::string_view name, std::string_view value) {
  return fmt::format(
      "\t<Custom\n\t\tName=\"{}\"\n\t\tID=\"7\"\n\t\tValue=\"{}\"\n\t\tType=\"STRING\"\n\t/>\n", name, value);
}

std::string fixture(std::string_view name) {
  const auto buffer =
      exaudit::base::read_file(fmt::format("{}/fixtures/readers/{}", EXAUDIT_SOURCE_DIR, name));
  REQUIRE(buffer);
  return std::string((*buffer)->view());
}

MetabaseSchema small_schema() {
  Input input;
  MetabaseSchema schema = exaudit::readers::read_mbschema_xml(fixture("mbschema_xml/small.xml"), input);
  CHECK(input.problems.empty());
  return schema;
}

std::string utf16(std::string_view ascii, bool big_endian) {
  std::string out = big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii) {
    if (big_endian) out += '\0';
    out += c;
    if (!big_endian) out += '\0';
  }
  return out;
}

std::set<std::string> paths(const Metabase& metabase) {
  std::set<std::string> out;
  for (const MetabaseKey& key : metabase.keys()) out.insert(key.path);
  return out;
}

constexpr std::string_view kBinding =
    "/LM/SmtpSvc/1/EventManager/EventTypes/{F6628C8D-0D5E-11d2-AA68-00C04FA35B82}/Bindings/"
    "{00000000-0000-0000-0000-0000000000A1}";

}  // namespace

TEST_CASE("metabase_xml: the shapes that IIS writes") {
  const Read read = read_raw(fixture("metabase_xml/binding.xml"));
  CHECK(read.intact());
  CHECK(read.input.records == 7);
  CHECK(read.metabase.input == 3);
  CHECK_FALSE(read.metabase.schema_loaded);

  const MetabaseKey* server = read.metabase.find("/lm/SMTPSVC/1");
  REQUIRE(server);
  CHECK(server->path == "/LM/SmtpSvc/1");
  CHECK(server->key_type == "IIsSmtpServer");
  CHECK(server->location.line == 31);
  CHECK(server->location.input == 3);
  CHECK(server->find("serverbindings")->values == Values{":25:", "192.0.2.5:587:"});
  CHECK(server->find("ServerBindings")->line == 32);
  CHECK(server->find("ServerComment")->values == Values{"Default SMTP Virtual Server & Fabrikam"});
  CHECK(server->find("ServerComment")->line == 34);
  CHECK(server->properties.size() == 3);

  const MetabaseProperty& unknown = read.property("/LM/SmtpSvc", "UnknownName_61537");
  CHECK(unknown.id == 61537U);
  CHECK(unknown.type == "DWORD");
  CHECK(unknown.values == Values{"0"});
  CHECK(unknown.line == 22);

  const std::string name = fmt::format("{}/DisplayName", kBinding);
  CHECK(read.metabase.find(name)->find(0U)->values ==
        Values{"Exchange SMTP Protocol XEXCH50 Inbound EHLO Sink"});
  CHECK(read.metabase.child_names(kBinding) == Values{"DisplayName", "SourceProperties"});
  CHECK(read.metabase.find(fmt::format("{}/SourceProperties/Rule", kBinding))->properties.empty());
}

TEST_CASE("metabase_xml: byte order mark, UTF-16 and line ends change nothing") {
  const std::string plain = fixture("metabase_xml/binding.xml");
  std::string crlf;
  for (const char c : plain) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (const std::string& bytes : {"\xEF\xBB\xBF" + plain, crlf, utf16(plain, false), utf16(plain, true)}) {
    const Read read = read_raw(bytes);
    CHECK(read.intact());
    CHECK(read.metabase.keys().size() == 7);
    CHECK(read.metabase.find("/LM/SmtpSvc/1")->location.line == 31);
    CHECK(read.property("/LM/SmtpSvc/1", "ServerBindings").values == Values{":25:", "192.0.2.5:587:"});
  }
}

TEST_CASE("metabase_xml: multi-strings keep their lines, strings their blanks") {
  const std::string multi = "<Custom Name=\"A\" ID=\"7\" Type=\"MULTISZ\" Value=\"";
  const Read read =
      read_body(key("/LM/x", multi + "\n\t\t\tone  two\n\n\t\t\tthree \n\t\t\" />\n" +
                                 "<Custom Name=\"B\" ID=\"8\" Type=\"STRING\" Value=\" a  b&#10;c \" />\n" +
                                 "<Custom Name=\"C\" ID=\"9\" Type=\"MULTISZ\" Value=\"\" />\n" +
                                 "<Custom Name=\"D\" ID=\"9\" Value='say \"x\" > y' />\n"));
  CHECK(read.intact());
  CHECK(read.property("/LM/x", "A").values == Values{"one  two", "three"});
  CHECK(read.property("/LM/x", "B").values == Values{"a  b\nc"});
  CHECK(read.property("/LM/x", "C").values.empty());
  CHECK(read.property("/LM/x", "C").readable);
  CHECK(read.property("/LM/x", "D").values == Values{"say \"x\" > y"});
  CHECK(read.property("/LM/x", "D").line == 13);
}

TEST_CASE("metabase_xml: what the file leaves out comes from the schema") {
  const std::string body =
      "<IIsSmtpServer Location =\"/LM/SmtpSvc/1\" serverbindings=\":25:\" RelayToken=\"abc\" Unknown=\"1\">\n"
      "<Custom Name=\"MD_0\" Value=\"x\"/><Custom ID=\"6000\" Value=\"AuthBasic | AuthAnonymous\"/>\n"
      "<Custom Name=\"UnknownName_36950\" ID=\"36950\" Value=\"def\"/><Custom ID=\"99\" "
      "Value=\"1\"/></IIsSmtpServer>\n";
  const Read read = read_body(body, small_schema());
  CHECK(read.intact());
  CHECK(read.metabase.schema_loaded);
  CHECK(read.property("/LM/SmtpSvc/1", "ServerBindings").id == 1023U);
  CHECK(read.property("/LM/SmtpSvc/1", "ServerBindings").type == "MULTISZ");
  CHECK(read.property("/LM/SmtpSvc/1", "MD_0").id == 0U);
  CHECK(read.property("/LM/SmtpSvc/1", "AuthFlags").type == "DWORD");
  CHECK(read.property("/LM/SmtpSvc/1", "AuthFlags").values == Values{"AuthBasic | AuthAnonymous"});
  CHECK(read.property("/LM/SmtpSvc/1", "RelayToken").redacted);
  CHECK(read.property("/LM/SmtpSvc/1", "UnknownName_36950").redacted);
  CHECK(read.property("/LM/SmtpSvc/1", "UnknownName_99").type.empty());
  CHECK_FALSE(read.property("/LM/SmtpSvc/1", "Unknown").id);
}

TEST_CASE("metabase_xml: secrets are never stored") {
  const std::string body =
      "<IIS_Global Location =\".\" SessionKey=\"0011\"></IIS_Global>\n"
      "<IIsSmtpServer Location =\"/LM/SmtpSvc/1\" AdminACL=\"1\" adminaclbin=\"2\" "
      "RoutePassword=\"hunter2\"\n"
      "AnonymousUserPass=\"hunter2\" Blob=\"\n\t49634462FF\" Key=\"49634B62ff\" ServerComment=\"open\">\n"
      "<Custom Name=\"A\" ID=\"1\" Value=\"hunter2\" Attributes=\"INHERIT | SECURE\"/>\n"
      "<Custom Name=\"B\" ID=\"2\" Value=\"hunter2\" Type=\"NTACL\"/>\n"
      "<Custom Name=\"UnknownName_6027\" ID=\"6027\" Value=\"hunter2\"/>\n"
      "<Custom Name=\"C\" ID=\"3\" Value=\"open\" Attributes=\"INHERIT | INSECURE\"/>\n"
      "</IIsSmtpServer>\n" +
      key("/LM/x/SinkProperties/Password", "<Custom Name=\"MD_0\" ID=\"0\" Value=\"hunter2\"/>") +
      key("/LM/y", "<Custom Name=\"PasswordPolicy\" ID=\"4\" Value=\"open\"/>");
  const Read read = read_body(body);
  CHECK(read.intact());
  std::size_t redacted = 0;
  for (const MetabaseKey& key : read.metabase.keys()) {
    for (const MetabaseProperty& property : key.properties) {
      CAPTURE(property.name);
      if (property.redacted) ++redacted;
      CHECK(property.values == (property.redacted ? Values{} : Values{"open"}));
    }
  }
  CHECK(redacted == 11);
}

TEST_CASE("metabase_xml: a secret does not reach a message either") {
  const std::string whole = fixture("metabase_xml/binding.xml");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const Read cut = read_raw(whole.substr(0, n) + whole.substr(n + 1));
    for (const auto& problem : cut.input.problems) CHECK(problem.message.find("hunter") == std::string::npos);
    for (const MetabaseKey& key : cut.metabase.keys()) {
      const MetabaseProperty* property = key.find("RoutePassword");
      if (property != nullptr) CHECK(property->values.empty());
    }
  }
}

// What damage costs: each case says what is kept and which lines are reported.
TEST_CASE("metabase_xml: a key with a missing quote is skipped, the next one is read") {
  const Read read = read_body(key("/LM/a") + "<IIsConfigObject Location =\"/LM/b\n\tX=\"1\"\n>\n" +
                              custom("P", "v") + "</IIsConfigObject>\n" + key("/LM/c"));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/c"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{7});
  CHECK(read.input.problems[0].message.find("line 8") != std::string::npos);
}

TEST_CASE("metabase_xml: a key whose tag does not end is skipped, the next one is read") {
  for (const auto* tag : {"<IIsConfigObject Location =\"/LM/b\"\n", "<IIsConfigObject Location =\"/LM/b\n",
                          "<IIsConfigObject Location =/LM/b>\n", "<IIsConfigObject Location \"/LM/b\">\n",
                          "<IIsConfigObject>\n", "<IIsConfigObject Location =\"\">\n",
                          "<IIsConfigObject Location =\"/LM/b\" X=\"1\" X=\"2\">\n",
                          "<IIsConfigObject Location =\"/LM/&b;\">\n"}) {
    CAPTURE(tag);
    const Read read =
        read_body(key("/LM/a") + tag + custom("P", "v") + "</IIsConfigObject>\n" + key("/LM/c"));
    CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/c"});
    CHECK(read.metabase.lost_records);
    CHECK(read.lines() == std::vector<std::uint32_t>{7});
  }
}

TEST_CASE("metabase_xml: one damaged property keeps its name, its neighbours keep their values") {
  const std::vector<std::string> damaged = {"<Custom Name=\"MD_0\" ID=\"0\" Value=\"x\n/>\n",  // quote
                                            "<Custom Name=\"MD_0\" ID=\"0\" Value=x\"/>\n",
                                            "<Custom Name=\"MD_0\" ID=\"0\" Value=\"x\"\n",  // "/>"
                                            "<Custom Name=\"MD_0\" ID=\"0\" Value=\"x<y\"/>\n",
                                            "<Custom Name=\"MD_0\" ID=\"0\" ID=\"1\" Value=\"x\"/>\n",
                                            std::string("<Custom Name=\"MD_0\" Value=\"x\0y\"/>\n", 33)};
  for (const std::string& tag : damaged) {
    CAPTURE(tag);
    const Read read = read_body(key("/LM/a", custom("P", "v") + tag + custom("Q", "w")));
    CHECK(read.property("/LM/a", "P").values == Values{"v"});
    CHECK(read.property("/LM/a", "Q").values == Values{"w"});
    const MetabaseProperty& property = read.property("/LM/a", "MD_0");
    CHECK_FALSE(property.readable);
    CHECK(property.values.empty());
    CHECK(property.line == 12);
    CHECK_FALSE(read.input.complete);
    CHECK(read.lines()[0] == 12);
  }
  const Read read = read_body(key("/LM/a", custom("P", "v") + damaged[0] + custom("Q", "w")));
  CHECK_FALSE(read.metabase.lost_records);
}

TEST_CASE("metabase_xml: a damaged property without a name makes absence unprovable") {
  const Read read =
      read_body(key("/LM/a", "<Custom Name=\"MD_0 ID=\"0\" Value=\"x\"/>\n" + custom("Q", "w")));
  CHECK(read.metabase.find("/LM/a")->properties.size() == 1);
  CHECK(read.property("/LM/a", "Q").values == Values{"w"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{6});
}

TEST_CASE("metabase_xml: a hole in the file is reported whatever it takes away") {
  // end of one key and beginning of the next
  Read read = read_body("<IIsSmtpService Location =\"/LM/a\" X=\"1\">\n" + custom("Q", "w") +
                        "</IIsSmtpServer>\n" + key("/LM/c"));
  CHECK_FALSE(read.property("/LM/a", "Q").readable);
  CHECK_FALSE(read.property("/LM/a", "X").readable);
  CHECK(read.property("/LM/a", "X").values.empty());
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{11});
  // the end only
  read = read_body("<IIsSmtpService Location =\"/LM/a\" X=\"1\">\n" + key("/LM/c"));
  CHECK(read.property("/LM/a", "X").values == Values{"1"});
  CHECK(read.has("/LM/c"));
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{5});
  // the beginning only
  read = read_body(custom("Q", "w") + "</IIsConfigObject>\n" + key("/LM/c"));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/c"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{4, 10});
  // within an end tag
  read = read_body(key("/LM/a").substr(0, 43) + "\n" + key("/LM/c"));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/c"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{6});
  // within a tag: what is left of it is text
  read = read_body("\tID=\"7\"/>\n" + key("/LM/c"));
  CHECK(read.has("/LM/c"));
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{4});
  // the beginning of the file
  read = read_raw(key("/LM/c") + std::string(kTail));
  CHECK(read.has("/LM/c"));
  CHECK(read.metabase.lost_records);
  CHECK(read.lines()[0] == 1);
}

TEST_CASE("metabase_xml: an end that is missing is reported") {
  const std::string whole = std::string(kHead) + key("/LM/a", custom("P", "v"));
  Read read = read_raw(whole);
  CHECK(read.property("/LM/a", "P").values == Values{"v"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{13});

  read = read_raw(whole + "</MBProperty>\n");  // every key is there
  CHECK_FALSE(read.metabase.lost_records);
  CHECK_FALSE(read.input.complete);

  read = read_raw("");
  CHECK(read.metabase.keys().empty());
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{1});
}

TEST_CASE("metabase_xml: zeros behind the end, as a crash leaves them, take nothing away") {
  const Read read = read_raw(fixture("metabase_xml/binding.xml") + std::string(4096, '\0'));
  CHECK(read.metabase.keys().size() == 7);
  CHECK_FALSE(read.metabase.lost_records);
  CHECK(read.lines().size() == 1);
}

TEST_CASE("metabase_xml: two root elements are reported") {
  const Read read =
      read_raw(fmt::format("{}{}{}{}{}{}", kHead, key("/LM/a"), kTail, kHead, key("/LM/b"), kTail));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/b"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{10});
}

TEST_CASE("metabase_xml: bytes that are not UTF-8 are reported and not taken for a value") {
  const Read read = read_body(key("/LM/a", custom("P", "B\xFCro") + custom("Q", "B\xC3\xBCro")) +
                              key("/LM/\xFC") + key("/LM/c", custom("P", "surrogate &#xD800;")));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/c"});
  CHECK_FALSE(read.property("/LM/a", "P").readable);
  CHECK(read.property("/LM/a", "P").values.empty());
  CHECK(read.property("/LM/a", "Q").values == Values{"B\xC3\xBCro"});
  CHECK_FALSE(read.property("/LM/c", "P").readable);
  CHECK(read.metabase.lost_records);
  const std::vector<std::uint32_t> lines = read.lines();
  for (const std::uint32_t line : {9U, 19U, 27U}) CHECK(std::count(lines.begin(), lines.end(), line) > 0);
}

TEST_CASE("metabase_xml: entities of XML are decoded, others are not expanded") {
  const std::string text =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE configuration [\n<!ENTITY secret SYSTEM \"file:///nowhere/]>\">\n"
      "<!ENTITY big '>>'> <!-- ]> ' -->\n]>\n<configuration><MBProperty>\n" +
      key("/LM/a", custom("P", "&lt;&gt;&amp;&quot;&apos;&#65;&#x42;") + custom("Q", "&secret;") +
                       custom("R", "&#0;&big;") + custom("S", "Fabrikam & Contoso; x") +
                       custom("T", "&amp;secret;")) +
      std::string(kTail);
  const Read read = read_raw(text);
  CHECK(read.property("/LM/a", "P").values == Values{"<>&\"'AB"});
  CHECK(read.property("/LM/a", "S").values == Values{"Fabrikam & Contoso; x"});
  CHECK(read.property("/LM/a", "T").values == Values{"&secret;"});
  CHECK_FALSE(read.property("/LM/a", "Q").readable);
  CHECK_FALSE(read.property("/LM/a", "R").readable);
  CHECK_FALSE(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{2, 18, 24});
}

TEST_CASE("metabase_xml: comments, CDATA and declarations that do not end cost at most what they enclose") {
  const Read comment = read_body("<!-- " + key("/LM/a") + " -->\n" + key("/LM/b"));
  CHECK(comment.intact());
  CHECK(paths(comment.metabase) == std::set<std::string>{"/LM/b"});
  for (const auto* open : {"<!--", "<![CDATA[", "<?php", "<!DOCTYPE [", "<!ENTITY \"", "<", "< >", "&"}) {
    CAPTURE(open);
    const Read read = read_body(key("/LM/a") + open + "\n" + key("/LM/b") + open + "\n" + key("/LM/c"));
    CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/b", "/LM/c"});
    CHECK(read.metabase.lost_records);
    const std::vector<std::uint32_t> lines = read.lines();
    CHECK(lines == std::vector<std::uint32_t>{7, 11});
  }
}

TEST_CASE("metabase_xml: nesting costs nothing and is reported") {
  std::string body;
  for (int i = 0; i < 200; ++i) body += fmt::format("<IIsConfigObject Location =\"/LM/{}\">\n", i);
  for (int i = 0; i < 200; ++i) body += "</IIsConfigObject>\n";
  Read read = read_body(body + key("/LM/last"));
  CHECK(read.metabase.keys().size() == 201);
  CHECK(read.metabase.lost_records);
  CHECK(read.input.problems.size() + read.input.more_problems == 199);
  CHECK(read.lines()[0] == 5);

  body.clear();
  for (int i = 0; i < 100'000; ++i) body += "<a>";
  read = read_body(body + "\n" + key("/LM/last"));
  CHECK(read.has("/LM/last"));
  CHECK(read.metabase.lost_records);
}

TEST_CASE("metabase_xml: a key that comes twice is merged and noted") {
  const Read read =
      read_body(key("/LM/a", custom("P", "first")) + key("/lm/A/", custom("P", "second") + custom("Q", "w")));
  CHECK(read.property("/LM/a", "P").values == Values{"first"});
  CHECK(read.property("/LM/a", "Q").values == Values{"w"});
  CHECK(read.input.records == 1);
  CHECK(read.input.complete);
  CHECK(read.lines() == std::vector<std::uint32_t>{13});
}

TEST_CASE("metabase_xml: a property without a value is not an empty one") {
  const Read read =
      read_body(key("/LM/a", "<Custom Name=\"A\" ID=\"1\"/><Custom Name=\"B\" ID=\"2\" Value=\"\"/>\n"));
  CHECK_FALSE(read.property("/LM/a", "A").readable);
  CHECK(read.property("/LM/a", "B").readable);
  CHECK(read.property("/LM/a", "B").values == Values{""});
  CHECK(read.input.complete);
}

TEST_CASE("metabase_xml: limits cut off what is beyond them and say so") {
  const std::string huge(2U << 20, 'x');
  Read read = read_body(key("/LM/a", custom("P", huge) + custom("Q", "w")));
  CHECK_FALSE(read.property("/LM/a", "P").readable);
  CHECK(read.property("/LM/a", "Q").values == Values{"w"});
  CHECK(read.lines() == std::vector<std::uint32_t>{9});

  std::string attributes;
  for (int i = 0; i < 5000; ++i) attributes += fmt::format(" a{}=\"\"", i);
  read = read_body("<IIsConfigObject Location =\"/LM/a\"" + attributes + "/>\n" + key("/LM/b"));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/b"});
  CHECK(read.lines() == std::vector<std::uint32_t>{4});

  std::string many;
  for (int i = 0; i < 5000; ++i) many += "<Custom Name=\"A\" ID=\"1\" Value=\"\"/>\n";
  read = read_body(key("/LM/a", many));
  CHECK(read.metabase.find("/LM/a")->properties.size() == 4096);
  CHECK(read.metabase.lost_records);
  CHECK(read.lines()[0] == 6 + 4096);

  std::string items;
  for (int i = 0; i < 20000; ++i) items += "a\n";
  read = read_body(key("/LM/a", "<Custom Name=\"A\" ID=\"1\" Value=\"" + items + "\"/>\n"));
  CHECK_FALSE(read.property("/LM/a", "A").readable);
  CHECK(read.property("/LM/a", "A").values.empty());
}

TEST_CASE("metabase_xml: cut anywhere, what is read is true and what is missing is reported") {
  const std::string whole = fixture("metabase_xml/binding.xml");
  const Read all = read_raw(whole);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n);
    const Read cut = read_raw(whole.substr(0, n));
    for (const MetabaseKey& key : cut.metabase.keys()) {
      const MetabaseKey* original = all.metabase.find(key.path);
      REQUIRE(original);
      CHECK(original->path == key.path);
      for (const MetabaseProperty& property : key.properties) {
        REQUIRE(original->find(property.name));
        if (property.readable) CHECK(original->find(property.name)->values == property.values);
      }
    }
    if (cut.metabase.keys().size() < all.metabase.keys().size()) CHECK(cut.metabase.lost_records);
  }
}

TEST_CASE("metabase_xml: one changed byte never makes a key or a property disappear unnoticed") {
  const std::string whole = fixture("metabase_xml/binding.xml");
  const Read all = read_raw(whole);
  const std::set<std::string> expected = paths(all.metabase);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    for (const char c : {'"', '<', '>', 'x', '\0'}) {
      std::string bytes = whole;
      bytes[n] = c;
      const Read read = read_raw(bytes);
      const std::set<std::string> found = paths(read.metabase);
      if (read.metabase.lost_records) continue;
      CAPTURE(n);
      CAPTURE(c);
      if (found.size() <
          expected.size()) {  // renamed to one that is there; renamed otherwise, nothing in the text can tell
        CHECK_FALSE(read.input.problems.empty());
        continue;
      }
      for (const std::string& path : found) {
        if (expected.count(path) == 0) continue;
        CHECK(read.metabase.find(path)->properties.size() == all.metabase.find(path)->properties.size());
      }
    }
  }
}

TEST_CASE("metabase_xml: a large file is read whole") {
  std::string body;
  for (int i = 0; i < 20'000; ++i)
    body += key(fmt::format("/LM/W3SVC/{}", i), custom("MD_0", "x") + custom("Other", "y"));
  const Read read = read_body(body);
  CHECK(read.intact());
  CHECK(read.metabase.keys().size() == 20'000);
  CHECK(read.metabase.child_names("/LM/W3SVC").size() == 20'000);
  CHECK(read.metabase.find("/LM/W3SVC/19999")->location.line == 4 + 19'999 * 15);
}

// Looking for the missing end of each would take quadratic time; the test then does not end.
TEST_CASE("metabase_xml: repeated beginnings without an end are read once") {
  for (const std::string_view unit :
       {"<!--", "<![CDATA[", "<?", "<!DOCTYPE ", "<!DOCTYPE [", "<IIsX a=\"", "<IIsX Location=\"/a\">", "<",
        "&", "<!x", "<Custom Name=\"a\" ", "</", "<IIsX Location=\"/", "<a b='", "\n<IIsX",
        "<IIsX Location=\"/a\"><Custom ID=\"1\"/>"}) {
    std::string bytes(kHead);
    while (bytes.size() < 1'000'000) bytes += unit;
    CAPTURE(unit);
    CHECK(read_raw(bytes).metabase.lost_records);
  }
}

TEST_CASE("mbschema_xml: properties are found by name and number") {
  const MetabaseSchema schema = small_schema();
  CHECK(schema.properties.size() == 5);
  REQUIRE(schema.find("serverbindings"));
  CHECK(schema.find("serverbindings")->name == "ServerBindings");
  CHECK(schema.find("serverbindings")->type == "MULTISZ");
  CHECK(schema.find("RelayToken")->secure);
  CHECK_FALSE(schema.find("ServerBindings")->secure);
  CHECK(schema.find(0U)->name == "MD_0");
  CHECK_FALSE(schema.find("AuthBasic"));
  CHECK_FALSE(schema.find(2U));
  CHECK_FALSE(MetabaseSchema().find("MD_0"));
}

TEST_CASE("mbschema_xml: damage costs one property, the first description wins, a secret stays one") {
  Input input;
  const MetabaseSchema schema =
      exaudit::readers::read_mbschema_xml(fixture("mbschema_xml/damaged.xml"), input);
  CHECK(schema.properties.size() == 1);
  REQUIRE(schema.find("SmartHost"));
  CHECK(schema.find("SmartHost")->id == 36906);
  CHECK(schema.find("SmartHost")->secure);
  CHECK(input.records == 1);
  CHECK(input.lost_records);
  REQUIRE(input.problems.size() == 2);
  CHECK(input.problems[0].line == 3);
  CHECK(input.problems[1].line == 4);
}

TEST_CASE("mbschema_xml: a missing end, a second root and other text are reported") {
  for (const std::string_view text :
       {"", "<MetaData>", "<MetaData/><MetaData/>", "<Property InternalName=\"a\" ID=\"1\"/>",
        "<MetaData>text</MetaData>", "<MetaData x=></MetaData>"}) {
    Input input;
    exaudit::readers::read_mbschema_xml(text, input);
    CAPTURE(text);
    CHECK(input.lost_records);
  }
}
