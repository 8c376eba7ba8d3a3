#include "support/site_machine.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "base/text.h"
#include "rules/sink_catalogue.h"
#include "support/site_directory.h"

namespace exaudit::test {

namespace {

constexpr std::string_view kInetInfo = "%SystemRoot%\\System32\\inetsrv\\inetinfo.exe";
constexpr std::uint32_t kExpandable = 2;
constexpr std::uint32_t kDword = 4;
constexpr std::uint32_t kMultiString = 7;

HiveValue expandable(std::string name, std::string_view text) {
  HiveValue value = hive_sz(std::move(name), text);
  value.type = kExpandable;
  return value;
}

bool before(std::string_view a, std::string_view b) {
  return base::ascii_lowered(a) < base::ascii_lowered(b);
}

std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

// ASCII of UTF-16LE, without the zeros at the end; items of a multi-string are separated by `separator`.
std::string narrow(std::string_view data, std::string_view separator = "") {
  std::string out;
  for (std::size_t i = 0; i + 1 < data.size(); i += 2) {
    if (data[i] != 0) {
      out += data[i];
    } else if (i + 3 < data.size() && data[i + 2] != 0) {
      out += separator;
    }
  }
  return out;
}

std::uint32_t number_of(const HiveValue& value) {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i-- > 0;) out = out << 8U | static_cast<unsigned char>(value.data[i]);
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// "hex(7):41,00,..." in lines of at most 80 columns, as regedit writes them.
std::string hex_value(std::string_view head, std::string_view data) {
  constexpr std::size_t kColumns = 77;
  std::string out;
  std::string line(head);
  for (std::size_t i = 0; i < data.size(); ++i) {
    line += fmt::format("{:02x}{}", static_cast<unsigned char>(data[i]), i + 1 < data.size() ? "," : "");
    if (line.size() >= kColumns && i + 1 < data.size()) {
      out += line + "\\\n";
      line = "  ";
    }
  }
  return out + line;
}

std::string exported_value(const HiveValue& value, bool nt4) {
  const std::string name = quoted(value.name) + "=";
  if (value.type == 1) return name + quoted(narrow(value.data)) + "\n";
  if (value.type == kDword) return fmt::format("{}dword:{:08x}\n", name, number_of(value));
  // REGEDIT4 writes strings of these types in the ANSI code page.
  std::string data = value.data;
  if (nt4) {
    data.clear();
    for (std::size_t i = 0; i < value.data.size(); i += 2) data += value.data[i];
  }
  return hex_value(fmt::format("{}hex({}):", name, value.type), data) + "\n";
}

template <typename Visit>
void walk(const std::string& path, const HiveKey& key, const Visit& visit) {
  visit(path, key);
  for (const HiveKey& child : key.children) walk(path + "\\" + child.name, child, visit);
}

std::string exported(const std::vector<RootedKey>& keys, bool nt4) {
  std::string out;
  for (const RootedKey& root : keys) {
    walk("HKEY_LOCAL_MACHINE\\" + root.path, root.key, [&](const std::string& path, const HiveKey& key) {
      out += fmt::format("\n[{}]\n", path);
      for (const HiveValue& value : key.values) out += exported_value(value, nt4);
    });
  }
  return out + "\n";
}

std::string_view type_name(std::uint32_t type) {
  switch (type) {
    case kExpandable:
      return "REG_EXPAND_SZ";
    case kDword:
      return "REG_DWORD";
    case kMultiString:
      return "REG_MULTI_SZ";
    default:
      return "REG_SZ";
  }
}

std::string shown_value(const HiveValue& value) {
  if (value.type == kDword) return fmt::format("{:#x}", number_of(value));
  if (value.type == kMultiString) return narrow(value.data, "\\0") + "\\0\\0";
  return narrow(value.data);
}

struct Binding {
  std::string event, id, name;
};

// Event types of the SMTP service by what the names of the sinks say; in the order of the catalogue.
std::vector<Binding> bindings(const Families& without) {
  constexpr std::string_view kInbound = "{F6628C8D-0D5E-11D2-AA68-00C04FA35B82}";
  constexpr std::string_view kResponse = "{F6628C8E-0D5E-11D2-AA68-00C04FA35B82}";
  constexpr std::string_view kSubmission = "{FF3CAA23-00B9-11D2-9DFB-00C04FA322BA}";
  std::vector<Binding> out;
  for (const rules::Sink& sink : rules::built_in_sinks()) {
    const bool left_out = std::any_of(without.begin(), without.end(), [&](std::string_view family) {
      return family == "*" || family == sink.family;
    });
    if (left_out) continue;
    const bool inbound = sink.display_name.find("Inbound") != std::string::npos;
    const bool response = sink.display_name.find("Response") != std::string::npos;
    out.push_back({std::string(inbound    ? kInbound
                               : response ? kResponse
                                          : kSubmission),
                   guid_of("binding " + sink.display_name).text(), sink.display_name});
  }
  return out;
}

std::string metabase_key(std::string_view element, std::string_view path, std::string_view attributes = "",
                         std::string_view custom = "") {
  return fmt::format("<{0}\tLocation =\"{1}\"\n{2}\t>\n{3}</{0}>\n", element, path, attributes, custom);
}

std::string unnamed_string(std::string_view value) {
  return fmt::format(
      "\t<Custom\n\t\tName=\"MD_0\"\n\t\tID=\"0\"\n\t\tValue=\"{}\"\n\t\tType=\"STRING\"\n"
      "\t\tUserType=\"UNKNOWN_UserType\"\n\t\tAttributes=\"NO_ATTRIBUTES\"\n\t/>\n",
      value);
}

}  // namespace

std::vector<std::string> all_dispatch_entries() {
  return {"Ldapsvc", "Smtpsvc", "Nntpsvc", "Imap4svc", "Pop3svc", "Resvc"};
}

std::vector<MadeService> exchange_services() {
  const std::string inetinfo(kInetInfo);
  const std::string bin = "\"C:\\Program Files\\Exchsrvr\\bin\\";
  return {{"Dhcp", "DHCP Client", "%SystemRoot%\\System32\\svchost.exe -k netsvcs"},
          {"Eventlog", "Event Log", "%SystemRoot%\\System32\\services.exe"},
          {"IISADMIN", "IIS Admin Service", inetinfo},
          {"IMAP4Svc", "Microsoft Exchange IMAP4", inetinfo, 4, false},
          {"LanmanServer", "Server", "%SystemRoot%\\System32\\svchost.exe -k netsvcs"},
          {"MSExchangeIS", "Microsoft Exchange Information Store", bin + "store.exe\""},
          {"MSExchangeMTA", "Microsoft Exchange MTA Stacks", bin + "emsmta.exe\""},
          {"MSExchangeSA", "Microsoft Exchange System Attendant", bin + "mad.exe\""},
          {"NntpSvc", "Network News Transfer Protocol (NNTP)", inetinfo, 4, false},
          {"POP3Svc", "Microsoft Exchange POP3", inetinfo, 4, false},
          {"RESvc", "Microsoft Exchange Routing Engine", inetinfo},
          {"RpcSs", "Remote Procedure Call (RPC)", "%SystemRoot%\\System32\\svchost.exe -k rpcss"},
          {"SMTPSVC", "Simple Mail Transfer Protocol (SMTP)", inetinfo},
          {"W3SVC", "World Wide Web Publishing Service", "%SystemRoot%\\System32\\svchost.exe -k iissvcs"}};
}

MadeService& service_named(std::vector<MadeService>& services, std::string_view name) {
  const auto found = std::find_if(services.begin(), services.end(),
                                  [&](const MadeService& service) { return service.name == name; });
  if (found == services.end()) throw std::logic_error("no service " + std::string(name));
  return *found;
}

HiveKey services_key(const std::vector<MadeService>& services,
                     const std::vector<std::string>& dispatch_entries) {
  HiveKey out{"Services", {}, {}};
  for (const MadeService& service : services) {
    out.children.push_back({service.name,
                            {expandable("ImagePath", service.image_path), hive_dword("Start", service.start),
                             hive_sz("DisplayName", service.display_name)},
                            {}});
  }
  if (!dispatch_entries.empty()) {
    out.children.push_back(
        {"InetInfo", {}, {{"Parameters", {hive_multi_sz("DispatchEntries", dispatch_entries)}, {}}}});
  }
  std::sort(out.children.begin(), out.children.end(),
            [](const HiveKey& a, const HiveKey& b) { return before(a.name, b.name); });
  return out;
}

HiveKey nested(std::string_view path, HiveKey key) {
  const auto names = base::split(path, '\\');
  for (std::size_t i = names.size(); i-- > 0;) {
    HiveKey parent{std::string(names[i]), {}, {}};
    parent.children.push_back(std::move(key));
    key = std::move(parent);
  }
  return key;
}

std::string registry_file(const std::vector<RootedKey>& keys) {
  return "\xFF\xFE" + wide(crlf("Windows Registry Editor Version 5.00\n" + exported(keys, false)));
}

std::string registry_file_nt4(const std::vector<RootedKey>& keys) {
  return crlf("REGEDIT4\n" + exported(keys, true));
}

std::string registry_query(const std::vector<RootedKey>& keys) {
  std::string out = "\n! REG.EXE VERSION 3.0\n";
  for (const RootedKey& root : keys) {
    walk("HKEY_LOCAL_MACHINE\\" + root.path, root.key, [&](const std::string& path, const HiveKey& key) {
      out += fmt::format("\n{}\n", path);
      for (const HiveValue& value : key.values)
        out += fmt::format("    {}\t{}\t{}\n", value.name, type_name(value.type), shown_value(value));
    });
  }
  return crlf(out + "\n");
}

std::string system_hive(const std::string& computer, const HiveKey& services) {
  const HiveKey name =
      nested("Control\\ComputerName", {"ComputerName", {hive_sz("ComputerName", computer)}, {}});
  return HiveWriter::file({"$$$PROTO.HIV",
                           {},
                           {{"ControlSet001", {}, {name, services}},
                            {"Select", {hive_dword("Current", 1), hive_dword("Default", 1)}, {}}}});
}

std::string sc_query(const std::vector<MadeService>& services) {
  std::string out;
  for (const MadeService& service : services) {
    out += fmt::format(
        "\nSERVICE_NAME: {}\nDISPLAY_NAME: {}\n        TYPE               : 20  WIN32_SHARE_PROCESS \n"
        "        STATE              : {} \n        WIN32_EXIT_CODE    : 0  (0x0)\n",
        service.name, service.display_name, service.running ? "4  RUNNING" : "1  STOPPED");
  }
  return crlf(out);
}

std::string net_start(const std::vector<MadeService>& services) {
  std::vector<std::string> names;
  for (const MadeService& service : services) {
    if (service.running) names.push_back(service.display_name);
  }
  std::sort(names.begin(), names.end());
  std::string out = "These Windows services are started:\n\n";
  for (const std::string& name : names) out += "   " + name + "\n";
  return crlf(out + "\nThe command completed successfully.\n\n");
}

std::string win32_service_csv(const std::string& machine, const std::vector<MadeService>& services) {
  std::string out = "\nNode,DisplayName,Name,StartMode,State\n";
  for (const MadeService& service : services) {
    const std::string_view start = service.start == 2 ? "Auto" : service.start == 3 ? "Manual" : "Disabled";
    out += fmt::format("{},{},{},{},{}\n", machine, service.display_name, service.name, start,
                       service.running ? "Running" : "Stopped");
  }
  return "\xFF\xFE" + wide(crlf(out));
}

std::string metabase_xml(const std::string& host, const Families& without) {
  std::string out =
      "\xEF\xBB\xBF<?xml version =\"1.0\"?>\n"
      "<configuration xmlns=\"urn:microsoft-catalog:XML_Metabase_V64_0\">\n<MBProperty>\n";
  out += metabase_key("IIsComputer", "/LM", "\t\tMaxHistoryFiles=\"10\"\n");
  out +=
      metabase_key("IIsSmtpService", "/LM/SmtpSvc",
                   fmt::format("\t\tFullyQualifiedDomainName=\"{}\"\n\t\tSmtpServiceVersion=\"6\"\n", host));
  out += metabase_key("IIsSmtpServer", "/LM/SmtpSvc/1",
                      "\t\tServerBindings=\":25:\"\n\t\tServerComment=\"Default SMTP Virtual Server\"\n");
  out += metabase_key("IIsConfigObject", "/LM/SmtpSvc/1/EventManager/EventTypes");
  for (const Binding& binding : bindings(without)) {
    const std::string path =
        fmt::format("/LM/SmtpSvc/1/EventManager/EventTypes/{}/Bindings/{}", binding.event, binding.id);
    out += metabase_key("IIsConfigObject", path + "/DisplayName", "", unnamed_string(binding.name));
  }
  return out + "</MBProperty>\n</configuration>\n";
}

std::string metabase_dump(const std::string& host, const Families& without) {
  std::string out = fmt::format(
      "C:\\>mdutil enum_all -path:smtpsvc\nKeyType : [S] (STRING) \"IIsSmtpService\"\n"
      "36935 : [IS] (STRING) \"{}\"\n[/smtpsvc/1]\nKeyType : [S] (STRING) \"IIsSmtpServer\"\n"
      "1015 : [S] (STRING) \"Default SMTP Virtual Server\"\n[/smtpsvc/1/EventManager/EventTypes]\n",
      host);
  for (const Binding& binding : bindings(without)) {
    out += fmt::format(
        "[/smtpsvc/1/EventManager/EventTypes/{}/Bindings/{}/DisplayName]\n0 : [] (STRING) \"{}\"\n",
        binding.event, binding.id, binding.name);
  }
  return crlf(out);
}

std::string sink_listing(const Families& without) {
  const std::map<std::string_view, std::string_view> kEvents = {
      {"{F6628C8D-0D5E-11D2-AA68-00C04FA35B82}", "SMTP OnInBoundCommand"},
      {"{F6628C8E-0D5E-11D2-AA68-00C04FA35B82}", "SMTP OnServerResponse"},
      {"{FF3CAA23-00B9-11D2-9DFB-00C04FA322BA}", "SMTP OnTransportSubmission"}};
  const std::vector<Binding> all = bindings(without);
  std::string out =
      " -------------\n| Source Type |\n -------------\n Name: SMTP Source Type\n"
      "   ID: {FB65C4DC-E468-11D1-AA67-00C04FA345F6}\n";
  for (const auto& [event, event_name] : kEvents) {
    out += fmt::format(
        "               ------------\n              | Event Type |\n               ------------\n"
        "               Name: {}\n                 ID: {}\n               --------\n              | Source "
        "|\n"
        "               --------\n               Name: smtpsvc 1\n"
        "                 ID: {}\n",
        event_name, event, guid_of("source smtpsvc 1").text());
    for (const Binding& binding : all) {
      if (binding.event != event) continue;
      out += fmt::format(
          "                        ---------\n                       | Binding |\n                        "
          "---------\n                                   Event: {}\n                                      "
          "ID: {}\n"
          "                                    Name: {}\n                                 Enabled: True\n",
          event_name, binding.id, binding.name);
    }
  }
  return crlf(out);
}

std::vector<std::string> exchange_verbs() {
  return {"X-EXPS GSSAPI NTLM LOGIN",
          "X-EXPS=LOGIN",
          "AUTH GSSAPI NTLM LOGIN",
          "AUTH=LOGIN",
          "X-LINK2STATE",
          "XEXCH50"};
}

std::string ehlo_reply(const std::string& host, const std::string& version,
                       const std::vector<std::string>& extra_verbs) {
  std::string out = fmt::format(
      "220 {0} Microsoft ESMTP MAIL Service, Version: {1} ready at  Tue, 14 Mar 2006 09:12:40 +0100 \n"
      "ehlo\n250-{0} Hello [127.0.0.1]\n",
      host, version);
  for (const std::string_view verb : {"TURN", "SIZE", "ETRN", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES",
                                      "8bitmime", "BINARYMIME", "CHUNKING", "VRFY"})
    out += fmt::format("250-{}\n", verb);
  for (const std::string& verb : extra_verbs) out += fmt::format("250-{}\n", verb);
  return crlf(out + fmt::format("250 OK\nquit\n221 2.0.0 {} Service closing transmission channel\n", host));
}

std::string event_block(const ShownEvent& event) {
  return crlf(fmt::format(
      "Event Type:\t{}\nEvent Source:\t{}\nEvent Category:\t{}\nEvent ID:\t{}\nDate:\t\t{}\nTime:\t\t{}\n"
      "User:\t\tN/A\nComputer:\t{}\nDescription:\n{}\n\n",
      event.type, event.source, event.category, event.id, event.date, event.time, event.computer,
      event.description));
}

std::string event_line(const ShownEvent& event, char separator) {
  const bool quote = separator == ',' && event.description.find(',') != std::string::npos;
  const std::string_view mark = quote ? "\"" : "";
  return fmt::format("{1}{0}{2}{0}{3}{0}{4}{0}{5}{0}{6}{0}N/A{0}{7}{0}{9}{8} {9}\r\n", separator, event.date,
                     event.time, event.source, event.type, event.category, event.id, event.computer,
                     event.description, mark);
}

}  // namespace exaudit::test
