#include "collectors/folder.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/sha256.h"
#include "collectors/case_folder.h"
#include "support/evt_writer.h"
#include "support/gzipped.h"
#include "support/hive_writer.h"
#include "support/pe_writer.h"

namespace {

namespace fs = std::filesystem;
using exaudit::collectors::collect_folder;
using exaudit::collectors::FolderOptions;
using exaudit::facts::Input;
using exaudit::facts::InputKind;
using exaudit::facts::Snapshot;
using exaudit::test::collect;
using exaudit::test::entry;
using exaudit::test::event;
using exaudit::test::Folder;
using exaudit::test::greeting;
using exaudit::test::gzipped;
using exaudit::test::has_problem;
using exaudit::test::hive_sz;
using exaudit::test::input_of;
using exaudit::test::machine_names;
using exaudit::test::Names;
using exaudit::test::naming;
using exaudit::test::paths_of;
using exaudit::test::registry;

constexpr std::string_view kMetabase =
    "<?xml version =\"1.0\"?>\r\n<configuration "
    "xmlns=\"urn:microsoft-catalog:XML_Metabase_V64_0\">\r\n<MBProperty>\r\n"
    "<IIsSmtpService\tLocation "
    "=\"/LM/SmtpSvc\"\r\n\t\tSmtpServiceVersion=\"2\"\r\n\t>\r\n</IIsSmtpService>\r\n"
    "</MBProperty>\r\n</configuration>\r\n";
constexpr std::string_view kSchema =
    "<?xml version=\"1.0\"?>\r\n<MetaData xmlns=\"x-urn:microsoft-catalog:MetaData_V7\">\r\n"
    "<DatabaseMeta InternalName=\"METABASE\">\r\n<Collection InternalName=\"MetabaseBaseClass\">\r\n"
    "<Property InternalName=\"KeyType\" ID=\"1002\" "
    "Type=\"STRING\"/>\r\n</Collection></DatabaseMeta></MetaData>\r\n";

}  // namespace

TEST_CASE("folder: every file is listed, in byte order, by what the user named") {
  const Folder folder;
  Folder::write("case/b.txt", "hello\n");
  Folder::write("case/a/z.txt", "hello\n");
  Folder::write("case/B.txt", "hello\n");
  Folder::write("case/.hidden.ldf", entry("One"));
  Folder::write("case/empty", "");
  Folder::write("case/result.json", "{\"format\": \"exaudit-result\", \"version\": 1}\n");
  const Snapshot snapshot = collect({"case/"});
  CHECK(paths_of(snapshot) == Names{"case/.hidden.ldf", "case/B.txt", "case/a/z.txt", "case/b.txt",
                                    "case/empty", "case/result.json"});
  CHECK(snapshot.inputs[0].kind == InputKind::ldif);
  CHECK(snapshot.inputs[0].records == 1);
  CHECK(snapshot.inputs[0].bytes == entry("One").size());
  CHECK(snapshot.inputs[1].kind == InputKind::unknown);
  CHECK(snapshot.inputs[1].complete);
  CHECK(snapshot.inputs[4].kind == InputKind::empty);
  CHECK(snapshot.inputs[5].kind == InputKind::exaudit_output);
  CHECK(snapshot.machines.empty());
  CHECK(snapshot.inputs[0].sha256.empty());
}

TEST_CASE("folder: hashes are of the file as it lies there") {
  const Folder folder;
  Folder::write("a.ldf.gz", gzipped(entry("One")));
  Folder::write("b.txt", "hello\n");
  FolderOptions options = naming({"."});
  options.hash_inputs = true;
  const Snapshot snapshot = collect(options);
  CHECK(input_of(snapshot, "./a.ldf.gz").sha256 == exaudit::base::sha256_hex(gzipped(entry("One"))));
  CHECK(input_of(snapshot, "./b.txt").sha256 == exaudit::base::sha256_hex("hello\n"));
}

