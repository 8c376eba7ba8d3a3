#include "readers/smtp_transcript.h"

#include <doctest/doctest.h>

#include "readers/readers.h"
#include "readers/spelling.h"

namespace {

using exaudit::facts::Input;
using exaudit::facts::SmtpGreeting;

struct Read {
  std::vector<SmtpGreeting> greetings;
  Input input;
};

Read read(std::string_view text) {
  Read out;
  out.greetings = exaudit::readers::read_smtp_transcript(text, 7, out.input);
  return out;
}

std::string keywords(const SmtpGreeting& greeting) {
  std::string out;
  for (const auto& k : greeting.keywords) out += k.keyword + k.separator + k.arguments + ";";
  return out;
}

constexpr std::string_view kTelnet =
    "Trying 192.0.2.10...\n"
    "Connected to mail1.example.test.\n"
    "Escape character is '^]'.\n"
    "220 mail1.example.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready at  Mon, 5 Jan 2004 "
    "10:11:12 +0100 \n"
    "ehk\blo client.example.test\n"
    "250-mail1.example.test Hello [192.0.2.77]\n"
    "250-TURN\n"
    "250-SIZE 2097152\n"
    "250-8bitmime\n"
    "250-X-EXPS GSSAPI NTLM LOGIN\n"
    "250-X-EXPS=LOGIN\n"
    "250-AUTH GSSAPI NTLM LOGIN\n"
    "250-AUTH=LOGIN\n"
    "250-X-LINK2STATE\n"
    "250-XEXCH50\n"
    "250 OK\n"
    "quit\n"
    "221 2.0.0 mail1.example.test Service closing transmission channel\n"
    "Connection closed by foreign host.\n";

constexpr std::string_view kKeywords =
    "TURN;SIZE 2097152;8BITMIME;X-EXPS GSSAPI NTLM LOGIN;X-EXPS=LOGIN;AUTH GSSAPI NTLM "
    "LOGIN;AUTH=LOGIN;X-LINK2STATE;XEXCH50;OK;";

}  // namespace

TEST_CASE("smtp transcript: a telnet session with typed corrections") {
  const Read r = read(kTelnet);
  REQUIRE(r.greetings.size() == 1);
  const SmtpGreeting& g = r.greetings[0];
  CHECK(g.host == "mail1.example.test");
  CHECK(g.product == "Microsoft ESMTP MAIL Service");
  REQUIRE(g.version);
  CHECK(g.version->text() == "6.0.3790.3959");
  CHECK(keywords(g) == kKeywords);
  CHECK(g.has_ehlo);
  CHECK(g.ehlo_complete);
  CHECK_FALSE(g.masked);
  CHECK(g.across_network);
  CHECK(g.banner_line == 4);
  CHECK(g.ehlo_line == 6);
  CHECK(g.location.input == 7);
  CHECK(g.location.line == 4);
  CHECK(g.find("x-exps")->line == 10);
  CHECK(g.find("STARTTLS") == nullptr);
  CHECK(r.input.complete);
  CHECK(r.input.records == 1);
  CHECK(r.input.problems.empty());
}

TEST_CASE("smtp transcript: the spelling of the file changes nothing") {
  for (const auto& file : exaudit::test::spellings(kTelnet)) {
    CAPTURE(file.name);
    const Read r = read(file.bytes);
    REQUIRE(r.greetings.size() == 1);
    CHECK(keywords(r.greetings[0]) == kKeywords);
    CHECK(r.greetings[0].banner_line == 4);
    CHECK(r.greetings[0].ehlo_complete);
    CHECK(r.greetings[0].across_network);
  }
}

