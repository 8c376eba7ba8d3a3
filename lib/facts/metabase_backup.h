// Backups of the IIS metabase, below %SystemRoot%\system32\inetsrv: MetaBack holds those that somebody made
// (<name>.MD<n> and, for the schema, <name>.SC<n>), History the states that IIS 6 keeps by itself
// (MetaBase_<major>_<minor>.xml and MBSchema_...). KB 332106, KB 324277.
//
// Such a file is an older state of the metabase: it shows that there is a backup and says nothing of the
// present.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

enum class BackupFolder { none, meta_back, history };
// Of a Windows path, by its last name; History only below inetsrv, because other programs have folders of
// that name. Words behind the name do not count: some languages of `dir` put "in folder" there.
BackupFolder backup_folder(std::string_view path);

// "before sp2.MD0", "MetaBase_0000000123_0000000000.xml"; false for everything else, also for parts with the
// schema.
bool is_backup_file_name(std::string_view name);
// "before sp2.SC0", "MBSchema_0000000123_0000000000.xml", "MBSchema.xml": restores nothing alone.
bool is_schema_part(std::string_view name);

// A copy of such a file. Its age is not known: neither name nor content tell it, and a copy has times of its
// own.
struct MetabaseBackup {
  std::string name;
  Location location;
};

}  // namespace exaudit::facts
