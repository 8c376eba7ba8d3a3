// What the tests of the metabase readers share: small files made of keys, and what became of them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/buffer.h"
#include "readers/readers.h"

namespace exaudit::test {

using exaudit::facts::Input;
using exaudit::facts::Metabase;
using exaudit::facts::MetabaseKey;
using exaudit::facts::MetabaseProperty;
using exaudit::readers::MetabaseSchema;

using Values = std::vector<std::string>;

inline constexpr std::string_view kHead =
    "<?xml version =\"1.0\"?>\n<configuration>\n<MBProperty>\n";  // lines 1 to 3
inline constexpr std::string_view kTail = "</MBProperty>\n</configuration>\n";

struct Read {
  Input input;
  Metabase metabase;

  bool has(std::string_view path) const { return metabase.find(path) != nullptr; }
  const MetabaseProperty& property(std::string_view path, std::string_view name) const {
    const MetabaseKey* key = metabase.find(path);
    REQUIRE(key);
    const MetabaseProperty* property = key->find(name);
    REQUIRE(property);
    return *property;
  }
  std::vector<std::uint32_t> lines() const {
    std::vector<std::uint32_t> out;
    for (const auto& problem : input.problems) out.push_back(problem.line);
    return out;
  }
  bool intact() const { return input.problems.empty() && input.complete && !metabase.lost_records; }
};

inline Read read_raw(std::string_view bytes, const MetabaseSchema& schema = {}) {
  Read read;
  read.metabase = exaudit::readers::read_metabase_xml(bytes, schema, 3, read.input);
  CHECK(read.metabase.lost_records == read.input.lost_records);
  return read;
}

// `body` begins on line 4.
inline Read read_body(std::string_view body, const MetabaseSchema& schema = {}) {
  return read_raw(fmt::format("{}{}{}", kHead, body, kTail), schema);
}

inline std::string key(std::string_view path, std::string_view inside = "") {
  return fmt::format("<IIsConfigObject\tLocation =\"{}\"\n\t>\n{}</IIsConfigObject>\n", path, inside);
}

inline std::string custom(std::string_view name, std::string_view value) {
  return fmt::format(
      "\t<Custom\n\t\tName=\"{}\"\n\t\tID=\"7\"\n\t\tValue=\"{}\"\n\t\tType=\"STRING\"\n\t/>\n", name, value);
}

inline std::string fixture(std::string_view name) {
  const auto buffer =
      exaudit::base::read_file(fmt::format("{}/fixtures/readers/{}", EXAUDIT_SOURCE_DIR, name));
  REQUIRE(buffer);
  return std::string((*buffer)->view());
}

inline MetabaseSchema small_schema() {
  Input input;
  MetabaseSchema schema = exaudit::readers::read_mbschema_xml(fixture("mbschema_xml/small.xml"), input);
  CHECK(input.problems.empty());
  return schema;
}

inline std::set<std::string> paths(const Metabase& metabase) {
  std::set<std::string> out;
  for (const MetabaseKey& key : metabase.keys()) out.insert(key.path);
  return out;
}

}  // namespace exaudit::test
