// The small ones of the made scenarios.
#include "support/made_scenarios.h"

#include <fmt/format.h>

#include "base/text.h"
#include "support/made_parts.h"
#include "support/site_directory.h"
#include "support/site_machine.h"

namespace exaudit::test {

namespace {

using Part = SiteDirectory::Part;

constexpr std::string_view kServices = "SYSTEM\\CurrentControlSet\\Services";

SiteDirectory one_server(const std::string& name, const std::string& version,
                         const std::vector<SiteStore>& stores) {
  SiteDirectory site("Contoso", "DC=contoso,DC=test");
  site.add_server({name, site.add_group("First Administrative Group", "First Administrative Group"), version},
                  stores);
  return site;
}

void add_directory(Files& files, const SiteDirectory& site) {
  files["directory/configuration.ldf"] = site.ldifde(Part::configuration);
  files["directory/domain.ldf"] = site.ldifde(Part::domain);
}

// The history of KB 822939.
std::string unroutable_report() {
  return "3/14/2006 7:01 AM\tReport generated internally\r\n"
         "3/14/2006 7:01 AM\tSMTP Store Driver: Message Submitted from Store\r\n"
         "3/14/2006 7:01 AM\tSMTP Store Driver: Submitted Message to MTA\r\n"
         "3/14/2006 7:02 AM\tUnroutable report discarded\r\n";
}

EvtRecord start_failure(const std::string& service, std::uint32_t seconds) {
  return {"Service Control Manager", 7000, {service, "%%1083"}, kMorning + seconds, 1, "MAIL1"};
}

Files multihomed(bool healthy_order, const std::string& version) {
  Files files;
  add_directory(files, one_server("OLD55", kExchange55, {{"First Storage Group", "Microsoft Private MDB"}}));
  add_multihomed(files, "servers/OLD55/", {"OLD55", healthy_order, version, version});
  return files;
}

// Events as Event Viewer copies them.
std::string pasted(const std::string& source, std::uint32_t id, const std::string& text) {
  return event_block({"3/14/2006", "7:02:11 AM", source, "Error", "(3)", id, "MAIL1", text});
}

std::vector<SiteStore> two_stores() {
  return {{"First Storage Group", "two", false, {"Dora Evans"}},
          {"First Storage Group", "Public Folder Store (MAIL1)", true}};
}

// As error-1083, with the system log as the server keeps it, and what does not run.
Files error_1083_evt() {
  Files files;
  add_directory(files, one_server("MAIL1", kExchange2000, two_stores()));
  auto services = exchange_services();
  for (const char* name : {"POP3Svc", "IMAP4Svc"}) service_named(services, name).start = 2;
  services.push_back({"LDAPSVC", "LDAP Service", service_named(services, "RESvc").image_path, 3, false});
  service_named(services, "RESvc").running = false;
  files["servers/MAIL1/services.reg"] =
      registry_file({{std::string(kServices), services_key(services, {"Smtpsvc", "Nntpsvc"})}});
  files["servers/MAIL1/services.txt"] = sc_query(services);
  EvtWriter log;
  log.add({"eventlog", 6005, {}, kMorning, 4, "MAIL1"});
  log.add(start_failure("Microsoft Exchange Routing Engine", 149));
  log.add(start_failure("Microsoft Exchange POP3", 150));
  files["servers/MAIL1/SysEvent.Evt"] = log.file();
  return files;
}

// As healthy-2003, with homeMTA as somebody typed it.
Files home_mta_letter_case() {
  SiteDirectory site = one_server("MAIL1", kExchange2003, two_stores());
  site.at(site.gateway_dn("MAIL1", "two")).set("homeMTA", base::ascii_lowered(site.mta_dn("MAIL1")));
  Files files;
  add_directory(files, site);
  return files;
}

// As iis-reinstalled on Exchange 2000, with the history of a report that could not be routed.
Files iis_reinstalled_tracked() {
  Files files;
  add_directory(files, one_server("MAIL1", kExchange2000, two_stores()));
  files["servers/MAIL1/mdutil.txt"] = metabase_dump("mail1.contoso.test", {"*"});
  files["servers/MAIL1/ehlo.txt"] = ehlo_reply("mail1.contoso.test", "5.0.2195.6713", {"AUTH GSSAPI NTLM"});
  files["servers/MAIL1/history.txt"] = unroutable_report();
  return files;
}

// As iis-reinstalled, on one node of a cluster. The node is no server of the directory.
Files iis_reinstalled_cluster() {
  SiteDirectory site("Contoso", "DC=contoso,DC=test");
  const std::string group = site.add_group("First Administrative Group", "First Administrative Group");
  site.add_server({"EXV1", group, kExchange2003}, {{"Group A", "one", false, {"Dora Evans"}}});
  site.add_server({"EXV2", group, kExchange2003, "EXV1"}, {{"Group B", "two", false, {"Rui Tavares"}}});
  Files files;
  add_directory(files, site);
  files["servers/NODE1/MetaBase.xml"] = metabase_xml("node1.contoso.test", {"*"});
  files["servers/NODE1/ehlo.txt"] = ehlo_reply("node1.contoso.test", "6.0.3790.3959", {"AUTH GSSAPI NTLM"});
  files["servers/NODE1/services.reg"] =
      registry_file({{std::string(kServices), services_key(exchange_services())}});
  return files;
}

// As system-mailbox-missing, with the other error of KB 316622.
Files system_mailbox_missing_module() {
  SiteDirectory site = one_server("MAIL1", kExchange2003, two_stores());
  site.remove(site.system_mailbox_dn("MAIL1", "two"));
  Files files;
  add_directory(files, site);
  files["servers/MAIL1/events.txt"] = pasted(
      "EXOLEDB", 116,
      "Microsoft Exchange OLEDB was unable to initialize event system correctly. Support for store event "
      "may have been disabled. HRESULT = 0x8007007e.");
  return files;
}

}  // namespace

std::map<std::string, Files> small_scenarios() {
  return {{"error-1083-evt", error_1083_evt()},
          {"home-mta-letter-case", home_mta_letter_case()},
          {"iis-reinstalled-cluster", iis_reinstalled_cluster()},
          {"iis-reinstalled-tracked", iis_reinstalled_tracked()},
          {"multihomed-55", multihomed(false, "5.5.2654.39")},
          {"multihomed-55-fixed", multihomed(true, "5.5.2654.89")},
          {"system-mailbox-missing-module", system_mailbox_missing_module()}};
}

// Everything at once on one Exchange 2000 server, in the files that such a server has.
Files several_articles() {
  const std::string store = "Mailbox Store (MAIL1)";
  const std::string other = "Directors";
  SiteDirectory site = one_server("MAIL1", kExchange2000,
                                  {{"First Storage Group", store, false, {"Dora Evans", "Rui Tavares"}},
                                   {"First Storage Group", "Public Folder Store (MAIL1)", true},
                                   {"Second Storage Group", other, false, {"Ines Prado"}}});
  // KB 828938: the name was copied into legacyExchangeDN.
  site.at(site.gateway_dn("MAIL1", other))
      .set("legacyExchangeDN",
           fmt::format("/o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Connections/cn={}",
                       SiteDirectory::gateway_cn("MAIL1", other)));
  site.remove(site.system_mailbox_dn("MAIL1", other));  // KB 316622
  Files files;
  add_directory(files, site);
  const std::string folder = "servers/MAIL1/";
  auto services = exchange_services();
  service_named(services, "MSExchangeMTA").running = false;
  service_named(services, "POP3Svc").start = 2;
  services.push_back({"MSExchangeIMC", "Microsoft Exchange Internet Mail Service",
                      "C:\\exchsrvr\\connect\\msexcimc\\bin\\msexcimc.exe", 3, false});
  files[folder + "SYSTEM"] =
      system_hive("MAIL1", services_key(services, {"Ldapsvc", "Smtpsvc", "Nntpsvc", "Imap4svc", "Resvc"}));
  files[folder + "started.txt"] = net_start(services);
  EvtWriter system;
  system.add(start_failure("Microsoft Exchange POP3", 10));
  files[folder + "SysEvent.Evt"] = system.file();
  EvtWriter application;
  add_mta_start(application, "MAIL1");
  application.add(logon_failure("MAIL1", "First Administrative Group", store, "0x80040148", kMorning + 300));
  application.add(logon_failure("MAIL1", "First Administrative Group", other, "0x80040148", kMorning + 301));
  application.add({"EXOLEDB", 116, {"0x8004010f"}, kMorning + 400, 1, "MAIL1"});
  files[folder + "AppEvent.Evt"] = application.file();
  files[folder + "mdutil.txt"] = metabase_dump("mail1.contoso.test", {"X-LINK2STATE"});
  files[folder + "ehlo.txt"] = ehlo_reply(
      "mail1.contoso.test", "5.0.2195.6713",
      {"X-EXPS GSSAPI NTLM LOGIN", "X-EXPS=LOGIN", "AUTH GSSAPI NTLM LOGIN", "AUTH=LOGIN", "XEXCH50"});
  files[folder + "history.txt"] = unroutable_report();
  return files;
}

}  // namespace exaudit::test
