// The SMTP service of a machine as its metabase describes it: virtual servers and their event bindings (the
// registrations through which Exchange adds its command verbs, categorizer, router and store driver to the
// Windows SMTP service).
//
// Bindings stand at /LM/SmtpSvc/<n>/EventManager/EventTypes/{event}/Bindings/{binding}; each field of a
// binding is a key of that name holding property ID 0, or a property of the binding key itself. Both are
// read. A listing of `smtpreg.vbs /enum` shows the bindings of the same metabase, and nothing else of it.
#pragma once

#include <string>
#include <vector>

#include "facts/metabase.h"
#include "facts/sink_listing.h"

namespace exaudit::model {

enum class Enabled {
  yes,
  no,
  unknown
};  // a binding without the field is enabled (Platform SDK, "Event Bindings")

struct EventBinding {
  std::string path;          // metabase path as written
  std::string event;         // {GUID} of the event type
  std::string display_name;  // trimmed; "" when the binding has none
  std::string sink_class;
  Enabled enabled = Enabled::yes;
  facts::Location location;
};

struct VirtualServer {
  std::string instance;  // "1"
  std::string comment;   // "Default SMTP Virtual Server"
  std::string path;      // "/LM/SmtpSvc/1"
  std::vector<EventBinding> bindings;
  facts::Location location;
};

struct SmtpService {
  bool lm_exported =
      false;  // the metabase file holds /LM itself and lost no key: what is not below /LM is not there
  bool present = false;       // /LM/SmtpSvc is there
  bool lost_records = false;  // keys may be missing
  bool arrival_only =
      false;  // only OnArrival sinks could be seen: of a binding that is not there nothing is known
  facts::Location location;  // of /LM/SmtpSvc, else of /LM
  std::vector<VirtualServer> virtual_servers;

  std::size_t binding_count() const;
};

SmtpService read_smtp_service(const facts::Metabase& metabase);
SmtpService read_smtp_service(const facts::SinkListing& listing);

}  // namespace exaudit::model
