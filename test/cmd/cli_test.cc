// The program as a user meets it: exit codes, streams, options and their sources.
#include <algorithm>
#include <filesystem>
#include <unistd.h>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "cmd/run_program.h"

using exaudit::test::read_text;
using exaudit::test::Run;
using exaudit::test::run_program;
using exaudit::test::TemporaryFolder;

namespace {

const std::string kLdif = "version: 1\n\ndn: DC=contoso,DC=test\nobjectClass: domainDNS\n\n";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A message of one line and the hint, nothing on standard output, code 2.
void check_usage_error(const std::string& arguments, const std::string& part) {
  CAPTURE(arguments);
  const Run run = run_program(arguments);
  CHECK(run.code == 2);
  CHECK(run.out == "");
  CHECK(run.err.starts_with("exaudit: "));
  CHECK(run.err.ends_with("\nexaudit: try 'exaudit --help'\n"));
  CHECK(std::count(run.err.begin(), run.err.end(), '\n') == 2);
  CAPTURE(run.err);
  CHECK(contains(run.err, part));
}

std::size_t entries(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("cli: usage errors say what is wrong, on standard error only") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("a.ldf", kLdif);
  check_usage_error("", "no evidence given");
  check_usage_error("audit", "'audit' needs evidence");
  check_usage_error("colect", "'colect' is neither a command of this version nor an existing file or folder");
  check_usage_error("ruls", "did you mean 'rules'?");
  check_usage_error("--colour always " + evidence, "unknown option '--colour'; did you mean '--color'?");
  check_usage_error("-x " + evidence, "unknown option '-x'");
  check_usage_error("--format xml " + evidence, "--format takes one of text, json, not 'xml'");
  check_usage_error("--format", "--format");
  check_usage_error("--format json --format text " + evidence, "--format is given twice");
  check_usage_error("--strict=yes " + evidence, "--strict");
  check_usage_error("--fail-on severe " + evidence, "--fail-on takes one of high, medium, low, info, none");
  check_usage_error("--event-window=-1 " + evidence, "--event-window takes a number");
  check_usage_error("--event-window 99999999999999999999 " + evidence, "--event-window takes a number");
  check_usage_error("--machine MAIL1 " + evidence, "--machine takes NAME=PATH, not 'MAIL1'");
  check_usage_error("--report report.json " + evidence, "--report takes text:FILE or json:FILE");
  check_usage_error("--report json:x --report text:./x " + evidence, "two reports");
  check_usage_error("--sink-catalogue /nonexistent " + evidence, "--sink-catalogue");
  check_usage_error("--internal-network 10.0.0.0/33 " + evidence, "10.0.0.0/33");
  check_usage_error("- -", "given twice");
  check_usage_error("list", "'list' needs one of servers,");
  check_usage_error("list everything " + evidence, "not 'everything'");
  check_usage_error("list all", "'list' needs evidence");
  check_usage_error("explain", "'explain' needs one rule or article");
  check_usage_error("rules extra", "'rules' takes no argument");
  check_usage_error("rules --strict", "--strict is no option of 'rules'");
  check_usage_error("version --format json", "--format is no option of 'version'");
  check_usage_error("explain KB000000", "'KB000000' is no rule and no article");
  check_usage_error("--config x --no-config " + evidence, "contradict");
}

TEST_CASE("cli: options are never abbreviated") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("a.ldf", kLdif);
  for (const char* option : {"--form json", "--form=json", "--stri", "--verb", "--rule x", "--hel"}) {
    check_usage_error(std::string(option) + " " + evidence, "unknown option");
  }
}

TEST_CASE("cli: help and version go to standard output") {
  for (const char* arguments :
       {"--help", "-h", "audit --help", "list --help", "rules --help", "explain --help"}) {
    CAPTURE(arguments);
    const Run run = run_program(arguments);
    CHECK(run.code == 0);
    CHECK(run.err == "");
    CHECK(contains(run.out, "Usage:\n"));
  }
  const std::string help = run_program("--help").out;
  CHECK(contains(help, "--fail-on high|medium|low|info|none"));
  CHECK(contains(help, "  130  interrupted\n"));
  CHECK_FALSE(contains(run_program("rules --help").out, "--strict"));
  for (const char* arguments : {"--version", "version", "audit --version"}) {
    CHECK(run_program(arguments).out == "exaudit " EXAUDIT_VERSION "\n");
  }
  CHECK(run_program("--help", "EXAUDIT_CONFIG=/nonexistent").code == 0);
}

