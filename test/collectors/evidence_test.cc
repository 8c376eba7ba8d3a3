#include "collectors/evidence.h"

#include "collectors/case_folder.h"

using namespace exaudit::test;
using exaudit::collectors::add_folder;
using exaudit::collectors::Evidence;

namespace {

Input named(std::string path, std::string machine = "") {
  Input input;
  input.path = std::move(path);
  input.machine = std::move(machine);
  return input;
}

}  // namespace

TEST_CASE("evidence: what several collectors add becomes one snapshot") {
  const Folder here;
  Folder::write("one/directory/dc1.ldf", entry("A"));
  Folder::write("one/servers/MAIL1/ehlo.txt", greeting("mail1.example.test"));
  Folder::write("two/directory/dc1.ldf", entry("B"));
  Folder::write("two/servers/mail1/ehlo.txt", greeting("mail1.example.test"));
  Evidence evidence;
  CHECK_FALSE(add_folder(naming({"one"}), evidence));
  const auto id = evidence.add_input(named("elsewhere"));
  CHECK(id == 2);
  CHECK_FALSE(add_folder(naming({"two"}), evidence));
  const Snapshot snapshot = std::move(evidence).finish();
  CHECK(paths_of(snapshot) == Names{"one/directory/dc1.ldf", "one/servers/MAIL1/ehlo.txt", "elsewhere",
                                    "two/directory/dc1.ldf", "two/servers/mail1/ehlo.txt"});
  // Names of views differ, facts know their input, and a machine is one whoever collects from it.
  CHECK(view_names(snapshot) == Names{"directory", "two/directory"});
  CHECK(snapshot.inputs[3].view == "two/directory");
  CHECK(snapshot.views[1].inputs.front().id == 3);
  CHECK(machine_names(snapshot) == Names{"MAIL1"});
  REQUIRE(snapshot.machines[0].greetings.size() == 2);
  CHECK(snapshot.machines[0].greetings[1].location.input == 4);
  CHECK(snapshot.inputs[4].machine == "MAIL1");
}

TEST_CASE("evidence: the owner is the place's machine, else the content's, else nobody") {
  Evidence evidence;
  const auto placed = evidence.add_input(named("a", "MAIL1"));
  const auto hinted = evidence.add_input(named("b"));
  const auto unknown = evidence.add_input(named("c"));
  CHECK(evidence.owner(placed, "other").name == "MAIL1");
  CHECK(evidence.owner(hinted, "mail2").name == "mail2");
  CHECK(evidence.owner(unknown, "").name == "?");
  evidence.machine("MAIL3");
  const Snapshot snapshot = std::move(evidence).finish();
  CHECK_FALSE(snapshot.inputs[placed].unattributed);
  CHECK(snapshot.inputs[hinted].machine == "mail2");
  CHECK_FALSE(snapshot.inputs[hinted].unattributed);
  CHECK(snapshot.inputs[unknown].unattributed);
  CHECK(machine_names(snapshot) == Names{"?", "MAIL1", "mail2", "MAIL3"});
}