TEST_CASE("smtp transcript: the marks of other tools are no part of the reply") {
  struct Tool {
    const char* server;
    const char* client;
  };
  const std::vector<Tool> tools = {{"<-  ", " -> "},
                                   {"S: ", "C: "},
                                   {"<<< ", ">>> "},
                                   {"< ", "> "},
                                   {"12:00:01 ", "12:00:02 "},
                                   {"[2004-01-05 10:11:12] <- ", "[2004-01-05 10:11:12] -> "},
                                   {"05.01.2004 10:11:12.123 S: ", "05.01.2004 10:11:12 C: "},
                                   {"1/5/2004 10:11:12 AM ", "1/5/2004 10:11:12 AM "}};
  for (const auto& tool : tools) {
    CAPTURE(tool.server);
    std::string text;
    for (const char* line :
         {"220 mail1.example.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready", "",
          "250-mail1.example.test Hello [127.0.0.1]", "250-X-EXPS=LOGIN", "250-8BITMIME", "250 XEXCH50"}) {
      text += *line == '\0' ? std::string(tool.client) + "EHLO client.example.test\n"
                            : std::string(tool.server) + line + "\n";
    }
    CHECK(exaudit::readers::looks_like_smtp_transcript(text));
    const Read r = read(text);
    REQUIRE(r.greetings.size() == 1);
    CHECK(keywords(r.greetings[0]) == "X-EXPS=LOGIN;8BITMIME;XEXCH50;");
    CHECK(r.greetings[0].ehlo_complete);
    CHECK_FALSE(r.greetings[0].across_network);
    CHECK(r.input.problems.empty());
  }
}

TEST_CASE("smtp transcript: swaks output with its connection lines") {
  const Read r = read(
      "=== Trying 192.0.2.10:25...\n=== Connected to 192.0.2.10.\n"
      "<-  220 mail1.example.test Microsoft ESMTP MAIL Service, Version: 5.0.2195.6713 ready\n"
      " -> EHLO mail1\n<-  250-mail1.example.test Hello [192.0.2.10]\n<-  250-X-LINK2STATE\n<-  250 OK\n"
      " -> QUIT\n<-  221 2.0.0 bye\n=== Connection closed with remote host.\n");
  REQUIRE(r.greetings.size() == 1);
  CHECK(keywords(r.greetings[0]) == "X-LINK2STATE;OK;");
  CHECK_FALSE(r.greetings[0].across_network);  // the client is the server itself
  CHECK(r.greetings[0].version->text() == "5.0.2195.6713");
}

TEST_CASE("smtp transcript: the address that the client announced counts where the server shows none") {
  const auto across = [](const std::string& trying, const std::string& ehlo, const std::string& hello) {
    const Read r = read("Trying " + trying +
                        "...\nConnected to mail1.example.test.\n220 mail1.example.test ESMTP\nEHLO " + ehlo +
                        "\n250-mail1.example.test" + hello + "\n250 OK\n");
    REQUIRE(r.greetings.size() == 1);
    return r.greetings[0].across_network;
  };
  CHECK(across("192.0.2.10", "[192.0.2.77]", ""));
  CHECK_FALSE(across("192.0.2.10", "[192.0.2.10]", ""));
  CHECK_FALSE(across("192.0.2.10", "mail1.example.test", ""));
  CHECK(across("2001:db8::10", "[IPv6:2001:DB8::77]", ""));
  CHECK_FALSE(across("2001:db8::10", "[IPv6:2001:DB8::10]", ""));
  // A firewall on the server itself is the client then.
  CHECK(across("192.0.2.10", "[192.0.2.77]", " Hello [127.0.0.1]"));
  // On the server itself, whatever name somebody types.
  CHECK_FALSE(across("127.0.0.1", "[192.0.2.77]", ""));
  CHECK_FALSE(across("::1", "[192.0.2.77]", " Hello [::1]"));
  CHECK_FALSE(across("::1", "[IPv6:::1]", " Hello [IPv6:::1] [::1]"));
  // The literal of an earlier session says nothing about a later one.
  const Read two = read(
      "Trying 192.0.2.10...\n220 mail1 ESMTP\nEHLO [192.0.2.77]\n250 mail1\nquit\n221 bye\n"
      "Trying 192.0.2.10...\n220 mail1 ESMTP\nehlo mail1\n250 mail1\nquit\n221 bye\n");
  REQUIRE(two.greetings.size() == 2);
  CHECK(two.greetings[0].across_network);
  CHECK_FALSE(two.greetings[1].across_network);
}

