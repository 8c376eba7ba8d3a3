// KB 279415 and KB 285350: the Exchange 5.5 MTA on machines with several network adapters. The two articles
// give different cures for the same events: the binding order first, then the fix, then RPC over every
// adapter, which no offline evidence can decide.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/event_catalogue.h"
#include "facts/event_match.h"
#include "model/network.h"
#include "rules/occurrences.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using facts::Observed;
using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kEvents[] = {Need::events_application};
constexpr Need kNetwork[] = {Need::registry_network};
constexpr Need kFiles[] = {Need::file_versions};
constexpr std::uint32_t kNoData = 11004;  // the Winsock error of both articles
constexpr base::VersionNumber kFixed{{5, 5, 2654, 54}};
constexpr std::array<std::string_view, 4> kBoundServices = {"Tcpip", "NetBT", "LanmanServer",
                                                            "LanmanWorkstation"};
constexpr std::array<std::string_view, 6> kVersioned = {"Emsmta.exe", "Ems_rid.dll", "Mtacheck.exe",
                                                        "Mtamsg.dll", "Mtaperf.dll", "X400om.dll"};

Occurrences listen_failures(const model::Case& c, const model::Machine& machine) {
  Occurrences out(c);
  each_event(machine, [&](const facts::Event& event, const facts::EventLog& log) {
    const auto failure = facts::rpc_listen_failure(event);
    if (failure && failure->error == kNoData) out.add(event, log);
  });
  return out;
}

// Known as 5.5, or unknown with the event of these articles; the verdict of all others is given here.
bool judged_55(const model::Machine& machine, const Occurrences& events, Verdicts& out) {
  if (machine.generation == model::Generation::exchange55) return true;
  if (machine.known_2000_or_2003 || machine.known_other) {
    out.not_applicable(subject_of(machine), "the machine does not run Exchange 5.5");
    return false;
  }
  if (!events.any())
    out.not_evaluated(subject_of(machine), {Need::directory, Need::registry_services},
                      "nothing tells which Exchange version the machine runs");
  return events.any();
}

// The binding order of one service, judged.
struct JudgedOrder {
  model::BindingOrder order;
  std::vector<std::optional<bool>> inside;  // of each adapter: is it on the internal network?
  std::ptrdiff_t cards = 0;                 // adapters without RAS WAN wrappers
  std::string fault;                        // "" when none can be seen
  bool right = false;                       // the first card is known to be an internal one
};

std::string shown(const model::BoundAdapter& adapter) {
  return adapter.addresses.empty()
             ? adapter.device
             : fmt::format("{} ({})", adapter.device, fmt::join(adapter.addresses, ", "));
}

// "" when nothing is wrong with the order, or when it cannot be told.
std::string order_fault(const model::BindingOrder& order, const std::vector<std::optional<bool>>& inside) {
  bool wan_seen = false;
  bool first = true;
  for (std::size_t i = 0; i < order.adapters.size(); ++i) {
    if (order.adapters[i].wan_wrapper) {
      wan_seen = true;
      continue;
    }
    if (wan_seen) return fmt::format("a RAS WAN wrapper stands before {}", shown(order.adapters[i]));
    if (first && inside[i] == false)
      return fmt::format("{} stands first, and it is not on the internal network", shown(order.adapters[i]));
    first = false;
  }
  return {};
}

JudgedOrder judged_order(const model::Case& c, const model::Machine& machine, std::string_view service) {
  JudgedOrder out;
  out.order = model::binding_order(machine, service);
  std::vector<model::Ipv4Network> internal;
  for (const std::string& text : c.options.internal_networks) {
    if (const auto network = model::parse_ipv4_network(text)) internal.push_back(*network);
  }
  const auto& adapters = out.order.adapters;
  out.inside = model::internal_adapters(adapters, internal);
  const auto is_card = [](const model::BoundAdapter& adapter) { return !adapter.wan_wrapper; };
  out.cards = std::count_if(adapters.begin(), adapters.end(), is_card);
  out.fault = order_fault(out.order, out.inside);
  const auto first = std::find_if(adapters.begin(), adapters.end(), is_card);
  out.right = out.cards > 0 && out.fault.empty() &&
              out.inside[static_cast<std::size_t>(first - adapters.begin())] == true;
  return out;
}

// Cards of the internal network first, RAS WAN wrappers last, else as they are.
std::vector<std::string> right_order(const JudgedOrder& judged) {
  std::vector<std::string> out;
  for (const int place : {0, 1, 2}) {
    for (std::size_t i = 0; i < judged.order.adapters.size(); ++i) {
      const model::BoundAdapter& adapter = judged.order.adapters[i];
      if ((adapter.wan_wrapper ? 2 : judged.inside[i] == true ? 0 : 1) == place)
        out.push_back(adapter.device);
    }
  }
  return out;
}

