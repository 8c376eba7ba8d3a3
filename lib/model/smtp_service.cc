#include "model/smtp_service.h"

#include <map>

#include "base/text.h"

namespace exaudit::model {

namespace {

// A field of a binding: its own property, or the ID 0 property of the key with the field's name.
const facts::MetabaseProperty* binding_field(const facts::Metabase& metabase, const std::string& path,
                                             std::string_view field) {
  if (const facts::MetabaseKey* key = metabase.find(path)) {
    if (const facts::MetabaseProperty* property = key->find(field)) return property;
  }
  const facts::MetabaseKey* key = metabase.find(path + "/" + std::string(field));
  if (key == nullptr) return nullptr;
  const facts::MetabaseProperty* property = key->find(std::uint32_t{0});
  return property != nullptr ? property : key->find("MD_0");
}

std::string text_of(const facts::MetabaseProperty* property) {
  return property == nullptr || property->values.empty() ? std::string()
                                                         : std::string(base::trim(property->values.front()));
}

Enabled enabled_of(const facts::MetabaseProperty* property) {
  if (property == nullptr) return Enabled::yes;
  if (!property->readable || property->values.empty()) return Enabled::unknown;
  const std::string text = text_of(property);
  std::int64_t number = 0;
  if (base::ascii_iequals(text, "true")) return Enabled::yes;
  if (base::ascii_iequals(text, "false")) return Enabled::no;
  if (base::parse_int(text, number)) return number == 0 ? Enabled::no : Enabled::yes;
  return Enabled::unknown;
}

facts::Location location_below(const facts::Metabase& metabase, const std::string& path) {
  const auto keys = metabase.subtree(path);
  return keys.empty() ? facts::Location{metabase.input, 0, 0, 0} : keys.front().location;
}

VirtualServer read_virtual_server(const facts::Metabase& metabase, const std::string& instance) {
  VirtualServer out;
  out.instance = instance;
  out.path = "/LM/SmtpSvc/" + instance;
  out.location = location_below(metabase, out.path);
  if (const facts::MetabaseKey* key = metabase.find(out.path)) {
    out.path = key->path;
    out.comment = text_of(key->find("ServerComment"));
  }
  const std::string types = out.path + "/EventManager/EventTypes";
  for (const std::string& event : metabase.child_names(types)) {
    const std::string bindings = types + "/" + event + "/Bindings";
    for (const std::string& binding : metabase.child_names(bindings)) {
      EventBinding item;
      item.path = bindings + "/" + binding;
      item.event = event;
      item.display_name = text_of(binding_field(metabase, item.path, "DisplayName"));
      item.sink_class = text_of(binding_field(metabase, item.path, "SinkClass"));
      item.enabled = enabled_of(binding_field(metabase, item.path, "Enabled"));
      item.location = location_below(metabase, item.path);
      out.bindings.push_back(std::move(item));
    }
  }
  return out;
}

}  // namespace

std::size_t SmtpService::binding_count() const {
  std::size_t count = 0;
  for (const VirtualServer& server : virtual_servers) count += server.bindings.size();
  return count;
}

SmtpService read_smtp_service(const facts::Metabase& metabase) {
  constexpr const char* kService = "/LM/SmtpSvc";
  SmtpService out;
  out.lost_records = metabase.lost_records;
  const facts::MetabaseKey* lm = metabase.find("/LM");
  out.lm_exported = lm != nullptr && !metabase.lost_records;
  out.present = metabase.exists(kService);
  out.location = out.present ? location_below(metabase, kService)
                             : (lm != nullptr ? lm->location : facts::Location{metabase.input, 0, 0, 0});
  for (const std::string& child : metabase.child_names(kService)) {
    if (base::is_digits(child)) out.virtual_servers.push_back(read_virtual_server(metabase, child));
  }
  return out;
}

SmtpService read_smtp_service(const facts::SinkListing& listing) {
  // OnTransportSubmission, which the older form of the script calls OnArrival and does not number.
  constexpr const char* kOnArrival = "{FF3CAA23-00B9-11D2-9DFB-00C04FA322BA}";
  SmtpService out;
  out.present = !listing.instances.empty();
  out.lost_records = !listing.complete;
  out.arrival_only = listing.arrival_only;
  out.location = listing.location;
  std::map<std::string_view, std::size_t> servers;
  for (const std::string& instance : listing.instances) {
    if (!servers.emplace(instance, out.virtual_servers.size()).second) continue;
    VirtualServer& server = out.virtual_servers.emplace_back();
    server.instance = instance;
    server.path = "/LM/SmtpSvc/" + instance;
    server.location = listing.location;
  }
  for (const facts::ListedBinding& binding : listing.bindings) {
    const auto found = servers.find(binding.instance);
    if (found == servers.end()) continue;  // of another service
    VirtualServer& server = out.virtual_servers[found->second];
    EventBinding& item = server.bindings.emplace_back();
    item.event = binding.event.empty() && listing.arrival_only ? kOnArrival : binding.event;
    item.path = server.path + "/EventManager/EventTypes/" + (item.event.empty() ? "?" : item.event) +
                "/Bindings/" + (binding.id.empty() ? "?" : binding.id);
    item.display_name = base::trim(binding.display_name);
    item.sink_class = binding.sink_class;
    item.enabled = !binding.enabled ? Enabled::unknown : *binding.enabled ? Enabled::yes : Enabled::no;
    item.location = listing.location;
    item.location.line = binding.line;
  }
  return out;
}

}  // namespace exaudit::model
