#include "readers/mailbox_table.h"

#include <doctest/doctest.h>

#include "readers/readers.h"
#include "readers/spelling.h"

namespace {

using exaudit::facts::Connection;
using exaudit::facts::Input;
using exaudit::facts::MailboxTable;

struct Read {
  MailboxTable table;
  Input input;
};

Read read(std::string_view text) {
  Read out;
  out.table = exaudit::readers::read_mailbox_table(text, 3, out.input);
  return out;
}

constexpr std::string_view kWmic =
    "\n"
    "Node,DateDiscoveredAbsentInDS,LegacyDN,MailboxDisplayName,MailboxGUID,ServerName,Size,StorageGroupName,"
    "StoreName\n"
    "MAIL1,,/O=CONTOSO/OU=FIRST/CN=RECIPIENTS/"
    "CN=M\xC3\x9CLLER,M\xC3\xBCller,{11111111-2222-3333-4444-555555555555},MAIL1,12,SG1,two\n"
    "MAIL1,20040511083000.000000+000,/O=CONTOSO/OU=FIRST/CN=CONFIGURATION/CN=CONNECTIONS/CN=SMTP "
    "(MAIL1)/CN={37C1C681-D0CF-4E2E-B464-"
    "41FC38A8B11B},SMTP "
    "(MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}),{11111111-2222-3333-4444-555555555556},MAIL1,0,SG1,two\n"
    "MAIL1,,/O=CONTOSO/OU=FIRST/CN=RECIPIENTS/CN=SMITH,Smith, John, "
    "Jr,{11111111-2222-3333-4444-555555555557},MAIL1,3,SG1,two\n";

}  // namespace

TEST_CASE("mailbox table: wmic csv, in every spelling") {
  for (const auto& file : exaudit::test::spellings(kWmic)) {
    CAPTURE(file.name);
    const Read r = read(file.bytes);
    REQUIRE(r.table.rows.size() == 3);
    CHECK(r.table.rows[0].display_name == "M\xC3\xBCller");
    CHECK(r.table.rows[0].connection == Connection::connected);
    CHECK(r.table.rows[0].line == 3);
    CHECK(r.table.rows[1].display_name == "SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B})");
    CHECK(r.table.rows[1].connection == Connection::disconnected);
    CHECK(r.table.rows[1].server == "MAIL1");
    CHECK(r.table.rows[1].storage_group == "SG1");
    CHECK(r.table.rows[1].store == "two");
    CHECK(r.table.rows[2].display_name == "Smith, John, Jr");  // wmic does not quote
    CHECK(r.table.rows[2].legacy_dn == "/O=CONTOSO/OU=FIRST/CN=RECIPIENTS/CN=SMITH");
    CHECK(r.table.rows[2].store == "two");
    CHECK(r.table.has_connection_column);
    CHECK(r.table.has_store_column);
    CHECK(r.table.complete);
    CHECK(r.table.location.line == 2);
    CHECK(r.table.location.input == 3);
    CHECK(r.input.complete);
    CHECK(r.input.records == 3);
  }
}

TEST_CASE("mailbox table: wmic's doubled carriage returns") {
  std::string bytes;
  for (const char c : kWmic) bytes += c == '\n' ? std::string("\r\r\n") : std::string(1, c);
  const Read r = read(exaudit::test::utf16le(bytes));
  CHECK(r.table.rows.size() == 3);
  CHECK(r.table.complete);
}

TEST_CASE("mailbox table: column order and separator change nothing") {
  const std::vector<std::string> header = {"MailboxDisplayName", "Date Discovered Absent In DS", "storename",
                                           "ServerName"};
  const std::vector<std::string> row = {"SystemMailbox{37C1C681-D0CF-4E2E-B464-41FC38A8B11B}", "", "two",
                                        "MAIL1"};
  for (const char* separator : {",", ";", "\t"}) {
    for (std::size_t shift = 0; shift < header.size(); ++shift) {
      std::string text;
      for (const auto* line : {&header, &row}) {
        for (std::size_t i = 0; i < line->size(); ++i) {
          text += (i > 0 ? separator : "") + ("\"" + (*line)[(i + shift) % line->size()] + "\"");
        }
        text += "\n";
      }
      CAPTURE(text);
      CHECK(exaudit::readers::looks_like_mailbox_table(text));
      const Read r = read(text);
      REQUIRE(r.table.rows.size() == 1);
      CHECK(r.table.rows[0].display_name == row[0]);
      CHECK(r.table.rows[0].connection == Connection::connected);
      CHECK(r.table.rows[0].store == "two");
      CHECK(r.table.rows[0].server == "MAIL1");
    }
  }
}

TEST_CASE("mailbox table: Exchange System Manager's list tells no connection") {
  const Read r = read(
      "Mailbox\tLast Logged on By\tSize (KB)\tTotal Items\tLast Logon Time\tLast Logoff Time\n"
      "Smith, John\tCONTOSO\\jsmith\t1,234\t12\t1/5/2004 10:11 AM\t\n");
  REQUIRE(r.table.rows.size() == 1);
  CHECK(r.table.rows[0].display_name == "Smith, John");
  CHECK(r.table.rows[0].connection == Connection::not_observed);
  CHECK_FALSE(r.table.has_connection_column);
  CHECK(r.table.complete);
}