void judge_order(const model::Case& c, const model::Machine& machine, std::string_view service,
                 const Occurrences& events, Verdicts& out) {
  const auto subject = with_part(subject_of(machine), service);
  const JudgedOrder judged = judged_order(c, machine, service);
  if (judged.order.state != Observed::present) {
    out.not_evaluated(subject, "the bindings of the service were not exported");
  } else if (judged.cards < 2) {
    out.not_applicable(subject, "not more than one network adapter is bound");
  } else if (!judged.fault.empty()) {
    auto& finding = out.fail(
        subject, "order", fmt::format("binding order of {} on {}: {}", service, machine.name, judged.fault));
    if (events.current()) finding.severity = Severity::high;
    finding.evidence = {registry_evidence(*judged.order.registry, judged.order.key, "", judged.order.value)};
    finding.evidence[0].expected = right_order(judged);
  } else if (judged.right) {
    out.pass(subject);
  } else {
    out.not_evaluated(subject,
                      "which adapter is on the internal network is not known (--internal-network says so)");
  }
}

void binding_order(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    const Occurrences events = listen_failures(c, machine);
    if (!judged_55(machine, events, out)) continue;
    for (const std::string_view service : kBoundServices) judge_order(c, machine, service, events, out);
  }
}

const facts::FileVersion* file_named(const model::Machine& machine, std::string_view name) {
  const facts::FileVersion* file = nullptr;
  for (std::size_t i = 0; machine.files != nullptr && i < machine.files->files.size(); ++i) {
    if (base::ascii_iequals(machine.files->files[i].name, name)) file = &machine.files->files[i];
  }
  return file;
}

// What need not be repaired any more, for the remedy: the order where it is right, the files where all are
// new.
std::vector<findings::NamedValue> healthy_parts(const model::Case& c, const model::Machine& machine) {
  std::vector<findings::NamedValue> out;
  bool right = false;
  bool wrong = false;
  for (const std::string_view service : kBoundServices) {
    const JudgedOrder judged = judged_order(c, machine, service);
    if (judged.order.state != Observed::present || judged.cards < 2) continue;
    (judged.right ? right : wrong) = true;
  }
  if (right && !wrong) out.push_back({"right order", "yes"});
  std::optional<base::VersionNumber> oldest;
  bool all = true;
  for (const std::string_view name : kVersioned) {
    const facts::FileVersion* file = file_named(machine, name);
    all = all && file != nullptr && file->version && *file->version >= kFixed;
    if (all && (!oldest || *file->version < *oldest)) oldest = *file->version;
  }
  if (all) out.push_back({"new files", oldest->text()});
  return out;
}

void rpc_listen_failure(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    Occurrences found = listen_failures(c, machine);
    if (!judged_55(machine, found, out)) continue;
    const auto subject = subject_of(machine);
    if (found.any()) {
      each_event(machine, [&](const facts::Event& event, const facts::EventLog&) {
        if (facts::is_kind(event, facts::EventKind::mta_fatal_error) ||
            facts::is_kind(event, facts::EventKind::mta_no_monitor_memory) ||
            facts::is_internal_service_error(event))
          found.attach(event);
      });
      auto& finding =
          out.fail(subject, "11004",
                   fmt::format("the MTA of {} cannot listen over RPC (NT error 11004)", machine.name));
      finding.values = healthy_parts(c, machine);
      found.describe(finding);
    } else if (machine.has_log(facts::LogKind::application)) {
      out.pass(subject);
    } else {
      out.not_evaluated(subject, "no application log of the machine is there");
    }
  }
}

void mta_file_version(const model::Case& c, Verdicts& out) {
  for (const model::Machine& machine : c.machines) {
    const Occurrences events = listen_failures(c, machine);
    if (!judged_55(machine, events, out)) continue;
    for (const std::string_view name : kVersioned) {
      const auto subject = with_part(subject_of(machine), name);
      const facts::FileVersion* file = file_named(machine, name);
      if (file == nullptr || !file->version) {
        out.not_evaluated(subject, "the file's version was not observed");
      } else if (*file->version >= kFixed) {
        out.pass(subject);
      } else {
        auto& finding = out.fail(subject, "older",
                                 fmt::format("{} on {} is version {}, older than {}", name, machine.name,
                                             file->version->text(), kFixed.text()));
        if (events.any()) finding.values = {{"event", "9321"}};
        if (!events.any()) finding.severity = Severity::info;
        finding.evidence.emplace_back();
        finding.evidence[0].at = file->location;
        finding.evidence[0].path = file->name;
        finding.evidence[0].actual = {file->version->text()};
        finding.evidence[0].expected = {kFixed.text() + " or later"};
      }
    }
  }
}

}  // namespace

extern const Rule kb279415_rpc_listen_failure = {"KB279415.rpc-listen-failure",
                                                 "The Exchange 5.5 MTA listens over RPC.",
                                                 "279415",
                                                 Severity::high,
                                                 "events",
                                                 "5.5",
                                                 SubjectKind::machine,
                                                 kEvents,
                                                 "11004 old",
                                                 rpc_listen_failure};
extern const Rule kb279415_binding_order = {"KB279415.binding-order",
                                            "The internal network adapter comes first in the binding order.",
                                            "279415",
                                            Severity::medium,
                                            "registry",
                                            "5.5",
                                            SubjectKind::machine,
                                            kNetwork,
                                            "order",
                                            binding_order};
extern const Rule kb285350_mta_file_version = {
    "KB285350.mta-file-version",
    "The files of the Exchange 5.5 MTA are at least version 5.5.2654.54.",
    "285350",
    Severity::medium,
    "files",
    "5.5",
    SubjectKind::machine,
    kFiles,
    "older",
    mta_file_version};

}  // namespace exaudit::rules