TEST_CASE("folder: what is named twice is read once") {
  const Folder folder;
  Folder::write("case/directory/a.ldf", entry("One"));
  fs::create_symlink("case", "link");
  const Snapshot snapshot = collect({"case/directory/a.ldf", "case", "./case/directory", "link"});
  CHECK(paths_of(snapshot) == Names{"case/directory/a.ldf"});
  CHECK(snapshot.views.size() == 1);
}

TEST_CASE("folder: links inside are not followed, loops do not hang") {
  const Folder folder;
  Folder::write("outside/secret.ldf", entry("Two"));
  Folder::write("case/a.ldf", entry("One"));
  fs::create_symlink("../outside", "case/out");
  fs::create_symlink("../outside/secret.ldf", "case/out.ldf");
  fs::create_symlink(".", "case/loop");
  fs::create_symlink("a.ldf", "case/same.ldf");
  fs::create_symlink("nowhere", "case/dangling");
  fs::create_symlink("self", "case/self");
  const Snapshot snapshot = collect({"case"});
  CHECK(paths_of(snapshot) == Names{"case/a.ldf", "case/dangling", "case/out", "case/out.ldf", "case/self"});
  for (const char* path : {"case/dangling", "case/out", "case/out.ldf", "case/self"}) {
    const Input& input = input_of(snapshot, path);
    CAPTURE(path);
    CHECK_FALSE(input.complete);
    CHECK(input.bytes == 0);
    CHECK(has_problem(input, "symbolic link"));
  }
  // A link that the user names himself is what he means.
  CHECK(collect({"case/out"}).inputs.front().path == "case/out/secret.ldf");
}

TEST_CASE("folder: pipes and devices are never opened") {
  const Folder folder;
  Folder::write("case/a.ldf", entry("One"));
  REQUIRE(::mkfifo("case/pipe", 0600) == 0);
  const Snapshot snapshot = collect({"case", "/dev/zero"});
  CHECK(has_problem(input_of(snapshot, "case/pipe"), "not opened"));
  CHECK(input_of(snapshot, "case/pipe").complete);
  CHECK(has_problem(input_of(snapshot, "/dev/zero"), "not opened"));
  CHECK_FALSE(input_of(snapshot, "/dev/zero").complete);
}

TEST_CASE("folder: unreadable files and folders are problems, not failures") {
  const Folder folder;
  Folder::write("case/a.ldf", entry("One"));
  Folder::write("case/closed.ldf", entry("Two"));
  Folder::write("case/locked/b.ldf", entry("Three"));
  if (::geteuid() == 0) {
    MESSAGE("root may read everything: not tested");
    return;
  }
  fs::permissions("case/closed.ldf", fs::perms::none);
  fs::permissions("case/locked", fs::perms::none);
  const Snapshot snapshot = collect({"case"});
  fs::permissions("case/locked", fs::perms::owner_all);
  CHECK(paths_of(snapshot) == Names{"case/a.ldf", "case/closed.ldf", "case/locked"});
  CHECK_FALSE(input_of(snapshot, "case/closed.ldf").complete);
  CHECK(has_problem(input_of(snapshot, "case/closed.ldf"), "cannot be opened"));
  CHECK_FALSE(input_of(snapshot, "case/locked").complete);
  CHECK(has_problem(input_of(snapshot, "case/locked"), "cannot be listed"));
}

