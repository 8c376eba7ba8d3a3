// KB 828938: the three attributes that the article says to verify on a gateway: homeMTA, homeMDB and
// legacyExchangeDN.
#include <fmt/format.h>

#include "base/text.h"
#include "facts/dn.h"
#include "model/change_history.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kDirectory[] = {Need::directory};

// What a DN-valued attribute names, as far as the view shows it.
struct Target {
  std::string key;  // "" when the value is no DN
  const facts::Entry* entry = nullptr;
  bool deleted = false;
  bool is(std::string_view wanted_key) const {
    return !key.empty() && (key == wanted_key || (entry != nullptr && entry->key == wanted_key));
  }
  bool is_live(std::string_view class_name) const {
    return entry != nullptr && !entry->deleted && entry->is_a(class_name);
  }
};

Target target_of(const model::Organization& org, std::string_view value) {
  Target out;
  out.key = facts::dn_key(value).value_or("");
  out.entry = out.key.empty() ? nullptr : org.view->find(out.key);
  out.deleted = facts::names_deleted_object(value) || (out.entry != nullptr && out.entry->deleted);
  return out;
}

// Reason and message for a reference that is not the expected one.
void fail_reference(Verdicts& out, const model::Organization& org, const model::Gateway& gateway,
                    const model::Field& field, std::string_view attribute, std::string_view other_class,
                    std::string_view other_reason, std::string_view expected) {
  const Target target = target_of(org, field.value);
  std::string_view reason = "not-found";
  std::string message =
      fmt::format("{} of \"{}\" names an object that is not in the directory view", attribute, gateway.cn);
  if (field.absent()) {
    reason = "missing";
    message = fmt::format("\"{}\" has no {}", gateway.cn, attribute);
  } else if (target.deleted) {
    reason = "deleted";
    message = fmt::format("{} of \"{}\" names a deleted object{}", attribute, gateway.cn,
                          model::explain_deleted(*org.view, field.value));
  } else if (target.is_live(other_class)) {
    reason = other_reason;
    message = fmt::format("{} of \"{}\" names another {} than its own", attribute, gateway.cn,
                          attribute == "homeMTA" ? "server's MTA" : "store");
  }
  auto& finding = out.fail(subject_of(org, gateway), reason, std::move(message));
  finding.evidence = {about(*gateway.entry, attribute)};
  if (!expected.empty()) {
    finding.evidence[0].expected = {std::string(expected)};
    finding.values = {{std::string(attribute), std::string(expected)}};
  }
}

void gateway_home_mta(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Gateway& gateway : org->gateways) {
      if (!judged(*org, gateway, out)) continue;
      const model::Server& server = *gateway.store->server;
      const model::Field field = org->field(*gateway.entry, "homeMTA");
      const Target target = target_of(*org, field.value);
      if (field.not_observed()) {
        out.not_evaluated(subject_of(*org, gateway), "homeMTA was not observed");
      } else if (field.present() && !target.deleted && server.mta_key.empty()) {
        out.not_evaluated(subject_of(*org, gateway),
                          "the server's MTA object is not in the view, so the expected homeMTA is not known");
      } else if (field.present() && !target.deleted && target.is(server.mta_key)) {
        out.pass(subject_of(*org, gateway));
      } else {
        fail_reference(out, *org, gateway, field, "homeMTA", "mTA", "other-server", server.mta_dn);
      }
    }
  }
}

void gateway_home_mdb(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Gateway& gateway : org->gateways) {
      if (!judged(*org, gateway, out)) continue;
      const model::Field field = org->field(*gateway.entry, "homeMDB");
      if (field.not_observed()) {
        out.not_evaluated(subject_of(*org, gateway), "homeMDB was not observed");
      } else if (field.present() && target_of(*org, field.value).is(gateway.store->key)) {
        out.pass(subject_of(*org, gateway));
      } else {
        fail_reference(out, *org, gateway, field, "homeMDB", "msExchMDB", "other-store",
                       gateway.store->entry->dn);
      }
    }
  }
}