TEST_CASE("smtp transcript: nmap's smtp-commands, on one line and on several") {
  const std::string_view head =
      "Nmap scan report for mail1.example.test (192.0.2.10)\nPORT   STATE SERVICE VERSION\n"
      "25/tcp open  smtp    Microsoft ESMTP 6.0.3790.3959\n";
  const std::string one =
      "|_smtp-commands: mail1.example.test Hello [192.0.2.77], TURN, SIZE 2097152, X-EXPS GSSAPI NTLM LOGIN, "
      "X-EXPS=LOGIN, OK,\n";
  const std::string several =
      "| smtp-commands: mail1.example.test Hello [192.0.2.77], TURN, SIZE 2097152, \n|   X-EXPS GSSAPI NTLM "
      "LOGIN, X-EXPS=LOGIN, OK\n"
      "|_ This server supports the following commands: HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH "
      "TURN\n";
  const std::string followed =
      "| smtp-commands: mail1.example.test Hello [192.0.2.77], TURN, SIZE 2097152, X-EXPS GSSAPI NTLM LOGIN, "
      "X-EXPS=LOGIN, OK\n"
      "| smtp-ntlm-info:\n|   Product_Version: 5.2.3790\n|_  more\n";
  for (const std::string& body : {one, several, followed}) {
    CAPTURE(body);
    const std::string text = std::string(head) + body + "Service Info: Host: mail1.example.test\n";
    CHECK(exaudit::readers::looks_like_smtp_transcript(text));
    const Read r = read(text);
    REQUIRE(r.greetings.size() == 1);
    const SmtpGreeting& g = r.greetings[0];
    CHECK(g.host == "mail1.example.test");
    CHECK(keywords(g) == "TURN;SIZE 2097152;X-EXPS GSSAPI NTLM LOGIN;X-EXPS=LOGIN;OK;");
    CHECK(g.ehlo_complete);
    CHECK(g.across_network);
    CHECK(g.product == "Microsoft ESMTP MAIL Service");
    CHECK(g.version->text() == "6.0.3790.3959");
    CHECK(r.input.complete);
  }
}

TEST_CASE("smtp transcript: an nmap line that failed or was cut is no complete reply") {
  CHECK(read("|_smtp-commands: Couldn't establish connection on port 25\n").greetings.empty());
  const Read r = read("|_smtp-commands: mail1.example.test Hello [192.0.2.77], TURN, SIZE 2097152, X-EX");
  REQUIRE(r.greetings.size() == 1);
  CHECK_FALSE(r.greetings[0].ehlo_complete);
  CHECK(r.input.lost_records);
}

TEST_CASE("smtp transcript: a reply that was cut says so, with its line") {
  const Read r = read("220 mail1 ESMTP\n250-mail1 Hello [127.0.0.1]\n250-TURN\n250-SIZE\n");
  REQUIRE(r.greetings.size() == 1);
  CHECK(r.greetings[0].has_ehlo);
  CHECK_FALSE(r.greetings[0].ehlo_complete);
  CHECK(keywords(r.greetings[0]) == "TURN;SIZE;");
  CHECK(r.input.lost_records);
  REQUIRE(r.input.problems.size() == 1);
  CHECK(r.input.problems[0].line == 4);
}

TEST_CASE("smtp transcript: a damaged line may have been a verb") {
  const Read r = read("250-mail1 Hello [127.0.0.1]\n250-TURN\n25O-XEXCH50\n\n250 OK\n");
  REQUIRE(r.greetings.size() == 1);
  CHECK(keywords(r.greetings[0]) == "TURN;OK;");
  CHECK_FALSE(r.greetings[0].ehlo_complete);
  CHECK_FALSE(r.input.complete);
  CHECK(r.input.problems.at(0).line == 3);
}

TEST_CASE("smtp transcript: the misprinted code of bb124688 is a line of the reply") {
  const Read r = read("250-mail1 Hello [127.0.0.1]\n250-X-EXPS GSSAPI NTLM\n240-X-EXPS=LOGIN\n250 OK\n");
  REQUIRE(r.greetings.size() == 1);
  CHECK(keywords(r.greetings[0]) == "X-EXPS GSSAPI NTLM;X-EXPS=LOGIN;OK;");
  CHECK(r.greetings[0].ehlo_complete);
  CHECK(r.input.complete);
  CHECK(r.input.problems.at(0).line == 3);
}

TEST_CASE("smtp transcript: masked banners and keywords") {
  const Read banner = read(
      "220 ****************************************200**********\n250-mail1 Hello [192.0.2.77]\n250 SIZE\n");
  REQUIRE(banner.greetings.size() == 1);
  CHECK(banner.greetings[0].masked);
  CHECK(banner.greetings[0].host == "mail1");
  CHECK(read("250-mail1 Hello\n250-XXXXXXXX\n250 OK\n").greetings.at(0).masked);
  CHECK(read("250-mail1 Hello\n250-****\n250 OK\n").greetings.at(0).masked);
  CHECK_FALSE(read("250-mail1 Hello\n250-XEXCH50\n250-XXX\n250 OK\n").greetings.at(0).masked);
}