TEST_CASE("folder: limits are stated where they were met") {
  const Folder folder;
  for (int i = 0; i < 6; ++i) Folder::write(fmt::format("case/{}.txt", i), "hello\n");
  Folder::write("deep/1/2/3/a.txt", "hello\n");
  Folder::write("deep/1/b.txt", "hello\n");
  FolderOptions options = naming({"case"});
  options.max_files = 4;
  const Snapshot many = collect(options);
  CHECK(paths_of(many) == Names{"case/0.txt", "case/1.txt", "case/2.txt", "case/3.txt", "case"});
  CHECK(has_problem(many.inputs.back(), "more than 4 files"));
  CHECK_FALSE(many.inputs.back().complete);

  options = naming({"deep"});
  options.max_depth = 2;
  const Snapshot deep = collect(options);
  CHECK(paths_of(deep) == Names{"deep/1/2", "deep/1/b.txt"});
  CHECK(has_problem(deep.inputs.front(), "deeper than 2"));
  CHECK_FALSE(deep.inputs.front().complete);

  options = naming({"case/0.txt", "deep"});
  options.max_file_bytes = 5;
  CHECK_FALSE(collect_folder(options));
  Folder::write("case/9.ldf", "");
  options.paths.emplace_back("case/9.ldf");
  CHECK(has_problem(collect(options).inputs.front(), "larger than 5 bytes"));
}

TEST_CASE("folder: names may be any bytes") {
  const Folder folder;
  const std::string name = "case/a\n\x1b[31m\xFF.ldf";
  Folder::write(name, entry("One"));
  const Snapshot snapshot = collect({"case"});
  CHECK(paths_of(snapshot) == Names{name});
  CHECK(snapshot.inputs.front().records == 1);
}

TEST_CASE("folder: errors name what is wrong") {
  const Folder folder;
  Folder::write("case/a.ldf", entry("One"));
  fs::create_directory("nothing");
  const auto missing = collect_folder(naming({"case", "cas\x1b"}));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == exaudit::base::ErrorCode::not_found);
  CHECK(missing.error().message == "'cas\\x1B' does not exist");
  CHECK_FALSE(collect_folder(naming({"nothing"})));
  CHECK_FALSE(collect_folder(naming({"/dev/zero"})));

  FolderOptions options = naming({"case"});
  for (const auto& [name, path] :
       {std::pair("MAIL1", "elsewhere"), std::pair("", "case"), std::pair("MAIL1", "nothing")}) {
    options.machines = {{name, path}};
    options.views.clear();
    CHECK_FALSE(collect_folder(options));
    std::swap(options.machines, options.views);
    CHECK_FALSE(collect_folder(options));
  }
}

TEST_CASE("folder: files below servers/ belong to the machine of that folder") {
  const Folder folder;
  Folder::write("case/servers/MAIL1/system.reg", registry());
  Folder::write("case/servers/MAIL1/logs/ehlo.txt", greeting("mail1.contoso.test"));
  Folder::write("case/servers/mail1x/system.reg", registry());
  Folder::write("case/servers/loose.reg", registry());
  Folder::write("case/servers/MAIL3/SYSTEM", "regf" + std::string(5000, '\0'));
  for (const char* named : {"case", "case/servers", "./case/servers/", "case/../case/servers"}) {
    const Snapshot snapshot = collect({named});
    CAPTURE(named);
    CHECK(machine_names(snapshot) == Names{"?", "MAIL1", "mail1x", "MAIL3"});
    CHECK(snapshot.machines[0].registries.size() == 1);
    CHECK(snapshot.machines[1].registries.size() == 1);
    CHECK(snapshot.machines[1].greetings.size() == 1);
    for (const Input& input : snapshot.inputs) {
      const bool loose = input.path.ends_with("loose.reg");
      CHECK(input.unattributed == loose);
      CHECK(input.machine.empty() == loose);
    }
  }
  CHECK(machine_names(collect({"case/servers/MAIL1"})) == Names{"MAIL1"});
  CHECK(machine_names(collect({"case/servers/MAIL1/logs"})) == Names{"MAIL1"});
  CHECK(machine_names(collect({"case/servers/MAIL1/system.reg"})) == Names{"MAIL1"});
  CHECK(machine_names(collect({"case/servers/loose.reg"})) == Names{"?"});
  fs::current_path("case/servers/MAIL1");
  CHECK(machine_names(collect({"."})) == Names{"MAIL1"});
  CHECK(machine_names(collect({"system.reg"})) == Names{"MAIL1"});
  fs::current_path("..");
  CHECK(machine_names(collect({"."})) == Names{"?", "MAIL1", "mail1x", "MAIL3"});
}