TEST_CASE("cli: an audit of readable evidence ends with 0") {
  const TemporaryFolder folder;
  folder.file("case/a.ldf", kLdif);
  const Run run = run_program(folder.path("case"));
  CHECK(run.code == 0);
  CHECK(contains(run.out, "Findings: 0 high"));
  CHECK(run.err == "");
  CHECK(run_program("audit " + folder.path("case")).out == run.out);
  const Run json = run_program("--format json " + folder.path("case"));
  CHECK(nlohmann::json::parse(json.out)["inputs"][0]["kind"] == "ldif");
  CHECK(run_program(folder.path("case") + " --format json").out == json.out);
}

TEST_CASE("cli: 2 when nothing could be audited, with what was found instead") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("empty"));
  folder.file("foreign/notes.txt", "nothing of interest\n");
  Run run = run_program(folder.path("empty"));
  CHECK(run.code == 2);
  CHECK(contains(run.err, "nothing to audit"));
  run = run_program(folder.path("foreign"));
  CHECK(run.code == 2);
  CHECK(run.out == "");
  CHECK(contains(run.err, "notes.txt (not-evidence)"));
  run = run_program("audit /nonexistent/folder");
  CHECK(run.code == 2);
  CHECK(contains(run.err, "/nonexistent/folder"));
  std::filesystem::create_symlink("/nonexistent/target", folder.path("dangling"));
  run = run_program(folder.path("dangling"));
  CHECK(run.code == 2);
  CHECK(run.err != "");
}

TEST_CASE("cli: a binary metabase is an input that could not be read, and what to take instead is said") {
  const TemporaryFolder folder;
  const std::string metabase = std::string(600, '\0') + "SmtpSvc IIsSmtpServer IIsSmtpService";
  folder.file("case/servers/MAIL1/metabase.bin", metabase);
  Run run = run_program(folder.path("case"));
  CHECK(run.code == 2);
  CHECK(contains(run.err, "metabase.bin (metabase-binary)"));
  CHECK(contains(run.err, "mdutil enum_all"));
  folder.file("case/a.ldf", kLdif);
  run = run_program(folder.path("case"));
  CHECK(run.code == 3);
  CHECK(contains(run.out, "mdutil enum_all"));
  CHECK(contains(run.err, "1 input was not read completely"));
}

TEST_CASE("cli: copied events are evidence from standard input, too") {
  const TemporaryFolder folder;
  const std::string text =
      "MSEXCHANGEMTA 9321\nAn attempt to listen over RPC has failed. NT Error: 11004. "
      "[ BASE IL MAIN BASE 1 504] (14)\n";
  folder.file("mail.txt", text);
  const Run run = run_program("audit - < " + folder.path("mail.txt"));
  CHECK(run.code == 1);
  CHECK(contains(run.out, "-:1: high: "));
  CHECK(contains(run.out, "[KB279415.rpc-listen-failure]"));
  folder.file("prose.txt", "They saw event 9321 with 11004, and 326 with 0x80040148.\n");
  CHECK(run_program("audit - < " + folder.path("prose.txt")).code == 2);
}

TEST_CASE("cli: words after -- are evidence, whatever they look like") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("a.ldf", kLdif);
  CHECK(run_program("-- " + evidence).code == 0);
  CHECK(run_program("-- list").code == 2);      // a path that does not exist
  CHECK(run_program("-- --strict").code == 2);  // likewise
  folder.file("list", kLdif);
  CHECK(run_program("-- list", "cd " + folder.path() + " &&").code == 0);
}

TEST_CASE("cli: a report that could not be written is never success") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("a.ldf", kLdif);
  Run run = run_program(evidence + " >/dev/full");
  CHECK(run.code == 3);
  CHECK(contains(run.err, "standard output cannot be written: No space left on device"));
  run = run_program(evidence + " >&-");
  CHECK(run.code == 3);
  CHECK(contains(run.err, "standard output cannot be written"));
  for (const char* arguments : {"--help", "--version", "rules", "rules --format json"}) {
    CAPTURE(arguments);
    CHECK(run_program(std::string(arguments) + " >/dev/full").code == 3);
  }
  // The reader is gone before a byte is written.
  run = run_program(evidence + " | true; } ; { (sleep 0.2; " EXAUDIT_PROGRAM " " + evidence +
                    "; echo \"code $?\" >&2) | true");
  CHECK(contains(run.err, "standard output was closed before the report was written"));
  CHECK(contains(run.err, "code 3"));
  for (const char* file : {"/dev/full", "/nonexistent/report", "/"}) {
    CAPTURE(file);
    run = run_program("--output " + std::string(file) + " " + evidence);
    CHECK(run.code == 3);
    CHECK(contains(run.err, "cannot be written"));
  }
  CHECK(run_program("--report json:/dev/full " + evidence).code == 3);
}

