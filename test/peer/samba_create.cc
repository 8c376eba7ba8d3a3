// Objects of the fixtures, created by LDAP as a directory tool would.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/guid.h"
#include "base/text.h"
#include "facts/dn.h"
#include "ldapschema/ldapschema.h"
#include "peer/samba.h"

namespace exaudit::test {

namespace {

// Given by the server to every object, or computed, or without a meaning on another server.
constexpr std::string_view kServersOwn[] = {"distinguishedname",
                                            "instancetype",
                                            "whencreated",
                                            "whenchanged",
                                            "usncreated",
                                            "usnchanged",
                                            "name",
                                            "objectguid",
                                            "objectsid",
                                            "objectcategory",
                                            "samaccounttype",
                                            "useraccountcontrol",
                                            "memberof",
                                            "replpropertymetadata",
                                            "msds-replattributemetadata"};

std::string key_of(const std::string& dn) { return facts::dn_key(dn).value(); }

bool is_servers_own(std::string_view attribute) {
  const std::string name = base::ascii_lowered(attribute);
  const auto* info = ldapschema::find_attribute(name);
  return (info && info->is_back_link()) ||
         std::find(std::begin(kServersOwn), std::end(kServersOwn), name) != std::end(kServersOwn);
}

bool is_demanded(const Object& object, std::string_view attribute) {
  for (const auto& [name, value] : object.attributes) {
    if (!base::ascii_iequals(name, "objectClass")) continue;
    const auto* info = ldapschema::find_class(value);
    if (!info) continue;
    const auto demanded = base::split(info->must, ' ');
    if (std::any_of(demanded.begin(), demanded.end(),
                    [&](std::string_view each) { return base::ascii_iequals(each, attribute); }))
      return true;
  }
  return false;
}

// An object may name one that comes later: such values are added when all are there.
struct Split {
  Object now, later;
};
Split split(const Object& object) {
  Split out{{object.dn, {}}, {object.dn, {}}};
  for (const auto& [name, value] : object.attributes) {
    if (is_servers_own(name)) continue;
    const auto* info = ldapschema::find_attribute(name);
    const bool is_dn = info && info->syntax == ldapschema::Syntax::dn;
    (is_dn && !is_demanded(object, name) ? out.later : out.now).add(name, value);
  }
  return out;
}

std::string base64_line(std::string_view name, std::string_view value) {
  return fmt::format("{}:: {}\n", name, base::base64_encode(value));
}

std::string addition(const Object& object) {
  std::string out = base64_line("dn", object.dn) + "changetype: add\n";
  for (const auto& [name, value] : object.attributes) out += base64_line(name, value);
  return out + "\n";
}

std::string completion(const Object& object) {
  if (object.attributes.empty()) return {};
  std::string out = base64_line("dn", object.dn) + "changetype: modify\n";
  for (const auto& [name, value] : object.attributes)
    out += fmt::format("add: {}\n{}-\n", name, base64_line(name, value));
  return out + "\n";
}

std::size_t depth_of(const Object& object) { return facts::depth_of_key(key_of(object.dn)); }

std::optional<base::Guid> guid_of(const Object& object) {
  for (const auto& [name, value] : object.attributes) {
    if (base::ascii_iequals(name, "objectGUID")) return base::Guid::from_octets(value);
  }
  return std::nullopt;
}

// Text of a GUID in the fixture, text of the same object's GUID on the server.
using NewGuids = std::vector<std::pair<std::string, std::string>>;

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

void make_fit(Object& object, const NewGuids& guids) {
  for (const auto& [from, to] : guids) {
    const auto fit = [&from = from, &to = to](std::string& text) {
      replace_all(text, from, to);
      replace_all(text, base::ascii_lowered(from), base::ascii_lowered(to));
    };
    fit(object.dn);
    for (auto& [name, value] : object.attributes) fit(value);
  }
}

// Those that name others come after them: by the GUID in their names, or in an attribute that they must have.
bool names_others(const Object& object) {
  if (object.dn.find('{') != std::string::npos) return true;
  const Object now = split(object).now;
  return std::any_of(now.attributes.begin(), now.attributes.end(), [](const auto& attribute) {
    const auto* info = ldapschema::find_attribute(attribute.first);
    return info && info->syntax == ldapschema::Syntax::dn;
  });
}

}  // namespace

void Samba::create(std::vector<Object> objects) const {
  std::set<std::string> there;
  for (const char* base : {"CN=Services,CN=Configuration,DC=contoso,DC=test", "DC=contoso,DC=test"}) {
    for (const Object& object : search(base, "(objectClass=*)", {"1.1"})) there.insert(key_of(object.dn));
  }
  std::erase_if(objects, [&](const Object& object) { return there.contains(key_of(object.dn)); });
  std::stable_sort(objects.begin(), objects.end(),
                   [](const Object& a, const Object& b) { return depth_of(a) < depth_of(b); });
  const auto last = std::stable_partition(objects.begin(), objects.end(),
                                          [](const Object& object) { return !names_others(object); });
  std::map<std::string, base::Guid> old;
  std::string first;
  for (auto it = objects.begin(); it != last; ++it) {
    first += addition(split(*it).now);
    if (const auto guid = guid_of(*it)) old.emplace(key_of(it->dn), *guid);
  }
  change(first);

  NewGuids guids;
  for (const Object& object :
       search("CN=Services,CN=Configuration,DC=contoso,DC=test", "(objectClass=*)", {"objectGUID"})) {
    const auto at = old.find(key_of(object.dn));
    const auto guid = guid_of(object);
    if (at != old.end() && guid) guids.emplace_back(at->second.text(), guid->text());
  }
  std::string rest;
  for (Object& object : objects) make_fit(object, guids);
  for (auto it = last; it != objects.end(); ++it) rest += addition(split(*it).now);
  for (const Object& object : objects) rest += completion(split(object).later);
  change(rest);
}

}  // namespace exaudit::test
