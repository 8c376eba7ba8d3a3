// Contoso after a year without its Exchange administrator: twelve servers, twenty faults. The story of each
// server stands in fixtures/scenarios/contoso-large/README.md; here it is told in the same order.
#include <fmt/format.h>

#include "support/evtx_writer.h"
#include "support/made_parts.h"
#include "support/made_scenarios.h"
#include "support/site_directory.h"
#include "support/site_machine.h"

namespace exaudit::test {

namespace {

using Part = SiteDirectory::Part;

constexpr std::uint32_t kDay = 24 * 60 * 60;

SiteStore public_store(const std::string& server) {
  return {"First Storage Group", "Public Folder Store (" + server + ")", true};
}
SiteStore mailbox_store(const std::string& server, std::vector<std::string> users) {
  return {"First Storage Group", "Mailbox Store (" + server + ")", false, std::move(users)};
}

SiteDirectory healthy() {
  SiteDirectory site("Contoso", "DC=contoso,DC=test");
  // Renamed; legacyExchangeDN keeps the name that Setup gave it.
  const std::string hq = site.add_group("Headquarters", "First Administrative Group");
  const std::string branch = site.add_group("Branch Offices", "Branch Offices");
  const std::string fabrikam = site.add_group("Fabrikam", "Fabrikam");
  const auto add = [&](const std::string& name, const std::string& group, const std::string& version,
                       std::vector<SiteStore> stores) {
    site.add_server({name, group, version}, std::move(stores));
  };
  add("MAIL1", hq, kExchange2003,
      {{"First Storage Group", "Sales", false, {"Dora Evans", "Rui Tavares"}},
       public_store("MAIL1"),
       {"Second Storage Group", "Board", false, {"Ines Prado"}}});
  add("MAIL2", hq, kExchange2003,
      {mailbox_store("MAIL2", {"Karl Berger"}),
       public_store("MAIL2"),
       {"Second Storage Group", "Legal", false, {"Mona Lind"}}});
  add("EXV1", hq, kExchange2003,
      {{"Cluster Group A", "Production", false, {"Olaf Brandt"}},
       {"Cluster Group A", "Public Folders", true}});
  site.add_server(
      {"EXV2", hq, kExchange2003, "EXV1"},
      {{"Cluster Group B", "Engineering", false, {"Pia Holm"}}, {"Cluster Group B", "Projects", true}});
  add("MAIL3", branch, kExchange2003,
      {mailbox_store("MAIL3", {"Sven Aas"}), {"Second Storage Group", "Warehouse", false, {"Tilda Roos"}}});
  add("MAIL4", branch, kExchange2000, {mailbox_store("MAIL4", {"Uwe Kern"}), public_store("MAIL4")});
  add("MAIL5", branch, kExchange2003, {mailbox_store("MAIL5", {"Vera Nagy"}), public_store("MAIL5")});
  add("MAIL6", branch, kExchange2000, {mailbox_store("MAIL6", {"Wim Bos"}), public_store("MAIL6")});
  add("MAIL7", fabrikam, kExchange2000, {mailbox_store("MAIL7", {"Xenia Lutz"}), public_store("MAIL7")});
  add("MAIL8", fabrikam, kExchange2003, {mailbox_store("MAIL8", {"Yuri Popov"}), public_store("MAIL8")});
  add("MAIL9", fabrikam, kExchange2003,
      {mailbox_store("MAIL9", {"Zoe Marin"}), {"Second Storage Group", "Journal", false, {}}});
  add("OLD55", fabrikam, kExchange55, {{"First Storage Group", "Microsoft Private MDB"}});
  return site;
}

// Objects of a server that was deleted with a directory editor.
void leave_traces_of_old2(SiteDirectory& site) {
  for (const std::string store : {"Mailbox Store (OLD2)", "Public Folder Store (OLD2)"}) {
    Object& gateway = site.add(Part::configuration,
                               "CN=" + SiteDirectory::gateway_cn("OLD2", store) + "," + site.connections_dn(),
                               "top msExchConnector mailGateway");
    gateway.add("legacyExchangeDN",
                fmt::format("/o=Contoso/ou=Fabrikam/cn=Configuration/cn=Connections/cn=SMTP (OLD2)/cn={}",
                            SiteDirectory::store_guid("OLD2", store).text()));
    gateway.add("deliveryMechanism", "2");
    gateway.add("homeMTA", site.deleted_dn("Microsoft MTA"));
  }
  Object& user = site.add(Part::domain, site.user_dn("Erik Dahl"), "top person organizationalPerson user");
  user.add("displayName", "Erik Dahl");
  user.add("mailNickname", "edahl");
  user.add("legacyExchangeDN", "/o=Contoso/ou=Fabrikam/cn=Recipients/cn=edahl");
  user.add("homeMTA", site.deleted_dn("Microsoft MTA"));
  user.add("msExchHomeServerName", "/o=Contoso/ou=Fabrikam/cn=Configuration/cn=Servers/cn=OLD2");
  user.add("msExchMailboxGuid", octets_of(guid_of("mailbox of Erik Dahl")));
  user.add("proxyAddresses", "SMTP:edahl@contoso.test");
}

void break_directory(SiteDirectory& site) {
  site.remove(site.gateway_dn("MAIL1", "Sales"));
  site.at(site.gateway_dn("MAIL2", "Public Folder Store (MAIL2)"))
      .set("legacyExchangeDN",
           fmt::format("/o=Contoso/ou=Headquarters/cn=Configuration/cn=Connections/cn=SMTP (MAIL2)/cn={}",
                       SiteDirectory::store_guid("MAIL2", "Public Folder Store (MAIL2)").text()));
  site.at(site.gateway_dn("EXV2", "Engineering")).set("homeMTA", site.mta_dn("MAIL1"));
  site.at(site.gateway_dn("MAIL3", "Warehouse"))
      .set("homeMDB", site.store_dn("MAIL3", "Mailbox Store (MAIL3)"));
  const std::string cn = SiteDirectory::gateway_cn("MAIL4", "Mailbox Store (MAIL4)");
  Object& conflict =
      site.add(Part::configuration,
               "CN=" + SiteDirectory::mangled(cn, "CNF", "conflict") + "," + site.connections_dn(),
               "top msExchConnector mailGateway");
  conflict.add("legacyExchangeDN", site.gateway_legacy_dn("MAIL4", "Mailbox Store (MAIL4)"));
  conflict.add("deliveryMechanism", "2");
  conflict.add("homeMDB", site.store_dn("MAIL4", "Mailbox Store (MAIL4)"));
  conflict.add("homeMTA", site.mta_dn("MAIL4"));
  // The MTA object of MAIL8 is gone: links to it vanish, homeMTA is none and turns into a deleted name.
  site.remove(site.mta_dn("MAIL8"));
  site.at(site.server_dn("MAIL8")).erase("msExchResponsibleMTAServer");
  for (const std::string store : {"Mailbox Store (MAIL8)", "Public Folder Store (MAIL8)"})
    site.at(site.gateway_dn("MAIL8", store)).set("homeMTA", site.deleted_dn("Microsoft MTA"));
  for (const std::string& dn :
       {site.user_dn("Yuri Popov"), site.system_mailbox_dn("MAIL8", "Mailbox Store (MAIL8)")})
    site.at(dn).erase("homeMTA");
  site.remove(site.system_mailbox_dn("MAIL9", "Journal"));
  leave_traces_of_old2(site);
}

void add_directory(Files& files) {
  SiteDirectory dc1 = healthy();
  break_directory(dc1);
  files["directory/dc1/configuration.ldf"] = dc1.ldifde(Part::configuration);
  files["directory/dc1/domain.ldf"] = dc1.ldifde(Part::domain);
  // What was repaired on DC1 has not reached the global catalog.
  SiteDirectory gc1 = dc1;
  gc1.at(gc1.gateway_dn("MAIL2", "Legal")).set("homeMTA", gc1.deleted_dn("Microsoft MTA"));
  files["directory/gc1/configuration.ldif"] = gc1.global_catalog(Part::configuration);
  files["directory/gc1/domain.ldif"] = gc1.global_catalog(Part::domain);
}

std::vector<RootedKey> registry_of(
    const std::vector<MadeService>& services,
    const std::vector<std::string>& dispatch_entries = all_dispatch_entries()) {
  return {{"SYSTEM\\CurrentControlSet\\Services", services_key(services, dispatch_entries)}};
}

// A log as it is copied from a running server, dirty and wrapped: behind its end lie records that were
// overwritten in the books only.
std::string mail1_log() {
  EvtWriter log(3700);
  log.mark_dirty();
  const auto fail = [&](const std::string& code, std::uint32_t time) {
    log.add(logon_failure("MAIL1", "First Administrative Group", "Sales", code, time));
  };
  for (std::uint32_t day = 12; day > 0; --day) {
    const std::uint32_t time = kMorning - day * kDay;
    fail("0x80040148", time);
    log.add({"MSExchangeIS Mailbox Store", 9523, {"Second Storage Group\\Board"}, time + 5, 4, "MAIL1"});
  }
  log.add({"MSExchangeMTA", 9406, {"BASE", "MAIN BASE", "1", ""}, kMorning - 9, 2, "MAIL1"});
  fail("0x80040148", kMorning);
  fail("0x80040158", kMorning + 2);
  log.add({"MSExchangeIS", 1194, {"SMTP", "0x80004005"}, kMorning + 3, 1, "MAIL1"});
  return log.file();
}

void add_mail1(Files& files) {
  const std::string folder = "servers/MAIL1/";
  files[folder + "AppEvent.Evt"] = mail1_log();
  files[folder + "ehlo.txt"] = ehlo_reply("mail1.contoso.test", "6.0.3790.3959", exchange_verbs());
  files[folder + "services.reg"] = registry_file(registry_of(exchange_services()));
  files[folder + "services.txt"] = sc_query(exchange_services());
  std::string table =
      "Node,DateDiscoveredAbsentInDS,LegacyDN,MailboxDisplayName,MailboxGUID,ServerName,StorageGroupName,"
      "StoreName\r\n";
  const auto row = [&](const std::string& group, const std::string& store, const std::string& mailbox,
                       const std::string& absent) {
    table += fmt::format("MAIL1,{},/O=CONTOSO,{},{},MAIL1,{},{}\r\n", absent, mailbox,
                         guid_of("mailbox of " + mailbox).text(), group, store);
  };
  for (const std::string user : {"Dora Evans", "Rui Tavares"}) row("First Storage Group", "Sales", user, "");
  row("First Storage Group", "Sales", SiteDirectory::gateway_cn("MAIL1", "Sales"),
      "20060302060000.000000+000");
  row("Second Storage Group", "Board", "Ines Prado", "");
  row("Second Storage Group", "Board", SiteDirectory::gateway_cn("MAIL1", "Board"), "");
  files[folder + "mailboxes.csv"] = "\xFF\xFE" + wide("\r\n" + table);
  files[folder + "history.txt"] =
      "3/14/2006 7:05 AM\tSMTP: Message Delivered Locally to devans@contoso.test\r\n"
      "3/14/2006 7:05 AM\tSMTP: Message Scheduled to Retry Local Delivery\r\n"
      "3/14/2006 7:10 AM\tSMTP: Message Delivered Locally to devans@contoso.test\r\n"
      "3/14/2006 7:10 AM\tSMTP: Message Scheduled to Retry Local Delivery\r\n";
}

// A node of the cluster, not a server of the directory.
void add_node1(Files& files) {
  files["servers/NODE1/services.reg"] = registry_file(registry_of(exchange_services()));
  files["servers/NODE1/services.txt"] = net_start(exchange_services());
}

// The log was opened on a newer Windows and saved there.
void add_mail2(Files& files) {
  files["servers/MAIL2/ehlo.txt"] = ehlo_reply("mail2.contoso.test", "6.0.3790.3959", exchange_verbs());
  EvtxWriter log;
  log.add({"MSExchangeIS Mailbox Store", 9523, {"Second Storage Group\\Legal"}, kMorning, 3, "MAIL2"});
  log.add({"MSExchangeIS", 1194, {"MAPIRPC", "0x4b1"}, kMorning + 60, 1, "MAIL2"});
  files["servers/MAIL2/application.evtx"] = log.file();
}

void add_mail3(Files& files) {
  auto services = exchange_services();
  service_named(services, "RESvc").start = 4;
  service_named(services, "RESvc").running = false;
  files["servers/MAIL3/services.csv"] = win32_service_csv("MAIL3", services);
}

void add_mail4(Files& files) {
  files["servers/MAIL4/mdutil.txt"] = metabase_dump("mail4.contoso.test", {"*"});
  files["servers/MAIL4/ehlo.txt"] = ehlo_reply("mail4.contoso.test", "5.0.2195.6713", {"AUTH GSSAPI NTLM"});
}

void add_mail5(Files& files) {
  files["servers/MAIL5/MetaBase.xml"] = metabase_xml("mail5.contoso.test", {"XEXCH50"});
  files["servers/MAIL5/nmap.txt"] =
      "Nmap scan report for mail5.contoso.test (192.0.2.15)\n"
      "PORT   STATE SERVICE VERSION\n25/tcp open  smtp    Microsoft ESMTP 6.0.3790.3959\n"
      "| smtp-commands: mail5.contoso.test Hello [192.0.2.77], TURN, SIZE, ETRN, PIPELINING, DSN, "
      "ENHANCEDSTATUSCODES, 8bitmime, BINARYMIME, CHUNKING, VRFY, X-EXPS GSSAPI NTLM LOGIN, X-EXPS=LOGIN, "
      "AUTH GSSAPI NTLM LOGIN, AUTH=LOGIN, X-LINK2STATE, OK\n"
      "|_ This server supports the following commands: HELO EHLO\n";
}

void add_mail6(Files& files) {
  auto services = exchange_services();
  service_named(services, "RESvc").running = false;
  files["servers/MAIL6/services.txt"] =
      registry_query(registry_of(services, {"Ldapsvc", "Smtpsvc", "Nntpsvc", "Imap4svc", "Pop3svc"}));
  files["servers/MAIL6/started.txt"] = net_start(services);
  files["servers/MAIL6/smtpreg.txt"] = sink_listing();
  std::string log;
  log += event_line(
      {"3/14/2006", "6:57:29 AM", "Service Control Manager", "Error", "None", 7000, "MAIL6",
       "The Microsoft Exchange Routing Engine service failed to start due to the following error: %%1083"},
      ',');
  log += event_line({"3/14/2006", "6:55:00 AM", "eventlog", "Information", "None", 6005, "MAIL6",
                     "The Event log service was started."},
                    ',');
  files["servers/MAIL6/system.csv"] = log;
}

void add_mail7(Files& files) {
  auto services = exchange_services();
  std::erase_if(services, [](const MadeService& service) { return service.name == "SMTPSVC"; });
  services.push_back({"MSExchangeIMC", "Microsoft Exchange Internet Mail Service",
                      "C:\\exchsrvr\\connect\\msexcimc\\bin\\msexcimc.exe", 3, false});
  files["servers/MAIL7/SYSTEM"] = system_hive("MAIL7", services_key(services));
}

void add_mail8(Files& files) {
  auto services = exchange_services();
  service_named(services, "RESvc").image_path = "%SystemRoot%\\System32\\dllhost.exe";
  files["servers/MAIL8/services.reg"] = registry_file(registry_of(services));
  const std::string text =
      "An unexpected error has occurred which may cause the MTA to terminate. Error: Init Routing API "
      "returned "
      "error -1073478766. [BASE MAIN BASE 1 0] (16)";
  files["servers/MAIL8/application.txt"] =
      event_line(
          {"3/14/2006", "6:06:14 AM", "MSExchangeMTA", "Error", "Field Engineering", 9405, "MAIL8", text},
          '\t') +
      event_line({"3/14/2006", "6:01:00 AM", "MSExchangeSA", "Information", "General", 9014, "MAIL8",
                  "Microsoft Exchange System Attendant has been started."},
                 '\t');
}

void add_mail9(Files& files) {
  EvtWriter log;
  add_mta_start(log, "MAIL9");
  log.add(logon_failure("MAIL9", "Fabrikam", "Mailbox Store (MAIL9)", "0x80040148", kMorning + 400));
  log.add({"MSExchangeTransport", 324, {"1", "0x80040148"}, kMorning + 401, 1, "MAIL9"});
  log.add({"EXOLEDB", 116, {"0x8007007e"}, kMorning + 500, 1, "MAIL9"});
  files["servers/MAIL9/application.evt"] = log.file();
  auto services = exchange_services();
  service_named(services, "MSExchangeMTA").running = false;
  files["servers/MAIL9/services.reg"] = registry_file(registry_of(services));
  files["servers/MAIL9/services.txt"] = sc_query(services);
}

}  // namespace

Files contoso_large() {
  Files files;
  add_directory(files);
  add_mail1(files);
  add_mail2(files);
  add_node1(files);
  add_mail3(files);
  add_mail4(files);
  add_mail5(files);
  add_mail6(files);
  add_mail7(files);
  add_mail8(files);
  add_mail9(files);
  // One program file came back from a tape.
  add_multihomed(files, "servers/OLD55/", {"OLD55", false, "5.5.2654.89", "5.5.2654.39"});
  return files;
}

}  // namespace exaudit::test
