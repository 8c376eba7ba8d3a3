#include <cstdlib>

#include "base/text.h"
#include "facts/metabase_backup.h"
#include "fuzz/targets.h"
#include "readers/folder_listing.h"
#include "readers/readers.h"

// Only folders of backups are kept; a date has two readings or one; a list that is whole was not cut off.
void exaudit::fuzz::folder_listing(std::string_view bytes) {
  facts::Input input;
  const facts::FolderListing listing = readers::read_folder_listing(bytes, 1, input);
  for (const facts::ListedFolder& folder : listing.folders) {
    if (facts::backup_folder(folder.path) == facts::BackupFolder::none || folder.line == 0) std::abort();
    for (const facts::ListedFile& file : folder.files) {
      if (file.name.empty() || file.line == 0) std::abort();
      if (file.earliest.has_value() != file.latest.has_value()) std::abort();
      if (file.earliest && *file.earliest > *file.latest) std::abort();
    }
  }
  static_cast<void>(readers::looks_like_folder_listing(base::decode_text(bytes).text));
}
