// Whole sites, audited as a user audits them. What each of them must give stands three times: in the table
// below, written by hand from the catalogue; in expected.json, byte for byte; and in its README.md, which
// docs_test runs.
//
// EXAUDIT_UPDATE_GOLDEN=1 rewrites expected.json and the output in README.md; the table stays as it is.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cmd/run_program.h"
#include "support/site_directory.h"
#include "tree.h"

using exaudit::test::Run;
using exaudit::test::run_program;
using exaudit::test::slurp;
using exaudit::test::source_root;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Lines = std::vector<std::string>;

struct Expectation {
  int exit_code;
  Lines findings;  // "severity rule reason subject[ part]"; "  " before those that another one explains
};

// The gateways of MAIL1's stores.
const std::string kTwo = "SMTP (MAIL1-{37C1C681-D0CF-4E2E-B464-41FC38A8B11B})";
const std::string kPublic = "SMTP (MAIL1-{0E2F8576-678B-429F-883B-343E22545246})";
// Those of MAIL2 and OLD1.
const std::string kMail2 = "SMTP (MAIL2-{7E4F2BE4-DF11-531A-B643-0CEADF0726A4})";
const std::string kOld1 = "SMTP (OLD1-{16628E4D-BB7C-5F6B-8E40-BD66E6051B55})";
const std::string kOld1Public = "SMTP (OLD1-{8728AB31-E9C9-5DF9-BCBC-20D820CF0BC4})";

// Of a made scenario.
std::string gateway(const std::string& server, const std::string& store) {
  return exaudit::test::SiteDirectory::gateway_cn(server, store);
}

