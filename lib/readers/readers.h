// The readers: bytes in, facts out. One source file per format.
//
// Common contract: `bytes` are the raw bytes of one input (any encoding, any damage, hostile); `input`
// already has its path and gets kind-independent results: records, complete, lost_records and problems
// (facts/input.h says which call means what). A reader never fails as a whole, never opens anything, never
// judges, and takes time and memory proportional to the input within its stated limits.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "facts/directory_view.h"
#include "facts/event.h"
#include "facts/file_version.h"
#include "facts/folder_listing.h"
#include "facts/input.h"
#include "facts/mailbox_table.h"
#include "facts/metabase.h"
#include "facts/registry.h"
#include "facts/service_states.h"
#include "facts/sink_listing.h"
#include "facts/smtp_greeting.h"
#include "facts/tracking_history.h"

namespace exaudit::readers {

// readers/recognise.cc: tells the format by content, from the first bytes (kRecogniseBytes are enough) of the
// input.
inline constexpr std::size_t kRecogniseBytes = 64U << 10;
facts::InputKind recognise(std::string_view bytes);

// readers/ldif.cc: RFC 2849 as ldifde, ldapsearch and exaudit write it. UTF-8 or UTF-16 with BOM. Feeds
// `builder`, zero-copy from `buffer`. What is found does not depend on the options.
struct LdifOptions {
  unsigned threads = 1;
  std::size_t chunk_bytes = std::size_t{2} << 20;   // what a thread takes at a time
  std::size_t thread_bytes = std::size_t{8} << 20;  // a text gets one more thread for each so many bytes
  bool careful = false;                             // without the fast way (ldif_scan.h)
  std::atomic<std::uint64_t>* bytes_read = nullptr;
  std::function<bool()> stop;  // asked now and then by every thread; the input is incomplete when it says so
};
void read_ldif(const base::BufferPtr& buffer, facts::InputId id, facts::Input& input,
               facts::ViewBuilder& builder, const LdifOptions& options = {});

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

// readers/metabase_dump.cc: `mdutil enum_all` output.
facts::Metabase read_metabase_dump(std::string_view bytes, facts::InputId id, facts::Input& input);

// readers/sink_listing.cc: both published forms of `smtpreg.vbs /enum`.
facts::SinkListing read_sink_listing(std::string_view bytes, facts::InputId id, facts::Input& input);

// readers/service_states.cc
facts::ServiceTable read_service_states(std::string_view bytes, facts::InputId id, facts::Input& input);

// readers/file_versions.cc (csv), readers/program_file.cc (the version resource of a PE file; `name` is its
// file name)
std::vector<facts::FileVersion> read_file_versions(std::string_view bytes, facts::InputId id,
                                                   facts::Input& input);
facts::FileVersion read_program_file(std::string_view bytes, std::string_view name, facts::InputId id,
                                     facts::Input& input);

// readers/folder_listing.cc: dir, and Get-ChildItem of PowerShell.
facts::FolderListing read_folder_listing(std::string_view bytes, facts::InputId id, facts::Input& input);

// readers/tracking_history.cc
facts::TrackingHistory read_tracking_history(std::string_view bytes, facts::InputId id, facts::Input& input);

// readers/event_log_evt.cc: log files of NT, 2000, XP and 2003. Keeps the events that some rule reads
// (facts/event_catalogue.h), and those of them that are found in the unused part of the log, marked as
// recovered.
facts::EventLog read_event_log_evt(std::string_view bytes, facts::InputId id, facts::Input& input);

// readers/registry_hive.cc (hivex), readers/event_log_evtx.cc (libevtx). The libraries want a file: `path`
// names the input itself, or a temporary copy. Without the library at build time the input is refused with a
// problem that says so (registry_hive_missing.cc, event_log_evtx_missing.cc).
facts::Registry read_registry_hive(const std::string& path, facts::InputId id, facts::Input& input);
facts::EventLog read_event_log_evtx(const std::string& path, facts::InputId id, facts::Input& input);

}  // namespace exaudit::readers
