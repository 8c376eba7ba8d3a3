#include "collectors/directory.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/guid.h"
#include "base/text.h"
#include "collectors/server_info.h"
#include "collectors/tls_certificate.h"
#include "facts/dn.h"
#include "facts/naming_context.h"

namespace exaudit::collectors {

namespace {

constexpr int kPageSize = 1000;       // MaxPageSize of every Active Directory (KB 315071)
constexpr int kMaxEmptyPages = 1000;  // in a row: Active Directory gives some, an endless row is no answer
constexpr std::uint64_t kMaxBytes = std::uint64_t{64} << 30;  // of LDIF: as much as a file may have
constexpr int kSmallestPage = 50;
constexpr int kAdminLimitExceeded = 11;     // RFC 4511 4.1.9; slapd: "illegal pagedResults page size"
constexpr int kSizeLimitExceeded = 4;       // RFC 4511 4.1.9
constexpr int kMaxRanges = 100'000;         // requests for one attribute: 100 million values of 1,000 each
constexpr std::size_t kMaxNameBytes = 256;  // of an attribute description
constexpr std::string_view kMetaData = "msDS-ReplAttributeMetaData";

// Everything that model::Organization or a rule can take for a recipient or a system mailbox, and the
// container of system mailboxes, which shows that they were looked for.
constexpr const char* kRecipients =
    "(|(mailNickname=*)(proxyAddresses=*)(homeMDB=*)(msExchMailboxGuid=*)(msExchHomeServerName=*)"
    "(cn=SystemMailbox*)(cn=Microsoft Exchange System Objects))";
// Tombstones of what gateways and recipients refer to.
constexpr const char* kDeleted =
    "(&(isDeleted=TRUE)(|(objectClass=mTA)(objectClass=msExchExchangeServer)(objectClass=msExchMDB)"
    "(objectClass=mailGateway)))";

// Only names that mean the same in LDIF: a hostile server must not write lines of its own.
bool is_attribute_name(std::string_view name) {
  for (const std::string_view keyword : {"dn", "changetype", "control"}) {
    if (base::ascii_iequals(name, keyword)) return false;
  }
  return !name.empty() && name.size() <= kMaxNameBytes && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == ';' || c == '.' || c == '=' || c == '*';
  });
}

// Ports 3268 and, with TLS, 3269 (MS-ADTS 5.1.1.1).
bool is_global_catalog(std::string_view uri) {
  while (uri.ends_with('/')) uri.remove_suffix(1);
  return uri.ends_with(":3268") || uri.ends_with(":3269");
}

// ";range=0-1499": where the next request begins. Nothing when the value is whole or reaches the end.
std::optional<std::uint64_t> next_of_range(std::string_view name) {
  const std::size_t at = name.find(";range=");
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t dash = name.find('-', at);
  std::uint64_t last = 0;
  if (dash == std::string_view::npos || !base::parse_uint(name.substr(dash + 1), last)) return std::nullopt;
  return last + 1;
}

class DirectoryCollector {
 public:
  DirectoryCollector(LdapClient& client, const DirectoryRequest& request, LdifOutput& out,
                     const ProgressFunction& progress)
      : client_(client), request_(request), out_(out), progress_(progress) {}

  DirectoryReport run() {
    report_.global_catalog = is_global_catalog(request_.uri);
    out_.line("version: 1");
    out_.comment("exaudit directory view", "1");
    out_.comment("address", request_.uri);
    if (!meet()) return std::move(report_);
    header();
    if (!request_.configuration.empty()) configuration();
    if (!request_.recipients.empty()) recipients();
    if (!request_.configuration.empty()) deleted_objects();
    report_.complete = report_.failure.empty() && out_.good();
    if (!out_.good()) fail("the collected entries could not be written: is the disk full?");
    if (report_.complete) out_.comment("complete", "yes");
    return std::move(report_);
  }

