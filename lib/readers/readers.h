// The readers: bytes in, facts out. One source file per format.
//
// Common contract: `bytes` are the raw bytes of one input (any encoding, any damage, hostile); `input`
// already has its path and gets kind-independent results: records, complete, lost_records and problems
// (facts/input.h says which call means what). A reader never fails as a whole, never opens anything, never
// judges, and takes time and memory proportional to the input within its stated limits.
#pragma once

#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "facts/directory_view.h"
#include "facts/event.h"
#include "facts/input.h"
#include "facts/mailbox_table.h"
#include "facts/metabase.h"
#include "facts/registry.h"
#include "facts/smtp_greeting.h"

namespace exaudit::readers {

// readers/recognise.cc: tells the format by content, from the first bytes (kRecogniseBytes are enough) of the
// input.
inline constexpr std::size_t kRecogniseBytes = 64U << 10;
facts::InputKind recognise(std::string_view bytes);

// readers/ldif.cc: RFC 2849 as ldifde, ldapsearch and exaudit write it. UTF-8 or UTF-16 with BOM. Feeds
// `builder`, zero-copy from `buffer`.
void read_ldif(const base::BufferPtr& buffer, facts::InputId id, facts::Input& input,
               facts::ViewBuilder& builder);

// readers/metabase_xml.cc, readers/mbschema_xml.cc: one flat element at a time, so that a damaged file is
// read up to and after the damage. `schema` comes from read_mbschema_xml and may be empty.
struct MetabaseSchema {
  struct Property {
    std::string name;  // as written
    std::uint32_t id = 0;
    std::string type;
    bool secure = false;
  };
  std::vector<Property> properties;  // sorted by lower-case name
  const Property* find(std::string_view name) const;
  const Property* find(std::uint32_t id) const;
};
MetabaseSchema read_mbschema_xml(std::string_view bytes, facts::Input& input);
facts::Metabase read_metabase_xml(std::string_view bytes, const MetabaseSchema& schema, facts::InputId id,
                                  facts::Input& input);

// readers/registry_export.cc, readers/registry_query.cc
facts::Registry read_registry_export(std::string_view bytes, facts::InputId id, facts::Input& input);
facts::Registry read_registry_query(std::string_view bytes, facts::InputId id, facts::Input& input);

// readers/event_text.cc (Event Viewer csv/txt), readers/event_blocks.cc (pasted "Event Type: ..." blocks)
facts::EventLog read_event_text(std::string_view bytes, facts::InputId id, facts::Input& input);
facts::EventLog read_event_blocks(std::string_view bytes, facts::InputId id, facts::Input& input);

// readers/smtp_transcript.cc: one transcript may hold several sessions.
std::vector<facts::SmtpGreeting> read_smtp_transcript(std::string_view bytes, facts::InputId id,
                                                      facts::Input& input);

// readers/mailbox_table.cc
facts::MailboxTable read_mailbox_table(std::string_view bytes, facts::InputId id, facts::Input& input);

}  // namespace exaudit::readers
