#include "rules/attributes.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"

namespace exaudit::rules {

namespace {

using findings::Need;
using findings::SubjectKind;
using Names = std::span<const std::string_view>;

// On every object: identity, deletion, and completeness.
constexpr std::array<std::string_view, 10> kEveryObject = {
    "cn",          "distinguishedName", "instanceType", "isDeleted",   "objectCategory",
    "objectClass", "objectGUID",        "uSNChanged",   "whenChanged", "whenCreated"};

// What model::Organization is built from.
constexpr std::array<std::string_view, 7> kOrganization = {
    "legacyExchangeDN", "msExchRecovery", "msExchResponsibleMTAServer", "msExchRestore", "networkAddress",
    "serialNumber",     "uSNCreated"};

// What facts::Recipient is built from.
constexpr std::array<std::string_view, 8> kRecipient = {
    "homeMDB",           "homeMTA",        "legacyExchangeDN", "mailNickname", "msExchHomeServerName",
    "msExchMailboxGuid", "proxyAddresses", "targetAddress"};

constexpr std::array<std::string_view, 1> kHomeMdb = {"homeMDB"};
constexpr std::array<std::string_view, 1> kHomeMta = {"homeMTA"};
constexpr std::array<std::string_view, 1> kMechanism = {"deliveryMechanism"};
constexpr std::array<std::string_view, 3> kCompared = {"deliveryMechanism", "homeMDB", "homeMTA"};
constexpr std::array<std::string_view, 3> kRouting = {"msExchHomeRoutingGroup", "msExchRoutingGroupMembersBL",
                                                      "msExchRoutingGroupMembersDN"};

// Rules that read more of the configuration than the organization model does.
struct Row {
  std::string_view rule;
  Names attributes;
};
constexpr std::array kRows = {
    Row{"KB247130.mta-routing-group", kRouting},
    Row{"KB828938.dc-divergence", kCompared},
    Row{"KB828938.gateway-delivery-mechanism", kMechanism},
    Row{"KB828938.gateway-home-mdb", kHomeMdb},
    Row{"KB828938.gateway-home-mta", kHomeMta},
};

// These compare recipients with configuration objects that carry the same attributes.
constexpr std::string_view kRecipientArea = "recipients";

void add(std::vector<std::string_view>& out, Names names) {
  out.insert(out.end(), names.begin(), names.end());
}

void sort_unique(std::vector<std::string_view>& names) {
  std::sort(names.begin(), names.end(), [](std::string_view a, std::string_view b) {
    return base::ascii_lowered(a) < base::ascii_lowered(b);
  });
  names.erase(std::unique(names.begin(), names.end(), base::ascii_iequals), names.end());
}

}  // namespace

bool reads(const Rule& rule, Need need) {
  if (std::find(rule.needs.begin(), rule.needs.end(), need) != rule.needs.end()) return true;
  if (need == Need::global_catalog) return rule.article == "828938" && reads(rule, Need::directory);
  if (need != Need::directory) return false;
  switch (rule.subject) {
    case SubjectKind::store:
    case SubjectKind::gateway:
    case SubjectKind::server:
    case SubjectKind::organization:
    case SubjectKind::recipient:
    case SubjectKind::value:
      return true;
    case SubjectKind::machine:
    case SubjectKind::virtual_server:
    case SubjectKind::legacy_dn:
      return false;
  }
  return false;
}

std::vector<std::string_view> attributes_read(const std::vector<const Rule*>& rules, Need need) {
  std::vector<std::string_view> out;
  for (const Rule* rule : rules) {
    if (!reads(*rule, need)) continue;
    add(out, kEveryObject);
    add(out, need == Need::directory ? Names(kOrganization) : Names(kRecipient));
    if (need == Need::directory && rule->area == kRecipientArea) add(out, kRecipient);
    for (const Row& row : kRows) {
      if (need == Need::directory && row.rule == rule->id) add(out, row.attributes);
    }
  }
  sort_unique(out);
  return out;
}

}  // namespace exaudit::rules