TEST_CASE("smtp transcript: several sessions, several EHLO commands") {
  const Read r = read(
      "220 mail1 ESMTP\nehlo a\n250-mail1 Hello [127.0.0.1]\n250-STARTTLS\n250 OK\nstarttls\n220 2.0.0 SMTP "
      "server ready\n"
      "ehlo a\n250-mail1 Hello [127.0.0.1]\n250-AUTH LOGIN\n250 OK\n"
      "220 mail2 ESMTP\nhelo a\n250 mail2 Hello [127.0.0.1]\nehlo a\n250 mail2 Hello [127.0.0.1]\n");
  REQUIRE(r.greetings.size() == 3);
  CHECK(keywords(r.greetings[0]) == "STARTTLS;OK;");
  CHECK(r.greetings[1].banner == "mail1 ESMTP");
  CHECK(keywords(r.greetings[1]) == "AUTH LOGIN;OK;");
  CHECK(r.greetings[2].host == "mail2");
  CHECK(r.greetings[2].ehlo_complete);
  CHECK(r.greetings[2].ehlo_line == 16);
  CHECK(r.greetings[2].keywords.empty());
}

TEST_CASE("smtp transcript: replies to other commands are no EHLO reply") {
  const Read r = read(
      "220 mail1 ESMTP\nhelo a\n250 mail1 Hello [127.0.0.1]\nmail from:<a@example.test>\n250 2.1.0 OK\n");
  REQUIRE(r.greetings.size() == 1);
  CHECK_FALSE(r.greetings[0].has_ehlo);
  CHECK(r.input.complete);
}

TEST_CASE("smtp transcript: products of Exchange 5.5 and of localised servers") {
  const Read old = read(
      "220 mail5.example.test ESMTP Server (Microsoft Exchange Internet Mail Service 5.5.2653.13) ready\n");
  REQUIRE(old.greetings.size() == 1);
  CHECK(old.greetings[0].product == "Microsoft Exchange Internet Mail Service");
  CHECK(old.greetings[0].version->text() == "5.5.2653.13");
  const Read german = read(
      "220 mail1.example.test Microsoft ESMTP MAIL Service, Version 6.0.3790.3959 bereit am 05.01.2004\n");
  CHECK(german.greetings.at(0).version->text() == "6.0.3790.3959");
  CHECK(read("220 mx.example.test ESMTP Postfix 3.1.2.3\n").greetings.at(0).product.empty());
}

TEST_CASE("smtp transcript: a hostile server costs a bounded amount") {
  std::string text = "250-mail1 Hello [127.0.0.1]\n";
  for (int i = 0; i < 10'000; ++i) text += "250-X" + std::to_string(i) + "\n";
  const Read many = read(text + "250 OK\n");
  REQUIRE(many.greetings.size() == 1);
  CHECK(many.greetings[0].keywords.size() == 500);
  CHECK_FALSE(many.greetings[0].ehlo_complete);
  CHECK(many.input.problems.size() == 1);

  const Read longline = read("250-mail1 Hello\n250-SIZE " + std::string(1'000'000, 'x') + "\n250 OK\n");
  CHECK(longline.greetings.at(0).keywords.at(0).arguments.size() < 10'000);
  CHECK_FALSE(longline.greetings[0].ehlo_complete);

  std::string sessions;
  for (int i = 0; i < 20'000; ++i) sessions += "220 a\n";
  CHECK(read(sessions).greetings.size() == 10'000);
}

TEST_CASE("smtp transcript: other text is not taken for one") {
  using exaudit::readers::looks_like_smtp_transcript;
  CHECK(looks_like_smtp_transcript(kTelnet));
  CHECK_FALSE(
      looks_like_smtp_transcript("220 ftp.example.test Microsoft FTP Service\n331 Password required\n"));
  CHECK_FALSE(looks_like_smtp_transcript("dn: CN=MAIL1\ncn: MAIL1\n"));
  CHECK_FALSE(looks_like_smtp_transcript("250 boxes\n250 bags\n"));
  CHECK_FALSE(looks_like_smtp_transcript("# exaudit: our settings\nstrict = on\n"));
  CHECK_FALSE(looks_like_smtp_transcript(""));
}
