#include "rules/start_failures.h"

#include <array>

#include "base/text.h"
#include "facts/event_match.h"
#include "facts/event_numbers.h"

namespace exaudit::rules {

namespace {

constexpr std::uint32_t kNotImplemented = 1083;  // ERROR_SERVICE_NOT_IN_EXE

struct ServiceName {
  std::string_view key, display;
};
// The services of KB 277770 and IIS Admin, with the display names of English systems.
constexpr std::array<ServiceName, 7> kNames = {{{"SMTPSVC", "Simple Mail Transfer Protocol (SMTP)"},
                                                {"RESvc", "Microsoft Exchange Routing Engine"},
                                                {"NntpSvc", "Network News Transfer Protocol (NNTP)"},
                                                {"IMAP4Svc", "Microsoft Exchange IMAP4"},
                                                {"POP3Svc", "Microsoft Exchange POP3"},
                                                {"IISADMIN", "IIS Admin Service"},
                                                {"MSExchangeMTA", "Microsoft Exchange MTA Stacks"}}};

std::string key_name(const model::Machine& machine, const std::string& display) {
  for (const ServiceName& name : kNames) {
    if (base::ascii_iequals(display, name.key) || base::fold_equals(display, name.display) ||
        base::fold_equals(display, machine.service(name.key).display_name)) {
      return std::string(name.key);
    }
  }
  return display;
}

// Of a sentence that does not mark where its name begins and ends.
std::string key_name_in(const std::string& text) {
  for (const ServiceName& name : kNames) {
    if (facts::has_word(text, name.display) || facts::has_word(text, name.key)) return std::string(name.key);
  }
  return {};
}

}  // namespace

std::map<std::string, Occurrences> all_start_failures(const model::Case& c, const model::Machine& machine) {
  std::map<std::string, Occurrences> out;
  each_event(machine, [&](const facts::Event& event, const facts::EventLog& log) {
    const auto failure = facts::service_start_failure(event);
    if (!failure || failure->error != kNotImplemented) return;
    const std::string name = failure->service.empty() ? key_name_in(facts::unwrap(event.description))
                                                      : key_name(machine, failure->service);
    out.try_emplace(name, c).first->second.add(event, log);
  });
  return out;
}

Occurrences start_failures(const model::Case& c, const model::Machine& machine, std::string_view service) {
  for (const auto& [name, found] : all_start_failures(c, machine)) {
    if (base::ascii_iequals(name, service)) return found;
  }
  return Occurrences(c);
}

}  // namespace exaudit::rules
