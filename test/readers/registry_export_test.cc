#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "readers/readers.h"
#include "readers/registry_facts.h"
#include "readers/registry_keys.h"

using exaudit::facts::Input;
using exaudit::facts::Registry;
using exaudit::facts::RegistryKey;
using exaudit::facts::RegistryType;
using exaudit::facts::RegistryValue;
using exaudit::test::invents_nothing;
using exaudit::test::latin1;
using exaudit::test::replaced;
using exaudit::test::show;
using exaudit::test::utf16;

namespace {

constexpr std::string_view kVersion5 = "Windows Registry Editor Version 5.00\n\n";
constexpr std::string_view kSmtp = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\SMTPSVC";
constexpr std::string_view kSmtpHeader =
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SMTPSVC]\n";

struct Read {
  Input input;
  Registry registry;

  explicit Read(std::string_view bytes) {
    registry = exaudit::readers::read_registry_export(bytes, 7, input);
  }
  const RegistryKey& smtp() const {
    REQUIRE(registry.find(kSmtp) != nullptr);
    return *registry.find(kSmtp);
  }
  const RegistryValue& value(std::string_view name) const {
    REQUIRE(smtp().find(name) != nullptr);
    return *smtp().find(name);
  }
  std::vector<std::uint32_t> lines() const {
    std::vector<std::uint32_t> out;
    for (const auto& problem : input.problems) out.push_back(problem.line);
    return out;
  }
};

using Lines = std::vector<std::uint32_t>;
using Strings = std::vector<std::string>;

// Line 3 is the key, line 4 the first of `lines`.
Read smtp(std::string_view lines) { return Read(fmt::format("{}{}{}", kVersion5, kSmtpHeader, lines)); }

std::string hex(std::string_view bytes, std::size_t per_line = 20) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(bytes[i])));
    if (i + 1 < bytes.size()) out += (i + 1) % per_line == 0 ? ",\\\n  " : ",";
  }
  return out;
}

std::string sample(bool wide, std::size_t per_line = 20) {
  const auto payload = [&](std::string_view text) {
    return hex(wide ? utf16(text) : latin1(text), per_line);
  };
  using namespace std::string_view_literals;
  return fmt::format(
      "[HKEY_LOCAL_MACHINE\\SYSTEM]\n\n"
      "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\ComputerName\\ComputerName]\n\"ComputerName\"="
      "\"MAIL1\"\n\n"
      "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services]\n\n"
      "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\SMTPSVC]\n"
      "@=\"für alle\"\n\"Start\"=dword:00000002\n\"Grüße \\\\ \\\"x\\\"\"=\"C:\\\\Exchsrvr\\\\\"\n"
      "\"ImagePath\"=hex(2):{}\n\"DependOnService\"=hex(7):{}\n\"Blob\"=hex:\n\"Big\"=hex(b):01,00,00,00,00,"
      "00,00,80\n\n",
      payload("%SystemRoot%\\Büro\\inetinfo.exe\0"sv), payload("IISADMIN\0\0Eventlog\0\0"sv));
}

}  // namespace

