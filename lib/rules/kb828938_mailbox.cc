// KB 828938: the SMTP mailbox as the store itself lists it: there, and connected to its directory object?
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "rules/verdicts.h"

namespace exaudit::rules {

using facts::Connection;
using findings::Need;
using findings::Severity;
using findings::SubjectKind;

namespace {

constexpr Need kTable[] = {Need::mailbox_table};

// The rows of one table that belong to a store, and those of its SMTP mailbox among them.
struct StoreRows {
  const facts::MailboxTable* table = nullptr;
  std::vector<const facts::MailboxRow*> smtp;
  std::size_t count = 0;
};

bool is_smtp_mailbox(const facts::MailboxRow& row, const base::Guid& store) {
  const auto name = model::parse_gateway_name(base::trim(row.display_name));
  return name && name->guid == store;
}

bool is_system_mailbox(const facts::MailboxRow& row, const base::Guid& store) {
  constexpr std::string_view kPrefix = "SystemMailbox";
  return base::ascii_istarts_with(row.display_name, kPrefix) &&
         base::Guid::parse(base::trim(row.display_name).substr(kPrefix.size())) == store;
}

bool names_store(const facts::MailboxRow& row, const model::Store& store) {
  const auto agrees = [](std::string_view cell, std::string_view name) {
    return cell.empty() || base::fold_equals(base::trim(cell), name);
  };
  return base::fold_equals(base::trim(row.store), store.name) && agrees(row.server, store.server->name) &&
         agrees(row.storage_group, store.group->name);
}

// A table without a store column lists one store: the one whose SMTP or system mailbox it holds, else the
// only mailbox store of the machine.
bool lists_only(const facts::MailboxTable& table, const model::Organization& org, const model::Store& store,
                const model::Machine& machine) {
  bool other = false;
  for (const facts::MailboxRow& row : table.rows) {
    if (is_smtp_mailbox(row, *store.guid) || is_system_mailbox(row, *store.guid)) return true;
    for (const model::Store& each : org.stores) {
      other =
          other || (each.guid && (is_smtp_mailbox(row, *each.guid) || is_system_mailbox(row, *each.guid)));
    }
  }
  const auto stores = std::count_if(org.stores.begin(), org.stores.end(), [&](const model::Store& each) {
    return !each.is_public && each.recovery == model::Recovery::no &&
           std::find(machine.servers.begin(), machine.servers.end(), each.server) != machine.servers.end();
  });
  return !other && stores == 1;
}

// The table that lists the store's mailboxes; one that names it beats one that may only be meant.
StoreRows rows_of(const model::Case& c, const model::Organization& org, const model::Store& store) {
  StoreRows best;
  for (const model::Machine& machine : c.machines) {
    if (machine.files == nullptr) continue;
    const bool own =
        std::find(machine.servers.begin(), machine.servers.end(), store.server) != machine.servers.end();
    for (const facts::MailboxTable& table : machine.files->mailbox_tables) {
      StoreRows found{&table, {}, 0};
      const bool whole = own && !table.has_store_column && lists_only(table, org, store, machine);
      for (const facts::MailboxRow& row : table.rows) {
        const bool mine = whole || (names_store(row, store) && (own || !row.server.empty()));
        if (!mine) continue;
        ++found.count;
        if (is_smtp_mailbox(row, *store.guid)) found.smtp.push_back(&row);
      }
      if (found.count > best.count) best = std::move(found);
    }
  }
  return best;
}

findings::Evidence row_evidence(const StoreRows& rows, const facts::MailboxRow& row) {
  findings::Evidence out;
  out.at = rows.table->location;
  out.at.line = row.line;
  out.actual = {row.display_name + (row.connection == Connection::disconnected ? " (disconnected)"
                                    : row.connection == Connection::connected  ? " (connected)"
                                                                               : "")};
  return out;
}

// Visits the mailbox stores whose table is there; gives the verdict for the others.
template <typename Visit>
void each_listed_store(const model::Case& c, Verdicts& out, Visit visit) {
  for (const auto& org : c.organizations) {
    out.in_view(org->view->name);
    for (const model::Store& store : org->stores) {
      if (!judged(*org, store, out)) continue;
      const auto subject = subject_of(*org, store);
      if (store.is_public) {
        out.not_applicable(subject,
                           "a public store has no system mailbox, so its SMTP mailbox is not listed");
      } else if (!store.guid) {
        out.not_evaluated(subject, {Need::directory}, "the store's objectGUID was not observed");
      } else if (const StoreRows rows = rows_of(c, *org, store); rows.count == 0) {
        out.not_evaluated(subject, "no table of the store's mailboxes is there");
      } else {
        visit(*org, store, rows, subject);
      }
    }
  }
}

void mailbox_missing(const model::Case& c, Verdicts& out) {
  each_listed_store(c, out,
                    [&](const model::Organization& org, const model::Store& store, const StoreRows& rows,
                        const findings::Subject& subject) {
                      if (!rows.smtp.empty()) {
                        out.pass(subject);
                      } else if (!rows.table->complete) {
                        out.not_evaluated(subject, "the mailbox table was not read completely");
                      } else {
                        auto& finding =
                            out.fail(subject, "missing",
                                     fmt::format("mailbox store \"{}\" of server {} lists no mailbox {}",
                                                 store.name, store.server->name, store.gateway_name()));
                        finding.evidence.emplace_back();
                        finding.evidence[0].at = rows.table->location;
                        finding.evidence[0].expected = {store.gateway_name()};
                        finding.values = gateway_values(org, store);
                      }
                    });
}

void mailbox_disconnected(const model::Case& c, Verdicts& out) {
  each_listed_store(
      c, out,
      [&](const model::Organization& org, const model::Store& store, const StoreRows& rows,
          const findings::Subject& subject) {
        const auto count = [&](Connection state) {
          return std::count_if(rows.smtp.begin(), rows.smtp.end(),
                               [&](const facts::MailboxRow* row) { return row->connection == state; });
        };
        if (rows.smtp.empty()) {
          out.not_applicable(subject,
                             "the store lists no SMTP mailbox, which KB828938.mailbox-missing reports");
        } else if (!rows.table->has_connection_column ||
                   (count(Connection::not_observed) > 0 && count(Connection::connected) == 0)) {
          out.not_evaluated(subject, "the table has no column that tells disconnected mailboxes");
        } else if (count(Connection::disconnected) == 0) {
          out.pass(subject);
        } else {
          const bool leftover = count(Connection::connected) > 0;
          auto& finding = out.fail(
              subject, leftover ? "leftover" : "disconnected",
              leftover ? fmt::format("mailbox store \"{}\" of server {} still lists an old, disconnected "
                                     "SMTP mailbox beside the connected one",
                                     store.name, store.server->name)
                       : fmt::format("the SMTP mailbox of mailbox store \"{}\" of server {} is disconnected",
                                     store.name, store.server->name));
          if (leftover) finding.severity = Severity::low;
          for (const facts::MailboxRow* row : rows.smtp) finding.evidence.push_back(row_evidence(rows, *row));
          finding.values = gateway_values(org, store);
        }
      });
}

}  // namespace

extern const Rule kb828938_mailbox_missing = {"KB828938.mailbox-missing",
                                              "Every mailbox store lists its SMTP mailbox.",
                                              "828938",
                                              Severity::high,
                                              "mailboxes",
                                              "2000 2003",
                                              SubjectKind::store,
                                              kTable,
                                              "missing",
                                              mailbox_missing};
extern const Rule kb828938_mailbox_disconnected = {"KB828938.mailbox-disconnected",
                                                   "The SMTP mailbox of a mailbox store is connected.",
                                                   "828938",
                                                   Severity::high,
                                                   "mailboxes",
                                                   "2000 2003",
                                                   SubjectKind::store,
                                                   kTable,
                                                   "disconnected leftover",
                                                   mailbox_disconnected};

}  // namespace exaudit::rules
