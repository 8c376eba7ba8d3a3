#include "report/collect_script.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "report/advice.h"
#include "rules/attributes.h"

namespace exaudit::report {

namespace {

using findings::Need;
using rules::Rule;

constexpr std::size_t kCommentWidth = 110;

// Of steps: %~1 is the server's name, %F% its folder, HERE is defined on the server itself.
constexpr std::string_view kMetabase = R"(copy /y "\\%~1\admin$\system32\inetsrv\MetaBase.xml" "%F%\" >nul
copy /y "\\%~1\admin$\system32\inetsrv\MBSchema.xml" "%F%\" >nul
rem IIS 5 (Windows 2000) has no readable metabase file; smtpreg.vbs lists at least the event sinks, where it is at hand.
if not exist "%F%\MetaBase.xml" if defined HERE if exist smtpreg.vbs cscript //nologo smtpreg.vbs /enum > "%F%\smtpreg.txt"
if not exist "%F%\smtpreg.txt" call :check "%F%\MetaBase.xml" "the IIS metabase of %~1"
)";
// Of folders that are not there dir says so on the screen.
constexpr std::string_view kMetabaseBackup =
    R"(set "INETSRV=\\%~1\admin$\system32\inetsrv"
dir /t:w "%INETSRV%\MetaBack" "%INETSRV%\History" > "%F%\metaback.txt" 2>nul
call :check "%F%\metaback.txt" "the list of metabase backups of %~1"
)";
constexpr std::string_view kDirectoryAccess =
    R"(call :registry %1 dsaccess "SYSTEM\CurrentControlSet\Services\MSExchangeDSAccess"
)";
constexpr std::string_view kServices =
    R"(call :registry %1 services "SYSTEM\CurrentControlSet\Services"
)";
constexpr std::string_view kNetwork =
    R"(call :registry %1 network "SYSTEM\CurrentControlSet\Control\Network"
call :registry %1 cards "SOFTWARE\Microsoft\Windows NT\CurrentVersion\NetworkCards"
)";
constexpr std::string_view kApplicationLog = "call :eventlog %1 Application application\n";
constexpr std::string_view kSystemLog = "call :eventlog %1 System system\n";
constexpr std::string_view kServiceStates =
    R"(sc \\%~1 query state= all bufsize= 65536 > "%F%\services.txt" 2>nul
rem Windows 2000 may have no sc: there, net start lists the running services.
if errorlevel 1 if defined HERE net start > "%F%\services.txt"
call :check "%F%\services.txt" "the service states of %~1"
)";
constexpr std::string_view kMailboxes =
    R"(rem Exchange 2003 only. On Exchange 2000, export the list Mailboxes of each store in Exchange System Manager.
wmic /node:"%~1" /namespace:\\root\MicrosoftExchangeV2 path Exchange_Mailbox get /format:csv > "%F%\mailboxes.csv"
call :check "%F%\mailboxes.csv" "the mailbox table of %~1"
)";
constexpr std::string_view kFileVersions =
    R"(for %%f in (Emsmta.exe Ems_rid.dll Mtacheck.exe Mtamsg.dll Mtaperf.dll X400om.dll) do copy /y "\\%~1\%EXCHSRVR%\bin\%%f" "%F%\" >nul
call :check "%F%\Emsmta.exe" "the MTA's program files of %~1"
)";

struct Step {
  Need need;
  std::string_view lines;
};
constexpr std::array kSteps = {
    Step{Need::metabase, kMetabase},
    Step{Need::metabase_backup, kMetabaseBackup},
    Step{Need::registry_services, kServices},
    Step{Need::registry_network, kNetwork},
    Step{Need::events_application, kApplicationLog},
    Step{Need::events_system, kSystemLog},
    Step{Need::service_states, kServiceStates},
    Step{Need::mailbox_table, kMailboxes},
    Step{Need::file_versions, kFileVersions},
};

