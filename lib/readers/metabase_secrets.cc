#include "readers/metabase_secrets.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace exaudit::readers {

namespace {

constexpr std::array<std::string_view, 3> kSecretNames = {"SessionKey", "AdminACL", "AdminACLBin"};
constexpr std::array<std::string_view, 2> kSecretEndings = {"Pass", "Password"};
// The same properties where the file has only a number: AdminACL, AdminACLBin, LogOdbcPassword,
// RoutePassword.
constexpr std::array<std::uint32_t, 4> kSecretIds = {6027, 6286, 4010, 36949};
constexpr std::array<std::string_view, 2> kEncrypted = {"49634462", "49634b62"};  // "IcDb", "IcKb"

bool is_secret_name(std::string_view name) {
  for (const std::string_view secret : kSecretNames) {
    if (base::ascii_iequals(name, secret)) return true;
  }
  return std::any_of(kSecretEndings.begin(), kSecretEndings.end(), [&](std::string_view ending) {
    return name.size() >= ending.size() &&
           base::ascii_iequals(name.substr(name.size() - ending.size()), ending);
  });
}

}  // namespace

bool says_secure(std::string_view attributes) {
  const std::vector<std::string_view> words = base::split(attributes, '|');
  return std::any_of(words.begin(), words.end(),
                     [](std::string_view word) { return base::ascii_iequals(base::trim(word), "SECURE"); });
}

bool is_secret(const facts::MetabaseProperty& property, std::string_view path, std::string_view value) {
  if (is_secret_name(property.name) || base::ascii_iequals(property.type, "NTACL")) return true;
  if (property.id && std::find(kSecretIds.begin(), kSecretIds.end(), *property.id) != kSecretIds.end())
    return true;
  const bool named_by_key = property.id == 0U || base::ascii_iequals(property.name, "MD_0");
  if (named_by_key && is_secret_name(path.substr(path.rfind('/') + 1))) return true;
  value.remove_prefix(std::min(value.find_first_not_of(" \t\r\n"), value.size()));
  return std::any_of(kEncrypted.begin(), kEncrypted.end(),
                     [&](std::string_view begin) { return base::ascii_istarts_with(value, begin); });
}

}  // namespace exaudit::readers
