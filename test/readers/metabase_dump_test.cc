#include "readers/metabase_dump.h"

#include <string>

#include <doctest/doctest.h>

#include "model/smtp_service.h"
#include "readers/readers.h"
#include "readers/spelling.h"

namespace {

using exaudit::facts::Input;
using exaudit::facts::Metabase;
using exaudit::facts::MetabaseKey;
using exaudit::facts::MetabaseProperty;

struct Read {
  Metabase metabase;
  Input input;
};

Read read(std::string_view bytes) {
  Read out;
  out.metabase = exaudit::readers::read_metabase_dump(bytes, 3, out.input);
  return out;
}

const MetabaseProperty& property(const Read& r, std::string_view path, std::string_view name) {
  const MetabaseKey* key = r.metabase.find(path);
  REQUIRE(key != nullptr);
  const MetabaseProperty* found = key->find(name);
  REQUIRE(found != nullptr);
  return *found;
}

constexpr std::string_view kDump =
    "KeyType : [S] <String> \"IIsSmtpService\"\n"
    "36998 : [IS] (DWORD) 0x7574c1={7697601}\n"
    "AdminACL : [IS] (BINARY) 0x01 0x02\n"
    "[/smtpsvc/1]\n"
    "KeyType : [S] <String> \"IIsSmtpServer\"\n"
    "1015 : [S] (STRING) \"M\xC3\xBCnchen \"Nord\"\"\n"
    "ServerBindings : [S] (MULTISZ) \":25:\" \"192.0.2.5:587:\"\n"
    "[/smtpsvc/1/EventManager/EventTypes/{F6628C8D-0D5E-11D2-AA68-00C04FA35B82}/Bindings/"
    "{00000000-0000-0000-0000-0000000000A1}/DisplayName]\n"
    "0 : [] (STRING) \"Contoso Sink\"\n";

}  // namespace

TEST_CASE("metabase dump: keys, properties and the key that was asked for, in every spelling") {
  for (const auto& file : exaudit::test::spellings(kDump)) {
    CAPTURE(file.name);
    CHECK(exaudit::readers::recognise(file.bytes) == exaudit::facts::InputKind::metabase_dump);
    const Read r = read(file.bytes);
    CHECK(r.input.complete);
    CHECK(r.input.records == 3);
    CHECK_FALSE(r.metabase.lost_records);
    CHECK(r.metabase.find("/LM/SmtpSvc")->key_type == "IIsSmtpService");
    CHECK(r.metabase.find("/LM/SmtpSvc/1")->location.line == 4);
    CHECK(r.metabase.find("/LM/SmtpSvc/1")->key_type == "IIsSmtpServer");
    const MetabaseProperty& options = property(r, "/LM/SmtpSvc", "SmtpInboundCommandSupportOptions");
    CHECK(options.values == std::vector<std::string>{"7697601"});
    CHECK(options.id == 36998U);
    CHECK(options.type == "DWORD");
    CHECK(options.line == 2);
    CHECK(property(r, "/LM/SmtpSvc/1", "ServerComment").values ==
          std::vector<std::string>{"M\xC3\xBCnchen \"Nord\""});
    CHECK(property(r, "/LM/SmtpSvc/1", "ServerBindings").values ==
          std::vector<std::string>{":25:", "192.0.2.5:587:"});
    const auto service = exaudit::model::read_smtp_service(r.metabase);
    CHECK(service.present);
    CHECK_FALSE(service.lm_exported);  // only /smtpsvc was dumped
    REQUIRE(service.binding_count() == 1);
    CHECK(service.virtual_servers[0].bindings[0].display_name == "Contoso Sink");
  }
}

TEST_CASE("metabase dump: secrets are never kept, also where nobody can read them") {
  const Read r = read(
      "[/smtpsvc/1]\n6027 : [S] (BINARY) 0x49 0x63\nRoutePassword : [S] (STRING) \"hunter2\"\n"
      "36949 : [] (STRING) \"hunter2\"\n[/smtpsvc/1/x/SinkProperties/Password]\n0 : [] (STRING) "
      "\"hunter2\"\n");
  std::size_t redacted = 0;
  for (const MetabaseKey& key : r.metabase.keys()) {
    for (const MetabaseProperty& each : key.properties) {
      CHECK(each.values.empty());
      if (each.redacted) ++redacted;
    }
  }
  CHECK(redacted == 4);
  for (const auto& problem : r.input.problems) CHECK(problem.message.find("hunter2") == std::string::npos);
}