 private:
  using Visit = std::function<void(const LdapPage&, const LdapPage::Entry&)>;

  void fail(std::string message) {
    if (report_.failure.empty()) report_.failure = std::move(message);
  }

  bool meet() {
    LdapOutcome connected = client_.connect();
    LdapPage page;
    if (connected.ok()) {
      LdapSearch search;
      search.scope = LdapSearch::Scope::base;
      search.attributes = ServerInfo::attributes();
      page = ask(search);
      connected = page.outcome;
    }
    if (!connected.ok()) {
      fail(connected.message);
      cut(connected.message);
      return false;
    }
    root_ = ServerInfo::of(page);
    report_.server = root_.host;
    server_ = root_.host.empty() ? host_of_uri(request_.uri) : root_.host;
    return true;
  }

  void header() {
    out_.comment("server", server_);
    out_.comment("global catalog", report_.global_catalog ? "yes" : "no");
    if (!request_.time.empty()) out_.comment("collected", request_.time);
    if (!root_.service.empty()) out_.comment("directory service", root_.service);
    const std::string invocation = invocation_id();
    if (!invocation.empty()) out_.comment("invocation id", invocation);
    if (!root_.highest_committed_usn.empty())
      out_.comment("highest committed USN", root_.highest_committed_usn);
    std::vector<std::string> names = all_attributes();
    out_.line(fmt::format("# requesting: {}", fmt::join(names, " ")));
    out_.line("");
  }

  // Which incarnation of its database the USNs belong to.
  std::string invocation_id() {
    if (root_.service.empty()) return {};
    LdapSearch search;
    search.base = root_.service;
    search.scope = LdapSearch::Scope::base;
    search.attributes = {"invocationId"};
    const LdapPage page = ask(search);
    const auto values = values_of(page, "invocationId");
    const auto guid = values.empty() ? std::nullopt : base::Guid::from_octets(values.front());
    return guid ? guid->text() : std::string();
  }

  std::vector<std::string> all_attributes() const {
    std::vector<std::string> out = request_.configuration;
    out.insert(out.end(), request_.recipients.begin(), request_.recipients.end());
    const auto less = [](const std::string& a, const std::string& b) {
      return base::ascii_lowered(a) < base::ascii_lowered(b);
    };
    const auto same = [](const std::string& a, const std::string& b) { return base::ascii_iequals(a, b); };
    std::sort(out.begin(), out.end(), less);
    out.erase(std::unique(out.begin(), out.end(), same), out.end());
    return out;
  }

  void configuration() {
    const std::string root = exchange_container();
    if (root.empty()) return;
    LdapSearch search;
    search.attributes = all_attributes();
    search.base = root;
    const auto written = request_.originating_changes ? gateways(root) : std::unordered_set<std::string>();
    const LdapOutcome outcome =
        run_search(search, "configuration", [&](const LdapPage& page, const LdapPage::Entry& entry) {
          look_at(page, entry);
          if (written.empty() || !written.contains(std::string(entry.dn))) write(page, entry);
        });
    if (outcome.ok()) check_seen(root);
    searched(root, "configuration", outcome);
  }

  // Every object has an objectClass. One without it is seen because the account may list the container; what
  // is in it, and below it, is hidden (MS-ADTS 3.1.1.4.3, 5.1.3.3.6).
  void look_at(const LdapPage& page, const LdapPage::Entry& entry) {
    bool readable = false;
    for (std::uint32_t i = 0; i < entry.count; ++i) {
      const LdapPage::Attribute& attribute = page.attributes[entry.first + i];
      if (!base::ascii_iequals(attribute.name, "objectClass")) continue;
      readable = true;
      for (std::uint32_t k = 0; k < attribute.count; ++k)
        organization_seen_ |=
            base::ascii_iequals(page.values[attribute.first + k], "msExchOrganizationContainer");
    }
    if (!readable) hidden_.emplace(entry.dn);
  }