TEST_CASE("cli: --output replaces a file as a whole or not at all") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("in/a.ldf", kLdif);
  const std::string target = folder.file("out/report.txt", "old");
  CHECK(run_program("--output " + target + " /nonexistent").code == 2);
  CHECK(run_program("--output " + target + " --format xml " + evidence).code == 2);
  CHECK(read_text(target) == "old");
  std::filesystem::permissions(target,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const Run run =
      run_program("--output " + target + " --report json:" + folder.path("out/report.json") + " " + evidence);
  CHECK(run.code == 0);
  CHECK(run.out == "");
  CHECK(contains(read_text(target), "Findings: 0 high"));
  CHECK(std::filesystem::status(target).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(nlohmann::json::parse(read_text(folder.path("out/report.json")))["format"] == "exaudit-result");
  CHECK(entries(folder.path("out")) == 2);  // no temporary file is left
}

TEST_CASE("cli: --output follows a link and keeps devices") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("in/a.ldf", kLdif);
  folder.file("out/real.txt", "old");
  std::filesystem::create_symlink(folder.path("out/real.txt"), folder.path("out/link.txt"));
  CHECK(run_program("--output " + folder.path("out/link.txt") + " " + evidence).code == 0);
  CHECK(std::filesystem::is_symlink(folder.path("out/link.txt")));
  CHECK(contains(read_text(folder.path("out/real.txt")), "Findings:"));
  CHECK(run_program("--output /dev/null " + evidence).code == 0);
  CHECK(std::filesystem::is_character_file("/dev/null"));
}

TEST_CASE("cli: evidence is never overwritten") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("in/a.ldf", kLdif);
  std::filesystem::create_hard_link(evidence, folder.path("same.ldf"));
  for (const std::string& target : {evidence, folder.path("in/../in/a.ldf"), folder.path("same.ldf")}) {
    for (const std::string option : {"--output ", "--report json:"}) {
      CAPTURE(option + target);
      CHECK(run_program(option + target + " " + folder.path("in")).code == 2);
      CHECK(run_program(option + target + " " + evidence).code == 2);
    }
  }
  CHECK(read_text(evidence) == kLdif);
}

TEST_CASE("cli: an interrupt ends with 130 and leaves no temporary file") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("a.ldf", kLdif);
  // A named pipe without a reader: the program waits in open() for somebody to take the report.
  const Run run = run_program("--output " + folder.path("pipe") + " " + evidence,
                              "mkfifo " + folder.path("pipe") + " && timeout --preserve-status -s INT 1");
  CHECK(contains(run.err, "interrupted"));
  CHECK(run.code == 130);
  CHECK(entries(folder.path()) == 2);
}

TEST_CASE("cli: the command line wins over variables, these over the config file, this over defaults") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("a.ldf", kLdif);
  const std::string config =
      folder.file("audit.conf", "\xEF\xBB\xBF# profile\r\nformat = json\r\nstrict = on\r\n");
  const auto is_json = [](const Run& run) {
    return (run.code == 0 || run.code == 3) && run.out.starts_with("{");  // 3: strict
  };
  CHECK_FALSE(is_json(run_program(evidence)));
  CHECK(is_json(run_program("--config " + config + " " + evidence)));
  CHECK(is_json(run_program(evidence, "EXAUDIT_CONFIG=" + config)));
  CHECK_FALSE(is_json(run_program("--no-config " + evidence, "EXAUDIT_CONFIG=" + config)));
  CHECK_FALSE(is_json(run_program(evidence, "EXAUDIT_FORMAT=text EXAUDIT_CONFIG=" + config)));
  CHECK(is_json(run_program(evidence, "EXAUDIT_FORMAT= EXAUDIT_CONFIG=" + config)));  // empty is unset
  CHECK(is_json(run_program("--format json " + evidence, "EXAUDIT_FORMAT=text")));
  CHECK_FALSE(is_json(run_program("--format text " + evidence, "EXAUDIT_FORMAT=json")));
  CHECK(is_json(run_program("rules --config " + config)));  // strict is for audits, and no error here
}

