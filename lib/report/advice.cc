#include "report/advice.h"

#include <array>

#include "base/text.h"

namespace exaudit::report {

namespace {

using findings::Need;
using Lines = std::string_view;

constexpr std::array kDirectory = {
    Lines(R"(ldifde -f directory.ldf -d "{exchange}" -p subtree)"),
};
constexpr std::array kRecipients = {
    Lines(
        R"(ldifde -f recipients.ldf -d "{domain}" -p subtree -r )"
        R"x("(|(mailNickname=*)(proxyAddresses=*)(homeMDB=*)(msExchMailboxGuid=*)(msExchHomeServerName=*))")x"),
};
constexpr std::array kRecipientsNotes = {
    Lines("once for each domain that holds recipients"),
};
constexpr std::array kGlobalCatalog = {
    Lines(R"(regedit /e servers\{machine}\dsaccess.reg )"
          R"(HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeDSAccess)"),
    Lines(R"(wmic nteventlog where "LogfileName='Application'" call BackupEventlog "C:\application.evt")"),
    Lines(R"(move C:\application.evt servers\{machine}\)"),
};
constexpr std::array kGlobalCatalogNotes = {
    Lines("(event 2080 is in the log when diagnostics logging of MSExchangeDSAccess, Topology, is Medium or "
          "more:"),
    Lines("KB 316300. An audit can also be told: --gc SERVER=VIEW)"),
};
constexpr std::array kEhlo = {
    Lines(R"(telnet -f servers\{machine}\ehlo.txt localhost 25)"),
};
constexpr std::array kEhloNotes = {
    Lines("then type ehlo, press Enter, type quit, press Enter"),
    Lines("(Windows 2000 has no -f: copy the text of the window into that file)"),
};
constexpr std::array kMetabase = {
    Lines(R"(copy "%SystemRoot%\system32\inetsrv\MetaBase.xml" servers\{machine}\)"),
    Lines(R"(copy "%SystemRoot%\system32\inetsrv\MBSchema.xml" servers\{machine}\)"),
};
constexpr std::array kMetabaseNotes = {
    Lines("(IIS 6; MetaBase.bin of IIS 5 cannot be read: where smtpreg.vbs is there, run"),
    Lines(R"(cscript //nologo smtpreg.vbs /enum > servers\{machine}\smtpreg.txt))"),
};
constexpr std::array kMetabaseBackup = {
    Lines(R"(dir /t:w "%SystemRoot%\system32\inetsrv\MetaBack" "%SystemRoot%\system32\inetsrv\History" )"
          R"(> servers\{machine}\metaback.txt)"),
};
constexpr std::array kMetabaseBackupNotes = {
    Lines("(copies of the two folders show that there are backups, but not of when)"),
};
constexpr std::array kServices = {
    Lines(
        R"(regedit /e servers\{machine}\services.reg HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services)"),
    Lines(R"(regedit /e servers\{machine}\exchange.reg HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Exchange)"),
};
constexpr std::array kNetwork = {
    Lines(
        R"(regedit /e servers\{machine}\services.reg HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services)"),
    Lines(
        R"(regedit /e servers\{machine}\network.reg HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Network)"),
    Lines(R"(regedit /e servers\{machine}\cards.reg )"
          R"("HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\NetworkCards")"),
};
constexpr std::array kApplicationLog = {
    Lines(R"(wmic nteventlog where "LogfileName='Application'" call BackupEventlog "C:\application.evt")"),
    Lines(R"(move C:\application.evt servers\{machine}\)"),
};
constexpr std::array kApplicationNotes = {
    Lines("(Windows 2000 has no wmic: eventvwr, Application Log, Action, Save Log File As,"),
    Lines(R"(type Event Log, servers\{machine}\application.evt))"),
};
constexpr std::array kSystemLog = {
    Lines(R"(wmic nteventlog where "LogfileName='System'" call BackupEventlog "C:\system.evt")"),
    Lines(R"(move C:\system.evt servers\{machine}\)"),
};
constexpr std::array kSystemNotes = {
    Lines("(Windows 2000 has no wmic: eventvwr, System Log, Action, Save Log File As,"),
    Lines(R"(type Event Log, servers\{machine}\system.evt))"),
};
constexpr std::array kServiceStates = {
    Lines(R"(sc query state= all bufsize= 65536 > servers\{machine}\services.txt)"),
};
constexpr std::array kServiceStatesNotes = {
    Lines(R"((Windows 2000 without sc: net start > servers\{machine}\services.txt))"),
};
constexpr std::array kMailboxes = {
    Lines(R"(wmic /namespace:\\root\MicrosoftExchangeV2 path Exchange_Mailbox get /format:csv )"
          R"(> servers\{machine}\mailboxes.csv)"),
};
constexpr std::array kMailboxesNotes = {
    Lines("(Exchange 2003; on Exchange 2000 export the list Mailboxes of each store in Exchange System "
          "Manager)"),
};
constexpr std::array kFileVersions = {
    Lines(R"(for %f in (Emsmta.exe Ems_rid.dll Mtacheck.exe Mtamsg.dll Mtaperf.dll X400om.dll) do )"
          R"(copy C:\exchsrvr\bin\%f servers\{machine}\)"),
};
constexpr std::array kFileVersionsNotes = {
    Lines("(where the program files of Exchange are elsewhere, correct C:\\exchsrvr\\bin; in a command file"),
    Lines("write %%f for %f)"),
};

constexpr std::array kAdvice = {
    Advice{Need::directory, "the configuration in Active Directory", "a domain controller or Exchange server",
           kDirectory},
    Advice{Need::directory_recipients, "the recipients in Active Directory",
           "a domain controller or Exchange server", kRecipients, kRecipientsNotes},
    Advice{Need::global_catalog, "which global catalog the server uses", "{machine}", kGlobalCatalog,
           kGlobalCatalogNotes},
    Advice{Need::ehlo, "the answer of the SMTP service to EHLO", "{machine}", kEhlo, kEhloNotes},
    Advice{Need::metabase, "the IIS metabase", "{machine}", kMetabase, kMetabaseNotes},
    Advice{Need::metabase_backup, "the backups of the IIS metabase", "{machine}", kMetabaseBackup,
           kMetabaseBackupNotes},
    Advice{Need::registry_services, "the services in the registry", "{machine}", kServices},
    Advice{Need::registry_network, "the network settings in the registry", "{machine}", kNetwork},
    Advice{Need::events_application, "the application event log", "{machine}", kApplicationLog,
           kApplicationNotes},
    Advice{Need::events_system, "the system event log", "{machine}", kSystemLog, kSystemNotes},
    Advice{Need::service_states, "which services run", "{machine}", kServiceStates, kServiceStatesNotes},
    Advice{Need::mailbox_table, "the mailbox table of the stores", "{machine}", kMailboxes, kMailboxesNotes},
    Advice{Need::file_versions, "the versions of program files", "{machine}", kFileVersions,
           kFileVersionsNotes},
};

// Names that Windows takes for devices, in any folder.
bool is_device_name(std::string_view name) {
  for (const std::string_view device : {"con", "prn", "aux", "nul"}) {
    if (base::ascii_iequals(name, device)) return true;
  }
  return name.size() == 4 && name[3] >= '0' && name[3] <= '9' &&
         (base::ascii_istarts_with(name, "com") || base::ascii_istarts_with(name, "lpt"));
}

// Letters and digits of any script, and the punctuation that DNs of organizations have.
bool is_plain_dn(std::string_view dn) {
  return !dn.empty() && base::visible(dn) == dn &&
         dn.find_first_of("\"%^&|<>\\`$!;*?()'") == std::string_view::npos;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The part of `dn` from its first ",<prefix>" on, without the comma.
std::string_view tail_from(std::string_view dn, std::string_view prefix) {
  for (std::size_t at = dn.find(','); at != std::string_view::npos; at = dn.find(',', at + 1)) {
    if (base::ascii_istarts_with(dn.substr(at + 1), prefix)) return dn.substr(at + 1);
  }
  return {};
}

}  // namespace

bool is_machine_name(std::string_view name) {
  constexpr std::size_t kLongestHostName = 63;  // RFC 1035 label; NetBIOS names are shorter
  if (name.empty() || name.size() > kLongestHostName || name.front() == '-') return false;
  if (is_device_name(name)) return false;
  for (const char c : name) {
    const char l = base::ascii_lower(c);
    if (!(l >= 'a' && l <= 'z') && !(l >= '0' && l <= '9') && l != '-' && l != '_') return false;
  }
  return true;
}

const Advice& advice_for(Need need) {
  for (const Advice& advice : kAdvice) {
    if (advice.need == need) return advice;
  }
  return kAdvice.front();
}

std::string filled(std::string_view command, const AdviceNames& names) {
  std::string out(command);
  replace_all(out, "{machine}", is_machine_name(names.machine) ? names.machine : "MACHINE");
  const std::string_view exchange = tail_from(names.organization_dn, "CN=Microsoft Exchange,");
  const std::string_view domain = tail_from(names.organization_dn, "DC=");
  replace_all(
      out, "{exchange}",
      is_plain_dn(exchange) ? exchange : "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=FOREST");
  replace_all(out, "{domain}", is_plain_dn(domain) ? domain : "DC=DOMAIN");
  return out;
}

}  // namespace exaudit::report
