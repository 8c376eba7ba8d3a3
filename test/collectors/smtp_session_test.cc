#include "collectors/smtp_session.h"

#include <doctest/doctest.h>

#include "collectors/scripted_network.h"
#include "readers/readers.h"

using exaudit::collectors::kMaxReplyLineBytes;
using exaudit::collectors::kMaxReplyLines;
using exaudit::collectors::kMaxSessionBytes;
using exaudit::collectors::SmtpSession;
using exaudit::test::Received;
using exaudit::test::Script;
using exaudit::test::ScriptedConnection;
using exaudit::test::seconds;
using exaudit::test::TimePoint;

namespace {

constexpr seconds kLimit{30};

const std::string kGreeting =
    "220 mail1.example.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready\r\n";
const std::string kEhloReply =
    "250-mail1.example.test Hello [192.0.2.77]\r\n250-TURN\r\n250-X-EXPS GSSAPI NTLM LOGIN\r\n"
    "250-X-LINK2STATE\r\n250 XEXCH50\r\n";
const std::string kGoodbye = "221 2.0.0 mail1.example.test Service closing transmission channel\r\n";
const std::string kTranscript =
    "220 mail1.example.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready\n"
    "EHLO [192.0.2.77]\n"
    "250-mail1.example.test Hello [192.0.2.77]\n250-TURN\n250-X-EXPS GSSAPI NTLM LOGIN\n"
    "250-X-LINK2STATE\n250 XEXCH50\n"
    "QUIT\n"
    "221 2.0.0 mail1.example.test Service closing transmission channel\n"
    "Connection closed.\n";
const std::string kCommands = "EHLO [192.0.2.77]\r\nQUIT\r\n";

struct Talk {
  SmtpSession session;
  std::string said;
  std::chrono::steady_clock::duration took{};
};

Talk talk(const Script& script) {
  Talk out;
  TimePoint clock{};
  ScriptedConnection connection(script, clock, out.said);
  out.session = exaudit::collectors::talk_smtp(connection, clock + kLimit);
  out.took = clock - TimePoint{};
  return out;
}

Script answering(std::vector<std::string> answers) {
  Script script;
  script.answers = std::move(answers);
  return script;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// The reader finds a whole reply in what came of the session.
bool whole(const SmtpSession& session) {
  exaudit::facts::Input input;
  const auto greetings = exaudit::readers::read_smtp_transcript(session.transcript, 0, input);
  return !greetings.empty() && greetings.front().ehlo_complete;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("smtp session: EHLO and QUIT are said, and the transcript is what telnet shows") {
  const Talk t = talk(answering({kGreeting, kEhloReply, kGoodbye}));
  CHECK(t.session.problem == "");
  CHECK(t.session.transcript == kTranscript);
  CHECK(t.session.reply_lines == 7);
  CHECK(t.said == kCommands);
  CHECK(whole(t.session));
}

TEST_CASE("smtp session: how bytes arrive and how lines end changes nothing") {
  for (const char* end : {"\r\n", "\n", "\r"}) {
    std::vector<std::string> answers = {kGreeting, kEhloReply, kGoodbye};
    for (std::string& answer : answers) {
      for (std::size_t at = answer.find("\r\n"); at != std::string::npos; at = answer.find("\r\n", at + 1)) {
        answer.replace(at, 2, end);
        at += std::string_view(end).size() - 1;
      }
    }
    for (const std::size_t chunk : {1, 2, 3, 7, 4096}) {
      CAPTURE(chunk);
      Script script = answering(answers);
      script.chunk = chunk;
      CHECK(talk(script).session.transcript == kTranscript);
    }
  }
}

TEST_CASE("smtp session: replies of any legal shape, and of some others") {
  const std::pair<const char*, const char*> replies[] = {
      {"one line", "250 mail1.example.test\r\n"},
      {"the last line is blank behind its code", "250-mail1.example.test\r\n250-XEXCH50\r\n250 \r\n"},
      {"a bare code at the end", "250-mail1.example.test\r\n250-XEXCH50\r\n250\r\n"},
      {"a bare code only", "250\r\n"},
      {"the misprint of bb124688", "250-mail1.example.test\r\n240-X-EXPS=LOGIN\r\n250 OK\r\n"},
      {"a tab behind the code", "250-mail1.example.test\r\n250\tOK\r\n"},
      {"an empty line before", "\r\n250 mail1.example.test\r\n"},
      {"NUL and other bytes", "250-mail1\r\n250-X\xFF\xFE\x01Y\r\n250 OK\r\n"},
  };
  for (const auto& [name, reply] : replies) {
    const std::string_view this_name = name;  // clang 14 captures no structured binding
    CAPTURE(this_name);
    const Talk t = talk(answering({kGreeting, reply, kGoodbye}));
    CHECK(t.session.problem == "");
    CHECK(t.said == kCommands);
    CHECK(whole(t.session));
  }
  const Talk several =
      talk(answering({"220-mail1.example.test ESMTP\r\n220 welcome\r\n", kEhloReply, kGoodbye}));
  CHECK(several.session.problem == "");
}

TEST_CASE("smtp session: a server that refuses is told QUIT, and nothing else") {
  for (const char* greeting :
       {"554 no service for you\r\n", "421 mail1 too busy\r\n", "554-no\r\n554 service\r\n"}) {
    const Talk t = talk(answering({greeting, "221 bye\r\n"}));
    CHECK(t.said == "QUIT\r\n");
    CHECK(contains(t.session.problem, "the server refuses sessions: "));
    CHECK_FALSE(whole(t.session));
  }
  const Talk no_ehlo = talk(answering({kGreeting, "500 5.3.3 Unrecognized command\r\n", kGoodbye}));
  CHECK(no_ehlo.said == kCommands);
  CHECK(no_ehlo.session.problem == "the server does not accept EHLO: 500 5.3.3 Unrecognized command");
  CHECK_FALSE(whole(no_ehlo.session));
  const Talk other_end = talk(answering({kGreeting, "250-mail1\r\n250-TURN\r\n550 no\r\n", kGoodbye}));
  CHECK(other_end.session.problem == "the server does not accept EHLO: 550 no");
  CHECK_FALSE(whole(other_end.session));
}

TEST_CASE("smtp session: what does not speak SMTP is told nothing") {
  for (const std::string first :
       {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n", "* OK IMAP4 ready\r\n", "+OK POP3\r\n",
        "\x16\x03\x01\x02\n", "2200 x\r\n", "120 wait\r\n"}) {
    CAPTURE(first);
    const Talk t = talk(answering({first}));
    CHECK(t.said == "");
    CHECK(t.session.problem == "no greeting: the server answers with a line that is no SMTP reply");
    CHECK(t.took < seconds(1));
  }
}

TEST_CASE("smtp session: cut off anywhere, half a line is no keyword") {
  const std::string bytes = kGreeting + kEhloReply;
  for (const auto end : {Received::End::closed, Received::End::failed, Received::End::timed_out}) {
    for (std::size_t n = 0; n <= bytes.size(); ++n) {
      Script script =
          answering({kGreeting.substr(0, n),
                     n < kGreeting.size() ? "" : bytes.substr(kGreeting.size(), n - kGreeting.size())});
      script.end = end;
      const Talk t = talk(script);
      CAPTURE(n);
      // The last byte is LF, and CR ends a line as well.
      const bool all = n + 1 >= bytes.size();
      REQUIRE(whole(t.session) == all);
      REQUIRE(t.session.problem.empty() == all);
      REQUIRE(kCommands.starts_with(t.said));
      REQUIRE(t.took <= kLimit);
    }
  }
}

TEST_CASE("smtp session: why there is no reply") {
  Script silent;
  CHECK(talk(silent).session.problem == "no greeting: the time limit was reached");
  CHECK(talk(silent).took == kLimit);
  Script closed;
  closed.end = Received::End::closed;
  CHECK(talk(closed).session.problem == "no greeting: the server closed the connection");
  Script reset = answering({kGreeting});
  reset.end = Received::End::failed;
  CHECK(talk(reset).session.problem == "the reply to EHLO has no end: connection reset by peer");
  Script deaf = answering({kGreeting});
  deaf.deaf = true;
  CHECK(talk(deaf).session.problem == "EHLO could not be sent: broken pipe");
}

TEST_CASE("smtp session: a server that never answers QUIT is not waited for") {
  const Talk t = talk(answering({kGreeting, kEhloReply}));
  CHECK(t.session.problem == "");
  CHECK(t.took == exaudit::collectors::kQuitPatience);
  CHECK(whole(t.session));
}

TEST_CASE("smtp session: one byte a second ends with the time limit") {
  Script script = answering({repeated("220-slow\r\n", 1000)});
  script.chunk = 1;
  script.pause = seconds(1);
  const Talk t = talk(script);
  CHECK(t.took == kLimit);
  CHECK(t.session.problem == "no greeting: the time limit was reached");
  CHECK(t.said == "");
}

TEST_CASE("smtp session: a server that talks for ever is not listened to for ever") {
  const std::string line_limit = "a line of more than " + std::to_string(kMaxReplyLineBytes) + " bytes";
  const std::string lines_limit = "more than " + std::to_string(kMaxReplyLines) + " lines";
  struct Case {
    std::vector<std::string> answers;
    std::string endless;
    std::string problem;
  };
  const std::vector<Case> cases = {
      {{}, "x", "no greeting: " + line_limit},
      {{}, std::string(4, '\0'), "no greeting: " + line_limit},
      {{}, "220-again\r\n", "no greeting: " + lines_limit},
      {{}, "\r\n", "no greeting: " + lines_limit},
      {{kGreeting}, repeated("250-X\r\n", 10'000), "the reply to EHLO has no end: " + lines_limit},
      {{kGreeting}, "250-" + std::string(3000, 'X'), "the reply to EHLO has no end: " + line_limit},
      {{kGreeting},
       "250-" + std::string(2000, 'X') + "\r\n",
       "the reply to EHLO has no end: more than " + std::to_string(kMaxSessionBytes) + " bytes"},
      {{}, "220 first and for ever\r\n", "the server does not accept EHLO: 220 first and for ever"},
  };
  for (const Case& each : cases) {
    Script script = answering(each.answers);
    script.endless = each.endless;
    for (const std::size_t chunk : {std::size_t{1}, exaudit::collectors::kReadBytes}) {
      script.chunk = chunk;
      const Talk t = talk(script);
      CHECK(t.session.problem == each.problem);
      CHECK(t.session.transcript.size() <= kMaxSessionBytes + 2 * exaudit::collectors::kReadBytes);
      CHECK_FALSE(whole(t.session));
      CHECK(kCommands.starts_with(t.said));
    }
  }
}

TEST_CASE("smtp session: EHLO names the address of this end") {
  const std::pair<const char*, const char*> names[] = {
      {"127.0.0.1", "EHLO [127.0.0.1]\r\n"},
      {"::1", "EHLO [IPv6:::1]\r\n"},
      {"2001:db8::77", "EHLO [IPv6:2001:db8::77]\r\n"},
      {"fe80::1%eth0", "EHLO [IPv6:fe80::1]\r\n"},
  };
  for (const auto& [local, line] : names) {
    Script script = answering({kGreeting, kEhloReply, kGoodbye});
    script.local = local;
    CHECK(talk(script).said == std::string(line) + "QUIT\r\n");
  }
}