TEST_CASE("mailbox table: a header in another language is read by the names Exchange gives") {
  const std::string text =
      "Postfach;Zuletzt angemeldet von;Gr\xC3\xB6\xC3\x9F"
      "e (KB)\nM\xC3\xBCller, Eva;CONTOSO\\emueller;12\n"
      "SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B});NT-AUTORIT\xC3\x84T\\SYSTEM;0\n";
  for (const auto& file : exaudit::test::spellings(text)) {
    CAPTURE(file.name);
    const Read r = read(file.bytes);
    REQUIRE(r.table.rows.size() == 2);
    CHECK(r.table.rows[1].display_name == "SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B})");
    CHECK(r.table.rows[1].connection == Connection::not_observed);
    REQUIRE(r.input.problems.size() == 1);
    CHECK(r.input.problems[0].message.find("Postfach") != std::string::npos);
  }
  CHECK_FALSE(
      exaudit::readers::is_mailbox_header("Postfach;Zuletzt angemeldet von;Gr\xC3\xB6\xC3\x9F"
                                          "e (KB)"));
  CHECK(exaudit::readers::looks_like_mailbox_table(text));
  // Without such a name nothing tells which column holds the mailboxes.
  const Read none = read("Postfach;Zuletzt angemeldet von\nM\xC3\xBCller;x\n");
  CHECK(none.table.rows.empty());
  CHECK_FALSE(none.table.complete);
  CHECK(none.input.lost_records);
}

TEST_CASE("mailbox table: connection columns by name") {
  struct Case {
    const char* column;
    const char* cell;
    Connection expected;
  };
  for (const Case& c :
       {Case{"Disconnected", "yes", Connection::disconnected},
        Case{"Disconnected", "FALSE", Connection::connected}, Case{"Disconnected", "", Connection::connected},
        Case{"Connected", "No", Connection::disconnected}, Case{"Connected", "True", Connection::connected},
        Case{"Connected", "", Connection::not_observed},
        Case{"Mailbox state", "Disconnected", Connection::disconnected},
        Case{"Mailbox State", "connected", Connection::connected},
        Case{"Mailbox state", "busy", Connection::not_observed},
        Case{"Date disconnected", "5/11/2004", Connection::disconnected},
        Case{"DisconnectDate", "", Connection::connected},
        Case{"DateDiscoveredAbsentInDS", "16010101000000.000000+000", Connection::connected}}) {
    CAPTURE(c.column);
    CAPTURE(c.cell);
    const Read r = read(std::string("Mailbox;") + c.column + "\nA;" + c.cell + "\n");
    REQUIRE(r.table.rows.size() == 1);
    CHECK(r.table.rows[0].connection == c.expected);
    CHECK(r.table.has_connection_column);
    CHECK(r.input.complete == (c.expected != Connection::not_observed));
  }
}

TEST_CASE("mailbox table: damaged rows are named and cost only themselves") {
  const Read r = read(
      "MailboxDisplayName,StoreName,ServerName\nA,two,MAIL1\nB,two\n\"C,two,MAIL1\nD,two,MAIL1,more\nE,two,"
      "MAIL1,\n,two,MAIL1\nF,two,MAIL1");
  REQUIRE(r.table.rows.size() == 3);
  CHECK(r.table.rows[1].display_name == "E");
  CHECK(r.table.rows[2].display_name == "F");
  CHECK_FALSE(r.table.complete);
  CHECK(r.input.lost_records);
  REQUIRE(r.input.problems.size() == 4);
  CHECK(r.input.problems[0].line == 3);
  CHECK(r.input.problems[1].line == 4);
  CHECK(r.input.problems[2].line == 5);
  CHECK(r.input.problems[3].line == 7);
}

TEST_CASE("mailbox table: headers of other tables are refused") {
  using exaudit::readers::is_mailbox_header;
  CHECK(is_mailbox_header("Node,DateDiscoveredAbsentInDS,LegacyDN,MailboxDisplayName,StoreName"));
  CHECK(is_mailbox_header("\xEF\xBB\xBFMailbox\tLast Logged on By\tSize (KB)"));
  CHECK_FALSE(is_mailbox_header(
      "DN,objectClass,displayName,legacyExchangeDN,homeMDB"));  // csvde: users, not mailboxes
  CHECK_FALSE(is_mailbox_header("Date,Time,Source,Type,Category,Event,User,Computer,Description"));
  CHECK_FALSE(is_mailbox_header("Mailbox"));
  CHECK_FALSE(is_mailbox_header(""));
  CHECK_FALSE(exaudit::readers::looks_like_mailbox_table(
      "dn: CN=SystemMailbox{37C1C681-D0CF-4E2E-B464-41FC38A8B11B},CN=x\n"));
}
