#include "model/smtp_service.h"

#include <doctest/doctest.h>

#include "readers/readers.h"

namespace facts = exaudit::facts;
namespace model = exaudit::model;
namespace readers = exaudit::readers;

namespace {

constexpr const char* kBinding =
    "/LM/SmtpSvc/1/EventManager/EventTypes/{F6628C8D-0D5E-11D2-AA68-00C04FA35B82}/Bindings/"
    "{00000000-0000-0000-0000-0000000000A1}";

std::string key(const std::string& path, const std::string& inside = "") {
  return "<IIsConfigObject\tLocation =\"" + path + "\"\n\t>\n" + inside + "</IIsConfigObject>\n";
}
std::string custom(const std::string& name, const std::string& id, const std::string& value) {
  return "\t<Custom\n\t\tName=\"" + name + "\"\n\t\tID=\"" + id + "\"\n\t\tValue=\"" + value +
         "\"\n\t\tType=\"STRING\"\n\t/>\n";
}

model::SmtpService service_of(const std::string& keys) {
  const std::string xml =
      "<?xml version =\"1.0\"?>\n<configuration "
      "xmlns=\"urn:microsoft-catalog:XML_Metabase_V64_0\">\n<MBProperty>\n" +
      keys + "</MBProperty>\n</configuration>\n";
  facts::Input input;
  const auto metabase = readers::read_metabase_xml(xml, {}, 0, input);
  CHECK(input.complete);
  return model::read_smtp_service(metabase);
}

}  // namespace

TEST_CASE("smtp service: fields of a binding as keys with property 0, or as its own properties") {
  const std::string path = kBinding;
  const auto as_keys = service_of(key("/LM") + key("/LM/SmtpSvc/1") +
                                  key(path + "/DisplayName", custom("MD_0", "0", " Exchange Router ")) +
                                  key(path + "/Enabled", custom("MD_0", "0", "0")));
  const auto as_properties =
      service_of(key("/LM") + key("/LM/SmtpSvc/1") +
                 key(path, custom("DisplayName", "1", "Exchange Router") + custom("Enabled", "2", "False")));
  for (const auto* service : {&as_keys, &as_properties}) {
    REQUIRE(service->virtual_servers.size() == 1);
    REQUIRE(service->virtual_servers[0].bindings.size() == 1);
    CHECK(service->virtual_servers[0].bindings[0].display_name == "Exchange Router");
    CHECK(service->virtual_servers[0].bindings[0].enabled == model::Enabled::no);
    CHECK(service->binding_count() == 1);
  }
}

TEST_CASE("smtp service: an absent Enabled means enabled, an odd one means unknown") {
  const std::string path = kBinding;
  const auto enabled = [&](const std::string& extra) {
    return service_of(key(path) + extra).virtual_servers.at(0).bindings.at(0).enabled;
  };
  CHECK(enabled("") == model::Enabled::yes);
  CHECK(enabled(key(path + "/Enabled", custom("MD_0", "0", "-1"))) == model::Enabled::yes);
  CHECK(enabled(key(path + "/Enabled", custom("MD_0", "0", "4294967295"))) == model::Enabled::yes);
  CHECK(enabled(key(path + "/Enabled", custom("MD_0", "0", "vrai"))) == model::Enabled::unknown);
}

TEST_CASE("smtp service: only numbered children are virtual servers, and absence needs /LM") {
  const auto service =
      service_of(key("/LM") + key("/LM/SmtpSvc/Info") + key("/LM/SmtpSvc/2") + key("/LM/SmtpSvc/10"));
  CHECK(service.virtual_servers.size() == 2);
  CHECK(service.lm_exported);
  const auto other = service_of(key("/LM/W3SVC/1"));
  CHECK_FALSE(other.present);
  CHECK_FALSE(other.lm_exported);
}

TEST_CASE(
    "smtp service: a sink listing shows the bindings of its virtual servers, and nothing of other services") {
  facts::SinkListing listing;
  listing.location = {.input = 2, .line = 1};
  listing.instances = {"1", "2"};
  listing.bindings = {{"{A}", "{E}", "smtpsvc 1", "1", " Exchange Router ", "Contoso.Sink", true, 7},
                      {"{B}", "", "smtpsvc 2", "2", "Other", "", std::nullopt, 9},
                      {"{C}", "{E}", "nntpsvc 1", "", "News", "", false, 11}};
  const auto service = model::read_smtp_service(listing);
  CHECK(service.present);
  CHECK_FALSE(service.lm_exported);
  CHECK_FALSE(service.arrival_only);
  CHECK(service.binding_count() == 2);
  REQUIRE(service.virtual_servers.size() == 2);
  const auto& router = service.virtual_servers[0].bindings.at(0);
  CHECK(router.display_name == "Exchange Router");
  CHECK(router.enabled == model::Enabled::yes);
  CHECK(router.path == "/LM/SmtpSvc/1/EventManager/EventTypes/{E}/Bindings/{A}");
  CHECK(router.location.line == 7);
  CHECK(router.location.input == 2);
  CHECK(service.virtual_servers[1].bindings.at(0).enabled == model::Enabled::unknown);

  listing.arrival_only = true;
  listing.complete = false;
  const auto old_form = model::read_smtp_service(listing);
  CHECK(old_form.arrival_only);
  CHECK(old_form.lost_records);
  CHECK(old_form.virtual_servers[1].bindings.at(0).event == "{FF3CAA23-00B9-11D2-9DFB-00C04FA322BA}");
  CHECK_FALSE(model::read_smtp_service(facts::SinkListing()).present);
}
