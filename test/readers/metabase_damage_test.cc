// Damaged metabase files: what is kept, and which lines are reported.
#include <algorithm>

#include "readers/metabase_reading.h"

namespace exaudit::test {

TEST_CASE("metabase_xml: a key with a missing quote is skipped, the next one is read") {
  const Read read = read_body(key("/LM/a") + "<IIsConfigObject Location =\"/LM/b\n\tX=\"1\"\n>\n" +
                              custom("P", "v") + "</IIsConfigObject>\n" + key("/LM/c"));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/c"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{7});
  CHECK(read.input.problems[0].message.find("line 8") != std::string::npos);
}

TEST_CASE("metabase_xml: a key whose tag does not end is skipped, the next one is read") {
  for (const auto* tag : {"<IIsConfigObject Location =\"/LM/b\"\n", "<IIsConfigObject Location =\"/LM/b\n",
                          "<IIsConfigObject Location =/LM/b>\n", "<IIsConfigObject Location \"/LM/b\">\n",
                          "<IIsConfigObject>\n", "<IIsConfigObject Location =\"\">\n",
                          "<IIsConfigObject Location =\"/LM/b\" X=\"1\" X=\"2\">\n",
                          "<IIsConfigObject Location =\"/LM/&b;\">\n"}) {
    CAPTURE(tag);
    const Read read =
        read_body(key("/LM/a") + tag + custom("P", "v") + "</IIsConfigObject>\n" + key("/LM/c"));
    CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/c"});
    CHECK(read.metabase.lost_records);
    CHECK(read.lines() == std::vector<std::uint32_t>{7});
  }
}

TEST_CASE("metabase_xml: one damaged property keeps its name, its neighbours keep their values") {
  const std::vector<std::string> damaged = {"<Custom Name=\"MD_0\" ID=\"0\" Value=\"x\n/>\n",  // quote
                                            "<Custom Name=\"MD_0\" ID=\"0\" Value=x\"/>\n",
                                            "<Custom Name=\"MD_0\" ID=\"0\" Value=\"x\"\n",  // "/>"
                                            "<Custom Name=\"MD_0\" ID=\"0\" Value=\"x<y\"/>\n",
                                            "<Custom Name=\"MD_0\" ID=\"0\" ID=\"1\" Value=\"x\"/>\n",
                                            std::string("<Custom Name=\"MD_0\" Value=\"x\0y\"/>\n", 33)};
  for (const std::string& tag : damaged) {
    CAPTURE(tag);
    const Read read = read_body(key("/LM/a", custom("P", "v") + tag + custom("Q", "w")));
    CHECK(read.property("/LM/a", "P").values == Values{"v"});
    CHECK(read.property("/LM/a", "Q").values == Values{"w"});
    const MetabaseProperty& property = read.property("/LM/a", "MD_0");
    CHECK_FALSE(property.readable);
    CHECK(property.values.empty());
    CHECK(property.line == 12);
    CHECK_FALSE(read.input.complete);
    CHECK(read.lines()[0] == 12);
  }
  const Read read = read_body(key("/LM/a", custom("P", "v") + damaged[0] + custom("Q", "w")));
  CHECK_FALSE(read.metabase.lost_records);
}

TEST_CASE("metabase_xml: a damaged property without a name makes absence unprovable") {
  const Read read =
      read_body(key("/LM/a", "<Custom Name=\"MD_0 ID=\"0\" Value=\"x\"/>\n" + custom("Q", "w")));
  CHECK(read.metabase.find("/LM/a")->properties.size() == 1);
  CHECK(read.property("/LM/a", "Q").values == Values{"w"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{6});
}

TEST_CASE("metabase_xml: a hole in the file is reported whatever it takes away") {
  // end of one key and beginning of the next
  Read read = read_body("<IIsSmtpService Location =\"/LM/a\" X=\"1\">\n" + custom("Q", "w") +
                        "</IIsSmtpServer>\n" + key("/LM/c"));
  CHECK_FALSE(read.property("/LM/a", "Q").readable);
  CHECK_FALSE(read.property("/LM/a", "X").readable);
  CHECK(read.property("/LM/a", "X").values.empty());
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{11});
  // the end only
  read = read_body("<IIsSmtpService Location =\"/LM/a\" X=\"1\">\n" + key("/LM/c"));
  CHECK(read.property("/LM/a", "X").values == Values{"1"});
  CHECK(read.has("/LM/c"));
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{5});
  // the beginning only
  read = read_body(custom("Q", "w") + "</IIsConfigObject>\n" + key("/LM/c"));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/c"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{4, 10});
  // within an end tag
  read = read_body(key("/LM/a").substr(0, 43) + "\n" + key("/LM/c"));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/c"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{6});
  // within a tag: what is left of it is text
  read = read_body("\tID=\"7\"/>\n" + key("/LM/c"));
  CHECK(read.has("/LM/c"));
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{4});
  // the beginning of the file
  read = read_raw(key("/LM/c") + std::string(kTail));
  CHECK(read.has("/LM/c"));
  CHECK(read.metabase.lost_records);
  CHECK(read.lines()[0] == 1);
}

TEST_CASE("metabase_xml: an end that is missing is reported") {
  const std::string whole = std::string(kHead) + key("/LM/a", custom("P", "v"));
  Read read = read_raw(whole);
  CHECK(read.property("/LM/a", "P").values == Values{"v"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{13});

  read = read_raw(whole + "</MBProperty>\n");  // every key is there
  CHECK_FALSE(read.metabase.lost_records);
  CHECK_FALSE(read.input.complete);

  read = read_raw("");
  CHECK(read.metabase.keys().empty());
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{1});
}

