// KB 822939: the event bindings in the metabase through which Exchange hooks its verbs, categorizer, router
// and store driver into the SMTP service.
//
// The catalogue of known bindings is data (sinks.tsv, --sink-catalogue). It says which names are known, not
// that every server needs all of them: most absences are remarks, and bindings that are not in it are other
// vendors' software, never a fault.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "rules/sink_catalogue.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;
using model::Enabled;

namespace {

constexpr Need kMetabase[] = {Need::metabase};
// The older form of smtpreg.vbs; which event each of Exchange's sinks belongs to is not known, so no absence
// counts.
constexpr std::string_view kArrivalOnly = "the listing shows OnArrival sinks only";

// The text was checked when the options were read; one that does not parse gives no names, and so no verdict
// against anybody.
std::vector<Sink> catalogue(const model::Case& c) {
  if (c.options.sink_catalogue.empty()) return built_in_sinks();
  auto sinks = parse_sink_catalogue(c.options.sink_catalogue);
  return sinks ? std::move(*sinks) : std::vector<Sink>();
}

bool is_verb_family(std::string_view family) {
  return family == "X-EXPS" || family == "X-LINK2STATE" || family == "XEXCH50";
}

const model::EventBinding* binding_named(const model::VirtualServer& server, std::string_view display_name,
                                         bool enabled_only) {
  for (const model::EventBinding& binding : server.bindings) {
    if (base::fold_equals(binding.display_name, display_name) &&
        !(enabled_only && binding.enabled == Enabled::no))
      return &binding;
  }
  return nullptr;
}

findings::Evidence metabase_evidence(const facts::Location& at, std::string path) {
  findings::Evidence out;
  out.at = at;
  out.path = std::move(path);
  return out;
}

// What the machine's EHLO reply says about a verb family.
facts::Observed advertised(const model::Machine& machine, const std::string& family) {
  const facts::SmtpGreeting* greeting = is_verb_family(family) ? machine.best_greeting() : nullptr;
  if (greeting == nullptr || !greeting->has_ehlo || greeting->masked) return facts::Observed::not_observed;
  if (greeting->find(family) != nullptr) return facts::Observed::present;
  return greeting->ehlo_complete ? facts::Observed::absent : facts::Observed::not_observed;
}

// Visits the SMTP services of machines that are known to run Exchange 2000/2003; gives the verdict for all
// others.
template <typename Visit>
void each_service(const model::Case& c, Verdicts& out, Visit visit) {
  for (const model::Machine& machine : c.machines) {
    if (machine.smtp_services.empty() && machine.known_2000_or_2003) {
      out.not_evaluated(subject_of(machine), "no metabase of the machine is there");
    } else if (judged(machine, out)) {
      for (const model::SmtpService& service : machine.smtp_services) visit(machine, service);
    }
  }
}

void judge_family(const model::Machine& machine, const model::SmtpService& service,
                  const model::VirtualServer& server, const std::string& family,
                  const std::vector<std::string>& names, Verdicts& out) {
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (binding_named(server, name, true) == nullptr) missing.push_back(name);
  }
  const auto subject = with_part(subject_of(machine, server), family);
  if (missing.empty()) {
    out.pass(subject);
  } else if (service.arrival_only) {
    out.not_evaluated(subject, kArrivalOnly);
  } else if (service.lost_records) {
    out.not_evaluated(subject, "parts of the metabase file could not be read");
  } else {
    const bool whole_family = missing.size() == names.size();
    const facts::Observed verb = advertised(machine, family);
    auto& finding =
        out.fail(subject, whole_family ? "family-missing" : "family-incomplete",
                 fmt::format("virtual server {} of {} {} event bindings of the family {}", server.instance,
                             machine.name,
                             whole_family ? "has none of the"
                                          : fmt::format("lacks {} of the {}", missing.size(), names.size()),
                             family));
    finding.severity = Severity::info;
    if (whole_family && family_is_essential(family) && verb != facts::Observed::present)
      finding.severity = Severity::high;
    if (!whole_family && verb == facts::Observed::absent) finding.severity = Severity::medium;
    finding.evidence = {metabase_evidence(server.location, server.path + "/EventManager")};
    finding.evidence[0].expected = std::move(missing);
  }
}