TEST_CASE("registry export: every encoding and header gives the same facts") {
  const std::string wide = replaced(std::string(kVersion5) + sample(true), "\n", "\r\n");
  const std::string narrow = replaced("REGEDIT4\n\n" + sample(false), "\n", "\r\n");
  const Read reference("\xFF\xFE" + utf16(wide));
  CHECK(reference.input.problems.empty());
  CHECK(reference.input.complete);
  CHECK(reference.input.records == 4);
  CHECK(reference.registry.machine_hint == "MAIL1");
  CHECK(reference.registry.input == 7);
  CHECK(reference.value("ImagePath").strings == Strings{"%SystemRoot%\\Büro\\inetinfo.exe"});
  CHECK(reference.value("ImagePath").type == RegistryType::expand_sz);
  CHECK(reference.value("DependOnService").strings == Strings{"IISADMIN", "", "Eventlog"});
  CHECK(reference.value("").strings == Strings{"für alle"});
  CHECK(reference.value("grÜßE \\ \"X\"").strings == Strings{"C:\\Exchsrvr\\"});
  CHECK(reference.value("Start").number == 2);
  CHECK(reference.value("Big").number == 0x8000000000000001);
  CHECK(reference.value("Blob").type == RegistryType::binary);
  CHECK(reference.registry.exported("HKLM\\SYSTEM\\CurrentControlSet\\Services"));

  const std::string facts = show(reference.registry);
  const std::string cases[] = {utf16(wide),
                               "\xFE\xFF" + utf16(wide, true),
                               utf16(wide, true),
                               wide,
                               "\xEF\xBB\xBF" + wide,
                               latin1(wide),
                               latin1(narrow),
                               narrow,
                               "\xEF\xBB\xBF" + narrow};
  for (const std::string& bytes : cases) {
    CAPTURE(bytes.substr(0, 60));
    const Read read(bytes);
    CHECK(show(read.registry) == facts);
    CHECK(read.input.complete);
  }
  // The two that contradict themselves: the bytes decide, and where they are 8-bit a note says so.
  CHECK(show(Read("\xFF\xFE" + utf16("REGEDIT4\n\n" + sample(true))).registry) == facts);
  const Read mixed(std::string(kVersion5) + sample(false));
  CHECK(show(mixed.registry) == facts);
  CHECK(mixed.lines() == Lines{14, 14});
  CHECK(mixed.input.complete);
}

TEST_CASE("registry export: line ends, continuation width and value order change nothing") {
  const std::string facts = show(Read(std::string(kVersion5) + sample(true)).registry);
  for (const std::size_t width : {1U, 2U, 7U, 20U, 25U, 1000U}) {
    const std::string text = std::string(kVersion5) + sample(true, width);
    for (const std::string_view end : {"\n", "\r\n", "\r"}) {
      CHECK(show(Read(replaced(text, "\n", end)).registry) == facts);
      CHECK(show(Read(replaced(replaced(text, "\\\n", "\\ \t\n\n; between\n"), "\n", end)).registry) ==
            facts);
    }
  }
  std::vector<std::string> lines = {"\"B\"=dword:2\n", "@=\"x\"\n", "\"a\"=hex(7):61,00,\\\n  00,00\n",
                                    "\"C\"=\"y\"\n"};
  std::sort(lines.begin(), lines.end());
  const std::string first = show(smtp(fmt::format("{}", fmt::join(lines, ""))).registry);
  while (std::next_permutation(lines.begin(), lines.end())) {
    CHECK(show(smtp(fmt::format("{}", fmt::join(lines, ""))).registry) == first);
  }
}

TEST_CASE("registry export: cut off at any byte it invents nothing and does not claim to be complete") {
  const std::string text = replaced(
      std::string(kVersion5) + sample(true) + "[HKLM\\SYSTEM\\Select]\n\"Current\"=dword:00000001\n\n", "\n",
      "\r\n");
  for (const std::string& bytes : {"\xFF\xFE" + utf16(text), text, latin1(text)}) {
    const Read whole(bytes);
    REQUIRE(whole.input.complete);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      const Read part(std::string_view(bytes).substr(0, n));
      CAPTURE(n);
      CHECK(invents_nothing(part.registry, whole.registry));
    }
  }
}

TEST_CASE("registry export: a cut-off value or key means that keys may be missing") {
  for (const std::string_view end :
       {"\"a\"=dword:0000", "\"a\"=\"tex", "\"a\"=hex:01", "\"a\"=hex:01,", "\"a\"=hex:01,\\\n", "\"a\"=he",
        "\"a", "\"a\"=", "[HKEY_LOCAL", "[HKLM\\SYSTEM\\Select]"}) {
    CAPTURE(end);
    const Read read = smtp(fmt::format("\"Start\"=dword:2\n{}", end));
    CHECK(read.input.lost_records);
    CHECK(read.registry.lost_records);
    CHECK(read.value("Start").number == 2);
    const RegistryValue* cut = read.smtp().find("a");
    CHECK((cut == nullptr || !cut->readable));
  }
  CHECK(smtp("\"a\"=dword:00000001").input.complete);
  CHECK(smtp("\"a\"=\"x\"").input.complete);
  CHECK(smtp("\"a\"=hex:01\n").input.complete);
}