TEST_CASE("folder: a folder far above what was named names no machine") {
  const Folder folder;
  Folder::write("servers/box/cases/one/system.reg", registry());
  fs::current_path("servers/box/cases/one");
  CHECK(machine_names(collect({"."})) == Names{"?"});
}

TEST_CASE("folder: letter case of machine names") {
  const Folder folder;
  Folder::write("a/servers/mail1/system.reg", registry());
  Folder::write("b/Servers/MAIL1/system.reg", registry());
  const Snapshot snapshot = collect({"a", "b"});
  CHECK(machine_names(snapshot) == Names{"MAIL1"});
  CHECK(snapshot.machines[0].registries.size() == 2);
  CHECK(snapshot.inputs[0].machine == "MAIL1");
}

TEST_CASE("folder: without a folder the file says whose it is") {
  const Folder folder;
  Folder::write("a.reg", registry("MAIL1"));
  Folder::write("b.txt", event("MAIL2") + event("mail2.contoso.test"));
  Folder::write("c.txt", event("MAIL1") + event("MAIL2"));
  Folder::write("d.txt", greeting("mail3.contoso.test"));
  Folder::write("e.txt", greeting("mail3.contoso.test") + "\r\n" + greeting("mail4.contoso.test"));
  Folder::write("f.txt", greeting("192.0.2.9"));
  const Snapshot snapshot = collect({"."});
  CHECK(input_of(snapshot, "./a.reg").machine == "MAIL1");
  CHECK(input_of(snapshot, "./b.txt").machine == "MAIL2");
  CHECK(input_of(snapshot, "./c.txt").machine.empty());
  CHECK_FALSE(input_of(snapshot, "./c.txt").unattributed);
  CHECK(input_of(snapshot, "./d.txt").machine == "mail3");
  CHECK(input_of(snapshot, "./e.txt").machine.empty());
  CHECK_FALSE(input_of(snapshot, "./e.txt").unattributed);
  CHECK(input_of(snapshot, "./f.txt").unattributed);
  CHECK(machine_names(snapshot) == Names{"?", "MAIL1", "MAIL2", "mail3", "mail4"});
  CHECK(snapshot.machines[3].greetings.size() == 2);
  CHECK(snapshot.machines[0].event_logs.empty());
  CHECK(snapshot.machines[1].event_logs.size() == 1);
  CHECK(snapshot.machines[2].event_logs.size() == 2);
}

TEST_CASE("folder: --machine goes before everything, the longest path wins") {
  const Folder folder;
  Folder::write("case/servers/MAIL1/a.reg", registry("MAIL1"));
  Folder::write("case/servers/MAIL1/b.reg", registry("MAIL1"));
  Folder::write("case/servers-old/c.reg", registry());
  FolderOptions options = naming({"case"});
  options.machines = {{"EXACT", "case/servers/MAIL1/b.reg"}, {"WIDE", "./case/servers"}};
  const Snapshot snapshot = collect(options);
  CHECK(input_of(snapshot, "case/servers/MAIL1/a.reg").machine == "WIDE");
  CHECK(input_of(snapshot, "case/servers/MAIL1/b.reg").machine == "EXACT");
  CHECK(input_of(snapshot, "case/servers-old/c.reg").unattributed);
  CHECK(input_of(snapshot, "case/servers/MAIL1/a.reg").problems.empty());
}