void sinks_missing(const model::Case& c, Verdicts& out) {
  std::map<std::string, std::vector<std::string>> families;
  for (const Sink& sink : catalogue(c)) families[sink.family].push_back(sink.display_name);
  each_service(c, out, [&](const model::Machine& machine, const model::SmtpService& service) {
    for (const model::VirtualServer& server : service.virtual_servers) {
      if (service.binding_count() == 0 && service.arrival_only) {
        out.not_evaluated(subject_of(machine, server), kArrivalOnly);
        continue;
      }
      if (service.binding_count() == 0) {
        out.not_applicable(subject_of(machine, server),
                           "there is no event binding at all, which KB822939.no-bindings reports");
        continue;
      }
      for (const auto& [family, names] : families) judge_family(machine, service, server, family, names, out);
    }
  });
}

void sink_disabled(const model::Case& c, Verdicts& out) {
  const std::vector<Sink> sinks = catalogue(c);
  each_service(c, out, [&](const model::Machine& machine, const model::SmtpService& service) {
    for (const model::VirtualServer& server : service.virtual_servers) {
      bool any = false;
      for (const Sink& sink : sinks) {
        const model::EventBinding* binding = binding_named(server, sink.display_name, false);
        if (binding == nullptr || binding->enabled != Enabled::no) continue;
        any = true;
        auto& finding = out.fail(with_part(subject_of(machine, server), sink.display_name), "disabled",
                                 fmt::format("event binding \"{}\" of virtual server {} on {} is disabled",
                                             sink.display_name, server.instance, machine.name));
        finding.evidence = {metabase_evidence(binding->location, binding->path + "/Enabled")};
        finding.evidence[0].actual = {"false"};
        finding.evidence[0].expected = {"true"};
      }
      if (any) continue;
      if (service.arrival_only) {
        out.not_evaluated(subject_of(machine, server), kArrivalOnly);
      } else {
        out.pass(subject_of(machine, server));
      }
    }
  });
}

void no_bindings(const model::Case& c, Verdicts& out) {
  each_service(c, out, [&](const model::Machine& machine, const model::SmtpService& service) {
    const auto subject = subject_of(machine);
    if (service.binding_count() > 0) {
      out.pass(subject);
    } else if (service.arrival_only) {
      out.not_evaluated(subject, kArrivalOnly);
    } else if (service.virtual_servers.empty()) {
      out.not_applicable(subject, "the metabase file holds no SMTP virtual server");
    } else if (service.lost_records) {
      out.not_evaluated(subject, "parts of the metabase file could not be read");
    } else {
      const bool verbs = advertised(machine, "X-EXPS") == facts::Observed::present ||
                         advertised(machine, "X-LINK2STATE") == facts::Observed::present ||
                         advertised(machine, "XEXCH50") == facts::Observed::present;
      auto& finding = out.fail(
          subject, "none",
          fmt::format(
              "the metabase of {} has SMTP virtual servers, but not one event binding{}", machine.name,
              verbs ? "; its EHLO reply shows Exchange's verbs, so the file is a partial export" : ""));
      if (verbs) finding.severity = Severity::info;
      for (const model::VirtualServer& server : service.virtual_servers) {
        finding.evidence.push_back(metabase_evidence(server.location, server.path + "/EventManager"));
      }
    }
  });
}

}  // namespace

extern const Rule kb822939_sinks_missing = {
    "KB822939.sinks-missing",
    "Exchange's event bindings are registered on every SMTP virtual server.",
    "822939",
    Severity::high,
    "iis",
    "2000 2003",
    SubjectKind::virtual_server,
    kMetabase,
    "family-missing family-incomplete",
    sinks_missing};
extern const Rule kb822939_sink_disabled = {"KB822939.sink-disabled",
                                            "None of Exchange's event bindings is disabled.",
                                            "822939",
                                            Severity::medium,
                                            "iis",
                                            "2000 2003",
                                            SubjectKind::virtual_server,
                                            kMetabase,
                                            "disabled",
                                            sink_disabled};
extern const Rule kb822939_no_bindings = {"KB822939.no-bindings",
                                          "The SMTP service has event bindings.",
                                          "822939",
                                          Severity::high,
                                          "iis",
                                          "2000 2003",
                                          SubjectKind::machine,
                                          kMetabase,
                                          "none",
                                          no_bindings};

}  // namespace exaudit::rules