  // An account that sees nothing must not find everything healthy.
  void check_seen(const std::string& root) {
    std::string why;
    if (!hidden_.empty()) {
      why = fmt::format(
          "the account may not read {} of the Exchange configuration, {}: it needs the role Exchange View "
          "Only "
          "Administrator",
          hidden_.size() == 1 ? "one object" : fmt::format("{} objects", hidden_.size()),
          base::visible(*hidden_.begin()));
    } else if (!organization_seen_) {
      why = fmt::format(
          "there is no Exchange organization in {}: Exchange was never installed here, or the account may "
          "not "
          "see it",
          base::visible(root));
    }
    if (why.empty()) return;
    fail(why);
    cut(why);
  }

  // Gateways with their change history, which would cost too much on every object. Gives the names of those
  // that were written; when not all of an organization's could be had, none is, and they come with the rest.
  std::unordered_set<std::string> gateways(const std::string& root) {
    std::unordered_set<std::string> out;
    LdapSearch search;
    search.scope = LdapSearch::Scope::one_level;
    search.attributes = all_attributes();
    search.attributes.emplace_back(kMetaData);
    for (const std::string& organization : organizations(root)) {
      const std::uint64_t begin = out_.mark();
      const std::uint64_t entries_before = report_.entries;
      std::unordered_set<std::string> found;
      search.base = "CN=Connections," + organization;
      const LdapOutcome outcome = run_search(
          search, "gateways",
          [&](const LdapPage& page, const LdapPage::Entry& entry) {
            found.emplace(entry.dn);
            write(page, entry);
          },
          false);
      if (outcome.ok()) {
        out.merge(found);
      } else {
        out_.rewind(begin);
        report_.entries = entries_before;
      }
    }
    return out;
  }

  // CN=Microsoft Exchange of the configuration; "" after saying why there is none. Servers that are no domain
  // controllers do not say where the configuration is.
  std::string exchange_container() {
    constexpr std::string_view kBelow = "CN=Microsoft Exchange,CN=Services,";
    std::vector<std::string> candidates;
    if (!root_.configuration.empty()) {
      candidates.push_back(fmt::format("{}{}", kBelow, root_.configuration));
    } else {
      for (const std::string& context : root_.naming_contexts) {
        candidates.push_back(fmt::format("{}{}", kBelow, context));
        candidates.push_back(fmt::format("{}CN=Configuration,{}", kBelow, context));
      }
    }
    LdapOutcome last = {LdapStatus::no_such_object, 0, ""};
    for (const std::string& candidate : candidates) {
      LdapSearch search;
      search.base = candidate;
      search.scope = LdapSearch::Scope::base;
      search.attributes = {"objectClass"};
      const LdapPage page = ask(search);
      if (!page.entries.empty()) return candidate;
      if (!page.outcome.ok() && page.outcome.status != LdapStatus::no_such_object) last = page.outcome;
    }
    if (last.status == LdapStatus::no_such_object) {
      last.message =
          "there is no CN=Microsoft Exchange,CN=Services in the configuration: Exchange was never prepared "
          "here, or the account may not see it";
    }
    fail(last.message);
    cut(last.message);
    return {};
  }

  std::vector<std::string> organizations(const std::string& root) {
    LdapSearch search;
    search.base = root;
    search.scope = LdapSearch::Scope::one_level;
    search.attributes = {"objectClass"};
    const LdapPage page = ask(search);
    std::vector<std::string> out;
    for (const LdapPage::Entry& entry : page.entries) out.emplace_back(entry.dn);
    return out;
  }

  void recipients() {
    LdapSearch search;
    search.filter = kRecipients;
    search.attributes = request_.recipients;
    // A global catalog searches all domains from its root.
    const std::vector<std::string> bases =
        report_.global_catalog ? std::vector<std::string>{""} : root_.domains();
    for (const std::string& base : bases) {
      search.base = base;
      const std::string what = base.empty() ? "recipients of all domains" : "recipients of " + base;
      const LdapOutcome outcome =
          run_search(search, what, [&](const LdapPage& page, const LdapPage::Entry& entry) {
            if (!in_configuration(entry.dn)) write(page, entry);
          });
      searched(base, "recipients", outcome);
      if (outcome.ok()) out_.comment("searched recipients", base);
    }
  }

