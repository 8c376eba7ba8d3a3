// Everything that was read, before anybody judges it: inputs with their problems, directory views, and the
// facts of each machine. Immutable once a collector has finished it.
#pragma once

#include <string>
#include <vector>

#include "facts/directory_view.h"
#include "facts/event.h"
#include "facts/file_version.h"
#include "facts/folder_listing.h"
#include "facts/input.h"
#include "facts/mailbox_table.h"
#include "facts/metabase.h"
#include "facts/metabase_backup.h"
#include "facts/registry.h"
#include "facts/service_states.h"
#include "facts/sink_listing.h"
#include "facts/smtp_greeting.h"
#include "facts/tracking_history.h"

namespace exaudit::facts {

// The files taken from one computer. A computer is not an Exchange server: on a cluster it carries several of
// them or none.
struct MachineFacts {
  std::string name;  // "?" when nothing says which machine the files are from
  std::vector<Metabase> metabases;
  std::vector<Registry> registries;
  std::vector<EventLog> event_logs;
  std::vector<SmtpGreeting> greetings;
  std::vector<MailboxTable> mailbox_tables;
  std::vector<SinkListing> sink_listings;
  std::vector<ServiceTable> service_tables;
  std::vector<FileVersion> files;
  std::vector<TrackingHistory> histories;
  std::vector<FolderListing> folder_listings;
  std::vector<MetabaseBackup> metabase_backups;
};

struct Snapshot {
  std::vector<Input> inputs;
  std::vector<DirectoryView> views;
  std::vector<MachineFacts> machines;  // one per name, sorted by folded name
};

}  // namespace exaudit::facts