TEST_CASE("registry export: damaged values are reported with their line and the others kept") {
  struct Case {
    std::string_view damaged;
    std::uint32_t next_line;  // of the value behind
  };
  const Case cases[] = {
      {"\"Bad\"=dword:12g\n", 6},        {"\"Bad\"=dword:123456789\n", 6},
      {"\"Bad\"=dword:\n", 6},           {"\"Bad\"=hex:01,0\n", 6},
      {"\"Bad\"=hex:01,2,03\n", 6},      {"\"Bad\"=hex:01,,02\n", 6},
      {"\"Bad\"=hex:,01\n", 6},          {"\"Bad\"=hex:01,\n", 6},
      {"\"Bad\"=hex:01 02\n", 6},        {"\"Bad\"=hex(7):41,xx,\\\n  00,00,\\\n  00\n", 8},
      {"\"Bad\"=hex(4):01,00\n", 6},     {"\"Bad\"=hex(b):01\n", 6},
      {"\"Bad\"=hex(1):00,d8\n", 6},     {"\"Bad\"=hex(zz):00\n", 6},
      {"\"Bad\"=hex(2:00\n", 6},         {"\"Bad\"=word\n", 6},
      {"\"Bad\"=\"x\"y\n", 6},           {"\"Bad\"=\"open\n", 6},
      {"\"Bad\"=\"open\nand on\n\n", 8}, {"\"Bad\"=str(4):\"x\"\n", 6},
      {"\"Bad\"=hex:01,\\\n", 6},        {"\"Bad\"=hex:01,\\\n\n; x\n", 8},
  };
  for (const Case& c : cases) {
    CAPTURE(c.damaged);
    // A UTF-16 file, so that text bytes are UTF-16 for sure.
    const std::string text =
        fmt::format("{}{}\"Start\"=dword:2\n{}\"Type\"=dword:20\n", kVersion5, kSmtpHeader, c.damaged);
    const Read read("\xFF\xFE" + utf16(text));
    CHECK_FALSE(read.value("Bad").readable);
    CHECK(read.value("Bad").strings.empty());
    CHECK(read.lines() == Lines{5});
    CHECK_FALSE(read.input.complete);
    CHECK_FALSE(read.input.lost_records);
    CHECK(read.value("Start").number == 2);
    CHECK(read.value("Type").number == 0x20);
    CHECK(read.value("Type").line == c.next_line);
    CHECK(read.smtp().values_complete);
  }
}

TEST_CASE("registry export: lines that are nothing make the key's values incomplete, one report per run") {
  const Read read = smtp(
      "\"a\"=dword:1\nrubbish\nmore rubbish\n\"b\"=dword:2\n\"c\" "
      "dword:3\n\n[HKLM\\SYSTEM\\Select]\n\"Current\"=dword:1\n");
  CHECK(read.lines() == Lines{5, 8});
  CHECK_FALSE(read.smtp().values_complete);
  CHECK(read.smtp().values.size() == 2);
  CHECK_FALSE(read.input.lost_records);
  CHECK(read.registry.find("HKLM\\SYSTEM\\Select")->values_complete);
}

