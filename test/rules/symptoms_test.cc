#include "rules/symptoms.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

using exaudit::rules::built_in_symptoms;
using exaudit::rules::code_values;
using exaudit::rules::find_symptoms;
using exaudit::rules::parse_symptoms;
using exaudit::rules::Symptom;
using exaudit::rules::SymptomKind;

namespace {

// "event MSExchangeTransport 326; code 0x80040148", best first.
std::string found(std::string_view query) {
  std::string out;
  for (const Symptom* symptom : find_symptoms(query)) {
    out += fmt::format("{}{} {}", out.empty() ? "" : "; ", symptom_kind_name(symptom->kind), symptom->value);
  }
  return out;
}

bool points_to(std::string_view query, std::string_view article) {
  const auto symptoms = find_symptoms(query);
  return !symptoms.empty() && std::ranges::count(symptoms.front()->articles, article) != 0;
}

const std::string kHeader = "kind\tvalue\tarticle\trules\tmeaning\tlook_alikes\n";

}  // namespace

TEST_CASE("symptoms: a code is the same in every notation") {
  for (const char* code : {"0x80040148", "0X80040148", "80040148", "80040148h", "80040148H", "0x80040148L",
                           "\"80040148\"", "-2147221176",
                           "\xE2\x80\x93"
                           "2147221176",
                           "\xE2\x88\x92"
                           "2147221176",
                           "2147746120", "error 0x80040148", "Error code : 0x80040148.", "(0x80040148)"}) {
    CAPTURE(code);
    CHECK(found(code) == "code 0x80040148");
  }
  CHECK(found("-2147219168") == "code 0x80040920");
  CHECK(found("-1073478766") == "code 0xC0040392");
  CHECK(found("0xc0040392") == "code 0xC0040392");
  CHECK(found("%%1083") == "code 1083");
  CHECK(found("11004") == "code 11004");
  CHECK(found("1201") == "code 0x4b1");
  CHECK(found("4b1") == "code 0x4b1");
  CHECK(found("0x8004010f") == "code 0x8004010f");
  CHECK(code_values("80040148") == std::vector<std::uint32_t>{80'040'148, 0x8004'0148});
  CHECK(code_values("0x180040148").empty());
  CHECK(code_values("99999999999999999999").empty());
}

TEST_CASE("symptoms: events by their id, with or without their source") {
  for (const char* event : {"326", "event 326", "Event ID: 326", "MSExchangeTransport 326", "error 326"}) {
    CAPTURE(event);
    CHECK(found(event) == "event MSExchangeTransport 326");
  }
  CHECK(points_to("9405", "840469"));
  CHECK(find_symptoms("event 1083").front()->kind == SymptomKind::code);  // there is no such event
}

TEST_CASE("symptoms: what is ambiguous is told, the best first") {
  const auto code = find_symptoms("0x80040148");
  REQUIRE(code.size() == 1);
  CHECK(code.front()->articles == std::vector<std::string>{"828938", "840469"});
  CHECK(code.front()->meaning.find("-2147219168") != std::string::npos);

  CHECK(find_symptoms("1194").size() == 3);
  CHECK(find_symptoms("1194").front()->meaning.find("Three causes") != std::string::npos);
  CHECK(found("1194 MAPIRPC 0x4b1").starts_with("event MSExchangeIS 1194 MAPIRPC; "));
  CHECK(points_to("MAPIRPC 0x4b1", "836565"));
  CHECK(find_symptoms("9406").front()->meaning.find("Alone it proves nothing") != std::string::npos);
  CHECK(found("event 116") == "event EXOLEDB 116; event RESVC 116");
  CHECK(found("RESVC 116").starts_with("event RESVC 116"));
}

TEST_CASE("symptoms: complaints by their words") {
  CHECK(points_to("outbox", "822939"));
  CHECK(points_to("Messages stay in the Outbox", "822939"));
  CHECK(points_to("local delivery queue", "828938"));
  CHECK(points_to("5.0.0", "822939"));
  CHECK(points_to("#5.0.0", "822939"));
  CHECK(points_to("UNROUTABLE", "822939"));
  CHECK(points_to("not delivered", "822939"));
  CHECK(points_to("mta stacks could not start", "840469"));
  CHECK(points_to("KB836565", "836565"));
  CHECK(points_to("Q836565", "836565"));
  CHECK(points_to("mail is stuck in the local delivery queue", "828938"));
  CHECK(points_to("undeliverable", "822939"));
  CHECK(points_to("telnet 25 verbs missing", "822939"));
  CHECK(points_to("system mailbox", "316622"));
  CHECK(find_symptoms("mail stuck").size() >= 3);
  CHECK(find_symptoms("could not start").size() >= 2);
}

TEST_CASE("symptoms: the text of an event as it was copied") {
  CHECK(found("MSEXCHANGEMTA 9321 An attempt to listen over RPC has failed. NT Error: 11004. [ BASE IL MAIN "
              "BASE 1 "
              "504] (14)")
            .starts_with("event MSExchangeMTA 9321; code 11004"));
  CHECK(
      points_to("Service Account failed to logon to the store as /o=Contoso/cn=SMTP "
                "(MAIL1)/cn={0E2F8576-678B-429F-883B-343E22545246}. Error code : 0x80040158.",
                "828938"));
  CHECK(points_to("Error 2140: An internal Windows NT error occurred.", "279415"));
  CHECK(points_to(
      "Error 1083: The executable program that this service is configured to run in does not implement "
      "this service.",
      "277770"));
}

TEST_CASE("symptoms: nothing is found for what is not known") {
  for (const char* query : {"", " ", "the", "event", "event 65000", "0xdeadbeef", "printer",
                            "99999999999999999999", "-", "%%", "\xFF\xFE", "toner in the outer office"}) {
    CAPTURE(query);
    CHECK(found(query) == "");
  }
  CHECK(find_symptoms(std::string(1'000'000, 'x')).empty());
}

TEST_CASE("symptoms: every event and code of the table finds its row, every sink of text is ASCII") {
  for (const Symptom& symptom : built_in_symptoms()) {
    CAPTURE(symptom.value);
    const auto hits = find_symptoms(symptom.value);
    CHECK(std::ranges::count(hits, &symptom) == 1);
    CHECK_FALSE(symptom.articles.empty());
    CHECK_FALSE(symptom.meaning.empty());
    for (const std::string& article : symptom.articles) CHECK(article.size() == 6);
    CHECK(std::ranges::all_of(symptom.meaning + symptom.look_alikes,
                              [](char c) { return c >= ' ' && c <= '~'; }));
  }
}

TEST_CASE("symptoms: errors of the table name the line") {
  CHECK(parse_symptoms(kHeader + "code\t1083\t277770\t-\tx\t-\n"));
  CHECK(parse_symptoms(kHeader + "sound\t1\t277770\t-\tx\t-\n").error().message ==
        "symptoms.tsv:2: there is no kind \"sound\"");
  CHECK(parse_symptoms(kHeader + "code\tzz\t277770\t-\tx\t-\n").error().line == 2);
  CHECK(parse_symptoms(kHeader + "code\t1\t277770\tKB1.x\tx\t-\n").error().message ==
        "symptoms.tsv:2: there is no rule KB1.x");
  CHECK(parse_symptoms(kHeader + "\ncode\t1\n").error().line == 3);
}
