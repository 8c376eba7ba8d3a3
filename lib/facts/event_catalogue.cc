#include "facts/event_catalogue.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace exaudit::facts {

namespace {

constexpr std::string_view kTransport = "MSExchangeTransport";
constexpr std::string_view kStore = "MSExchangeIS";
constexpr std::string_view kMta = kMtaSource;
constexpr std::string_view kServices = "Service Control Manager";

constexpr std::array kCatalogue = {
    CataloguedEvent{EventKind::store_logon_failure, kTransport, 326, 2, 3, 3},
    CataloguedEvent{EventKind::instance_failure, kTransport, 324, 1, 2, 2, "failed to initialize"},
    CataloguedEvent{EventKind::store_call_failure, kTransport, 327, 1, 2, 0, "the following call"},
    CataloguedEvent{EventKind::exps_failure, kTransport, 1706, 1, 4, 0, "EXPS is temporarily unable"},
    CataloguedEvent{EventKind::interface_failure, kStore, 1194, 1, 2, 2,
                    "accept clients on external interface"},
    CataloguedEvent{EventKind::mailbox_sd_failure, kStore, 9554, 1, 2, 2, "unable to update mailbox SD"},
    CataloguedEvent{EventKind::mta_unexpected_error, kMta, 9405, 1, 1},
    CataloguedEvent{EventKind::mta_directory_error, kMta, 137},
    CataloguedEvent{EventKind::mta_no_monitor_memory, kMta, 9406},
    CataloguedEvent{EventKind::mta_recovery, kMta, 2219},
    CataloguedEvent{EventKind::mta_recovery_queue, kMta, 2206, 1},
    CataloguedEvent{EventKind::mta_recovery_done, kMta, 2207},
    CataloguedEvent{EventKind::rpc_listen_failure, kMta, 9321, 0, 1},
    CataloguedEvent{EventKind::mta_fatal_error, kMta, 9266},
    CataloguedEvent{EventKind::rpc_bind_failure, kMta, 9318, 5, 2},
    CataloguedEvent{EventKind::rpc_bind_back_failure, kMta, 9322},
    CataloguedEvent{EventKind::event_sinks_failure, "EXOLEDB", 116, 0, 1, 1,
                    "unable to initialize event system"},
    CataloguedEvent{EventKind::service_start_failure, kServices, 7000, 1, 2, 2,
                    "service failed to start due to the following error"},
    CataloguedEvent{EventKind::service_error, kServices, 7023, 1, 2, 2,
                    "service terminated with the following error"},
    CataloguedEvent{EventKind::service_crash, kServices, 7031, 0, 0, 0,
                    "service terminated unexpectedly. It has done this"},
    CataloguedEvent{EventKind::service_start_message, kServicesConsole, 0, 0, 0, 0, "could not start the"},
    CataloguedEvent{EventKind::directory_topology, "MSExchangeDSAccess", 2080, 0, 0, 0,
                    "discovered the following servers"},
};

}  // namespace

std::span<const CataloguedEvent> event_catalogue() { return kCatalogue; }

const CataloguedEvent* find_catalogued(std::string_view source, std::uint32_t id) {
  const auto* const found = std::find_if(kCatalogue.begin(), kCatalogue.end(), [&](const CataloguedEvent& e) {
    return e.id == id && base::ascii_iequals(e.source, source);
  });
  return found == kCatalogue.end() ? nullptr : found;
}

bool is_catalogued(std::string_view source, std::uint32_t id) {
  return find_catalogued(source, id) != nullptr;
}

bool is_catalogued_id(std::uint32_t id) {
  return std::any_of(kCatalogue.begin(), kCatalogue.end(),
                     [id](const CataloguedEvent& e) { return e.id == id; });
}

const CataloguedEvent* find_catalogued_id(std::uint32_t id) {
  const CataloguedEvent* found = nullptr;
  for (const CataloguedEvent& event : kCatalogue) {
    if (event.id != id) continue;
    if (found != nullptr) return nullptr;
    found = &event;
  }
  return found;
}

bool is_kind(const Event& event, EventKind kind) {
  const CataloguedEvent* found = find_catalogued(event.source, event.id);
  return found != nullptr && found->kind == kind;
}

}  // namespace exaudit::facts
