#include "readers/file_versions.h"

#include <string>

#include <doctest/doctest.h>

#include "readers/readers.h"
#include "readers/spelling.h"

namespace {

using exaudit::facts::FileVersion;
using exaudit::facts::Input;

struct Read {
  std::vector<FileVersion> files;
  Input input;
};

Read read(std::string_view bytes) {
  Read out;
  out.files = exaudit::readers::read_file_versions(bytes, 3, out.input);
  return out;
}

std::string version(std::string_view text) {
  const auto parsed = exaudit::readers::parse_file_version(text);
  return parsed ? parsed->text() : "";
}

}  // namespace

TEST_CASE("file versions: wmic datafile, in every spelling") {
  const std::string text =
      "\nNode,Name,Version\nMAIL1,c:\\exchsrvr\\bin\\emsmta.exe,5.5.2654.54\n"
      "MAIL1,c:\\b\xC3\xBCro\\X400om.dll,5.5 (2654.39)\nMAIL1,c:\\exchsrvr\\bin\\p2.xv2,\n"
      "MAIL1,c:\\exchsrvr\\bin\\exps.dll,many\n";
  for (const auto& file : exaudit::test::spellings(text)) {
    CAPTURE(file.name);
    CHECK(exaudit::readers::recognise(file.bytes) == exaudit::facts::InputKind::file_versions);
    const Read r = read(file.bytes);
    REQUIRE(r.files.size() == 4);
    CHECK(r.files[0].name == "emsmta.exe");
    CHECK(r.files[0].version->text() == "5.5.2654.54");
    CHECK(r.files[0].machine_hint == "MAIL1");
    CHECK(r.files[0].location.line == 3);
    CHECK(r.files[1].name == "X400om.dll");
    CHECK(r.files[1].version->text() == "5.5.2654.39");
    CHECK(r.files[1].text == "5.5 (2654.39)");
    CHECK_FALSE(r.files[2].version.has_value());
    CHECK_FALSE(r.files[3].version.has_value());
    CHECK(r.input.records == 4);
    REQUIRE(r.input.problems.size() == 1);
    CHECK(r.input.problems[0].line == 6);
    CHECK_FALSE(r.input.lost_records);
  }
}

TEST_CASE("file versions: the version of the file, not of its product, and the name of the file") {
  const Read powershell = read(
      "#TYPE System.Diagnostics.FileVersionInfo\n\"ProductVersion\",\"FileVersion\",\"FileName\"\n"
      "\"6.5\",\"6.5.7638.1 (release)\",\"D:\\Exchsrvr\\bin\\xlsasink.dll\"\n");
  REQUIRE(powershell.files.size() == 1);
  CHECK(powershell.files[0].name == "xlsasink.dll");
  CHECK(powershell.files[0].version->text() == "6.5.7638.1");
  // CIM_DataFile: FileName has no extension, Path no file.
  const Read whole = read("FileName;Name;Path;Version\nemsmta;c:\\bin\\emsmta.exe;\\bin\\;5.5.2654.54\n");
  REQUIRE(whole.files.size() == 1);
  CHECK(whole.files[0].name == "emsmta.exe");
}

TEST_CASE("file versions: spellings of a version") {
  CHECK(version("5.5.2654.54") == "5.5.2654.54");
  CHECK(version(" 5.5 (2654.54) ") == "5.5.2654.54");
  CHECK(version("5.5 (Build 2653.23: Service Pack 4)") == "5.5.2653.23");
  CHECK(version("6.5.7638.1 (release)") == "6.5.7638.1");
  CHECK(version("5.1.2600.2180 (5.1 release)") == "5.1.2600.2180");
  CHECK(version("6, 5, 7638, 1") == "6.5.7638.1");
  CHECK(version("6.5.7638") == "6.5.7638.0");
  CHECK(version("5.5").empty());  // tells no build
  CHECK(version("5.5 (release)").empty());
  CHECK(version("5.5.2654.54.1").empty());
  CHECK(version("v5.5.2654.54").empty());
  CHECK(version("5.5.99999999999.1").empty());
  CHECK(version("").empty());
}

TEST_CASE("file versions: look-alikes are something else") {
  using exaudit::readers::looks_like_file_versions;
  CHECK(looks_like_file_versions("Name,Version\nDbserver.sch,\nEmsmta.exe,5.5.2654.54\n"));
  // What an article says about a fix is not what is installed: a schema file has no version.
  CHECK_FALSE(
      looks_like_file_versions("File name\tVersion\nDbserver.sch\t5.5.2654.54\nEmsmta.exe\t5.5.2654.54\n"));
  CHECK_FALSE(looks_like_file_versions("Name,Version\nEmsmta.exe,5.5.2654.54\nP2.XV2,5.5.2654.54\n"));
  CHECK_FALSE(looks_like_file_versions("Name,Version\nMicrosoft Office,11.0.7969.0\n"));
  CHECK_FALSE(looks_like_file_versions("Name,Version\nEmsmta.exe,latest\n"));
  CHECK_FALSE(looks_like_file_versions("Name,Size\nEmsmta.exe,5.5.2654.54\n"));
  CHECK_FALSE(looks_like_file_versions("Name,Version\n"));
}