  // Such entries were read with the configuration.
  static bool in_configuration(std::string_view dn) {
    const auto key = facts::dn_key(dn);
    return key && facts::in_configuration(*key);
  }

  // Whoever may not see tombstones misses an explanation, no evidence.
  void deleted_objects() {
    if (!root_.show_deleted || root_.configuration.empty() || report_.global_catalog) return;
    LdapSearch search;
    search.base = "CN=Deleted Objects," + root_.configuration;
    search.filter = kDeleted;
    search.show_deleted = true;
    search.attributes = all_attributes();
    search.attributes.emplace_back("lastKnownParent");
    const LdapOutcome outcome = run_search(
        search, "deleted objects",
        [&](const LdapPage& page, const LdapPage::Entry& entry) { write(page, entry); }, false);
    searched(search.base, "deleted objects", outcome);
  }

  void searched(std::string_view base, std::string_view what, const LdapOutcome& outcome) {
    out_.comment("searched", fmt::format("{}: {}: {}", base.empty() ? "all domains" : base, what,
                                         outcome.ok() ? "to the end" : outcome.message));
  }

  // For the reader: what is missing is unknown, not absent.
  void cut(std::string_view why) {
    out_.line("");
    out_.comment("incomplete", why);
    out_.line("");
  }

  // One request and its answer; once more when the connection is gone.
  LdapPage ask(const LdapSearch& search) {
    LdapPage page = client_.finish(client_.begin(search));
    if (page.outcome.status == LdapStatus::connection_lost && client_.connect().ok())
      page = client_.finish(client_.begin(search));
    return page;
  }

  LdapOutcome run_search(LdapSearch search, std::string_view what, const Visit& visit, bool needed = true) {
    search.page_size = root_.paging ? kPageSize : 0;
    const std::uint64_t begin = out_.mark();
    const std::uint64_t entries_before = report_.entries;
    bool reconnected = false;
    int empty_pages = 0;
    int id = client_.begin(search);
    while (true) {
      LdapPage page = client_.finish(id);
      if (page.outcome.status == LdapStatus::connection_lost && !reconnected) {
        reconnected = true;
        const LdapOutcome again = client_.connect();
        if (again.ok()) {
          id = client_.begin(search);
          continue;
        }
      }
      const bool refused = !page.outcome.ok() && page.outcome.status != LdapStatus::cut_off &&
                           page.outcome.status != LdapStatus::connection_lost &&
                           page.outcome.status != LdapStatus::timed_out;
      if (refused && reconnected && !search.cookie.empty()) {
        // Cookies of most servers die with their connection.
        search.cookie.clear();
        out_.rewind(begin);
        report_.entries = entries_before;
        if (client_.connect().ok()) {
          id = client_.begin(search);
          continue;
        }
      }
      const bool limited =
          page.outcome.code == kSizeLimitExceeded || page.outcome.code == kAdminLimitExceeded;
      if (limited && search.cookie.empty() && search.page_size > kSmallestPage) {
        // Some servers refuse a page that is larger than theirs, where Active Directory gives a smaller one.
        search.page_size = std::max(search.page_size / 4, kSmallestPage);
        id = client_.begin(search);
        continue;
      }
      empty_pages = page.entries.empty() ? empty_pages + 1 : 0;
      if (page.outcome.ok() && (empty_pages > kMaxEmptyPages || out_.mark() > kMaxBytes))
        page.outcome = {LdapStatus::cut_off, kAdminLimitExceeded,
                        "the server's answer does not come to an end"};
      search.cookie = page.cookie;
      if (page.outcome.ok() && !page.cookie.empty()) id = client_.begin(search);  // works while we digest
      if (page.outcome.ok() || page.outcome.status == LdapStatus::cut_off) {
        for (const LdapPage::Entry& entry : page.entries) visit(page, entry);
      }
      if (progress_) progress_({server_, what, report_.entries});
      if (!page.outcome.ok()) {
        if (needed) {
          const std::string why = fmt::format("{}: {}", what, page.outcome.message);
          fail(why);
          cut(why);
        }
        return page.outcome;
      }
      if (page.cookie.empty() || !out_.good()) return page.outcome;
    }
  }

