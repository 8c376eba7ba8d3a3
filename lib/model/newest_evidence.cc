#include "model/newest_evidence.h"

#include "base/time.h"

namespace exaudit::model {

namespace {

void take(std::optional<NewestEvidence>& newest, std::optional<std::int64_t> time, std::string_view what,
          const facts::Location& location) {
  if (time && (!newest || *time > newest->time)) newest = NewestEvidence{*time, std::string(what), location};
}

}  // namespace

EvidenceClock::EvidenceClock(const Case& c) {
  for (const auto& org : c.organizations) {
    // Generalized times are of one length and in UTC: the newest is the last one in byte order.
    const facts::Entry* latest = nullptr;
    std::string_view text;
    for (const facts::Entry& entry : org->view->entries()) {
      const std::string_view changed = entry.first("whenChanged");
      if (changed <= text) continue;
      text = changed;
      latest = &entry;
    }
    const auto time = base::parse_generalized_time(text);
    if (latest == nullptr || !time) continue;
    const auto [at, fresh] = directories_.try_emplace(org->identity);
    if (fresh || *time > at->second.time)
      at->second = {*time, "the newest change of an object in the directory", latest->location};
  }
}

std::optional<NewestEvidence> EvidenceClock::newest(const Machine& machine) const {
  std::optional<NewestEvidence> out;
  const auto directory = directories_.find(machine.organization);
  if (directory != directories_.end()) out = directory->second;
  if (machine.files == nullptr) return out;
  for (const facts::EventLog& log : machine.files->event_logs)
    take(out, log.newest, "the newest record of an event log", {.input = log.input});
  for (const facts::SmtpGreeting& greeting : machine.files->greetings)
    take(out, base::find_mail_time(greeting.banner), "the greeting of the SMTP service", greeting.location);
  for (const facts::FolderListing& listing : machine.files->folder_listings) {
    facts::Location at = listing.location;
    at.line = listing.newest_line;
    take(out, listing.newest_elsewhere, "the newest file of a folder listing", at);
  }
  return out;
}

}  // namespace exaudit::model