TEST_CASE("folder: a file that names another machine than its folder is noted") {
  const Folder folder;
  Folder::write("servers/CLUSTER1/a.reg", registry("NODE1"));
  Folder::write("servers/mail1.contoso.test/a.reg", registry("MAIL1"));
  const Snapshot snapshot = collect({"servers"});
  const Input& cluster = input_of(snapshot, "servers/CLUSTER1/a.reg");
  CHECK(cluster.machine == "CLUSTER1");
  CHECK(cluster.complete);
  CHECK(has_problem(cluster, "NODE1"));
  CHECK_FALSE(has_problem(input_of(snapshot, "servers/mail1.contoso.test/a.reg"), "names the machine"));
}

TEST_CASE("folder: a metabase gets the schema that lies beside it") {
  const Folder folder;
  Folder::write("servers/MAIL1/A.xml", kMetabase);  // the schema comes later in the folder
  Folder::write("servers/MAIL1/MBSchema.xml", kSchema);
  Folder::write("servers/MAIL2/MetaBase.xml", kMetabase);
  const Snapshot snapshot = collect({"servers"});
  REQUIRE(machine_names(snapshot) == Names{"MAIL1", "MAIL2"});
  REQUIRE(snapshot.machines[0].metabases.size() == 1);
  REQUIRE(snapshot.machines[1].metabases.size() == 1);
  CHECK(snapshot.machines[0].metabases[0].schema_loaded);
  CHECK_FALSE(snapshot.machines[1].metabases[0].schema_loaded);
  CHECK(input_of(snapshot, "servers/MAIL1/MBSchema.xml").machine == "MAIL1");
}

TEST_CASE("folder: binary evidence is read where it lies, from an archive too, and says whose it is") {
  const Folder folder;
  const std::string hive = exaudit::test::HiveWriter::file(
      {"x",
       {},
       {{"ControlSet001",
         {},
         {{"Control", {}, {{"ComputerName", {}, {{"ComputerName", {hive_sz("ComputerName", "MAIL2")}, {}}}}}},
          {"Services", {}, {{"MSExchangeIMC", {}, {}}}}}},
        {"Select", {exaudit::test::hive_dword("Current", 1)}, {}}}});
  exaudit::test::EvtWriter log;
  log.add({"W32Time", 35, {}, 1, 1, "MAIL3"});
  Folder::write("SYSTEM", hive);
  Folder::write("system.gz", gzipped(hive));
  Folder::write("App.evt", log.file());
  Folder::write("servers/MAIL4/Emsmta.exe", exaudit::test::pe_file({false, {{0x50005, 0xA5E0036}}, ""}));
  const Snapshot snapshot = collect({"."});
  REQUIRE(machine_names(snapshot) == Names{"MAIL2", "MAIL3", "MAIL4"});
  REQUIRE(snapshot.machines[0].registries.size() == 2);
  for (const auto& registry : snapshot.machines[0].registries)
    CHECK(registry.exists("HKLM\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC"));
  REQUIRE(snapshot.machines[1].event_logs.size() == 1);
  CHECK(snapshot.machines[1].event_logs[0].records == 1);
  REQUIRE(snapshot.machines[2].files.size() == 1);
  CHECK(snapshot.machines[2].files[0].name == "Emsmta.exe");
  CHECK(snapshot.machines[2].files[0].version->text() == "5.5.2654.54");
  for (const Input& input : snapshot.inputs) CHECK(input.complete);
}

TEST_CASE("folder: damaged binary evidence is a problem of its machine") {
  const Folder folder;
  Folder::write("servers/MAIL1/SYSTEM", "regf" + std::string(5000, '\0'));
  Folder::write("servers/MAIL1/App.evt", std::string("\x30\0\0\0LfLe", 8) + std::string(100, '\0'));
  Folder::write("servers/MAIL1/app.evtx", std::string("ElfFile\0", 8) + std::string(100, '\0'));
  const Snapshot snapshot = collect({"servers"});
  for (const Input& input : snapshot.inputs) {
    CHECK_FALSE(input.complete);
    CHECK(input.lost_records);
    CHECK(input.machine == "MAIL1");
    CHECK_FALSE(input.problems.empty());
  }
}
