// KB 822939: the SMTP service itself, the left-over key of the Exchange 5.5 Internet Mail Connector, and
// disabled services.
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "rules/start_failures.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using facts::Observed;
using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kServices[] = {Need::registry_services};
constexpr Need kMetabaseOrServices[] = {Need::metabase, Need::registry_services};
constexpr std::string_view kServicesPath = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\";
constexpr Need kServicesOrStates[] = {Need::registry_services, Need::service_states};
constexpr Need kStates[] = {Need::service_states};
constexpr std::array<std::string_view, 3> kSmtpServices = {"SMTPSVC", "RESvc", "IISADMIN"};

void smtp_service_absent(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    if (!judged(machine, out)) continue;
    const auto subject = subject_of(machine);
    const model::SmtpService* lacking = nullptr;
    bool present = false;
    for (const model::SmtpService& service : machine.smtp_services) {
      present = present || service.present;
      if (service.lm_exported && !service.present) lacking = &service;
    }
    const auto key = machine.service_key("SMTPSVC");
    if (lacking != nullptr) {
      auto& finding =
          out.fail(subject, "metabase",
                   fmt::format("the metabase of {} has no /LM/SmtpSvc: the SMTP service is not installed",
                               machine.name));
      finding.evidence.emplace_back();
      finding.evidence[0].at = lacking->location;
      finding.evidence[0].path = "/LM/SmtpSvc";
    } else if (key.state == Observed::absent) {
      auto& finding =
          out.fail(subject, "registry",
                   fmt::format("the registry of {} has no service SMTPSVC: the SMTP service is not installed",
                               machine.name));
      finding.evidence = {registry_evidence(*key.registry, nullptr, std::string(kServicesPath) + "SMTPSVC")};
    } else if (present || key.state == Observed::present) {
      out.pass(subject);
    } else {
      out.not_evaluated(subject, "neither the whole metabase nor the Services key was exported");
    }
  }
}

void imc_key(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    if (!judged(machine, out)) continue;
    const auto subject = subject_of(machine);
    const auto imc = machine.service_key("MSExchangeIMC");
    if (imc.state == Observed::absent) {
      out.pass(subject);
    } else if (imc.state == Observed::not_observed) {
      out.not_evaluated(subject, "the Services key was not exported");
    } else {
      const bool removed = machine.service_key("SMTPSVC").state == Observed::absent;
      auto& finding = out.fail(
          subject, removed ? "present-smtp-removed" : "present",
          fmt::format("the Exchange 5.5 key MSExchangeIMC still exists on {}{}", machine.name,
                      removed ? ", and the SMTP service is gone"
                              : ": a Windows service pack may remove the SMTP service because of it"));
      if (!removed) finding.severity = Severity::medium;
      finding.evidence = {
          registry_evidence(*imc.registry, imc.key, std::string(kServicesPath) + "MSExchangeIMC")};
    }
  }
}

void service_disabled(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    if (!judged(machine, out)) continue;
    for (const std::string_view service : kSmtpServices) {
      const auto subject = with_part(subject_of(machine), service);
      const auto fact = machine.service(service);
      if (fact.start == facts::StartMode::disabled) {
        auto& finding =
            out.fail(subject, "disabled", fmt::format("service {} is disabled on {}", service, machine.name));
        finding.evidence = {service_evidence(machine, service, fact, "Start", "2")};
      } else if (fact.start != facts::StartMode::not_observed) {
        out.pass(subject);
      } else if (machine.service_key(service).state == Observed::absent) {
        out.not_applicable(subject, "the service is not installed");
      } else {
        out.not_evaluated(subject, "the service's start type was not observed");
      }
    }
  }
}

void service_stopped(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    if (!judged(machine, out)) continue;
    for (const std::string_view service : kSmtpServices) {
      const auto subject = with_part(subject_of(machine), service);
      const auto fact = machine.service(service);
      if (fact.state == facts::ServiceState::not_observed) {
        out.not_evaluated(subject, "the service's state was not observed");
      } else if (fact.start == facts::StartMode::disabled) {
        out.not_applicable(subject, "the service is disabled, which KB822939.service-disabled reports");
      } else if (fact.state == facts::ServiceState::running) {
        out.pass(subject);
      } else {
        auto& finding =
            out.fail(subject, "stopped", fmt::format("service {} does not run on {}", service, machine.name));
        if (start_failures(c, machine, service).current()) finding.severity = Severity::high;
        finding.evidence = {service_evidence(machine, service, fact, "State", "running")};
      }
    }
  }
}

}  // namespace

extern const Rule kb822939_smtp_service_absent = {"KB822939.smtp-service-absent",
                                                  "The SMTP service is installed.",
                                                  "822939",
                                                  Severity::high,
                                                  "iis",
                                                  "2000 2003",
                                                  SubjectKind::machine,
                                                  kMetabaseOrServices,
                                                  "metabase registry",
                                                  smtp_service_absent};
extern const Rule kb822939_imc_key = {"KB822939.imc-key",
                                      "No key of the Exchange 5.5 Internet Mail Connector is left over.",
                                      "822939",
                                      Severity::high,
                                      "registry",
                                      "2000 2003",
                                      SubjectKind::machine,
                                      kServices,
                                      "present-smtp-removed present",
                                      imc_key};
extern const Rule kb822939_service_disabled = {"KB822939.service-disabled",
                                               "SMTP, the Routing Engine and IIS Admin are not disabled.",
                                               "822939",
                                               Severity::high,
                                               "registry",
                                               "2000 2003",
                                               SubjectKind::machine,
                                               kServicesOrStates,
                                               "disabled",
                                               service_disabled};
extern const Rule kb822939_service_stopped = {"KB822939.service-stopped",
                                              "SMTP, the Routing Engine and IIS Admin run.",
                                              "822939",
                                              Severity::medium,
                                              "services",
                                              "2000 2003",
                                              SubjectKind::machine,
                                              kStates,
                                              "stopped",
                                              service_stopped};

}  // namespace exaudit::rules
