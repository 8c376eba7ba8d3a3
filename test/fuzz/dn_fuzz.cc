#include <cstdlib>
#include <string>

#include "facts/dn.h"
#include "fuzz/targets.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// A text is a DN for both ways of reading it or for neither, both give one key, and a key is a DN whose key
// it is.
void exaudit::fuzz::dn(std::string_view bytes) {
  const auto parsed = facts::parse_dn(bytes);
  const auto key = facts::dn_key(bytes);
  require(parsed.has_value() == key.has_value());
  facts::names_deleted_object(bytes);
  facts::demangle(bytes);
  const std::string escaped = facts::child_key("cn", bytes, "dc=test");
  require(facts::depth_of_key(escaped) == 2 && facts::parent_key(escaped) == "dc=test");
  if (!parsed) return;
  require(facts::dn_key(*parsed) == *key);
  require(facts::depth_of_key(*key) == parsed->rdns.size());
  const std::string path = facts::path_of_key(*key);
  require(path.size() == (key->empty() ? 0 : key->size() + 1));
  const std::string below = facts::child_key("cn", "x", *key);
  require(facts::is_below(below, *key) && facts::parent_key(below) == *key &&
          facts::path_of_key(below).starts_with(path));
  if (parsed->rdns.size() == 1 && parsed->rdns[0].size() == 1 &&
      facts::escape_rdn_value(parsed->rdns[0][0].value).size() < facts::kMaxDnBytes / 2) {
    const auto again = facts::parse_dn("CN=" + facts::escape_rdn_value(parsed->rdns[0][0].value));
    require(again && again->rdns[0][0].value == parsed->rdns[0][0].value);
  }
}
