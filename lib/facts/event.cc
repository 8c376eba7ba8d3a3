#include "facts/event.h"

#include "base/text.h"

namespace exaudit::facts {

LogKind log_kind_of_name(std::string_view name) {
  if (base::ascii_iequals(name, "Application")) return LogKind::application;
  if (base::ascii_iequals(name, "System")) return LogKind::system;
  return LogKind::unknown;
}

LogKind log_kind_of_source(std::string_view source) {
  if (base::ascii_istarts_with(source, "MSExchange") || base::ascii_iequals(source, "EXOLEDB") ||
      base::ascii_iequals(source, "ESE")) {
    return LogKind::application;
  }
  const bool system =
      base::ascii_iequals(source, "Service Control Manager") || base::ascii_iequals(source, "EventLog");
  return system ? LogKind::system : LogKind::unknown;
}

LogKind log_kind_of(const EventLog& log) {
  LogKind kind = log.kind != LogKind::unknown ? log.kind : log_kind_of_name(log.log_name);
  if (kind != LogKind::unknown) return kind;
  for (const Event& event : log.events) {
    const LogKind here = log_kind_of_source(event.source);
    if (here == LogKind::unknown || here == kind) continue;
    if (kind != LogKind::unknown) return LogKind::unknown;
    kind = here;
  }
  return kind;
}

}  // namespace exaudit::facts
