// KB 840469: MTA Stacks does not start because its SMTP component is damaged or missing; and the number with
// which KB 247130 announces a deleted MTA object.
//
// 9405 has dozens of causes: only "Init Routing API" with one of two numbers counts. 9406, 2219, 2206, 2207,
// 137 and 324 prove nothing alone; they are shown beside the event that they accompany.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/event_catalogue.h"
#include "facts/event_match.h"
#include "rules/occurrences.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kEvents[] = {Need::events_application};
constexpr Need kServices[] = {Need::registry_services, Need::service_states};
constexpr Need kStates[] = {Need::service_states};
constexpr std::uint32_t kSmtpDamaged = 0x80040920;       // -2147219168, KB 840469
constexpr std::uint32_t kMtaObjectDeleted = 0xC0040392;  // -1073478766, KB 247130

bool accompanies(const facts::Event& event) {
  using Kind = facts::EventKind;
  constexpr std::array kKinds = {Kind::mta_no_monitor_memory, Kind::mta_recovery,
                                 Kind::mta_recovery_queue,    Kind::mta_recovery_done,
                                 Kind::mta_directory_error,   Kind::instance_failure};
  return std::any_of(kKinds.begin(), kKinds.end(), [&](Kind kind) { return facts::is_kind(event, kind); });
}

void init_routing_failure(const model::Case& c, std::uint32_t number, std::string_view meaning,
                          Verdicts& out) {
  const auto as_logged = static_cast<std::int32_t>(number);
  for (const model::Machine& machine : c.machines) {
    const auto subject = subject_of(machine);
    Occurrences found(c);
    each_event(machine, [&](const facts::Event& event, const facts::EventLog& log) {
      const auto error = facts::mta_unexpected_error(event);
      if (error && error->is_init_routing_api && error->error == number) found.add(event, log);
    });
    if (found.any()) {
      each_event(machine, [&](const facts::Event& event, const facts::EventLog&) {
        if (accompanies(event)) found.attach(event);
      });
      auto& finding =
          out.fail(subject, fmt::format("{}", as_logged),
                   fmt::format("MTA Stacks on {} did not start: Init Routing API returned error {}: {}",
                               machine.name, as_logged, meaning));
      found.describe(finding);
    } else if (machine.known_other) {
      out.not_applicable(subject, "the machine runs neither Exchange 2000 nor Exchange 2003");
    } else if (!machine.has_log(facts::LogKind::application)) {
      out.not_evaluated(subject, "no application log of the machine is there");
    } else {
      out.pass(subject);
    }
  }
}

void mta_start_failure(const model::Case& c, Verdicts& out) {
  init_routing_failure(c, kSmtpDamaged, "the SMTP component is damaged or missing", out);
}

void mta_object_start_failure(const model::Case& c, Verdicts& out) {
  init_routing_failure(c, kMtaObjectDeleted, "its MTA object was deleted or is in no routing group", out);
}

// May the MTA be disabled here? X.400 is needed by no server of a native-mode Exchange 2003 organization, nor
// on Small Business Server.
enum class MayDisable { yes, no, not_observed };

MayDisable may_disable(const model::Case& c, const model::Machine& machine) {
  const auto product = machine.registry_key("SYSTEM\\CurrentControlSet\\Control\\ProductOptions");
  const facts::RegistryValue* suite = product.key == nullptr ? nullptr : product.key->find("ProductSuite");
  for (std::size_t i = 0; suite != nullptr && i < suite->strings.size(); ++i) {
    if (base::ascii_istarts_with(suite->strings[i], "Small Business")) return MayDisable::yes;
  }
  MayDisable out = MayDisable::not_observed;
  for (const model::Organization* org : c.views_of(machine.organization)) {
    if (org->entry == nullptr) continue;
    const model::Field mixed = org->field(*org->entry, "msExchMixedMode");
    if (!mixed.present()) continue;
    if (base::ascii_iequals(mixed.value, "TRUE")) return MayDisable::no;
    const bool all_2003 =
        org->all_servers_read &&
        std::all_of(org->servers.begin(), org->servers.end(), [](const model::Server& server) {
          return server.generation == model::Generation::exchange2003 ||
                 server.generation == model::Generation::later;
        });
    out = all_2003 ? MayDisable::yes : MayDisable::no;
  }
  return out;
}

