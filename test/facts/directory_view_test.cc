#include "facts/directory_view.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "support/ldif_reading.h"

namespace {

using exaudit::base::Guid;
using exaudit::facts::DirectoryView;
using exaudit::facts::Entry;
using exaudit::facts::Observed;
using exaudit::test::LdifReading;
using exaudit::test::problems_of;
using exaudit::test::read_texts;
using exaudit::test::remarks;

constexpr std::string_view kRoot = "CN=Configuration,DC=contoso,DC=test";
constexpr std::string_view kRootKey = "cn=configuration,dc=contoso,dc=test";
constexpr std::string_view kGuidBase64 =
    "US9/Z/F+I0ayfoasxUmCAQ==";  // {677F2F51-7EF1-4623-B27E-86ACC5498201}

// An entry of the configuration naming context; `below` as in "CN=MAIL1,CN=Servers".
std::string entry(std::string_view below, std::string_view lines = "") {
  return fmt::format("dn: {},{}\nobjectClass: container\n{}\n", below, kRoot, lines);
}

std::string key(std::string_view below) { return fmt::format("{},{}", below, kRootKey); }

const Entry& find(const DirectoryView& view, std::string_view below) {
  const Entry* found = view.find(key(below));
  REQUIRE_MESSAGE(found != nullptr, below);
  return *found;
}

// Everything a view tells, in one text.
std::string picture(const LdifReading& reading) {
  std::string out;
  for (const DirectoryView& view : reading.views) {
    out += fmt::format("view {}\n", view.name);
    for (const Entry& each : view.entries()) {
      out += fmt::format("{} {}{}{}\n", each.dn, each.read_whole, each.deleted, each.damaged);
      for (const auto& attribute : each.attributes) {
        std::vector<std::string> values;
        for (const auto& value : attribute.values) values.emplace_back(value.bytes);
        std::sort(values.begin(), values.end());
        out += fmt::format("  {}: {}\n", attribute.name, fmt::join(values, "|"));
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("view: entries are found by key, GUID and place") {
  const auto reading = read_texts({entry("CN=B,CN=A", fmt::format("objectGUID:: {}\n", kGuidBase64)) +
                                   entry("CN=A") + entry("CN=A-1") + entry("CN=C,CN=B,CN=A")});
  const DirectoryView& view = reading.view();
  CHECK(view.find("cn=a") == nullptr);
  CHECK(view.find(*Guid::parse("{677F2F51-7EF1-4623-B27E-86ACC5498201}")) == &find(view, "cn=b,cn=a"));
  REQUIRE(view.descendants(key("cn=a")).size() == 2);
  CHECK(view.descendants(key("cn=a"))[0].key == key("cn=b,cn=a"));
  CHECK(view.descendants(key("cn=c,cn=b,cn=a")).empty());
  CHECK(view.descendants("").size() == 4);
  CHECK(view.children(key("cn=a")).size() == 1);
  CHECK(view.children(kRootKey).size() == 2);
  CHECK(view.children(key("cn=nowhere")).empty());
}

TEST_CASE(
    "view: a container was read when a child is there, or it and something two levels below its parent") {
  const auto read = [](std::string_view below, const std::vector<std::string>& texts) {
    const auto reading = read_texts(texts);
    return reading.view().container_read(key(below));
  };
  CHECK(read("cn=a", {entry("CN=B,CN=A")}));
  CHECK(read("cn=a", {entry("CN=A") + entry("CN=C,CN=B")}));  // an uncle's child: the search went that deep
  CHECK(read("cn=b,cn=a", {entry("CN=B,CN=A") + entry("CN=D,CN=C,CN=A")}));
  CHECK_FALSE(read("cn=a", {entry("CN=A")}));                  // a base search
  CHECK_FALSE(read("cn=a", {entry("CN=A") + entry("CN=B")}));  // a one-level search above it
  CHECK_FALSE(read("cn=a", {entry("CN=C,CN=B")}));             // the container itself is not there
  CHECK_FALSE(read("cn=a", {entry("CN=C,CN=B,CN=A")}));  // a grandchild says nothing about the other children
  // Of several inputs one must show both.
  CHECK_FALSE(read("cn=a", {entry("CN=A"), entry("CN=C,CN=B")}));
  CHECK(read("cn=a", {entry("CN=A"), entry("CN=B,CN=A")}));
}

TEST_CASE("view: an input that lost a record proves no absence") {
  const std::string lost = "description: belongs to nothing\n\n";
  const auto damaged = read_texts({entry("CN=B,CN=A") + lost});
  CHECK(damaged.input().lost_records);
  CHECK_FALSE(damaged.view().container_read(key("cn=a")));
  const auto cut = read_texts({entry("CN=B,CN=A") + "search: 2\nresult: 4 Size limit exceeded\n"});
  CHECK_FALSE(cut.view().container_read(key("cn=a")));
  // Another, complete input still does.
  const auto both = read_texts({entry("CN=B,CN=A") + lost, entry("CN=C,CN=A")});
  CHECK(both.view().container_read(key("cn=a")));
  // A value that was lost is no lost record.
  const auto value = read_texts({entry("CN=B,CN=A", "homeMTA:: !\n")});
  CHECK_FALSE(value.input().complete);
  CHECK(value.view().container_read(key("cn=a")));
}

namespace {

Observed observed(std::string_view attribute, std::string_view lines, std::string_view others = "") {
  const auto reading = read_texts({entry("CN=A", lines) + std::string(others)});
  const DirectoryView& view = reading.view();
  return view.observed(find(view, "cn=a"), attribute);
}

}  // namespace

TEST_CASE("view: an attribute is present, absent or not observed") {
  CHECK(observed("homeMTA", "homeMTA: CN=x\n") == Observed::present);
  CHECK(observed("HOMEMTA", "homemta: CN=x\n") == Observed::present);
  CHECK(observed("homeMTA", "") == Observed::not_observed);
  CHECK(observed("homeMTA", "homeMTA:\n") == Observed::not_observed);  // no directory holds empty values

  SUBCASE("an entry that carries two kinds of bookkeeping attributes was read whole") {
    CHECK(observed("homeMTA", "instanceType: 4\nuSNCreated: 1\n") == Observed::absent);
    CHECK(observed("homeMTA", "whenChanged: 20040511083000.0Z\nobjectCategory: CN=x\n") == Observed::absent);
    CHECK(observed("homeMTA", "distinguishedName: CN=A\nuSNChanged: 2\n") == Observed::absent);
    CHECK(observed("homeMTA", "instanceType: 4\n") == Observed::not_observed);
    CHECK(observed("homeMTA", "uSNCreated: 1\nuSNChanged: 2\n") == Observed::not_observed);  // one kind
    CHECK(observed("homeMTA", "whenCreated: x\nwhenChanged: x\n") == Observed::not_observed);
  }
  SUBCASE("what a global catalog lacks is absent only where something else that it lacks is there") {
    constexpr std::string_view kWhole = "instanceType: 4\nuSNCreated: 1\n";
    CHECK(observed("serialNumber", kWhole) == Observed::not_observed);
    CHECK(observed("serialNumber", fmt::format("{}msExchEDBFile: x\n", kWhole)) == Observed::absent);
    CHECK(observed("serialNumber", fmt::format("{}homeMDB: CN=x\n", kWhole)) == Observed::not_observed);
  }
  SUBCASE("another entry of the view carries it") {
    CHECK(observed("homeMTA", "", entry("CN=B", "homeMTA: CN=x\n")) == Observed::absent);
    CHECK(observed("homeMTA", "", entry("CN=B", "homeMDB: CN=x\n")) == Observed::not_observed);
    CHECK(observed("homeMTA", "", entry("CN=B", "homeMTA:: !\n")) == Observed::not_observed);
    CHECK(observed("serialNumber", "", entry("CN=B", "serialNumber: Version 6.5\n")) == Observed::absent);
  }
  SUBCASE("the file says which attributes were asked for") {
    CHECK(observed("homeMTA", "", "# requesting: cn homeMTA \n") == Observed::absent);
    CHECK(observed("homeMTA", "", "# requesting: cn HOMEMTA\n") == Observed::absent);
    CHECK(observed("homeMDB", "", "# requesting: cn homeMTA\n") == Observed::not_observed);
    CHECK(observed("homeMTA", "", "# requesting: cn home\n MTA\n") == Observed::absent);  // folded
    CHECK(observed("homeMTA", "", "# requesting: ALL\n") == Observed::absent);
    CHECK(observed("homeMTA", "", "# requesting: * +\n") == Observed::absent);
    CHECK(observed("homeMTA", "", "# requesting: +\n") == Observed::not_observed);
    // Two searches in one file.
    CHECK(observed("homeMTA", "", "# requesting: ALL\n# requesting: cn\n") == Observed::not_observed);
    CHECK(observed("homeMTA", "", "# requesting: cn\n# requesting: ALL\n") == Observed::not_observed);
    CHECK(observed("homeMTA", "", "# requesting: cn homeMTA\n# requesting: ALL\n") == Observed::absent);
    CHECK(observed("homeMTA", "", "# requesting: cn homeMTA\n# requesting: cn\n") == Observed::not_observed);
    CHECK(observed("homeMTA", "", "# requesting: ALL\n# requesting: ALL\n") == Observed::absent);
    CHECK(observed("homeMTA", "", "# filter: homeMTA\n") == Observed::not_observed);
  }
  SUBCASE("a line that could not be read leaves its attribute, or all, open") {
    CHECK(observed("homeMTA", "instanceType: 4\nuSNCreated: 1\nhomeMTA:: !\n") == Observed::not_observed);
    CHECK(observed("homeMTA", "instanceType: 4\nuSNCreated: 1\nhomeMTA:< file:///etc/passwd\n") ==
          Observed::not_observed);
    CHECK(observed("homeMDB", "instanceType: 4\nuSNCreated: 1\nhomeMTA:: !\n") == Observed::absent);
    CHECK(observed("homeMDB", "instanceType: 4\nuSNCreated: 1\nwhat is this\n") == Observed::not_observed);
    CHECK(observed("homeMTA", "homeMTA: CN=x\nwhat is this\n") == Observed::present);
    CHECK(observed("homeMTA", "homeMTA: CN=x\nhomeMTA:: !\n") == Observed::present);
  }
}

TEST_CASE("view: the attributes that were asked for count for the entries of that input only") {
  const auto reading =
      read_texts({"# requesting: cn homeMTA\n" + entry("CN=A"), entry("CN=B", "description: x\n")});
  const DirectoryView& view = reading.view();
  CHECK(view.observed(find(view, "cn=a"), "homeMTA") == Observed::absent);
  CHECK(view.observed(find(view, "cn=b"), "homeMDB") == Observed::not_observed);
}

TEST_CASE("view: attribute options and ranges") {
  const auto reading = read_texts(
      {entry("CN=A", "homeMDBBL;range=0-1: CN=x\nhomeMDBBL;range=0-1: CN=y\nHomeMDBBL;range=2-*: CN=z\n") +
       entry("CN=B", "homeMDBBL;range=0-1499: CN=x\n")});
  const DirectoryView& view = reading.view();
  const auto* whole = find(view, "cn=a").find("homeMDBBL");
  REQUIRE(whole != nullptr);
  CHECK(whole->values.size() == 3);
  CHECK(find(view, "cn=b").find("homemdbbl")->partial_range);
}

TEST_CASE("view: the most specific structural class, whatever the order of the values") {
  const auto type = [](std::string_view values) {
    std::string text = fmt::format("dn: CN=A,{}\n", kRoot);
    for (const std::string_view value : exaudit::base::split(values, ' '))
      text += fmt::format("objectClass: {}\n", value);
    const auto reading = read_texts({text});
    return std::string(reading.view().entries().front().structural_class());
  };
  CHECK(type("top msExchConnector mailGateway") == "mailGateway");
  CHECK(type("mailGateway msExchConnector top") == "mailGateway");
  CHECK(type("mailGateway msExchRoutingSMTPConnector top") == "msExchRoutingSMTPConnector");
  CHECK(type("msExchBaseClass mailGateway") == "mailGateway");
  CHECK(type("TOP MAILGATEWAY") == "MAILGATEWAY");
  CHECK(type("top container fabrikamGateway") == "container");
  CHECK(type("top fabrikamGateway") == "fabrikamGateway");  // nothing known but the abstract class
}

TEST_CASE("view: deleted objects") {
  const auto reading = read_texts(
      {entry("CN=A", "isDeleted: TRUE\n") +
       entry("CN=B\\0ADEL:677f2f51-7ef1-4623-b27e-86acc5498201,CN=Deleted Objects") +
       entry("CN=C", "isDeleted: FALSE\n") + entry("CN=D\\0ACNF:677f2f51-7ef1-4623-b27e-86acc5498201")});
  const DirectoryView& view = reading.view();
  std::vector<std::string> deleted;
  for (const Entry& each : view.entries()) {
    if (each.deleted) deleted.emplace_back(each.key.substr(0, 4));
  }
  CHECK(fmt::format("{}", fmt::join(deleted, " ")) == "cn=a cn=b");
}

TEST_CASE("view: one record of two for the same DN counts, the one changed last") {
  const auto reading = read_texts({entry("CN=A", "uSNChanged: 9\ncn: old\ndescription: fuller\nl: x\n") +
                                   entry("cn = a", "uSNChanged: 10\ncn: new\n")});
  CHECK(reading.view().entries().size() == 1);
  CHECK(find(reading.view(), "cn=a").first("cn") == "new");
  CHECK(remarks(reading.input(), 8, "appears again (first on line 1); the record that was changed last"));
  CHECK(reading.input().complete);

  const auto times = read_texts({entry("CN=A", "whenChanged: 20040511083000.0Z\ncn: new\n") +
                                 entry("CN=A", "whenChanged: 20031231083000.0Z\ncn: old\nl: x\n")});
  CHECK(find(times.view(), "cn=a").first("cn") == "new");

  const auto same = read_texts({entry("CN=A", "cn: a\n") + entry("CN=A", "cn: a\n")});
  CHECK(problems_of(same.input()) ==
        std::vector<std::string>{fmt::format("5: \"CN=A,{}\" appears again (first on line 1)", kRoot)});
}

TEST_CASE("view: one object under two names is one object") {
  const auto named = [](std::string_view below, std::string_view more) {
    return entry(below, fmt::format("objectGUID:: {}\n{}", kGuidBase64, more));
  };
  SUBCASE("the one changed last names it, and both names find it") {
    for (const bool swapped : {false, true}) {
      const std::string old_text = named("CN=A", "uSNChanged: 5\n");
      const std::string new_text = named("CN=B", "uSNChanged: 6\n");
      const auto reading = read_texts({swapped ? new_text + old_text : old_text + new_text});
      REQUIRE(reading.view().entries().size() == 1);
      CHECK(reading.view().entries().front().key == key("cn=b"));
      CHECK(reading.view().find(key("cn=a")) == reading.view().find(key("cn=b")));
    }
  }
  SUBCASE("without a time the smaller name stands, however much the other record tells") {
    const auto reading = read_texts({named("CN=B", "description: fuller\n") + named("CN=A", "")});
    REQUIRE(reading.view().entries().size() == 1);
    CHECK(reading.view().entries().front().key == key("cn=a"));
  }
  SUBCASE("three names") {
    const auto reading = read_texts({named("CN=A", "uSNChanged: 5\n") + named("CN=B", "uSNChanged: 7\n"),
                                     named("CN=C", "uSNChanged: 6\n")});
    REQUIRE(reading.view().entries().size() == 1);
    for (const char* name : {"cn=a", "cn=b", "cn=c"}) CHECK(find(reading.view(), name).key == key("cn=b"));
  }
  SUBCASE("the zero GUID names nothing") {
    const std::string zero = "objectGUID:: AAAAAAAAAAAAAAAAAAAAAA==\n";
    CHECK(read_texts({entry("CN=A", zero) + entry("CN=B", zero)}).view().entries().size() == 2);
  }
}

TEST_CASE("view: files of one folder form one view unless they contradict each other") {
  const std::string a = entry("CN=A", "cn: a\n");
  const std::string b = entry("CN=B", "cn: b\n");
  SUBCASE("different objects") { CHECK(read_texts({a, b}).views.size() == 1); }
  SUBCASE("the same object, equal but for the order of lines and letter case of names") {
    const auto reading =
        read_texts({a, fmt::format("dn: CN=a,{}\nCN: a\nobjectclass: container\n", kRoot), b});
    CHECK(reading.views.size() == 1);
    CHECK(reading.view().entries().size() == 2);
  }
  SUBCASE("the same object with other content splits the two, and the third input stays the view") {
    const auto reading = read_texts({a, b, entry("CN=A", "cn: other\n")});
    REQUIRE(reading.views.size() == 3);
    CHECK(reading.views[0].name == "directory");
    CHECK(reading.views[0].entries().size() == 1);
    CHECK(reading.views[1].name == "1.ldf");
    CHECK(reading.views[2].name == "3.ldf");
    CHECK(remarks(reading.inputs[2], 1, "stands in \"1.ldf\" with different content"));
    CHECK(reading.inputs[2].complete);
  }
  SUBCASE("a record that was changed since, in the same file, is no contradiction") {
    const auto reading =
        read_texts({entry("CN=A", "uSNChanged: 1\ncn: old\n") + entry("CN=A", "uSNChanged: 2\ncn: a\n"),
                    entry("CN=A", "uSNChanged: 2\ncn: a\n")});
    CHECK(reading.views.size() == 1);
  }
}

TEST_CASE("view: recipients are counted, linked and told from other domain objects") {
  const auto reading =
      read_texts({"dn: CN=One,OU=Staff,DC=contoso,DC=test\nhomeMDB: CN=Store\nhomeMTA: "
                  "CN=MTA\nmsExchHomeServerName: /o=x\nmailNickname: one\n\n"
                  "dn: CN=Two,OU=Staff,DC=contoso,DC=test\nmailNickname: two\ntargetAddress: "
                  "SMTP:two@fabrikam.test\nmsExchMailboxGuid:: AA==\n\n"
                  "dn: CN=Three,OU=Staff,DC=contoso,DC=test\nproxyAddresses: SMTP:three@contoso.test\n\n"
                  "dn: CN=Four,OU=Staff,DC=contoso,DC=test\nmail: four@contoso.test\n\n"
                  "dn: CN=Five,OU=Staff,DC=contoso,DC=test\nmailNickname: five\nisDeleted: TRUE\n\n"
                  "dn: CN=Six\\0ADEL:677f2f51-7ef1-4623-b27e-86acc5498201,CN=Deleted "
                  "Objects,DC=contoso,DC=test\nmailNickname: six\n\n"
                  "dn: CN=ms-Exch-Home-MDB,CN=Schema,CN=Configuration,DC=contoso,DC=test\ncn: x\n\n"});
  const DirectoryView& view = reading.view();
  CHECK(view.other_objects == 4);
  CHECK(view.entries().empty());
  std::vector<std::string> lines;
  view.each_recipient([&](std::uint32_t, const exaudit::facts::Recipient& row) {
    const auto& at = view.recipients().placements()[row.placement];
    lines.push_back(fmt::format("{} [{}|{}|{}] {}", row.line, at.home_mdb, at.home_mta, at.home_server,
                                row.is(exaudit::facts::Recipient::mailbox_enabled)));
  });
  std::sort(lines.begin(), lines.end());
  CHECK(lines == std::vector<std::string>{"1 [CN=Store|CN=MTA|/o=x] true", "12 [||] false", "7 [||] false"});
}

TEST_CASE("view: system mailboxes and the domains whose system objects were read") {
  constexpr std::string_view kObjects = "CN=Microsoft Exchange System Objects,DC=contoso,DC=test";
  const auto mailbox = [&](std::string_view rdn) {
    return fmt::format("dn: CN={},{}\ncn: x\n\n", rdn, kObjects);
  };
  const std::string container = fmt::format("dn: {}\ncn: x\n\n", kObjects);
  const auto domains = [](const std::vector<std::string>& texts) {
    return read_texts(texts).view().system_objects_read;
  };

  const auto reading =
      read_texts({container + mailbox("SystemMailbox{677F2F51-7EF1-4623-B27E-86ACC5498201}") +
                  mailbox("systemmailbox{677f2f51-7ef1-4623-b27e-86acc5498202}") + mailbox("SystemMailbox") +
                  mailbox("SystemMailbox{677F2F51-7EF1-4623-B27E-86ACC5498203}\\0ADEL:677f2f51-7ef1-4623-"
                          "b27e-86acc5498204")});
  REQUIRE(reading.view().system_mailboxes.size() == 2);
  CHECK(reading.view().system_mailboxes[0].store.text() == "{677F2F51-7EF1-4623-B27E-86ACC5498201}");
  CHECK(reading.view().system_mailboxes[0].domain_key == "dc=contoso,dc=test");
  CHECK(reading.view().system_objects_read == std::vector<std::string>{"dc=contoso,dc=test"});

  CHECK(domains({mailbox("x")}).size() == 1);
  CHECK(domains({container + "dn: CN=x,CN=Users,DC=contoso,DC=test\ncn: x\n\n"}).size() == 1);
  CHECK(domains({container}).empty());
  CHECK(domains({container + "dn: CN=Users,DC=contoso,DC=test\ncn: x\n\n"}).empty());
  CHECK(domains({mailbox("x") + "result: 4\n"}).empty());
}

TEST_CASE("view: the order of records and of inputs changes nothing but the names of views") {
  std::vector<std::string> records = {
      entry("CN=A", "homeMTA: CN=x\n"),
      entry("CN=B,CN=A", fmt::format("objectGUID:: {}\nuSNChanged: 3\n", kGuidBase64)),
      entry("CN=C,CN=A", fmt::format("objectGUID:: {}\nuSNChanged: 3\n", kGuidBase64)),
      entry("CN=D", "cn: one\n"),
      entry("CN=D", "cn: two\n"),
      entry("CN=E", "uSNChanged: 7\n"),
      entry("CN=E", "uSNChanged: 8\n"),
      entry("CN=F\\, G", "instanceType: 4\nuSNChanged: 8\n"),
  };
  std::sort(records.begin(), records.end());
  const auto text = [&] { return fmt::format("{}", fmt::join(records, "")); };
  const std::string expected = picture(read_texts({text()}));
  for (int round = 0; round < 200; ++round) {
    std::next_permutation(records.begin(), records.end());
    std::rotate(records.begin(), records.begin() + 3, records.end());
    CHECK(picture(read_texts({text()})) == expected);
  }
  // Two files with the same records, one of which says what was asked for.
  const std::string plain = entry("CN=A", "cn: a\n");
  const std::string asked = "# requesting: ALL\n" + plain;
  CHECK(picture(read_texts({plain, asked})) == picture(read_texts({asked, plain})));
  CHECK(read_texts({plain, asked}).view().entries().front().read_whole);
}