TEST_CASE("metabase dump: what is not understood makes one property unreadable, with its line") {
  const Read r = read(
      "[/smtpsvc/1]\n"
      "KeyType : [S] (STRING) \"IIsSmtpServer\"\n"
      "1 : [S] (DWORD) 0x7574c1={5}\n"  // contradicts itself
      "2 : [S] (STRING) no quotes\n"
      "3 : [S] (BINARY) 0x01\n"
      "4 : [S] (STRING) \"goes\"\n  on\n"
      "5 : [S] (MULTISZ)\n   \"one\"\n   \"two\"\n"
      "6 : [S] (DWORD) 12\n");
  std::vector<std::uint32_t> lines;
  for (const auto& problem : r.input.problems) lines.push_back(problem.line);
  CHECK(lines == std::vector<std::uint32_t>{3, 4, 5, 6});
  CHECK_FALSE(r.input.complete);
  CHECK_FALSE(r.input.lost_records);
  CHECK_FALSE(property(r, "/LM/smtpsvc/1", "UnknownName_4").readable);
  CHECK(property(r, "/LM/smtpsvc/1", "UnknownName_4").values.empty());
  CHECK(property(r, "/LM/smtpsvc/1", "UnknownName_5").values == std::vector<std::string>{"one", "two"});
  CHECK(property(r, "/LM/smtpsvc/1", "UnknownName_6").values == std::vector<std::string>{"12"});
}

TEST_CASE("metabase dump: commands copied with it tell which key and how much of it") {
  const std::string content = "KeyType : [S] <String> \"IIsSmtpServer\"\n";
  const Read all = read("C:\\>mdutil enum_all -path:smtpsvc/1\n" + content);
  CHECK(all.metabase.find("/LM/smtpsvc/1") != nullptr);
  CHECK(all.input.complete);
  const Read bare = read("C:\\tools>MDUTIL.EXE enum_all smtpsvc/1 > dump.txt\n" + content);
  CHECK(bare.metabase.find("/LM/smtpsvc/1") != nullptr);
  const Read some = read("C:\\>mdutil enum -path:smtpsvc/1\n" + content);
  CHECK(some.metabase.lost_records);
  // Without a command and without a path nothing tells the key; /LM is not made up for it.
  const Read none = read(content);
  CHECK(none.metabase.keys().empty());
  CHECK(none.input.lost_records);
  const Read top = read(content + "[/smtpsvc]\nKeyType : [S] <String> \"IIsSmtpService\"\n");
  CHECK(top.metabase.find("/LM") == nullptr);
  CHECK(top.metabase.lost_records);
}

TEST_CASE("metabase dump: virtual servers that are only named prove nothing about their bindings") {
  const Read r = read("[/smtpsvc/1]\n[/smtpsvc/2]\n");
  CHECK(exaudit::model::read_smtp_service(r.metabase).virtual_servers.size() == 2);
  CHECK(r.metabase.lost_records);
  CHECK(read("[/smtpsvc/1/Domain]\nKeyType : [S] <String> \"IIsSmtpDomain\"\n").metabase.lost_records);
}

TEST_CASE("metabase dump: errors of the tool") {
  const std::string key = "[/smtpsvc/1]\nKeyType : [S] (STRING) \"IIsSmtpServer\"\n";
  const Read no_data = read(key + "Error: GetData - HRES(0x800cc801) MD_ERROR_DATA_NOT_FOUND\n");
  CHECK(no_data.input.complete);
  REQUIRE(no_data.input.problems.size() == 1);
  CHECK(no_data.input.problems[0].line == 3);
  const Read denied = read(key + "Error: EnumKeys - HRES(0x80070005)\n");
  CHECK(denied.metabase.lost_records);
  CHECK(denied.input.problems[0].message.find("0x80070005") != std::string::npos);
}

TEST_CASE("metabase dump: look-alikes are something else") {
  using exaudit::readers::looks_like_metabase_dump;
  CHECK(looks_like_metabase_dump("[/smtpsvc/1]\n[/smtpsvc/2]\n"));
  CHECK(looks_like_metabase_dump(
      "C:\\>mdutil get -path:smtpsvc -prop:36998\n\n36998 : [IS] (DWORD) 0x1={1}\n"));
  CHECK_FALSE(looks_like_metabase_dump("[global]\nworkgroup = CONTOSO\n"));
  CHECK_FALSE(looks_like_metabase_dump("[/shares/data]\npath = /srv\n"));
  CHECK_FALSE(looks_like_metabase_dump("The response should be\n36998 : [IS] (DWORD) 0x7574c1={7697601}\n"));
  CHECK_FALSE(looks_like_metabase_dump("12:30 : [a/b] (x)\n"));
  CHECK_FALSE(looks_like_metabase_dump("C:\\>mdutil enum smtpsvc\n"));
}