void mta_disabled(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    if (!judged(machine, out)) continue;
    const auto subject = subject_of(machine);
    const auto service = machine.service("MSExchangeMTA");
    const MayDisable allowed = may_disable(c, machine);
    if (service.start == facts::StartMode::not_observed) {
      out.not_evaluated(subject, "the start type of MSExchangeMTA was not observed");
    } else if (service.start != facts::StartMode::disabled) {
      out.pass(subject);
    } else if (allowed == MayDisable::yes) {
      out.not_applicable(
          subject,
          "a native-mode Exchange 2003 organization and Small Business Server do not need MTA Stacks");
    } else if (allowed == MayDisable::not_observed) {
      out.not_evaluated(subject, {Need::directory},
                        "whether the organization is in native mode was not observed");
    } else {
      auto& finding = out.fail(subject, "disabled",
                               fmt::format("MTA Stacks (MSExchangeMTA) is disabled on {}", machine.name));
      finding.evidence = {service_evidence(machine, "MSExchangeMTA", service, "Start", "2")};
    }
  }
}

void mta_not_running(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    if (!judged(machine, out)) continue;
    const auto subject = subject_of(machine);
    const auto service = machine.service("MSExchangeMTA");
    if (service.state == facts::ServiceState::running || service.start == facts::StartMode::disabled) {
      out.pass(subject);
    } else if (service.state == facts::ServiceState::not_observed) {
      out.not_evaluated(subject, "the state of MSExchangeMTA was not observed");
    } else if (service.start == facts::StartMode::not_observed) {
      out.not_evaluated(subject, {Need::registry_services, Need::service_states},
                        "MSExchangeMTA does not run, but whether it is disabled was not observed");
    } else {
      auto& finding = out.fail(subject, "stopped",
                               fmt::format("MTA Stacks (MSExchangeMTA) does not run on {}", machine.name));
      finding.evidence = {service_evidence(machine, "MSExchangeMTA", service, "State", "running")};
    }
  }
}

}  // namespace

extern const Rule kb247130_mta_start_failure = {"KB247130.mta-start-failure",
                                                "MTA Stacks finds the server's MTA object and routing group.",
                                                "247130",
                                                Severity::high,
                                                "events",
                                                "2000 2003",
                                                SubjectKind::machine,
                                                kEvents,
                                                "-1073478766 old",
                                                mta_object_start_failure};
extern const Rule kb840469_mta_start_failure = {
    "KB840469.mta-start-failure",
    "MTA Stacks starts: its routing interface finds the SMTP service.",
    "840469",
    Severity::high,
    "events",
    "2000 2003",
    SubjectKind::machine,
    kEvents,
    "-2147219168 old",
    mta_start_failure};
extern const Rule kb840469_mta_disabled = {"KB840469.mta-disabled",
                                           "MTA Stacks is not disabled where the organization needs it.",
                                           "840469",
                                           Severity::low,
                                           "registry",
                                           "2000 2003",
                                           SubjectKind::machine,
                                           kServices,
                                           "disabled",
                                           mta_disabled};
extern const Rule kb840469_mta_not_running = {"KB840469.mta-not-running",
                                              "MTA Stacks runs, unless it is disabled on purpose.",
                                              "840469",
                                              Severity::medium,
                                              "services",
                                              "2000 2003",
                                              SubjectKind::machine,
                                              kStates,
                                              "stopped",
                                              mta_not_running};

}  // namespace exaudit::rules
