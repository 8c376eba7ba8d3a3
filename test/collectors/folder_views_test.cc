// Which view an LDIF file belongs to, and LDIF that is compressed.
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "collectors/case_folder.h"
#include "support/gzipped.h"

namespace {

namespace fs = std::filesystem;
using exaudit::collectors::FolderOptions;
using exaudit::facts::Input;
using exaudit::facts::InputKind;
using exaudit::facts::Snapshot;
using exaudit::test::collect;
using exaudit::test::entry;
using exaudit::test::Folder;
using exaudit::test::gzipped;
using exaudit::test::has_problem;
using exaudit::test::input_of;
using exaudit::test::Names;
using exaudit::test::naming;
using exaudit::test::view_names;

}  // namespace

TEST_CASE("views: one folder, one view") {
  const Folder folder;
  Folder::write("case/directory/a.ldf", entry("One"));
  Folder::write("case/directory/b.ldf", entry("Two"));
  Folder::write("case/directory/readme.txt", "hello\n");
  Folder::write("case/directory/dc1/x.ldf", entry("One"));
  Folder::write("case/directory/dc2/x.ldf", entry("One", "other"));
  for (const char* named : {"case", "case/directory"}) {
    const Snapshot snapshot = collect({named});
    CAPTURE(named);
    CHECK(view_names(snapshot) == Names{"directory", "dc1", "dc2"});
    CHECK(snapshot.views[0].entries().size() == 2);
    CHECK(snapshot.views[0].inputs.size() == 2);
    for (const Input& input : snapshot.inputs) CHECK(input.view.empty() == (input.kind != InputKind::ldif));
  }
  CHECK(view_names(collect({"case/directory/dc1"})) == Names{"dc1"});
  CHECK(view_names(collect({"case/directory/a.ldf"})) == Names{"a"});
  CHECK(view_names(collect({"case/directory/a.ldf", "case/directory/b.ldf"})) == Names{"directory"});
  fs::current_path("case/directory/dc2");
  CHECK(view_names(collect({"."})) == Names{"dc2"});
}

TEST_CASE("views: files that contradict each other become views of their own") {
  const Folder folder;
  Folder::write("case/dc1.ldf", entry("One"));
  Folder::write("case/dc2.ldf", entry("One", "other"));
  Folder::write("case/more.ldf", entry("Two"));
  const Snapshot snapshot = collect({"case"});
  std::vector<std::string> names = view_names(snapshot);
  REQUIRE(names.size() >= 2);
  std::sort(names.begin(), names.end());
  CHECK(std::unique(names.begin(), names.end()) == names.end());
  CHECK(input_of(snapshot, "case/dc1.ldf").view != input_of(snapshot, "case/dc2.ldf").view);
  for (const Input& input : snapshot.inputs) {
    CHECK(std::find(names.begin(), names.end(), input.view) != names.end());
  }
}

TEST_CASE("views: names are unique") {
  const Folder folder;
  Folder::write("case/x.ldf", entry("One"));
  Folder::write("case/directory/x.ldf", entry("One", "other"));
  Folder::write("case/a/dc1/x.ldf", entry("One"));
  Folder::write("case/b/DC1/x.ldf", entry("One", "other"));
  Names names = view_names(collect({"case"}));
  std::sort(names.begin(), names.end());
  CHECK(names == Names{"case", "case/b/DC1", "dc1", "directory"});
}

TEST_CASE("views: --view joins and names") {
  const Folder folder;
  Folder::write("case/a/x.ldf", entry("One"));
  Folder::write("case/b/y.ldf", entry("Two"));
  Folder::write("case/b/gc.ldf", entry("One", "other"));
  FolderOptions options = naming({"case"});
  options.views = {{"both", "case"}, {"gc", "case/b/gc.ldf"}};
  const Snapshot snapshot = collect(options);
  CHECK(input_of(snapshot, "case/a/x.ldf").view == "both");
  CHECK(input_of(snapshot, "case/b/y.ldf").view == "both");
  CHECK(input_of(snapshot, "case/b/gc.ldf").view == "gc");
  CHECK(snapshot.views.size() == 2);
}

TEST_CASE("gzip: an export is read as if it were not compressed") {
  const Folder folder;
  Folder::write("case/dc1.ldf.gz", gzipped(entry("One") + entry("Two")));
  Folder::write("case/photo.gz", gzipped(std::string(100, '\0')));
  Folder::write("case/twice.gz", gzipped(gzipped(entry("One"))));
  Folder::write("case/nothing.gz", gzipped(""));
  const Snapshot snapshot = collect({"case"});
  CHECK(input_of(snapshot, "case/dc1.ldf.gz").kind == InputKind::ldif);
  CHECK(input_of(snapshot, "case/dc1.ldf.gz").records == 2);
  CHECK(input_of(snapshot, "case/dc1.ldf.gz").complete);
  CHECK(input_of(snapshot, "case/photo.gz").kind == InputKind::unknown);
  CHECK(input_of(snapshot, "case/twice.gz").kind == InputKind::unknown);
  CHECK(input_of(snapshot, "case/nothing.gz").kind == InputKind::unknown);
  CHECK(view_names(collect({"case/dc1.ldf.gz"})) == Names{"dc1"});
}

TEST_CASE("gzip: a truncated export keeps what was there and says so") {
  const Folder folder;
  std::string text;
  for (int i = 0; i < 5000; ++i) text += entry(fmt::format("Entry {} {}", i, i * 7919));
  const std::string compressed = gzipped(text);
  Folder::write("dc1.ldf.gz", std::string_view(compressed).substr(0, compressed.size() / 2));
  const Snapshot snapshot = collect({"dc1.ldf.gz"});
  CHECK(snapshot.inputs[0].records > 1000);
  CHECK(snapshot.inputs[0].records < 5000);
  CHECK(snapshot.inputs[0].lost_records);
  CHECK(has_problem(snapshot.inputs[0], "ends early"));
  REQUIRE(snapshot.views.size() == 1);
  CHECK_FALSE(snapshot.views[0].inputs[0].complete);
}

TEST_CASE("gzip: what grows beyond all measure is refused") {
  const Folder folder;
  Folder::write("bomb.ldf.gz", gzipped(entry("One") + std::string(4U << 20, 'x')));
  FolderOptions options = naming({"bomb.ldf.gz"});
  options.max_file_bytes = 1U << 20;
  const Snapshot snapshot = collect(options);
  CHECK(snapshot.inputs[0].lost_records);
  CHECK(has_problem(snapshot.inputs[0], "larger than 1048576 bytes"));
  CHECK(snapshot.views.empty());
}