const std::map<std::string, Expectation> kExpected = {
    {"awkward-names", {0, {}}},
    {"cluster", {0, {}}},
    {"contoso-large",
     {1,
      {"  high KB247130.mta-start-failure -1073478766 MAIL8",
       "  high KB277770.service-start-failure 1083 MAIL6 RESvc",
       "  high KB822939.service-stopped stopped MAIL6 RESvc",
       "  high KB822939.smtp-service-absent registry MAIL7",
       "  high KB822939.verbs-missing windows-smtp-only MAIL4",
       "  high KB828938.gateway-home-mta deleted " + gateway("MAIL8", "Mailbox Store (MAIL8)"),
       "  high KB828938.gateway-home-mta deleted " + gateway("MAIL8", "Public Folder Store (MAIL8)"),
       "  high KB828938.mailbox-disconnected disconnected Sales",
       "  high KB828938.store-logon-failure 0x80040148 Mailbox Store (MAIL9) 0x80040148",
       "  high KB828938.store-logon-failure 0x80040148 Sales 0x80040148",
       "  high KB828938.store-logon-failure 0x80040158 Sales 0x80040158",
       "  info KB828938.delivery-retry retry MAIL1",
       "  low KB828938.gateway-orphan server-removed " + gateway("OLD2", "Mailbox Store (OLD2)"),
       "  low KB828938.gateway-orphan server-removed " + gateway("OLD2", "Public Folder Store (OLD2)"),
       "  medium KB316622.event-sinks-failure 0x8007007e MAIL9 0x8007007e",
       "  medium KB822939.verbs-missing incomplete MAIL5",
       "  medium KB828938.smtp-interface-failure 0x80004005 MAIL1",
       "  medium KB840469.mta-not-running stopped MAIL9",
       "high KB247130.mta-missing missing MAIL8",
       "high KB277770.dispatch-entries lacks MAIL6 RESvc",
       "high KB277770.service-host other-executable MAIL8 RESvc",
       "high KB279415.binding-order order OLD55 Tcpip",
       "high KB279415.rpc-listen-failure 11004 OLD55",
       "high KB822939.imc-key present-smtp-removed MAIL7",
       "high KB822939.no-bindings none MAIL4",
       "high KB822939.service-disabled disabled MAIL3 RESvc",
       "high KB822939.sinks-missing family-missing SmtpSvc/1 XEXCH50",
       "high KB828938.gateway-home-mdb other-store " + gateway("MAIL3", "Warehouse"),
       "high KB828938.gateway-home-mta deleted " + gateway("MAIL2", "Legal"),
       "high KB828938.gateway-home-mta other-server " + gateway("EXV2", "Engineering"),
       "high KB828938.gateway-legacy-dn prefix " + gateway("MAIL2", "Public Folder Store (MAIL2)"),
       "high KB828938.gateway-missing missing Sales",
       "high KB840469.mta-start-failure -2147219168 MAIL9",
       "medium KB285350.mta-file-version older OLD55 Emsmta.exe",
       "medium KB316622.system-mailbox-missing missing Journal",
       "medium KB828938.dc-divergence homeMTA " + gateway("MAIL2", "Legal") + " homeMTA",
       "medium KB828938.gateway-duplicate conflict Mailbox Store (MAIL4)",
       "  medium recipients.home-mdb-missing missing Erik Dahl",
       "  medium recipients.home-mta-deleted deleted Erik Dahl",
       "medium organization.server-removed removed OLD2"}}},
    {"connector-confusion", {0, {}}},
    {"damaged-files", {1, {"medium KB828938.gateway-delivery-mechanism value " + kTwo}}},
    {"error-1083",
     {1,
      {"  high KB277770.service-start-failure 1083 MAIL1 POP3Svc",
       "  high KB277770.service-start-failure 1083 MAIL1 RESvc",
       "high KB277770.dispatch-entries lacks MAIL1 Pop3svc",
       "high KB277770.dispatch-entries lacks MAIL1 RESvc",
       "info KB277770.dispatch-entries lacks MAIL1 Ldapsvc",
       "medium KB277770.dispatch-entries lacks MAIL1 Imap4svc"}}},
    {"error-1083-evt",
     {1,
      {"  high KB277770.service-start-failure 1083 MAIL1 POP3Svc",
       "  high KB277770.service-start-failure 1083 MAIL1 RESvc",
       "  high KB822939.service-stopped stopped MAIL1 RESvc",
       "high KB277770.dispatch-entries lacks MAIL1 Pop3svc",
       "high KB277770.dispatch-entries lacks MAIL1 RESvc",
       "info KB277770.dispatch-entries lacks MAIL1 Ldapsvc",
       "medium KB277770.dispatch-entries lacks MAIL1 Imap4svc"}}},
    {"event-noise", {0, {}}},
    {"gateway-missing",
     {1,
      {"  high KB828938.store-logon-failure 0x80040148 two 0x80040148",
       "  high KB828938.store-logon-failure 0x80040158 two 0x80040158",
       "  medium KB828938.smtp-interface-failure 0x80004005 MAIL1",
       "high KB828938.gateway-missing missing two"}}},
    {"gc-and-dc-views", {0, {}}},
    {"gc-in-use",
     {1,
      {"high KB828938.gateway-home-mta deleted " + kTwo,
       "medium KB828938.dc-divergence homeMTA " + kTwo + " homeMTA"}}},
    {"gc-view", {1, {"high KB828938.gateway-home-mdb missing " + kTwo}}},
    {"guid-byte-order",
     {1,
      {"high KB828938.gateway-missing missing two",
       "low KB828938.gateway-orphan byte-order SMTP (MAIL1-{81C6C137-CFD0-2E4E-B464-41FC38A8B11B})"}}},
    {"healthy-2003", {0, {}}},
    {"home-mta-deleted", {1, {"high KB828938.gateway-home-mta deleted " + kTwo}}},
    {"home-mta-letter-case", {0, {}}},
    {"home-mta-other-server", {1, {"high KB828938.gateway-home-mta other-server " + kTwo}}},
    {"iis-reinstalled",
     {1, {"  high KB822939.verbs-missing windows-smtp-only MAIL1", "high KB822939.no-bindings none MAIL1"}}},
    {"iis-reinstalled-cluster",
     {1, {"  high KB822939.verbs-missing windows-smtp-only NODE1", "high KB822939.no-bindings none NODE1"}}},
    {"iis-reinstalled-ehlo-only", {1, {"high KB822939.verbs-missing windows-smtp-only mail1"}}},
    {"iis-reinstalled-tracked",
     {1,
      {"  high KB822939.verbs-missing windows-smtp-only MAIL1", "high KB822939.no-bindings none MAIL1",
       "info KB822939.unroutable-report sequence MAIL1"}}},
    {"imc-key-harmless-yet", {1, {"medium KB822939.imc-key present MAIL1"}}},
    {"imc-key-left-over",
     {1,
      {"  high KB822939.smtp-service-absent registry MAIL1",
       "high KB822939.imc-key present-smtp-removed MAIL1"}}},
    {"legacy-dn-guid", {1, {"high KB828938.gateway-legacy-dn guid " + kTwo}}},
    {"legacy-dn-shape", {1, {"high KB828938.gateway-legacy-dn shape " + kTwo}}},
    {"mailbox-disconnected", {1, {"high KB828938.mailbox-disconnected disconnected two"}}},
    {"mapirpc-noise", {0, {}}},
    {"mixed-versions", {0, {}}},
    {"mta-dead",
     {1,
      {"  high KB828938.store-logon-failure 0x80040148 two 0x80040148",
       "  medium KB840469.mta-not-running stopped MAIL1",
       "high KB840469.mta-start-failure -2147219168 MAIL1"}}},
    {"mta-dead-gateway-missing",
     {1,
      {"  high KB828938.store-logon-failure 0x80040148 two 0x80040148",
       "high KB828938.gateway-missing missing two", "high KB840469.mta-start-failure -2147219168 MAIL1"}}},
    {"mta-object-missing",
     {1,
      {"  high KB247130.mta-start-failure -1073478766 MAIL1",
       "  high KB828938.gateway-home-mta deleted " + kPublic,
       "  high KB828938.gateway-home-mta deleted " + kTwo, "high KB247130.mta-missing missing MAIL1",
       "medium recipients.home-mta-deleted deleted Microsoft System Attendant",
       "medium recipients.home-mta-deleted deleted Public Folder Store (MAIL1)"}}},
    {"multihomed-55",
     {1,
      {"high KB279415.binding-order order OLD55 Tcpip", "high KB279415.rpc-listen-failure 11004 OLD55",
       "medium KB285350.mta-file-version older OLD55 Ems_rid.dll",
       "medium KB285350.mta-file-version older OLD55 Emsmta.exe",
       "medium KB285350.mta-file-version older OLD55 Mtacheck.exe",
       "medium KB285350.mta-file-version older OLD55 Mtamsg.dll",
       "medium KB285350.mta-file-version older OLD55 Mtaperf.dll",
       "medium KB285350.mta-file-version older OLD55 X400om.dll"}}},
    {"multihomed-55-fixed", {1, {"high KB279415.rpc-listen-failure 11004 OLD55"}}},
    {"name-without-hyphen",
     {0, {"low KB828938.gateway-name no-hyphen SMTP (MAIL1{37C1C681-D0CF-4E2E-B464-41FC38A8B11B})"}}},
    {"pasted-gateway-missing",
     {1,
      {"  high KB828938.store-logon-failure 0x80040148 two 0x80040148",
       "  high KB828938.store-logon-failure 0x80040158 two 0x80040158",
       "  info KB828938.delivery-retry retry MAIL1",
       "  medium KB828938.smtp-interface-failure 0x80004005 MAIL1",
       "high KB828938.gateway-missing missing two"}}},
    {"pasted-look-alikes", {0, {}}},
    {"pasted-mta-55", {1, {"high KB279415.rpc-listen-failure 11004 MAIL1"}}},
    {"pasted-mta-dead",
     {1,
      {"  high KB828938.store-logon-failure 0x80040148 two 0x80040148",
       "high KB840469.mta-start-failure -2147219168 MAIL1"}}},
    {"pasted-start-message",
     {1,
      {"high KB277770.service-start-failure 1083 MAIL1 RESvc",
       "high KB822939.verbs-missing windows-smtp-only MAIL1",
       "info KB822939.unroutable-report sequence MAIL1"}}},
    {"public-gateway-missing", {1, {"medium KB828938.gateway-missing missing Public Folder Store (MAIL1)"}}},
    {"public-gateway-named",
     {1,
      {"  high KB828938.store-logon-failure 0x80040148 Public Folder Store (MAIL1) 0x80040148",
       "high KB828938.gateway-missing missing Public Folder Store (MAIL1)"}}},
    {"recovery-storage-group", {0, {}}},
    {"renamed-admin-group", {0, {}}},
    {"server-removed",
     {1,
      {"  low KB828938.gateway-orphan server-removed " + kOld1,
       "  low KB828938.gateway-orphan server-removed " + kOld1Public,
       "  medium recipients.home-mdb-missing missing Lola Jacobsen",
       "  medium recipients.home-mdb-missing missing Tsvi Reiter",
       "  medium recipients.home-mta-deleted deleted Lola Jacobsen",
       "  medium recipients.home-mta-deleted deleted Tsvi Reiter",
       "medium organization.server-removed removed OLD1"}}},
    {"several-articles",
     {1,
      {"  high KB277770.service-start-failure 1083 MAIL1 POP3Svc",
       "  high KB822939.verbs-missing incomplete MAIL1",
       "  high KB828938.store-logon-failure 0x80040148 Directors 0x80040148",
       "  high KB828938.store-logon-failure 0x80040148 Mailbox Store (MAIL1) 0x80040148",
       "  medium KB316622.event-sinks-failure 0x8004010f MAIL1 0x8004010f",
       "  medium KB840469.mta-not-running stopped MAIL1",
       "high KB277770.dispatch-entries lacks MAIL1 Pop3svc",
       "high KB822939.sinks-missing family-missing SmtpSvc/1 X-LINK2STATE",
       "high KB828938.gateway-legacy-dn shape " + gateway("MAIL1", "Directors"),
       "high KB840469.mta-start-failure -2147219168 MAIL1", "info KB822939.unroutable-report sequence MAIL1",
       "medium KB316622.system-mailbox-missing missing Directors", "medium KB822939.imc-key present MAIL1"}}},
    {"several-faults",
     {1,
      {"  high KB822939.verbs-missing windows-smtp-only MAIL1", "  high KB828938.mailbox-missing missing two",
       "high KB822939.no-bindings none MAIL1", "high KB822939.service-disabled disabled MAIL2 SMTPSVC",
       "high KB828938.gateway-home-mta other-server " + kMail2,
       "high KB828938.gateway-legacy-dn prefix " + kMail2, "high KB828938.gateway-missing missing two",
       "info KB822939.sinks-missing family-incomplete SmtpSvc/1 XEXCH50",
       "medium KB828938.gateway-delivery-mechanism value " + kMail2,
       "medium KB828938.gateway-duplicate conflict Public Folder Store (MAIL2)"}}},
    {"system-mailbox-missing",
     {1,
      {"  medium KB316622.event-sinks-failure 0x8004010f MAIL1 0x8004010f",
       "medium KB316622.system-mailbox-missing missing two"}}},
    {"system-mailbox-missing-module",
     {1,
      {"  medium KB316622.event-sinks-failure 0x8007007e MAIL1 0x8007007e",
       "medium KB316622.system-mailbox-missing missing two"}}},
    {"two-domain-controllers",
     {1,
      {"high KB828938.gateway-home-mta deleted " + kTwo,
       "medium KB828938.dc-divergence homeMTA " + kTwo + " homeMTA"}}},
};