// "<prefix>/cn=Configuration/cn=Connections/cn=SMTP (<server>)/cn={<GUID>}" taken apart.
struct LegacyDn {
  std::string_view prefix, server;
  base::Guid guid;
};

std::optional<LegacyDn> parse_legacy_dn(std::string_view text) {
  constexpr std::string_view kMiddle = "/cn=configuration/cn=connections/cn=smtp (";
  constexpr std::string_view kJoint = ")/cn=";
  constexpr std::size_t kGuidText = 38;
  if (text.size() < kMiddle.size() + kJoint.size() + kGuidText) return std::nullopt;
  const auto guid = base::Guid::parse(text.substr(text.size() - kGuidText));
  std::string_view head = text.substr(0, text.size() - kGuidText);
  if (!guid || !text.ends_with('}') || !base::ascii_iequals(head.substr(head.size() - kJoint.size()), kJoint))
    return std::nullopt;
  head.remove_suffix(kJoint.size());
  const std::size_t middle = base::ascii_lowered(head).rfind(kMiddle);
  if (middle == std::string::npos) return std::nullopt;
  return LegacyDn{head.substr(0, middle), head.substr(middle + kMiddle.size()), *guid};
}

// The first thing that is wrong with the value, in the order of the catalogue; "" when nothing is.
std::string_view legacy_dn_fault(const model::Store& store, const std::optional<std::string>& prefix,
                                 std::string_view value) {
  const auto parts = parse_legacy_dn(value);
  if (!parts) return "shape";
  if (parts->guid != *store.guid) return "guid";
  if (!base::fold_equals(parts->server, store.server->name)) return "server";
  if (prefix && !base::fold_equals(parts->prefix, *prefix)) return "prefix";
  return {};
}

void gateway_legacy_dn(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Gateway& gateway : org->gateways) {
      if (!judged(*org, gateway, out)) continue;
      const auto subject = subject_of(*org, gateway);
      const model::Field field = org->field(*gateway.entry, "legacyExchangeDN");
      const auto expected = org->expected_legacy_dn(*gateway.store);
      const std::string_view fault =
          field.present() ? legacy_dn_fault(*gateway.store, expected.prefix, field.value) : "missing";
      if (field.not_observed()) {
        out.not_evaluated(subject, "legacyExchangeDN was not observed");
      } else if (fault.empty()) {
        out.pass(subject);
      } else {
        auto& finding =
            out.fail(subject, fault,
                     field.absent()
                         ? fmt::format("\"{}\" has no legacyExchangeDN", gateway.cn)
                         : fmt::format("legacyExchangeDN of \"{}\" is not the one of its store", gateway.cn));
        finding.evidence = {
            about(*gateway.entry, "legacyExchangeDN", (expected.prefix ? "" : "...") + expected.text())};
        if (expected.prefix) finding.values = {{"legacyExchangeDN", expected.text()}};
      }
    }
  }
}

}  // namespace

extern const Rule kb828938_gateway_home_mta = {
    "KB828938.gateway-home-mta",
    "homeMTA of an SMTP mailbox object is the MTA of the server that owns the store.",
    "828938",
    Severity::high,
    "directory",
    "2000 2003",
    SubjectKind::gateway,
    kDirectory,
    "missing deleted other-server not-found",
    gateway_home_mta};
extern const Rule kb828938_gateway_home_mdb = {
    "KB828938.gateway-home-mdb",
    "homeMDB of an SMTP mailbox object is the store whose GUID its name carries.",
    "828938",
    Severity::high,
    "directory",
    "2000 2003",
    SubjectKind::gateway,
    kDirectory,
    "missing deleted other-store not-found",
    gateway_home_mdb};
extern const Rule kb828938_gateway_legacy_dn = {
    "KB828938.gateway-legacy-dn",
    "legacyExchangeDN of an SMTP mailbox object is built from its administrative group, server and store.",
    "828938",
    Severity::high,
    "directory",
    "2000 2003",
    SubjectKind::gateway,
    kDirectory,
    "missing shape guid server prefix",
    gateway_legacy_dn};

}  // namespace exaudit::rules