constexpr std::string_view kRegistrySubroutine = R"(
:registry
rem %1 a server, %2 a file name, %3 a key of HKEY_LOCAL_MACHINE. regedit reads the local registry only; reg query is for
rem another computer.
if defined HERE regedit /e "%F%\%~2.reg" "HKEY_LOCAL_MACHINE\%~3"
if defined HERE call :check "%F%\%~2.reg" "the registry key %~3 of %~1"
if defined HERE goto :eof
reg query "\\%~1\HKLM\%~3" /s > "%F%\%~2-key.txt"
call :check "%F%\%~2-key.txt" "the registry key %~3 of %~1"
goto :eof
)";

constexpr std::string_view kEventSubroutine = R"(
:eventlog
rem %1 a server, %2 a log, %3 a file name. The log is saved on the server itself, then moved to this computer.
if exist "\\%~1\C$\exaudit-%~3.evt" del "\\%~1\C$\exaudit-%~3.evt"
wmic /node:"%~1" nteventlog where "LogfileName='%~2'" call BackupEventlog "C:\exaudit-%~3.evt" >nul
move /y "\\%~1\C$\exaudit-%~3.evt" "%F%\%~3.evt" >nul
call :check "%F%\%~3.evt" "the %~2 log of %~1: save it with Event Viewer, Action, Save Log File As"
goto :eof
)";

constexpr std::string_view kGreetingSubroutine = R"(:greeting
set "F=case\servers\%~1"
set "HOST=%~1"
if /i "%~1"=="%COMPUTERNAME%" set "HOST=localhost"
echo.
echo The SMTP service of %~1: type ehlo, press Enter, type quit, press Enter.
pause
rem Windows 2000 has no -f: copy the text of the window into ehlo.txt.
telnet -f "%F%\ehlo.txt" %HOST% 25
call :check "%F%\ehlo.txt" "the EHLO reply of %~1"
goto :eof
)";

constexpr std::string_view kCheckSubroutine = R"(
:check
rem %1 a file that must be there and not be empty, %2 what it is
if not exist "%~1" goto :missing
for %%f in ("%~1") do if %%~zf gtr 0 goto :eof
:missing
set /a FAILED+=1
echo NOT COLLECTED: %~2
goto :eof
)";

constexpr std::string_view kEnd = R"(
popd
echo.
if %FAILED% gtr 0 echo %FAILED% steps failed; the rest is in the folder case beside this file.
if %FAILED% gtr 0 exit /b 1
echo Everything was collected. Copy the folder case to where exaudit runs: exaudit audit case
exit /b 0

:already
popd
echo The folder case is already there. Rename it, and run this file again.
exit /b 1

:no_folder
echo The folder of this file cannot be opened.
exit /b 1
)";

bool is_ascii_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

class Script {
 public:
  explicit Script(const CollectRequest& request) : request_(request) {
    std::set<std::string> seen;
    for (const std::string& name : request.servers) {
      if (seen.insert(base::ascii_lowered(name)).second) servers_.push_back(name);
    }
    for (std::size_t i = 0; i < findings::kNeeds; ++i) {
      const auto need = static_cast<Need>(i);
      if (wanted(need) && need != Need::directory && need != Need::directory_recipients) on_servers_ = true;
    }
  }

  std::string text() {
    head();
    settings();
    main_part();
    if (reads_directory()) directory_subroutine();
    if (on_servers_) server_subroutine();
    if (on_servers_) out_ += kRegistrySubroutine;
    if (wanted(Need::events_application) || wanted(Need::events_system) || wanted(Need::global_catalog))
      out_ += kEventSubroutine;
    if (wanted(Need::ehlo)) {
      purpose(Need::ehlo);
      out_ += kGreetingSubroutine;
    }
    out_ += kCheckSubroutine;
    return with_crlf(out_);
  }

