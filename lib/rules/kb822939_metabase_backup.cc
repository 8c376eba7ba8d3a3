// KB 822939: a good backup of the metabase replaces the reinstallation that the article asks for otherwise.
// Is there one, and is it of these days?
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "model/newest_evidence.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using facts::BackupFolder;
using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kBackup[] = {Need::metabase_backup};
constexpr int kYoungDays = 90;
// Listings and logs are in local time, directories in UTC.
constexpr int kClockDays = 1;
constexpr std::int64_t kSecondsPerDay = 86'400;

// One backup that a listing shows.
struct Listed {
  const facts::ListedFile* file = nullptr;
  const facts::FolderListing* listing = nullptr;
};

struct Backups {
  std::vector<Listed> listed;
  std::vector<const facts::MetabaseBackup*> copied;  // those that no listing shows
  const facts::FolderListing* empty_in = nullptr;    // a listing that shows all of MetaBack
  const facts::ListedFolder* empty = nullptr;
  bool history_listed = false;
};

// A copy that somebody put there under the metabase's own name is a backup, too.
bool is_backup(const facts::ListedFile& file) {
  if (file.bytes == 0U) return false;
  return facts::is_backup_file_name(file.name) || base::ascii_istarts_with(file.name, "MetaBase");
}

Backups backups_of(const model::Machine& machine) {
  Backups out;
  if (machine.files == nullptr) return out;
  for (const facts::FolderListing& listing : machine.files->folder_listings) {
    for (const facts::ListedFolder& folder : listing.folders) {
      const bool meta_back = facts::backup_folder(folder.path) == BackupFolder::meta_back;
      out.history_listed = out.history_listed || !meta_back;
      for (const facts::ListedFile& file : folder.files) {
        if (is_backup(file)) out.listed.push_back({&file, &listing});
      }
      if (!meta_back || !folder.complete || out.empty != nullptr) continue;
      out.empty_in = &listing;
      out.empty = &folder;
    }
  }
  for (const facts::MetabaseBackup& copy : machine.files->metabase_backups) {
    const bool known = std::any_of(out.listed.begin(), out.listed.end(), [&](const Listed& each) {
      return base::fold_equals(each.file->name, copy.name);
    });
    if (!known) out.copied.push_back(&copy);
  }
  return out;
}

void no_backup(const model::Machine& machine, const Backups& backups, Verdicts& out) {
  auto& finding = out.fail(subject_of(machine), "none",
                           fmt::format("{} has no backup of the metabase in MetaBack{}", machine.name,
                                       backups.history_listed ? ", nor in History" : ""));
  findings::Evidence evidence;
  evidence.at = backups.empty_in->location;
  evidence.at.line = backups.empty->line;
  evidence.path = backups.empty->path;
  evidence.expected = {"a backup"};
  finding.evidence = {std::move(evidence)};
}

void judge_age(const model::Machine& machine, const Backups& backups,
               const std::optional<model::NewestEvidence>& newest, Verdicts& out) {
  const auto subject = subject_of(machine);
  const Listed* young = nullptr;
  bool undated = !backups.copied.empty();
  for (const Listed& each : backups.listed) {
    undated = undated || !each.file->latest;
    if (each.file->latest && (young == nullptr || *each.file->latest > *young->file->latest)) young = &each;
  }
  const std::int64_t limit = (kYoungDays + kClockDays) * kSecondsPerDay;
  if (young != nullptr && newest && *young->file->latest >= newest->time - limit) {
    out.pass(subject);
  } else if (undated) {
    out.not_evaluated(subject, "there is a backup, but a copy does not tell how old it is");
  } else if (!newest) {
    out.not_evaluated(subject, {Need::metabase_backup, Need::events_application},
                      "there is a backup, but nothing with a time that its age could be compared with");
  } else {
    const std::string date = base::date_text(*young->file->latest);
    auto& finding = out.fail(
        subject, "old",
        fmt::format("the newest backup of the metabase of {} is of {}, more than {} days before {} ({})",
                    machine.name, date, kYoungDays, newest->what, base::date_text(newest->time)));
    findings::Evidence backup;
    backup.at = young->listing->location;
    backup.at.line = young->file->line;
    backup.path = young->file->name;
    backup.actual = {date};
    backup.expected = {base::date_text(newest->time - kYoungDays * kSecondsPerDay) + " or later"};
    findings::Evidence reference;
    reference.at = newest->location;
    finding.evidence = {std::move(backup), std::move(reference)};
  }
}

void metabase_backup(const model::Case& c, Verdicts& out) {
  const model::EvidenceClock clock(c);
  for (const model::Machine& machine : c.machines) {
    if (!judged(machine, out)) continue;
    const Backups backups = backups_of(machine);
    if (!backups.listed.empty() || !backups.copied.empty()) {
      judge_age(machine, backups, clock.newest(machine), out);
    } else if (backups.empty != nullptr) {
      no_backup(machine, backups, out);
    } else {
      out.not_evaluated(subject_of(machine),
                        backups.history_listed ? "of the folder MetaBack there is no complete list"
                                               : "neither a list nor a copy of the folder MetaBack is there");
    }
  }
}

}  // namespace

extern const Rule kb822939_metabase_backup = {
    "KB822939.metabase-backup",
    "There is a backup of the IIS metabase, and it is of the last 90 days.",
    "822939",
    Severity::info,
    "iis",
    "2000 2003",
    SubjectKind::machine,
    kBackup,
    "none old",
    metabase_backup};

}  // namespace exaudit::rules