  void write(const LdapPage& page, const LdapPage::Entry& entry) {
    if (entry.dn.empty()) return;
    ++report_.entries;
    out_.begin_entry(entry.dn);
    for (std::uint32_t i = 0; i < entry.count; ++i) {
      const LdapPage::Attribute& attribute = page.attributes[entry.first + i];
      if (!is_attribute_name(attribute.name)) continue;
      if (next_of_range(attribute.name)) {
        write_ranges(page, entry.dn, attribute);
      } else {
        for (std::uint32_t k = 0; k < attribute.count; ++k)
          out_.value(attribute.name, page.values[attribute.first + k]);
      }
    }
    out_.end_entry();
  }

  // Attributes of more values than the server's MaxValRange come piece by piece (MS-ADTS 3.1.1.3.1.3.3). The
  // last piece says so: its range ends with "*".
  void write_ranges(const LdapPage& page, std::string_view dn, const LdapPage::Attribute& first) {
    const std::string name(first.name.substr(0, first.name.find(';')));
    for (std::uint32_t k = 0; k < first.count; ++k) out_.value(first.name, page.values[first.first + k]);
    std::optional<std::uint64_t> next = next_of_range(first.name);
    for (int i = 0; i < kMaxRanges && next; ++i) {
      LdapSearch search;
      search.base = std::string(dn);
      search.scope = LdapSearch::Scope::base;
      search.attributes = {fmt::format("{};range={}-*", name, *next)};
      const LdapPage more = ask(search);
      const LdapPage::Attribute* piece = nullptr;
      for (const LdapPage::Attribute& attribute : more.attributes) {
        if (attribute.count > 0 && is_attribute_name(attribute.name) &&
            base::ascii_iequals(attribute.name.substr(0, attribute.name.find(';')), name))
          piece = &attribute;
      }
      if (piece == nullptr) return;  // the last range written does not end with "*": the reader knows
      for (std::uint32_t k = 0; k < piece->count; ++k) out_.value(piece->name, more.values[piece->first + k]);
      const auto after = next_of_range(piece->name);
      if (after && *after <= *next) return;  // a server that does not advance
      next = after;
    }
  }

  LdapClient& client_;
  const DirectoryRequest& request_;
  LdifOutput& out_;
  const ProgressFunction& progress_;
  ServerInfo root_;
  std::string server_;
  bool organization_seen_ = false;
  std::set<std::string> hidden_;  // names of objects that were listed and could not be read
  DirectoryReport report_;
};

}  // namespace

DirectoryReport collect_directory(LdapClient& client, const DirectoryRequest& request, LdifOutput& out,
                                  const ProgressFunction& progress) {
  return DirectoryCollector(client, request, out, progress).run();
}

std::string view_name_of_uri(std::string_view uri) {
  const std::size_t scheme = uri.find("://");
  std::string out;
  std::string_view rest = scheme == std::string_view::npos ? uri : uri.substr(scheme + 3);
  rest = rest.substr(0, rest.find('/'));
  for (const char c : rest) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    if (plain && (c != '.' || !out.empty())) {  // ".." is a folder of its own kind
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && (out.back() == '-' || out.back() == '.')) out.pop_back();
  return out.empty() ? "directory" : out;
}

}  // namespace exaudit::collectors
