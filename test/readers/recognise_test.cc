#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "readers/readers.h"
#include "support/pe_writer.h"

namespace {

using exaudit::facts::InputKind;
using exaudit::facts::kind_name;
using exaudit::readers::recognise;

std::string utf16(std::string_view text, bool big_endian) {
  std::string out;
  for (const char c : text) {
    out += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  }
  return out;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

// In every encoding and line end that Windows and Unix tools write.
void check_text(std::string_view text, InputKind kind) {
  const std::string crlf = with_crlf(text);
  CAPTURE(text);
  CHECK(kind_name(recognise(text)) == kind_name(kind));
  CHECK(kind_name(recognise(crlf)) == kind_name(kind));
  CHECK(kind_name(recognise("\xEF\xBB\xBF" + crlf)) == kind_name(kind));
  CHECK(kind_name(recognise("\xFF\xFE" + utf16(crlf, false))) == kind_name(kind));
  CHECK(kind_name(recognise("\xFE\xFF" + utf16(crlf, true))) == kind_name(kind));
  CHECK(kind_name(recognise(utf16(crlf, false))) == kind_name(kind));
}

constexpr std::string_view kEvent =
    "Event Type:\tError\nEvent Source:\tMSExchangeTransport\nEvent Category:\tConnection Manager\nEvent "
    "ID:\t326\n"
    "Date:\t\t3/1/2006\nTime:\t\t10:00:00 AM\nUser:\t\tN/A\nComputer:\tMAIL1\nDescription:\n"
    "The store driver could not log on.\n";
constexpr std::string_view kTranscript =
    "220 mail1.contoso.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready at  Wed, 1 Mar 2006 "
    "10:00:00 +0100\n"
    "EHLO probe.example.test\n250-mail1.contoso.test Hello [192.0.2.7]\n250-SIZE\n250-X-EXPS GSSAPI NTLM "
    "LOGIN\n"
    "250-X-LINK2STATE\n250-XEXCH50\n250 OK\n";

}  // namespace

TEST_CASE("recognise: LDIF by its first record") {
  for (const std::string_view text : {
           "dn: CN=One,DC=contoso,DC=test\nchangetype: add\nobjectClass: top\n\n",
           "dn: CN=One,DC=contoso,DC=test\n\n",
           "dn:CN=One,DC=contoso,DC=test\ncn: One\n",
           "DN: CN=One,DC=contoso,DC=test\ncn: One\n",
           "version: 1\n\ndn:: Q049T25lLERDPWNvbnRvc28sREM9dGVzdA==\ncn:: T25l\n",
           "\n\n# a comment that\n  goes on\nversion: 1\n# requesting: ALL\n#\n\n# One, contoso.test\n"
           "dn: CN=One with a name so long that it was\n  folded,DC=contoso,DC=test\nhomeMDB;range=0-1: x\n",
           "# extended LDIF\n#\n# LDAPv3\n# base <CN=Connections> with scope subtree\n#\n\n# search "
           "result\nsearch: 2\nresult: 0 Success\n",
           "dn:\ncurrentTime: 20060301100000.0Z\n",
           "version: 1\n",
           "SASL/GSSAPI authentication started\nSASL username: auditor@CONTOSO.TEST\nSASL SSF: 256\n# "
           "extended LDIF\n\ndn: DC=contoso,DC=test\n"
           "objectClass: top\n",
           "dn: CN=One,DC=contoso,DC=test\n",
       }) {
    check_text(text, InputKind::ldif);
  }
  CHECK(recognise("dn: CN=M\xFCller,DC=contoso,DC=test\ncn: M\xFCller\n") == InputKind::ldif);
}

TEST_CASE("recognise: MetaBase.xml and MBSchema.xml by their root") {
  check_text(
      "<?xml version =\"1.0\"?>\n<configuration "
      "xmlns=\"urn:microsoft-catalog:XML_Metabase_V64_0\">\n<MBProperty>\n"
      "<IIS_Global\tLocation "
      "=\".\"\n\t\tBINSchemaTimeStamp=\"00\"\n\t>\n</IIS_Global>\n</MBProperty>\n</configuration>\n",
      InputKind::metabase_xml);
  check_text("<configuration>\n<MBProperty/>\n</configuration>\n", InputKind::metabase_xml);
  check_text(
      "<!-- copied\n by <hand> -->\n<configuration>\n<IIsSmtpServer\tLocation "
      "=\"/LM/SmtpSvc/1\"></IIsSmtpServer>",
      InputKind::metabase_xml);
  // The beginning of the file is lost.
  check_text("<IIsConfigObject\tLocation =\"/LM/EventManager\"\n\t>\n</IIsConfigObject>\n",
             InputKind::metabase_xml);
  check_text("<?xml version=\"1.0\"?>\n<MetaData xmlns=\"x-urn:microsoft-catalog:MetaData_V7\">\n",
             InputKind::mbschema_xml);
  check_text("<MetaData>\n<DatabaseMeta InternalName=\"METABASE\">\n", InputKind::mbschema_xml);
}

TEST_CASE("recognise: registry exports and queries") {
  check_text("REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM]\n", InputKind::registry_export);
  check_text("Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM]\n",
             InputKind::registry_export);
  check_text("\n! REG.EXE VERSION 3.0\n\nHKEY_LOCAL_MACHINE\\SYSTEM\\Select\n    Current\tREG_DWORD\t0x1\n",
             InputKind::registry_query);
  check_text("\nHKEY_LOCAL_MACHINE\\SYSTEM\\Select\n    Current    REG_DWORD    0x1\n",
             InputKind::registry_query);
  check_text("HKEY_LOCAL_MACHINE\\SYSTEM\\A\n\nHKEY_LOCAL_MACHINE\\SYSTEM\\A\\B\n    x\tREG_SZ\ty\n",
             InputKind::registry_query);
  check_text(
      "C:\\>reg query HKLM\\SYSTEM\\Select /s\n\nHKEY_LOCAL_MACHINE\\SYSTEM\\Select\n    Current    "
      "REG_DWORD    0x1\n",
      InputKind::registry_query);
  // Without /s only the names of keys are listed.
  check_text("HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC\n",
             InputKind::registry_query);
}

TEST_CASE("recognise: events, transcripts and mailbox tables") {
  check_text(kEvent, InputKind::event_blocks);
  check_text(kTranscript, InputKind::smtp_greeting);
  check_text(
      "3/1/2006,10:00:00 AM,MSExchangeTransport,Error,Connection Manager ,326,N/A,MAIL1,The store driver "
      "could not log on.\n"
      "3/1/2006,9:00:00 AM,MSExchangeIS,Information,General ,1000,N/A,MAIL1,\"Started, at last.\"\n",
      InputKind::event_log_text);
  check_text(
      "\nNode,DateDiscoveredAbsentInDS,LegacyDN,MailboxDisplayName,ServerName,StorageGroupName,StoreName\n"
      "MAIL1,,/O=CONTOSO/OU=X/CN=A,A,MAIL1,First Storage Group,Mailbox Store (MAIL1)\n",
      InputKind::mailbox_table);
}

TEST_CASE("recognise: dumps, listings, services, versions and tracking histories") {
  check_text("C:\\>mdutil enum_all -path:smtpsvc\n\n36998 : [IS] (DWORD) 0x7574c1={7697601}\n[/smtpsvc/1]\n",
             InputKind::metabase_dump);
  check_text("[/smtpsvc/1]\nKeyType : [S] <String> \"IIsSmtpServer\"\n", InputKind::metabase_dump);
  check_text(
      "Microsoft (R) Windows Script Host Version 5.6\nCopyright (C) Microsoft Corporation 1996-2001. All "
      "rights "
      "reserved.\n\nSource {00000000-0000-0000-0000-000000000001} {\n  DisplayName = smtpsvc 1\n",
      InputKind::sink_listing);
  check_text(" -------------\n| Source Type |\n -------------\n Name: SMTP\n", InputKind::sink_listing);
  check_text("\nSERVICE_NAME: SMTPSVC\nDISPLAY_NAME: SMTP\n        STATE              : 4  RUNNING\n",
             InputKind::service_states);
  check_text("These Windows services are started:\n\n   Alerter\n\nThe command completed successfully.\n",
             InputKind::service_states);
  check_text("\nNode,Name,StartMode,State\nMAIL1,SMTPSVC,Auto,Running\n", InputKind::service_states);
  check_text("Node,Name,Version\nMAIL1,c:\\exchsrvr\\bin\\emsmta.exe,5.5.2654.54\n",
             InputKind::file_versions);
  check_text("Report generated internally\nSMTP Store Driver: Message Submitted from Store\n",
             InputKind::tracking_history);
}

TEST_CASE("recognise: binary formats") {
  CHECK(recognise("regf" + std::string(4092, '\0')) == InputKind::registry_hive);
  CHECK(recognise(std::string("\x30\0\0\0LfLe\1\0\0\0", 12)) == InputKind::event_log_evt);
  CHECK(recognise(std::string("ElfFile\0\0\0", 10)) == InputKind::event_log_evtx);
  CHECK(recognise(exaudit::test::pe_file({})) == InputKind::program_file);
}

// Names as a metabase has them, among bytes that are no text.
std::string binary_with(const std::vector<std::string_view>& names, bool wide) {
  std::string out("\x01\x00\xF7\x03\x00\x00\x80\x00", 8);
  for (const std::string_view name : names) {
    out += wide ? utf16(name, false) : std::string(name);
    out += std::string("\0\0\x02\xEE", 4);
  }
  return out + std::string(600, '\x01');
}

TEST_CASE("recognise: the metabase of IIS 5 by the names that it must hold") {
  for (const bool wide : {false, true}) {
    CHECK(recognise(binary_with({"LM", "SmtpSvc", "IIsSmtpServer", "IIsSmtpService"}, wide)) ==
          InputKind::metabase_binary);
    CHECK(recognise(std::string(100'000, '\x02') + binary_with({"W3SVC", "IIsComputer", "IIsWebServer"},
                                                               wide)) == InputKind::metabase_binary);
    CHECK(recognise(binary_with({"LM", "SmtpSvc", "IIsSmtpServer"}, wide)) == InputKind::unknown);
    CHECK(recognise(binary_with({"IIsSmtpServer", "IIsSmtpService"}, wide)) == InputKind::unknown);
  }
  // Text that speaks of them is none, in any encoding; nor is a program.
  check_text("IIsSmtpServer and IIsSmtpService are classes of SmtpSvc.\n", InputKind::unknown);
  CHECK(recognise(exaudit::test::pe_file({}) +
                  binary_with({"SmtpSvc", "IIsSmtpServer", "IIsComputer"}, true)) == InputKind::program_file);
}

TEST_CASE("recognise: articles and mails that show events, whatever else they show") {
  check_text("File name Version\nEmsmta.exe 5.5.2654.54\n\n" + std::string(kEvent), InputKind::event_blocks);
  check_text(
      "TURN\nATRN\nX-EXPS GSSAPI NTLM LOGIN\n\n9321\nNT Error: 11004. [ BASE IL MAIN BASE 1 504] (14)\n",
      InputKind::event_blocks);
  check_text("TURN\nATRN\nSIZE\nX-EXPS GSSAPI NTLM LOGIN\nXEXCH50\n", InputKind::unknown);
}

TEST_CASE("recognise: nothing, and exaudit's own reports") {
  CHECK(recognise("") == InputKind::empty);
  CHECK(recognise("\xEF\xBB\xBF") == InputKind::empty);
  CHECK(recognise("\xFF\xFE") == InputKind::empty);
  check_text("\n \n\t\n", InputKind::empty);
  check_text("{\n  \"format\": \"exaudit-result\",\n  \"version\": 1\n}\n", InputKind::exaudit_output);
  check_text("{\"findings\":[{\"message\":\"\\\"format\\\"\"}],\"format\":\"exaudit-result\"}",
             InputKind::exaudit_output);
  check_text(
      "directory/dc1.ldf:301: high: the gateway's homeMTA names a deleted object "
      "[KB828938.gateway-home-mta]\n"
      "  found: CN=Microsoft MTA\n",
      InputKind::exaudit_output);
}

TEST_CASE("recognise: what contains another kind is what it begins with") {
  const std::string event(kEvent);
  const std::string transcript(kTranscript);
  const std::string ldif = "dn: CN=One,DC=contoso,DC=test\ncn: One\n";
  check_text(ldif + "description: Event Type: Error\n\n" + event + transcript, InputKind::ldif);
  check_text("REGEDIT4\n\n; " + event + transcript, InputKind::registry_export);
  // A transcript pasted into the description of an event.
  check_text(event + transcript, InputKind::event_blocks);
  check_text(event + "\n" + ldif, InputKind::event_blocks);
  check_text(
      "directory/dc1.ldf:301: high: refused [KB828938.store-logon-failure]\n  found: Event Type: Error\n" +
          event,
      InputKind::exaudit_output);
}

TEST_CASE("recognise: look-alikes are no evidence") {
  for (const std::string_view text : {
           "# Contoso audit\n\nPut the files of each server below servers/. See dn: and "
           "HKEY_LOCAL_MACHINE.\n",
           "# extended LDIF\n\nHow to read it: a chapter of the manual.\n",
           "[Settings]\nServer=MAIL1\nEventID=326\n",
           "; last modified 1 April 2001\n[owner]\nname=dn: CN=One\n",
           "Name,Department,City\nKim,Sales,Springfield\nAlex,Support,Shelbyville\n",
           "#include <stdio.h>\n\nint main(void) { return 220 - 250; }\n",
           "From: kim@contoso.test\nTo: alex@fabrikam.test\nSubject: dn: CN=One\n\nPlease look at the "
           "queue.\n",
           "version: 2.1\njobs:\n  build:\n    steps: []\n",
           "version: 1\nservices: {}\n",
           "dn: what is it?\n\nA question of words.\n",
           "dn: a = b;\nreturn a\n",
           "<?xml version=\"1.0\"?>\n<configuration>\n<appSettings><add key=\"Location\" "
           "value=\"/LM\"/></appSettings>\n</configuration>\n",
           "<MetaData><title>Holidays</title></MetaData>\n",
           "<html><body>MetaBase.xml has &lt;IIsSmtpServer Location</body></html>\n",
           "{\"format\": \"another-result\"}\n",
           "{\"note\": \"exaudit-result\"}\n",
           "Registry notes\n\nHKEY_LOCAL_MACHINE\\SYSTEM\n    Current\tREG_DWORD\t0x1\n",
           "HKEY_LOCAL_MACHINE\\SYSTEM is where services live.\nRead on.\n",
           "REGEDIT\nfile name\n",
           "todo: write to Alex [see above]\n",
       }) {
    check_text(text, InputKind::unknown);
  }
  CHECK(recognise(std::string("MZ\x90\0\3\0\0\0\4\0\0\0", 12) + std::string(kEvent) +
                  std::string(kTranscript)) == InputKind::unknown);
  CHECK(recognise("\x1F\x8B\x08 compressed") == InputKind::unknown);
  CHECK(recognise("regret") == InputKind::unknown);
}

TEST_CASE("recognise: a long file is told by its beginning, wherever it is cut") {
  // Two-byte characters around the border must not turn UTF-8 into something else.
  for (std::size_t shift = 0; shift < 2; ++shift) {
    std::string text = "dn: CN=One,DC=contoso,DC=test\ndescription: " + std::string(shift, 'x');
    while (text.size() < exaudit::readers::kRecogniseBytes + 100) text += "\xC3\xBC";
    CHECK(recognise(text) == InputKind::ldif);
  }
  std::string late(exaudit::readers::kRecogniseBytes, '\n');
  late += "dn: CN=One,DC=contoso,DC=test\n";
  CHECK(recognise(late) == InputKind::empty);
}