Lines scenarios() {
  Lines names;
  for (const auto& entry : fs::directory_iterator(source_root() / "fixtures/scenarios")) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

Run audit(const std::string& name, const std::string& options = "") {
  return run_program(fmt::format("audit {} fixtures/scenarios/{}", options, name),
                     fmt::format("cd \"{}\" &&", source_root().string()));
}

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : ""; }

Lines findings_of(const Json& result) {
  Lines lines;
  for (const Json& finding : result["findings"]) {
    const std::string part = text_of(finding["subject"]["part"]);
    lines.push_back(fmt::format("{}{} {} {} {}{}", finding["explained_by"].is_null() ? "" : "  ",
                                text_of(finding["severity"]), text_of(finding["rule"]),
                                text_of(finding["reason"]), text_of(finding["subject"]["name"]),
                                part.empty() ? "" : " " + part));
  }
  std::ranges::sort(lines);
  return lines;
}

std::string joined(const Lines& lines) { return fmt::format("{}", fmt::join(lines, "\n")); }

bool updating() {
  const char* value = std::getenv("EXAUDIT_UPDATE_GOLDEN");  // NOLINT(concurrency-mt-unsafe)
  return value != nullptr && std::string_view(value) == "1";
}

void write(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

// The block that begins with the command gets the output of today.
std::string with_output(std::string page, const std::string& name, const std::string& output) {
  const std::string command = fmt::format("```\n$ exaudit audit fixtures/scenarios/{}\n", name);
  const std::size_t begin = page.find(command);
  REQUIRE(begin != std::string::npos);
  const std::size_t from = begin + command.size();
  const std::size_t end = page.find("```\n", from);
  REQUIRE(end != std::string::npos);
  return page.replace(from, end - from, output);
}

// Both files are part of the folder that they describe: they are there before it is audited.
void update(const std::string& name) {
  const fs::path folder = source_root() / "fixtures/scenarios" / name;
  write(folder / "expected.json", "{\"format\": \"exaudit-result\"}\n");
  write(folder / "expected.json", audit(name, "--format json").out);
  write(folder / "README.md", with_output(slurp(folder / "README.md"), name, audit(name).out));
}

}  // namespace

