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

}  // namespace exaudit::facts
