#include <string>

#include <doctest/doctest.h>

#include "readers/readers.h"
#include "support/pe_writer.h"

using exaudit::facts::FileVersion;
using exaudit::facts::Input;
using exaudit::test::pe_file;
using exaudit::test::PeOptions;

namespace {

constexpr std::pair<std::uint32_t, std::uint32_t> kVersion{0x0005'0005, 0x0A5E'0036};  // 5.5.2654.54

FileVersion read(const std::string& bytes, Input& input) {
  return exaudit::readers::read_program_file(bytes, "Emsmta.exe", 3, input);
}

}  // namespace

TEST_CASE("program file: the fixed version counts, the text is kept as written") {
  for (const bool plus : {false, true}) {
    CAPTURE(plus);
    Input input;
    const FileVersion found = read(pe_file({plus, kVersion, "5.5.2654.9 (release)"}), input);
    CHECK(found.name == "Emsmta.exe");
    REQUIRE(found.version);
    CHECK(found.version->text() == "5.5.2654.54");
    CHECK(found.text == "5.5.2654.9 (release)");
    CHECK(found.location.input == 3);
    CHECK(input.complete);
    CHECK(input.problems.empty());
    CHECK(input.records == 1);
  }
}

TEST_CASE("program file: one of the two versions is enough") {
  Input input;
  const FileVersion fixed = read(pe_file({false, kVersion, ""}), input);
  CHECK(fixed.version->text() == "5.5.2654.54");
  CHECK(fixed.text == "5.5.2654.54");
  const FileVersion text = read(pe_file({false, {}, "5, 5, 2654, 54 (release)"}), input);
  CHECK(text.text == "5, 5, 2654, 54 (release)");
  REQUIRE(text.version);
  CHECK(text.version->text() == "5.5.2654.54");
  CHECK_FALSE(read(pe_file({false, {}, "beta"}), input).version);
}

TEST_CASE("program file: without a version it is no problem, cut off it is") {
  Input input;
  const FileVersion none = read(pe_file({}), input);
  CHECK_FALSE(none.version);
  CHECK(none.text.empty());
  const std::string dos = "MZ" + std::string(200, '\0');
  CHECK_FALSE(read(dos, input).version);
  CHECK(input.problems.empty());
  CHECK(input.complete);

  const std::string whole = pe_file({false, kVersion, "1.0"});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Input part;
    const FileVersion found = read(whole.substr(0, size), part);
    CHECK_FALSE(found.version);
    CHECK(part.complete == part.problems.empty());
  }
  Input cut;
  read(whole.substr(0, 0x200), cut);
  CHECK_FALSE(cut.complete);
  Input late;
  read(whole.substr(0, whole.size() - 1), late);
  CHECK_FALSE(late.complete);
}