TEST_CASE("metabase_xml: zeros behind the end, as a crash leaves them, take nothing away") {
  const Read read = read_raw(fixture("metabase_xml/binding.xml") + std::string(4096, '\0'));
  CHECK(read.metabase.keys().size() == 7);
  CHECK_FALSE(read.metabase.lost_records);
  CHECK(read.lines().size() == 1);
}

TEST_CASE("metabase_xml: two root elements are reported") {
  const Read read =
      read_raw(fmt::format("{}{}{}{}{}{}", kHead, key("/LM/a"), kTail, kHead, key("/LM/b"), kTail));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/b"});
  CHECK(read.metabase.lost_records);
  CHECK(read.lines() == std::vector<std::uint32_t>{10});
}

TEST_CASE("metabase_xml: bytes that are not UTF-8 are reported and not taken for a value") {
  const Read read = read_body(key("/LM/a", custom("P", "B\xFCro") + custom("Q", "B\xC3\xBCro")) +
                              key("/LM/\xFC") + key("/LM/c", custom("P", "surrogate &#xD800;")));
  CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/c"});
  CHECK_FALSE(read.property("/LM/a", "P").readable);
  CHECK(read.property("/LM/a", "P").values.empty());
  CHECK(read.property("/LM/a", "Q").values == Values{"B\xC3\xBCro"});
  CHECK_FALSE(read.property("/LM/c", "P").readable);
  CHECK(read.metabase.lost_records);
  const std::vector<std::uint32_t> lines = read.lines();
  for (const std::uint32_t line : {9U, 19U, 27U}) CHECK(std::count(lines.begin(), lines.end(), line) > 0);
}

TEST_CASE("metabase_xml: comments, CDATA and declarations that do not end cost at most what they enclose") {
  const Read comment = read_body("<!-- " + key("/LM/a") + " -->\n" + key("/LM/b"));
  CHECK(comment.intact());
  CHECK(paths(comment.metabase) == std::set<std::string>{"/LM/b"});
  for (const auto* open : {"<!--", "<![CDATA[", "<?php", "<!DOCTYPE [", "<!ENTITY \"", "<", "< >", "&"}) {
    CAPTURE(open);
    const Read read = read_body(key("/LM/a") + open + "\n" + key("/LM/b") + open + "\n" + key("/LM/c"));
    CHECK(paths(read.metabase) == std::set<std::string>{"/LM/a", "/LM/b", "/LM/c"});
    CHECK(read.metabase.lost_records);
    const std::vector<std::uint32_t> lines = read.lines();
    CHECK(lines == std::vector<std::uint32_t>{7, 11});
  }
}

TEST_CASE("metabase_xml: nesting costs nothing and is reported") {
  std::string body;
  for (int i = 0; i < 200; ++i) body += fmt::format("<IIsConfigObject Location =\"/LM/{}\">\n", i);
  for (int i = 0; i < 200; ++i) body += "</IIsConfigObject>\n";
  Read read = read_body(body + key("/LM/last"));
  CHECK(read.metabase.keys().size() == 201);
  CHECK(read.metabase.lost_records);
  CHECK(read.input.problems.size() + read.input.more_problems == 199);
  CHECK(read.lines()[0] == 5);

  body.clear();
  for (int i = 0; i < 100'000; ++i) body += "<a>";
  read = read_body(body + "\n" + key("/LM/last"));
  CHECK(read.has("/LM/last"));
  CHECK(read.metabase.lost_records);
}

TEST_CASE("metabase_xml: cut anywhere, what is read is true and what is missing is reported") {
  const std::string whole = fixture("metabase_xml/binding.xml");
  const Read all = read_raw(whole);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n);
    const Read cut = read_raw(whole.substr(0, n));
    for (const MetabaseKey& key : cut.metabase.keys()) {
      const MetabaseKey* original = all.metabase.find(key.path);
      REQUIRE(original);
      CHECK(original->path == key.path);
      for (const MetabaseProperty& property : key.properties) {
        REQUIRE(original->find(property.name));
        if (property.readable) CHECK(original->find(property.name)->values == property.values);
      }
    }
    if (cut.metabase.keys().size() < all.metabase.keys().size()) CHECK(cut.metabase.lost_records);
  }
}

TEST_CASE("metabase_xml: one changed byte never makes a key or a property disappear unnoticed") {
  const std::string whole = fixture("metabase_xml/binding.xml");
  const Read all = read_raw(whole);
  const std::set<std::string> expected = paths(all.metabase);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    for (const char c : {'"', '<', '>', 'x', '\0'}) {
      std::string bytes = whole;
      bytes[n] = c;
      const Read read = read_raw(bytes);
      const std::set<std::string> found = paths(read.metabase);
      if (read.metabase.lost_records) continue;
      CAPTURE(n);
      CAPTURE(c);
      if (found.size() <
          expected.size()) {  // renamed to one that is there; renamed otherwise, nothing in the text can tell
        CHECK_FALSE(read.input.problems.empty());
        continue;
      }
      for (const std::string& path : found) {
        if (expected.count(path) == 0) continue;
        CHECK(read.metabase.find(path)->properties.size() == all.metabase.find(path)->properties.size());
      }
    }
  }
}

}  // namespace exaudit::test