 private:
  bool wanted(Need need) const {
    return std::any_of(request_.rules.begin(), request_.rules.end(),
                       [need](const Rule* rule) { return rules::reads(*rule, need); });
  }
  bool reads_directory() const { return wanted(Need::directory) || wanted(Need::directory_recipients); }

  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...) + "\n";
  }

  // `text` as comments; rule ids hold nothing that a comment could not.
  void comment(std::string_view text) {
    std::string current = "rem";
    for (const std::string_view word : base::split(text, ' ')) {
      if (current.size() + 1 + word.size() > kCommentWidth) {
        out_ += current + "\n";
        current = "rem  ";
      }
      current += ' ' + std::string(word);
    }
    out_ += current + "\n";
  }

  // "the IIS metabase (metabase), for KB822939.no-bindings, ..."
  void purpose(Need need) {
    std::string ids;
    for (const Rule* rule : request_.rules) {
      if (rules::reads(*rule, need)) ids += fmt::format("{}{}", ids.empty() ? "" : ", ", rule->id);
    }
    out_ += "\n";
    comment(fmt::format("{} ({}), for {}", advice_for(need).title, findings::need_name(need), ids));
  }

  void head() {
    out_ += "@echo off\n";
    comment("Collects evidence about Exchange servers for exaudit, which judges it later and elsewhere.");
    comment(
        "Nothing is changed; event logs are saved on drive C: of their server and moved away. Run it on one "
        "of the "
        "servers, or on any computer of the forest, as an administrator of all of them. What it wrote is in "
        "the "
        "folder case beside this file.");
    comment(
        "It uses reg, sc, wmic and telnet as Windows XP and Windows Server 2003 have them. On Windows 2000 "
        "the "
        "steps that need more than that has fail, and are named.");
    comment(fmt::format("Servers: {}", fmt::join(servers_, ", ")));
    out_ += "setlocal enableextensions\nset FAILED=0\n";
  }

  void settings() {
    if (reads_directory()) {
      const std::string domain = filled("{domain}", {"", request_.organization_dn});
      const bool known = domain != "DC=DOMAIN" && is_ascii_printable(domain);
      comment(known
                  ? "The root domain of the forest, which names the configuration."
                  : "The root domain of the forest, which names the configuration: correct this line when it "
                    "is not the domain of the account that runs this.");
      line("set \"FOREST={}\"", known ? domain : "DC=%USERDNSDOMAIN:.=,DC=%");
      comment(
          "The domain controllers to ask, separated by blanks: those that the Exchange servers use. Each "
          "gives a "
          "view of its own.");
      out_ += "set \"DCS=%LOGONSERVER:\\=%\"\n";
    }
    if (wanted(Need::directory_recipients)) {
      comment(
          "The domain whose recipients are exported. For further domains, repeat the step below with their "
          "names and "
          "other files.");
      out_ += "set \"DOMAIN=%FOREST%\"\n";
    }
    if (wanted(Need::file_versions)) {
      comment("The program folder of Exchange, as a share of the server.");
      out_ += "set \"EXCHSRVR=C$\\exchsrvr\"\n";
    }
  }

  void main_part() {
    // An older file would pass for one that could not be written now.
    out_ += "\npushd \"%~dp0\"\nif errorlevel 1 goto :no_folder\nif exist \"case\\.\" goto :already\n";
    if (reads_directory()) out_ += "for %%d in (%DCS%) do call :directory %%d\n";
    for (const std::string& name : servers_) {
      if (on_servers_) line("call :server {}", name);
    }
    for (const std::string& name : servers_) {
      if (wanted(Need::ehlo)) line("call :greeting {}", name);
    }
    by_hand();
    out_ += kEnd;
  }

  // Rules that read what no command can give.
  void by_hand() {
    std::string ids;
    for (const Rule* rule : request_.rules) {
      if (rule->needs.empty() && rule->subject == findings::SubjectKind::machine)
        ids += fmt::format("{}{}", ids.empty() ? "" : ", ", rule->id);
    }
    if (ids.empty()) return;
    comment(
        "By hand: the history of a message that was not delivered, copied from the Message Tracking Center "
        "into "
        "case\\servers\\SERVER\\history.txt, for " +
        ids);
  }

  void search(Need need, std::string_view file, std::string_view base, std::string_view filter) {
    purpose(need);
    const auto attributes = rules::attributes_read(request_.rules, need);
    line("ldifde -s %~1 -f \"%F%\\{}\" -d \"{}\" -p subtree{} -l \"{}\"", file, base, filter,
         fmt::join(attributes, ","));
    comment("Says what was asked for, so that an attribute that is not there is known to be absent.");
    line("if not errorlevel 1 >> \"%F%\\{}\" echo # requesting: {}", file, fmt::join(attributes, " "));
    line("if not errorlevel 1 >> \"%F%\\{}\" echo # server: %~1", file);
    line("call :check \"%F%\\{}\" \"{} from %~1\"", file, advice_for(need).title);
  }

  void directory_subroutine() {
    out_ += "\n:directory\nset \"F=case\\directory\\%~1\"\nif not exist \"%F%\" md \"%F%\"\n";
    if (wanted(Need::directory))
      search(Need::directory, "exchange.ldf", "CN=Microsoft Exchange,CN=Services,CN=Configuration,%FOREST%",
             "");
    if (wanted(Need::directory_recipients)) {
      const bool all = std::any_of(request_.rules.begin(), request_.rules.end(),
                                   [](const Rule* rule) { return rule->area == "recipients"; });
      constexpr std::string_view kRecipients =
          " -r "
          "\"(|(mailNickname=*)(proxyAddresses=*)(homeMDB=*)(msExchMailboxGuid=*)(msExchHomeServerName=*))\"";
      search(Need::directory_recipients, "recipients.ldf",
             all ? "%DOMAIN%" : "CN=Microsoft Exchange System Objects,%DOMAIN%", all ? kRecipients : "");
    }
    out_ += "goto :eof\n";
  }

  void server_subroutine() {
    out_ +=
        "\n:server\nset \"F=case\\servers\\%~1\"\nif not exist \"%F%\" md \"%F%\"\nset HERE=\n"
        "if /i \"%~1\"==\"%COMPUTERNAME%\" set HERE=1\necho %~1\n\n";
    comment("Which version of Exchange this is; rules do not judge a machine of which it is not known.");
    out_ += "call :registry %1 exchange \"SOFTWARE\\Microsoft\\Exchange\\Setup\"\n";
    // The network rule reads the Linkage keys below Services.
    const bool services = wanted(Need::registry_services);
    if (wanted(Need::global_catalog)) {
      purpose(Need::global_catalog);
      comment(
          "Event 2080 is logged when diagnostics logging of MSExchangeDSAccess, Topology, is Medium or more: "
          "KB "
          "316300.");
      if (!services) out_ += kDirectoryAccess;
      if (!wanted(Need::events_application)) out_ += kApplicationLog;
    }
    for (const Step& step : kSteps) {
      if (!wanted(step.need)) continue;
      purpose(step.need);
      if (step.need == Need::registry_network && !services) out_ += kServices;
      out_ += step.lines;
    }
    out_ += "goto :eof\n";
  }

  static std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '\n') out += '\r';
      out += c;
    }
    return out;
  }

  const CollectRequest& request_;
  std::vector<std::string> servers_;
  bool on_servers_ = false;
  std::string out_;
};

}  // namespace

base::Result<std::string> collect_script(const CollectRequest& request) {
  if (request.servers.empty()) return base::Error{base::ErrorCode::usage, "no server is named", 0};
  for (const std::string& name : request.servers) {
    if (is_machine_name(name)) continue;
    return base::Error{base::ErrorCode::usage,
                       fmt::format("\"{}\" is no name of a server: letters, digits, - and _ only", name), 0};
  }
  return Script(request).text();
}

}  // namespace exaudit::report
