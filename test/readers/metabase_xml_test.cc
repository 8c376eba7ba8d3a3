#include "readers/metabase_reading.h"

namespace exaudit::test {

namespace {

std::string utf16(std::string_view ascii, bool big_endian) {
  std::string out = big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii) {
    if (big_endian) out += '\0';
    out += c;
    if (!big_endian) out += '\0';
  }
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

// Looking for the missing end of each would take quadratic time, and the test would not end.
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

}  // namespace exaudit::test