TEST_CASE("registry export: what may have been a key loses records, and values behind it belong to nobody") {
  using namespace std::string_literals;
  for (const std::string& line :
       {"HKEY_LOCAL_MACHINE\\SYSTEM\\X]"s, "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\X"s,
        "[HKEY_NOWHERE\\X]"s, "\0\0\0\0"s, "[HKLM\\SYSTEM\\CurrentControlSet\\Services\\A\0B]"s, "日本"s}) {
    CAPTURE(line);
    const Read read = smtp(
        fmt::format("\"a\"=dword:1\n{}\n\"b\"=dword:2\n[HKLM\\SYSTEM\\Select]\n\"Current\"=dword:1\n", line));
    CHECK(read.lines() == Lines{5});
    CHECK(read.input.lost_records);
    CHECK(read.registry.lost_records);
    CHECK(read.smtp().values.size() == 1);
    CHECK(read.registry.keys().size() == 2);
    CHECK_FALSE(read.registry.exported("HKLM\\SYSTEM\\CurrentControlSet\\Services"));
  }
}

TEST_CASE("registry export: values before the first key are reported") {
  const Read read(fmt::format("{}\"a\"=dword:1\n\"b\"=dword:2\n{}\"c\"=dword:3\n", kVersion5, kSmtpHeader));
  CHECK(read.lines() == Lines{3});
  CHECK(read.smtp().values.size() == 1);
}

TEST_CASE("registry export: texts may span lines, and an open quote swallows no entry") {
  const Read good = smtp("\"a\"=\"one\r\ntwo = [x]\r\n\r\nthree\"\n\"b\"=\"x\n\"\n\"c\"=\"y\" ; comment\n");
  CHECK(good.value("a").strings == Strings{"one\ntwo = [x]\n\nthree"});
  CHECK(good.value("b").strings == Strings{"x\n"});
  CHECK(good.value("c").line == 10);
  CHECK(good.input.problems.empty());

  const Read open = smtp(
      "\"a\"=\"open\ntext\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n\"Current\"=\"open\n@=\"d\"\n\"e\"=hex(1):"
      "\n");
  CHECK(open.lines() == Lines{4, 8});
  CHECK_FALSE(open.value("a").readable);
  const RegistryKey* select = open.registry.find("HKLM\\SYSTEM\\Select");
  REQUIRE(select != nullptr);
  CHECK(select->find("")->strings == Strings{"d"});
  CHECK(select->find("e")->readable);
}

TEST_CASE("registry export: a text without end is given up, whatever its size") {
  std::string text = "\"a\"=\"open\n";
  for (int i = 0; i < 200000; ++i) text += "line of text\n";
  const Read read = smtp(text + "\"b\"=dword:1\n");
  CHECK_FALSE(read.value("a").readable);
  CHECK(read.value("b").number == 1);
  CHECK(read.input.problems.size() == 2);
  CHECK_FALSE(read.input.complete);
}

TEST_CASE("registry export: forms of other writers") {
  const Read read = smtp(
      "# a comment of Wine\n  \"Indented\" = DWORD:A ; "
      "ten\n\"Wine\"=str(2):\"%X%\\nsecond\"\n\"Items\"=hex(7):61,00,00,00,62,00\n"
      "\"Long\"=hex(7):61,00,00,00,00,00,00,00,00,00\n\"None\"=hex(7):\n\"Nul\"=hex(1):61,00,00,00,62,"
      "00\n\"Dword\"=hex(4):02,01,00,00\n"
      "\"Network\"=hex(5):00,00,01,02\n\"Upper\"=hex(7):4A,00,00,00\n\"Escape\"=\"a\\tb\"\n\"Bin\"=hex:01, "
      "02 ,03\n\"Eight\"=hex(8):00\n");
  CHECK(read.input.problems.empty());
  CHECK(read.value("indented").number == 10);
  CHECK(read.value("Wine").type == RegistryType::expand_sz);
  CHECK(read.value("Wine").strings == Strings{"%X%\nsecond"});
  CHECK(read.value("Items").strings == Strings{"a", "b"});
  CHECK(read.value("Long").strings == Strings{"a"});
  CHECK(read.value("None").strings.empty());
  CHECK(read.value("Nul").strings == Strings{"a"});
  CHECK(read.value("Dword").number == 0x102);
  CHECK(read.value("Network").number == 0x102);
  CHECK(read.value("Upper").strings == Strings{"J"});
  CHECK(read.value("Escape").strings == Strings{"a\\tb"});
  CHECK(read.value("Bin").readable);
  CHECK(read.value("Eight").type == RegistryType::other);
}