TEST_CASE("cli: a config file is read only when it is named") {
  const TemporaryFolder folder;
  folder.file("a.ldf", kLdif);
  for (const char* name : {"exaudit.conf", ".exaudit", "audit.conf", ".exauditrc"})
    folder.file(name, "format = json\n");
  CHECK_FALSE(run_program(".", "cd " + folder.path() + " && HOME=" + folder.path()).out.starts_with("{"));
}

TEST_CASE("cli: errors in the config file name file and line") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("a.ldf", kLdif);
  const auto conf = [&folder](const std::string& text) { return folder.file("c.conf", text); };
  check_usage_error(
      "--config " + conf("# one\n\nformt = json\nformat = text\n[ldap]\nuri = x\n") + " " + evidence,
      "c.conf:3: unknown option 'formt'; " + folder.path("c.conf") + ":6: unknown option 'ldap.uri'");
  check_usage_error("--config " + conf("\nfail-on = severe\n") + " " + evidence,
                    "c.conf:2: fail-on takes one of");
  check_usage_error("--config " + conf("strict = perhaps\n") + " " + evidence,
                    "c.conf:1: strict takes on or off");
  check_usage_error("--config " + conf("format = text\nstrict\n") + " " + evidence,
                    "c.conf:2: expected `name = value`");
  check_usage_error("--config " + conf("format = text\nformat = json\n") + " " + evidence,
                    "c.conf:2: format is given twice");
  check_usage_error("--config " + conf("config = other\n") + " " + evidence,
                    "c.conf:1: unknown option 'config'");
  check_usage_error("--config /nonexistent.conf " + evidence, "'/nonexistent.conf' cannot be read");
  check_usage_error("--config " + folder.path() + " " + evidence, "cannot be read");
  check_usage_error("--config /dev/zero " + evidence, "too large");
  const Run run = run_program(evidence, "EXAUDIT_STRICT=perhaps");
  CHECK(run.code == 2);
  CHECK(contains(run.err, "EXAUDIT_STRICT takes on or off, not 'perhaps'"));
}

TEST_CASE("cli: a misspelt variable is a warning, not with --quiet") {
  const TemporaryFolder folder;
  const std::string evidence = folder.file("a.ldf", kLdif);
  Run run = run_program(evidence, "EXAUDIT_FORMTA=json");
  CHECK(run.code == 0);
  CHECK(contains(run.err, "EXAUDIT_FORMTA"));
  CHECK(run_program("--quiet " + evidence, "EXAUDIT_FORMTA=json").err == "");
}

TEST_CASE("cli: control characters in names and words are made visible") {
  const TemporaryFolder folder;
  folder.file("case/a.ldf", kLdif);
  folder.file("case/x\x1b[2Jy\n.txt", "foreign");
  Run run = run_program(folder.path("case"));
  CHECK(contains(run.out, "x\\x1B[2Jy\\x0A.txt"));
  CHECK_FALSE(contains(run.out, "\x1b"));
  for (const std::string arguments :
       {"\"$(printf 'no\\033[2Jsuch')\"", "\"--no$(printf '\\033')such\"", "--format \"$(printf '\\033')\" x",
        "explain \"$(printf 'no\\033such')\"", "list \"$(printf '\\033')\"",
        "--config \"$(printf '/no\\033')\" x"}) {
    CAPTURE(arguments);
    run = run_program(arguments);
    CHECK(run.code == 2);
    CHECK_FALSE(contains(run.err, "\x1b"));
    CHECK(contains(run.err, "\\x1B"));
  }
}

TEST_CASE("cli: the same evidence gives the same bytes, --timestamp is the exception") {
  const TemporaryFolder folder;
  folder.file("a.ldf", kLdif);
  for (const std::string format : {"text", "json"}) {
    const std::string arguments = "--format " + format + " " + folder.path();
    CHECK(run_program(arguments).out == run_program(arguments, "LC_ALL=tr_TR.UTF-8 TZ=Asia/Tokyo").out);
  }
  const auto stamped = nlohmann::json::parse(run_program("--timestamp --format json " + folder.path()).out);
  CHECK(stamped["timestamp"].get<std::string>().size() == 20);
}
