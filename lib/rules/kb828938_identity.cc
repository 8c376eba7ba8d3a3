// KB 828938: the name, class and delivery mechanism of a gateway, which do not depend on its links.
#include <fmt/format.h>

#include "base/text.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kDirectory[] = {Need::directory};

void gateway_name(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Gateway& gateway : org->gateways) {
      if (!judged(*org, gateway, out)) continue;
      const auto subject = subject_of(*org, gateway);
      const std::string expected = gateway.store->gateway_name();
      if (base::fold_equals(gateway.cn, expected)) {
        out.pass(subject);
        continue;
      }
      const bool server = !base::fold_equals(gateway.server_name, gateway.store->server->name);
      auto& finding =
          out.fail(subject, server ? "server" : "no-hyphen",
                   server ? fmt::format("\"{}\" names server {}, but its store belongs to server {}",
                                        gateway.cn, gateway.server_name, gateway.store->server->name)
                          : fmt::format("\"{}\" lacks the hyphen between server name and GUID", gateway.cn));
      finding.evidence = {about(*gateway.entry, "cn", expected)};
      if (!finding.evidence[0].actual) finding.evidence[0].actual = {gateway.cn};
      finding.values = {{"cn", expected}};
    }
  }
}

void gateway_class(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Gateway& gateway : org->gateways) {
      if (!judged(*org, gateway, out)) continue;
      const auto subject = subject_of(*org, gateway);
      const std::string_view type = gateway.entry->structural_class();
      if (type.empty()) {
        out.not_evaluated(subject, "objectClass was not observed");
      } else if (base::ascii_iequals(type, "mailGateway")) {
        out.pass(subject);
      } else {
        auto& finding = out.fail(subject, "class",
                                 fmt::format("\"{}\" is of class {}, not mailGateway", gateway.cn, type));
        finding.evidence = {about(*gateway.entry, "objectClass", "mailGateway")};
        finding.values = {{"objectClass", "mailGateway"}};
      }
    }
  }
}

void gateway_delivery_mechanism(const model::Case& c, Verdicts& out) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Gateway& gateway : org->gateways) {
      if (!judged(*org, gateway, out)) continue;
      const auto subject = subject_of(*org, gateway);
      const model::Field field = org->field(*gateway.entry, "deliveryMechanism");
      if (field.not_observed()) {
        out.not_evaluated(subject, "deliveryMechanism was not observed");
      } else if (base::trim(field.value) == "2") {
        out.pass(subject);
      } else {
        auto& finding = out.fail(subject, field.absent() ? "missing" : "value",
                                 field.absent() ? fmt::format("\"{}\" has no deliveryMechanism", gateway.cn)
                                                : fmt::format("deliveryMechanism of \"{}\" is {}, not 2",
                                                              gateway.cn, field.value));
        finding.evidence = {about(*gateway.entry, "deliveryMechanism", "2")};
        finding.values = {{"deliveryMechanism", "2"}};
      }
    }
  }
}

}  // namespace

extern const Rule kb828938_gateway_name = {
    "KB828938.gateway-name",
    "An SMTP mailbox object is named SMTP (<server>-{<GUID of the store>}).",
    "828938",
    Severity::low,
    "directory",
    "2000 2003",
    SubjectKind::gateway,
    kDirectory,
    "server no-hyphen",
    gateway_name};
extern const Rule kb828938_gateway_class = {"KB828938.gateway-class",
                                            "An SMTP mailbox object is of class mailGateway.",
                                            "828938",
                                            Severity::high,
                                            "directory",
                                            "2000 2003",
                                            SubjectKind::gateway,
                                            kDirectory,
                                            "class",
                                            gateway_class};
extern const Rule kb828938_gateway_delivery_mechanism = {"KB828938.gateway-delivery-mechanism",
                                                         "deliveryMechanism of an SMTP mailbox object is 2.",
                                                         "828938",
                                                         Severity::medium,
                                                         "directory",
                                                         "2000 2003",
                                                         SubjectKind::gateway,
                                                         kDirectory,
                                                         "missing value",
                                                         gateway_delivery_mechanism};

}  // namespace exaudit::rules
