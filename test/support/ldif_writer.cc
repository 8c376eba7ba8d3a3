#include "support/ldif_writer.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/text.h"
#include "facts/dn.h"

namespace exaudit::test {

namespace {

constexpr std::array<std::string_view, 8> kNameAttributes = {"homeMTA",
                                                             "homeMDB",
                                                             "msExchResponsibleMTAServer",
                                                             "msExchHomeRoutingGroup",
                                                             "msExchRoutingGroupMembersDN",
                                                             "distinguishedName",
                                                             "objectCategory",
                                                             "msExchRoutingGroupMembersBL"};

bool holds_name(std::string_view attribute) {
  return std::find(kNameAttributes.begin(), kNameAttributes.end(), attribute) != kNameAttributes.end();
}

// RFC 2849 SAFE-STRING, and no blank at the end.
bool is_safe(std::string_view value) {
  if (value.empty()) return true;
  if (std::string_view(" :<").find(value.front()) != std::string_view::npos || value.back() == ' ')
    return false;
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string odd_case(std::string_view name, Random& random) {
  std::string out;
  for (const char c : name) out += random.chance(50) ? base::ascii_lower(c) : base::ascii_upper(c);
  return out;
}

std::string respelled(const std::string& text, Random& random) {
  const auto dn = facts::parse_dn(text);
  if (!dn) return text;
  const auto blanks = [&] { return std::string(random.chance(20) ? random.between(1, 2) : 0, ' '); };
  std::string out;
  for (const auto& rdn : dn->rdns) {
    if (!out.empty()) out += blanks() + "," + blanks();
    const std::string escaped = facts::escape_rdn_value(rdn.front().value);
    out += odd_case(rdn.front().type, random) + blanks() + "=" + blanks();
    for (std::size_t i = 0; i < escaped.size(); ++i) {
      const bool special = escaped[i] == '\\' &&
                           std::string_view(",+\"\\#=<>;").find(escaped[i + 1]) != std::string_view::npos;
      if (special && random.chance(50)) {
        constexpr std::string_view kHex = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(escaped[++i]);
        out += {'\\', kHex[byte >> 4], kHex[byte & 15]};
      } else {
        out += escaped[i];
        if (special) out += escaped[++i];
      }
    }
  }
  return out;
}

class Writer {
 public:
  Writer(const Spelling& spelling, Random& random) : spelling_(spelling), random_(random) {}

  std::string entry(const Object& object) {
    std::string out;
    if (spelling_.comments) out += "# " + std::to_string(random_.below(1000)) + ", contoso.test" + end();
    out += line("dn", object.dn, true);
    auto attributes = object.attributes;
    if (spelling_.shuffled_attributes) random_.shuffle(attributes);
    for (const auto& [name, value] : attributes) out += line(name, value, holds_name(name));
    return out + end();
  }
  std::string head() {
    if (!spelling_.comments) return {};
    return "# extended LDIF" + end() + "#" + end() + "# LDAPv3" + end() + "# filter: (objectClass=*)" +
           end() + "# requesting: ALL" + end() + "#" + end() + end();
  }
  std::string tail() {
    if (!spelling_.comments) return {};
    return "# search result" + end() + "search: 2" + end() + "result: 0 Success" + end() + end() +
           "# numResponses: 9" + end();
  }

 private:
  std::string end() const { return spelling_.crlf ? "\r\n" : "\n"; }

  std::string line(std::string_view name, std::string value, bool is_name) {
    if (is_name && spelling_.respelled_names) value = respelled(value, random_);
    std::string out = spelling_.odd_letter_case ? odd_case(name, random_) : std::string(name);
    if (spelling_.base64_everything || !is_safe(value)) {
      out += ":: " + base::base64_encode(value);
    } else {
      out += ": " + value;
    }
    return folded(out) + end();
  }

  std::string folded(const std::string& text) const {
    if (!spelling_.random_folding) return text;
    std::string out;
    std::size_t at = text.find(':') + 1;
    out.append(text, 0, at);
    while (at < text.size()) {
      const std::size_t n = random_.between(1, 90);
      out.append(text, at, n);
      at += n;
      if (at < text.size()) out += end() + " ";
    }
    return out;
  }

  const Spelling& spelling_;
  Random& random_;
};

}  // namespace

bool Object::has(std::string_view name) const {
  return std::any_of(attributes.begin(), attributes.end(),
                     [&](const auto& each) { return each.first == name; });
}
void Object::add(std::string name, std::string value) {
  attributes.emplace_back(std::move(name), std::move(value));
}
void Object::set(std::string name, std::string value) {
  erase(name);
  add(std::move(name), std::move(value));
}
void Object::erase(std::string_view name) {
  std::erase_if(attributes, [&](const auto& each) { return each.first == name; });
}
void Object::erase(std::string_view name, std::string_view value) {
  std::erase_if(attributes, [&](const auto& each) { return each.first == name && each.second == value; });
}

std::vector<std::string> write_ldif(const std::vector<const Object*>& objects, const Spelling& spelling,
                                    Random& random) {
  auto order = objects;
  if (spelling.shuffled_entries) random.shuffle(order);
  Writer writer(spelling, random);
  std::vector<std::string> files(spelling.files, writer.head());
  for (const Object* object : order) files[random.below(files.size())] += writer.entry(*object);
  for (std::string& file : files) file += writer.tail();
  return files;
}

}  // namespace exaudit::test