TEST_CASE("scenarios: every one gives what expected.json says, byte for byte") {
  for (const std::string& name : scenarios()) {
    CAPTURE(name);
    if (updating()) update(name);
    const Run run = audit(name, "--format json");
    CHECK(run.out == slurp(source_root() / "fixtures/scenarios" / name / "expected.json"));
  }
}

TEST_CASE("scenarios: every one gives the findings and the exit code that the catalogue demands") {
  Lines known;
  for (const auto& [name, expected] : kExpected) known.push_back(name);
  CHECK(joined(scenarios()) == joined(known));
  for (const auto& row : kExpected) {
    const std::string& name = row.first;
    const Expectation& expected = row.second;
    CAPTURE(name);
    const Run run = audit(name, "--format json");
    Lines findings = expected.findings;
    std::ranges::sort(findings);
    CHECK(joined(findings_of(Json::parse(run.out))) == joined(findings));
    CHECK(run.code == expected.exit_code);
  }
}

TEST_CASE("scenarios: every one says what happened and what the program makes of it") {
  for (const std::string& name : scenarios()) {
    CAPTURE(name);
    const fs::path folder = source_root() / "fixtures/scenarios" / name;
    const std::string page = slurp(folder / "README.md");
    CHECK(page.starts_with("# "));
    const std::size_t block = page.find(fmt::format("\n```\n$ exaudit audit fixtures/scenarios/{}\n", name));
    REQUIRE(block != std::string::npos);
    CHECK(page.substr(0, block).find(".\n") != std::string::npos);  // at least one sentence
    const Json result = Json::parse(slurp(folder / "expected.json"));
    if (result["findings"].empty()) CHECK(page.find("\nNo findings.\n", block) != std::string::npos);
    for (const Json& finding : result["findings"])
      CHECK(page.find(fmt::format("[{}]", text_of(finding["rule"])), block) != std::string::npos);
  }
}

TEST_CASE("scenarios: the evidence is the same whichever way it is named") {
  // The folder as a whole, and its two halves one by one.
  const auto run = [](const std::string& arguments) {
    return Json::parse(run_program(arguments, fmt::format("cd \"{}\" &&", source_root().string())).out);
  };
  const std::string folder = "fixtures/scenarios/several-faults";
  const Json whole = run("audit --format json " + folder);
  const Json halves = run(fmt::format("audit --format json {0}/servers {0}/directory", folder));
  REQUIRE_FALSE(whole["findings"].empty());
  CHECK(joined(findings_of(whole)) == joined(findings_of(halves)));
  CHECK(whole["verdicts"] == halves["verdicts"]);
}