TEST_CASE("registry export: brackets in key names, junk behind them") {
  const Read read(
      fmt::format("{}[HKLM\\SYSTEM\\CurrentControlSet\\Services\\A]B[C]\n["
                  "HKLM\\SYSTEM\\CurrentControlSet\\Services\\D] x\n",
                  kVersion5));
  CHECK(read.registry.child_names("HKLM\\SYSTEM\\CurrentControlSet\\Services") == Strings{"A]B[C", "D"});
  CHECK(read.lines() == Lines{4});
}

TEST_CASE("registry export: a script is no evidence of absence, and what it deletes is not there") {
  const Read read(
      fmt::format("{0}[HKLM\\SYSTEM\\CurrentControlSet\\Services]\n["
                  "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Old\\Sub]\n"
                  "[-HKLM\\SYSTEM\\CurrentControlSet\\services\\OLD]\n\"x\"=dword:1\n{1}\"Start\"=-\n@=-"
                  "\n\"Type\"=dword:20\n"
                  "[-HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SMTPSVC2]\n",
                  kVersion5, kSmtpHeader));
  CHECK(read.registry.child_names("HKLM\\SYSTEM\\CurrentControlSet\\Services") == Strings{"SMTPSVC"});
  CHECK(read.smtp().values.size() == 1);
  CHECK_FALSE(read.smtp().values_complete);
  CHECK_FALSE(read.registry.exported("HKLM\\SYSTEM\\CurrentControlSet\\Services"));
  CHECK(read.input.complete);
  CHECK(read.lines() == Lines{5});
  // Deleted first and then written is there.
  CHECK(Read(fmt::format("{0}[-HKLM\\SYSTEM\\CurrentControlSet\\Services\\SMTPSVC]\n{1}", kVersion5,
                         kSmtpHeader))
            .registry.exists(kSmtp));
}

TEST_CASE(
    "registry export: only the subtrees that are asked for are stored, all keys are counted and checked") {
  const Read read(
      fmt::format("{}[HKLM\\SOFTWARE]\n[HKLM\\SOFTWARE\\Classes]\n\"a\"=\"x\"\n[HKLM\\SOFTWARE\\Classes\\."
                  "txt]\n\"b\"=hex:0\n[HKLM\\SOFTWARE\\Microsoft]\n"
                  "[HKLM\\SOFTWARE\\Microsoft\\Exchange2]\n\"c\"=\"x\"\n["
                  "HKLM\\SOFTWARE\\Microsoft\\Exchange2\\Setup]\n[HKEY_USERS\\.DEFAULT]\n"
                  "[HKLM\\SOFTWARE\\Microsoft\\InetStp]\n\"MajorVersion\"=dword:6\n",
                  kVersion5));
  CHECK(read.input.records == 8);
  CHECK(read.lines() == Lines{7});
  CHECK(read.registry.child_names("HKLM\\SOFTWARE") == Strings{"Classes", "Microsoft"});
  CHECK(read.registry.child_names("HKLM\\SOFTWARE\\Microsoft") == Strings{"Exchange2", "InetStp"});
  CHECK(read.registry.exported("HKLM\\SOFTWARE\\Microsoft"));
  CHECK_FALSE(read.registry.exported("HKLM\\SOFTWARE\\Microsoft\\Exchange2"));  // cannot be told: not stored
  const RegistryKey* other = read.registry.find("HKLM\\SOFTWARE\\Microsoft\\Exchange2");
  CHECK(other->values.empty());
  CHECK_FALSE(other->values_complete);
  CHECK(read.registry.find("HKLM\\SOFTWARE\\Microsoft\\InetStp")->find("majorversion")->number == 6);
}

