// Temporary: stands in for readers that are not merged yet. Delete when they are.
#include <string>

#include "base/text.h"
#include "readers/event_text.h"
#include "readers/mailbox_table.h"
#include "readers/readers.h"
#include "readers/smtp_transcript.h"

namespace exaudit::readers {

bool looks_like_event_text(std::string_view head) { return head.find(",MSExchange") < 200; }
bool looks_like_event_blocks(std::string_view head) {
  return head.find("Event Type:") != std::string_view::npos && head.find("Event ID:") != std::string_view::npos;
}
bool looks_like_smtp_transcript(std::string_view head) {
  return head.substr(0, 4) == "220 " || head.find("\n220 ") != std::string_view::npos;
}
bool is_mailbox_header(std::string_view line) { return line.find("MailboxDisplayName") != std::string_view::npos; }
bool looks_like_mailbox_table(std::string_view head) { return is_mailbox_header(head.substr(0, 200)); }

MetabaseSchema read_mbschema_xml(std::string_view, facts::Input&) {
  MetabaseSchema schema;
  schema.properties.push_back({"keytype", 1002, "STRING", false});
  return schema;
}
facts::Metabase read_metabase_xml(std::string_view, const MetabaseSchema& schema, facts::InputId id, facts::Input&) {
  facts::Metabase metabase;
  metabase.schema_loaded = !schema.properties.empty();
  metabase.input = id;
  return metabase;
}
static std::string after(std::string_view text, std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + word.size());
  return std::string(text.substr(0, text.find_first_of(" \r\n\"")));
}
facts::Registry read_registry_export(std::string_view bytes, facts::InputId id, facts::Input& input) {
  facts::Registry registry;
  registry.input = id;
  registry.machine_hint = after(bytes, "\"ComputerName\"=\"");
  input.records = 1;
  return registry;
}
facts::Registry read_registry_query(std::string_view bytes, facts::InputId id, facts::Input& input) {
  return read_registry_export(bytes, id, input);
}
facts::EventLog read_event_text(std::string_view, facts::InputId, facts::Input&) { return {}; }
facts::EventLog read_event_blocks(std::string_view bytes, facts::InputId id, facts::Input&) {
  facts::EventLog log;
  log.input = id;
  while (true) {
    const std::size_t at = bytes.find("Computer:");
    if (at == std::string_view::npos) break;
    bytes.remove_prefix(at + 9);
    bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t"), bytes.size()));
    facts::Event event;
    event.computer = std::string(bytes.substr(0, bytes.find_first_of("\r\n")));
    log.events.push_back(event);
  }
  return log;
}
std::vector<facts::SmtpGreeting> read_smtp_transcript(std::string_view bytes, facts::InputId, facts::Input&) {
  std::vector<facts::SmtpGreeting> all;
  base::LineCursor lines(bytes);
  std::string_view line;
  while (lines.next(line)) {
    if (!line.starts_with("220 ")) continue;
    facts::SmtpGreeting greeting;
    greeting.host = std::string(line.substr(4, line.substr(4).find(' ')));
    all.push_back(greeting);
  }
  return all;
}
facts::MailboxTable read_mailbox_table(std::string_view, facts::InputId, facts::Input&) { return {}; }

}  // namespace exaudit::readers
