// KB 277770: services that must run inside inetinfo.exe fail with error 1083 when they are registered
// elsewhere or not dispatched by it.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/event_match.h"
#include "rules/start_failures.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using facts::Observed;
using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kServices[] = {Need::registry_services};
constexpr Need kEvents[] = {Need::events_system};
constexpr std::array<std::string_view, 6> kInetinfoServices = {"Smtpsvc",  "RESvc",   "Nntpsvc",
                                                               "Imap4svc", "Pop3svc", "Ldapsvc"};

// DispatchEntries is a multi-string value of InetInfo\Parameters; the article also calls it a key, so a key
// of that name is read too.
struct DispatchEntries {
  Observed state = Observed::not_observed;
  std::vector<std::string> members;
  findings::Evidence evidence;
  bool has(std::string_view service) const {
    return std::any_of(members.begin(), members.end(), [&](const std::string& member) {
      return base::ascii_iequals(base::trim(member), service);
    });
  }
};

DispatchEntries dispatch_of(const model::Machine& machine) {
  DispatchEntries out;
  const auto parameters = machine.service_key("InetInfo\\Parameters");
  const auto key = machine.service_key("InetInfo\\Parameters\\DispatchEntries");
  if (key.key != nullptr) {
    out.state = Observed::present;
    out.evidence = registry_evidence(*key.registry, key.key, "");
    for (const facts::RegistryValue& value : key.key->values) {
      out.members.push_back(value.name);
      out.members.insert(out.members.end(), value.strings.begin(), value.strings.end());
    }
  }
  if (parameters.key == nullptr) return out;
  const facts::RegistryValue* value = parameters.key->find("DispatchEntries");
  if (value != nullptr && value->readable) {
    out.state = Observed::present;
    out.members.insert(out.members.end(), value->strings.begin(), value->strings.end());
    out.evidence = registry_evidence(*parameters.registry, parameters.key, "", value);
  } else if (value == nullptr && parameters.key->values_complete && out.state != Observed::present) {
    out.state = Observed::absent;
  }
  std::erase_if(out.members, [](const std::string& member) { return base::trim(member).empty(); });
  return out;
}

void dispatch_entries(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    if (!judged(machine, out)) continue;
    const DispatchEntries entries = dispatch_of(machine);
    for (const std::string_view service : kInetinfoServices) {
      const auto subject = with_part(subject_of(machine), service);
      const Observed installed = machine.service_key(service).state;
      if (installed == Observed::absent) {
        out.not_applicable(subject, "the service is not installed");
      } else if (installed == Observed::not_observed || entries.state == Observed::not_observed) {
        out.not_evaluated(subject, "the Services key was not exported, or not with InetInfo\\Parameters");
      } else if (entries.members.empty()) {
        out.not_applicable(subject,
                           "DispatchEntries does not exist or is empty, which no source calls a fault");
      } else if (entries.has(service)) {
        out.pass(subject);
      } else {
        auto& finding =
            out.fail(subject, "lacks",
                     fmt::format("DispatchEntries of InetInfo on {} lacks the installed service {}",
                                 machine.name, service));
        if (start_failures(c, machine, service).current()) finding.severity = Severity::high;
        if (service == "Ldapsvc") finding.severity = Severity::info;
        finding.evidence = {entries.evidence};
        finding.evidence[0].expected = {std::string(service)};
        finding.values = {{"service", std::string(service)}};
      }
    }
  }
}

// File name of a service's executable: the path may be quoted and carry arguments.
std::string_view executable_of(std::string_view image_path) {
  std::string_view path = base::trim(image_path);
  if (path.starts_with('"')) {
    path = path.substr(1, path.find('"', 1) - 1);
  } else {
    const std::string lower = base::ascii_lowered(path);  // a folder may end in .exe too
    std::size_t end = lower.find(".exe");
    while (end != std::string::npos && end + 4 < lower.size() && lower[end + 4] != ' ')
      end = lower.find(".exe", end + 1);
    if (end != std::string::npos) path = path.substr(0, end + 4);
  }
  const std::size_t slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

void service_host(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    if (!judged(machine, out)) continue;
    for (const std::string_view service : {"SMTPSVC", "RESvc"}) {
      const auto subject = with_part(subject_of(machine), service);
      const auto key = machine.service_key(service);
      const facts::RegistryValue* image = key.key == nullptr ? nullptr : key.key->find("ImagePath");
      if (key.state == Observed::absent) {
        out.not_applicable(subject, "the service is not installed");
      } else if (image == nullptr || !image->readable || image->strings.empty()) {
        out.not_evaluated(subject, "the service's ImagePath was not observed");
      } else if (base::ascii_iequals(executable_of(image->strings.front()), "inetinfo.exe")) {
        out.pass(subject);
      } else {
        auto& finding =
            out.fail(subject, "other-executable",
                     fmt::format("service {} on {} is registered to run in {}, not in inetinfo.exe", service,
                                 machine.name, executable_of(image->strings.front())));
        finding.evidence = {registry_evidence(*key.registry, key.key, "", image)};
        finding.evidence[0].expected = {"%SystemRoot%\\System32\\inetsrv\\inetinfo.exe"};
        finding.values = {{"service", std::string(service)}};
      }
    }
  }
}

std::size_t untold_start_failures(const model::Machine& machine) {
  std::size_t count = 0;
  each_event(machine, [&](const facts::Event& event, const facts::EventLog&) {
    if (facts::is_untold_start_failure(event)) ++count;
  });
  return count;
}

void service_start_failure(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    const auto subject = subject_of(machine);
    bool any = false;
    for (const auto& [service, found] : all_start_failures(c, machine)) {
      any = true;
      auto& finding = out.fail(
          with_part(subject, service), "1083",
          fmt::format("{} on {} did not start: its executable does not implement the service (error 1083)",
                      service.empty() ? "a service" : "service " + service, machine.name));
      found.describe(finding);
      finding.values = {{"service", service}};
    }
    if (any) continue;
    if (machine.known_other) {
      out.not_applicable(subject, "the machine runs neither Exchange 2000 nor Exchange 2003");
    } else if (const auto untold = untold_start_failures(machine); untold > 0) {
      out.not_evaluated(subject, fmt::format("services did not start ({}), and the language of the log hides "
                                             "which error it was; the log itself (.evt) tells",
                                             untold));
    } else if (machine.has_log(facts::LogKind::system)) {
      out.pass(subject);
    } else {
      out.not_evaluated(subject, "no system log of the machine is there");
    }
  }
}

}  // namespace

extern const Rule kb277770_service_start_failure = {
    "KB277770.service-start-failure",
    "No service fails to start because its executable does not implement it.",
    "277770",
    Severity::high,
    "events",
    "2000 2003",
    SubjectKind::machine,
    kEvents,
    "1083 old",
    service_start_failure};
extern const Rule kb277770_dispatch_entries = {
    "KB277770.dispatch-entries",
    "inetinfo.exe dispatches every installed service that runs in it.",
    "277770",
    Severity::medium,
    "registry",
    "2000 2003",
    SubjectKind::machine,
    kServices,
    "lacks",
    dispatch_entries};
extern const Rule kb277770_service_host = {"KB277770.service-host",
                                           "SMTP and the Routing Engine run in inetinfo.exe.",
                                           "277770",
                                           Severity::high,
                                           "registry",
                                           "2000 2003",
                                           SubjectKind::machine,
                                           kServices,
                                           "other-executable",
                                           service_host};

}  // namespace exaudit::rules
