// Recipients: where their mailbox is said to be, compared with what the organization has.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/dn.h"
#include "rules/recipient_verdicts.h"

namespace exaudit::rules {

using findings::Need;
using findings::Severity;
using findings::SubjectKind;
using findings::Verdict;
using Database = model::ResolvedPlacement::Database;

namespace {

constexpr Need kRecipients[] = {Need::directory_recipients};

void home_mdb_missing(const model::Case& c, Verdicts& out) {
  each_recipient(
      c, out, Asks::recipients,
      [](const RecipientCase& r) {
        if (!r.row.is(facts::Recipient::mailbox_enabled)) return Verdict::not_applicable;
        if (r.placement.database != Database::none) return Verdict::pass;
        const auto seen = r.view.observed(r.row, "homeMDB", facts::Recipient::unreadable_mdb);
        return seen == facts::Observed::absent ? Verdict::fail : Verdict::not_evaluated;
      },
      [](const RecipientCase&, FailedRecipient& failed) {
        failed.report("missing", "homeMDB",
                      fmt::format("\"{}\" has a mailbox but no homeMDB", failed.name()));
      });
}

void home_mdb_not_found(const model::Case& c, Verdicts& out) {
  each_recipient(
      c, out, Asks::configuration,
      [](const RecipientCase& r) {
        switch (r.placement.database) {
          case Database::none:
            return r.row.is(facts::Recipient::unreadable_mdb) ? Verdict::not_evaluated
                                                              : Verdict::not_applicable;
          case Database::found:
            return Verdict::pass;
          case Database::deleted:
          case Database::missing:
            return Verdict::fail;
          case Database::not_known:
            break;
        }
        return Verdict::not_evaluated;
      },
      [](const RecipientCase& r, FailedRecipient& failed) {
        const bool deleted = r.placement.database == Database::deleted;
        failed.report(deleted ? "deleted" : "not-found", "homeMDB",
                      fmt::format("homeMDB of \"{}\" names a {}", failed.name(),
                                  deleted ? "deleted object" : "store that does not exist"));
      });
}

bool is_gateway(const model::Organization& org, const facts::Entry& entry) {
  return std::any_of(org.gateways.begin(), org.gateways.end(),
                     [&](const model::Gateway& gateway) { return gateway.entry == &entry; });
}

// Configuration objects that carry the attribute are looked at as well: System Attendants, connectors.
void home_mta_deleted(const model::Case& c, Verdicts& out) {
  const auto report = [](FailedRecipient& failed) {
    failed.report("deleted", "homeMTA",
                  fmt::format("homeMTA of \"{}\" names a deleted object", failed.name()));
  };
  each_recipient(
      c, out, Asks::recipients,
      [](const RecipientCase& r) {
        if (r.mta.empty())
          return r.row.is(facts::Recipient::unreadable_mta) ? Verdict::not_evaluated
                                                            : Verdict::not_applicable;
        return r.placement.mta_deleted ? Verdict::fail : Verdict::pass;
      },
      [&](const RecipientCase&, FailedRecipient& failed) { report(failed); },
      [&](const model::Organization& org, const facts::Entry& entry, FailedRecipient& failed) {
        if (is_gateway(org, entry) || entry.first("homeMTA").empty()) return Verdict::not_applicable;
        if (!facts::names_deleted_object(entry.first("homeMTA"))) return Verdict::pass;
        report(failed);
        return Verdict::fail;
      });
}

// What both mismatch rules ask first. Nothing when the comparison decides.
std::optional<Verdict> before_comparing(const RecipientCase& r, bool present,
                                        facts::Recipient::Flag unreadable) {
  if (r.row.is(unreadable) || r.placement.database == Database::not_known) return Verdict::not_evaluated;
  if (!present || r.placement.database != Database::found) return Verdict::not_applicable;
  if (r.placement.server == nullptr) return Verdict::not_evaluated;
  return r.placement.judged_by_server() ? std::nullopt : std::optional(Verdict::not_applicable);
}

// A global catalog shows neither which MTA serves a server of a cluster, nor the version.
bool mta_may_be_another(const model::Server& server) {
  return server.responsible_mta.not_observed() && server.serial_number.not_observed();
}

void home_mta_mismatch(const model::Case& c, Verdicts& out) {
  const auto same = [](const RecipientCase& r) {
    const auto key = facts::dn_key(r.mta);
    if (!key) return false;
    const facts::Entry* entry = r.organization->view->find(*key);  // by its former name, too
    const std::string& wanted = r.placement.server->mta_key;
    return *key == wanted || (entry != nullptr && entry->key == wanted);
  };
  each_recipient(
      c, out, Asks::configuration,
      [&](const RecipientCase& r) {
        if (r.placement.mta_deleted) return Verdict::not_applicable;
        if (const auto verdict = before_comparing(r, !r.mta.empty(), facts::Recipient::unreadable_mta))
          return *verdict;
        if (r.placement.server->mta_key.empty()) return Verdict::not_evaluated;
        if (same(r)) return Verdict::pass;
        return mta_may_be_another(*r.placement.server) ? Verdict::not_evaluated : Verdict::fail;
      },
      [](const RecipientCase& r, FailedRecipient& failed) {
        failed.report("mismatch", "homeMTA",
                      fmt::format("homeMTA of \"{}\" is not the MTA of server {}, which has its mailbox",
                                  failed.name(), r.placement.server->name),
                      r.placement.server->mta_dn);
      });
}

void home_server_mismatch(const model::Case& c, Verdicts& out) {
  each_recipient(
      c, out, Asks::configuration,
      [](const RecipientCase& r) {
        if (const auto verdict =
                before_comparing(r, !r.home_server.empty(), facts::Recipient::unreadable_server))
          return *verdict;
        const model::Field& expected = r.placement.server->legacy_dn;
        if (!expected.present()) return Verdict::not_evaluated;
        return base::fold_equals(r.home_server, expected.value) ? Verdict::pass : Verdict::fail;
      },
      [](const RecipientCase& r, FailedRecipient& failed) {
        failed.report("mismatch", "msExchHomeServerName",
                      fmt::format("msExchHomeServerName of \"{}\" is not server {}, which has its mailbox",
                                  failed.name(), r.placement.server->name),
                      r.placement.server->legacy_dn.value);
      });
}

void legacy_dn_missing(const model::Case& c, Verdicts& out) {
  each_recipient(
      c, out, Asks::recipients,
      [](const RecipientCase& r) {
        if (!r.row.is(facts::Recipient::mailbox_enabled)) return Verdict::not_applicable;
        if (r.row.is(facts::Recipient::has_legacy_dn)) return Verdict::pass;
        const auto seen = r.view.observed(r.row, "legacyExchangeDN", facts::Recipient::unreadable_legacy_dn);
        return seen == facts::Observed::absent ? Verdict::fail : Verdict::not_evaluated;
      },
      [](const RecipientCase&, FailedRecipient& failed) {
        failed.report("missing", "legacyExchangeDN",
                      fmt::format("\"{}\" has a mailbox but no legacyExchangeDN", failed.name()));
      });
}

}  // namespace

extern const Rule recipients_home_mdb_missing = {"recipients.home-mdb-missing",
                                                 "Every mailbox has a homeMDB.",
                                                 "",
                                                 Severity::medium,
                                                 "recipients",
                                                 "2000 2003",
                                                 SubjectKind::recipient,
                                                 kRecipients,
                                                 "missing",
                                                 home_mdb_missing};
extern const Rule recipients_home_mdb_not_found = {"recipients.home-mdb-not-found",
                                                   "homeMDB of a recipient is a store of the organization.",
                                                   "",
                                                   Severity::high,
                                                   "recipients",
                                                   "2000 2003",
                                                   SubjectKind::recipient,
                                                   kRecipients,
                                                   "deleted not-found",
                                                   home_mdb_not_found};
extern const Rule recipients_home_mta_deleted = {"recipients.home-mta-deleted",
                                                 "homeMTA of a recipient names no deleted object.",
                                                 "",
                                                 Severity::medium,
                                                 "recipients",
                                                 "2000 2003",
                                                 SubjectKind::recipient,
                                                 kRecipients,
                                                 "deleted",
                                                 home_mta_deleted};
extern const Rule recipients_home_mta_mismatch = {
    "recipients.home-mta-mismatch",
    "homeMTA of a recipient is the MTA of the server that has its mailbox.",
    "",
    Severity::medium,
    "recipients",
    "2000 2003",
    SubjectKind::recipient,
    kRecipients,
    "mismatch",
    home_mta_mismatch};
extern const Rule recipients_home_server_mismatch = {
    "recipients.home-server-mismatch",
    "msExchHomeServerName of a recipient is the server that has its mailbox.",
    "",
    Severity::high,
    "recipients",
    "2000 2003",
    SubjectKind::recipient,
    kRecipients,
    "mismatch",
    home_server_mismatch};
extern const Rule recipients_legacy_dn_missing = {"recipients.legacy-dn-missing",
                                                  "Every mailbox has a legacyExchangeDN.",
                                                  "",
                                                  Severity::high,
                                                  "recipients",
                                                  "2000 2003",
                                                  SubjectKind::recipient,
                                                  kRecipients,
                                                  "missing",
                                                  legacy_dn_missing};

}  // namespace exaudit::rules