TEST_CASE("registry export: every kept subtree has its ancestors and what is below kept") {
  using exaudit::readers::Keep;
  using exaudit::readers::keep_of;
  for (const auto& subtree : exaudit::readers::kKeptSubtrees) {
    CAPTURE(subtree.path);
    CHECK_FALSE(subtree.reason.empty());
    const std::string path = "hklm\\" + replaced(std::string(subtree.path), "*", "controlSET047");
    CHECK(keep_of(path) == Keep::whole);
    CHECK(keep_of(path + "\\Sub\\Sub") == Keep::whole);
    CHECK(keep_of(path.substr(0, path.rfind('\\'))) == Keep::whole);
    CHECK(keep_of(path + "X") == Keep::name_only);
    CHECK(keep_of(path + "X\\Sub") == Keep::nothing);
    CHECK(keep_of("HKEY_USERS" + path.substr(4)) == Keep::nothing);
  }
}

TEST_CASE("registry export: wrong character sets are noticed") {
  using namespace std::string_literals;
  // A byte that Windows-1252 does not have.
  const Read ansi("REGEDIT4\n"s + std::string(kSmtpHeader) +
                  "\"a\"=\"x\x81\"\n\"b\"=\"caf\xe9\"\n\"c\"=hex(2):63,61,66,e9,00\n\"d\"=hex(2):81,00\n");
  CHECK_FALSE(ansi.value("a").readable);
  CHECK(ansi.value("b").strings == Strings{"café"});
  CHECK(ansi.value("c").strings == Strings{"café"});
  CHECK_FALSE(ansi.value("d").readable);
  CHECK(ansi.lines() == Lines{3, 6, 6, 0, 5});
  // Invalid UTF-8 behind a mark that promises UTF-8; a lone surrogate in UTF-16; a NUL in a text.
  CHECK_FALSE(
      Read("\xEF\xBB\xBFREGEDIT4\n"s + std::string(kSmtpHeader) + "\"a\"=\"\xff\"\n").value("a").readable);
  CHECK_FALSE(Read("\xFF\xFE" + utf16("REGEDIT4\n" + std::string(kSmtpHeader) + "\"a\"=\"") + "\x01\xD8"s +
                   utf16("\"\n"))
                  .value("a")
                  .readable);
  const Read nul = smtp("\"a\"=\"x\0y\"\n\"b\"=\"z\"\n"s);
  CHECK_FALSE(nul.value("a").readable);
  CHECK(nul.value("b").readable);
  // One byte lost in the middle of UTF-16: all behind it is another text, and the reader knows.
  const std::string wide = "\xFF\xFE" + utf16(std::string(kVersion5) + sample(true));
  const Read shifted(wide.substr(0, wide.size() / 2 + 1) + wide.substr(wide.size() / 2 + 2));
  CHECK(shifted.registry.lost_records);
  CHECK(invents_nothing(shifted.registry, Read(wide).registry));
}

TEST_CASE("registry export: several exports in one file, and none") {
  const Read joined(fmt::format(
      "{}{}\"a\"=hex(2):61,00,00,00\n\xEF\xBB\xBFREGEDIT4\n[HKLM\\SYSTEM\\Select]\n\"b\"=hex(2):61,00\n",
      kVersion5, kSmtpHeader));
  CHECK(joined.input.problems.empty());
  CHECK(joined.value("a").strings == Strings{"a"});
  CHECK(joined.registry.find("HKLM\\SYSTEM\\Select")->find("b")->strings == Strings{"a"});
  CHECK(Read("").registry.keys().empty());
  CHECK(Read("").input.complete);
  CHECK(Read(kSmtpHeader).lines() == Lines{1});  // no first line: a note
  CHECK(Read(kSmtpHeader).input.complete);
}

TEST_CASE("registry export: facts know where they were read") {
  const Read read = smtp("\n\"a\"=dword:1\n");
  CHECK(read.smtp().location.input == 7);
  CHECK(read.smtp().location.line == 3);
  CHECK(read.smtp().location.offset == kVersion5.size());
  CHECK(read.value("a").line == 5);
}
