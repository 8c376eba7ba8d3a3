// Builds directory views: sorts records into entries, recipients and the rest while they stream in, then
// merges what belongs together.
//
// Nothing here depends on the order of records or inputs: of two records for one object the winner is chosen
// by its content.
#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/directory_view.h"
#include "facts/dn.h"
#include "facts/entry_choice.h"
#include "facts/host_name.h"
#include "facts/judged_attributes.h"
#include "facts/naming_context.h"
#include "facts/root_dse.h"
#include "ldapschema/ldapschema.h"

namespace exaudit::facts {

namespace {

constexpr std::string_view kSystemObjectsRdn = "cn=microsoft exchange system objects";

std::string_view base_name(std::string_view description) {
  return description.substr(0, description.find(';'));
}

// ";range=0-1499" is a piece, ";range=1500-*" the last one of a row of pieces.
enum class Range { none, piece, last };
Range range_of(std::string_view description) {
  if (description.find(";range=") == std::string_view::npos) return Range::none;
  return description.back() == '*' ? Range::last : Range::piece;
}

struct DomainFacts {
  bool container = false;   // CN=Microsoft Exchange System Objects itself
  bool child = false;       // something directly below it
  bool two_levels = false;  // something two levels below the domain
  bool searched = false;    // see ViewBuilder::domain_searched
};

struct PendingInput {
  InputId id = kNoInput;
  std::string own_name;
  std::vector<std::string> hosts;
  std::vector<base::BufferPtr> buffers;
  std::vector<Entry> entries;
  std::vector<Recipient> recipients;
  std::vector<SystemMailbox> system_mailboxes;
  std::map<std::string, DomainFacts, std::less<>> domains;
  bool all_domains_searched = false;
  std::uint64_t other_objects = 0;
  std::uint32_t carried_by_recipients = 0;
  ViewInput facts;
};

void merge_inputs(Entry& into, const Entry& from) {
  for (const InputId id : from.inputs) {
    if (std::find(into.inputs.begin(), into.inputs.end(), id) == into.inputs.end()) into.inputs.push_back(id);
  }
}

}  // namespace

struct ViewBuilder::State {
  std::string view_name;
  std::shared_ptr<Arena> arena = std::make_shared<Arena>();
  std::shared_ptr<Interner> interner = std::make_shared<Interner>();
  std::vector<PendingInput> inputs;
  std::string key;      // scratch
  std::string storage;  // scratch

  PendingInput& current() { return inputs.back(); }

  std::string_view keep_value(RecordValue& value, bool& readable) {
    std::string_view bytes;
    readable = decode_value(value, storage, bytes);
    if (!readable) return {};
    const bool decoded = value.folded || value.form != RecordValue::Form::plain;
    return decoded ? arena->keep(bytes) : bytes;
  }

  void add_entry(Record& record);
  void group_attributes(Record& record, Entry& entry);
  void add_domain_object(Record& record);
  bool add_recipient(Record& record);
  bool add_system_mailbox(const Record& record, std::string_view container);
  std::vector<std::vector<std::size_t>> partition(std::vector<Input>& reports) const;
  DirectoryView build(const std::vector<std::size_t>& members, std::string name_of_view,
                      std::vector<Input>& reports);
};

// Sorts the values by attribute; AD may give one attribute in several places (";range=", ";binary").
void ViewBuilder::State::group_attributes(Record& record, Entry& entry) {
  std::vector<RecordValue*> order;
  order.reserve(record.values.size());
  for (RecordValue& value : record.values) {
    if (value.name.empty()) {
      entry.damaged = true;
    } else {
      order.push_back(&value);
    }
  }
  const auto less = [](const RecordValue* a, const RecordValue* b) {
    const std::string_view x = base_name(a->name);
    const std::string_view y = base_name(b->name);
    return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(), [](char p, char q) {
      return base::ascii_lower(p) < base::ascii_lower(q);
    });
  };
  std::stable_sort(order.begin(), order.end(), less);
  bool last_piece = false;
  for (RecordValue* value : order) {
    const std::string_view name = base_name(value->name);
    if (entry.attributes.empty() || !base::ascii_iequals(entry.attributes.back().name, name)) {
      entry.attributes.push_back({name, {}, false, false});
      last_piece = false;
    }
    Attribute& attribute = entry.attributes.back();
    bool readable = false;
    const std::string_view bytes = keep_value(*value, readable);
    const Range range = range_of(value->name);
    last_piece = last_piece || range == Range::last;
    attribute.partial_range = !last_piece && (attribute.partial_range || range == Range::piece);
    if (!readable) {
      attribute.unreadable = true;
    } else if (!bytes.empty()) {  // no directory holds empty values; an empty one says nothing
      attribute.values.push_back({bytes, value->line});
    }
  }
}

void ViewBuilder::State::add_entry(Record& record) {
  Entry entry;
  entry.dn = arena->keep(record.dn);
  entry.key = key;
  entry.path = path_of_key(key);
  entry.location = record.location;
  entry.inputs = {current().id};
  group_attributes(record, entry);
  entry.guid = base::Guid::from_octets(entry.first("objectGUID"));
  if (!entry.guid) entry.guid = base::Guid::parse(entry.first("objectGUID"));
  entry.deleted = entry.is_true("isDeleted") || names_deleted_object(entry.dn);
  const auto has = [&](std::string_view name) { return entry.find(name) != nullptr; };
  const int marks = int{has("instanceType")} + int{has("whenCreated") || has("whenChanged")} +
                    int{has("uSNCreated") || has("uSNChanged")} + int{has("objectCategory")} +
                    int{has("distinguishedName")};
  entry.read_whole = marks >= 2;
  entry.has_non_gc_attribute =
      std::any_of(entry.attributes.begin(), entry.attributes.end(), [](const Attribute& attribute) {
        return ldapschema::in_global_catalog(attribute.name) == ldapschema::InGlobalCatalog::no;
      });
  if (entry.has_non_gc_attribute) current().facts.carries_non_gc_attribute = true;
  current().entries.push_back(std::move(entry));
}

bool ViewBuilder::State::add_system_mailbox(const Record& record, std::string_view container) {
  constexpr std::string_view kPrefix = "cn=systemmailbox";
  const std::string_view rdn = rdn_of_key(key);
  if (parent_key(key) != container || !rdn.starts_with(kPrefix)) return false;
  const auto guid = base::Guid::parse(rdn.substr(kPrefix.size()));
  if (!guid) return false;
  current().system_mailboxes.push_back({*guid, std::string(parent_key(container)), record.location});
  return true;
}

bool ViewBuilder::State::add_recipient(Record& record) {
  Recipient row;
  bool is_recipient = false;
  bool mailbox = false;
  bool has_target = false;
  const auto take = [&](RecordValue& value) {
    std::string_view bytes;
    return decode_value(value, storage, bytes) ? interner->intern(bytes) : 0;
  };
  for (RecordValue& value : record.values) {
    const std::string_view name = base_name(value.name);
    const auto is = [&](std::string_view wanted) {
      return name.size() == wanted.size() && base::ascii_iequals(name, wanted);
    };
    if (name.empty()) continue;
    switch (base::ascii_lower(name.front())) {
      case 'h':
        if (is("homeMDB")) {
          row.home_mdb = take(value);
          is_recipient = mailbox = true;
        } else if (is("homeMTA")) {
          row.home_mta = take(value);
        } else {
          continue;
        }
        break;
      case 'm':
        if (is("msExchHomeServerName")) {
          row.home_server = take(value);
          is_recipient = mailbox = true;
        } else if (is("msExchMailboxGuid")) {
          is_recipient = mailbox = true;
        } else if (is("mailNickname")) {
          is_recipient = true;
        } else {
          continue;
        }
        break;
      case 'p':
        if (!is("proxyAddresses")) continue;
        is_recipient = true;
        break;
      case 't':
        if (is("targetAddress")) has_target = true;
        continue;
      case 'i': {
        std::string_view bytes;
        if (is("isDeleted") && decode_value(value, storage, bytes) && base::ascii_iequals(bytes, "TRUE"))
          return false;
        continue;
      }
      case 'l':
        if (!is("legacyExchangeDN")) continue;
        break;
      default:
        continue;
    }
    current().carried_by_recipients |= judged_bit(name);
  }
  if (!is_recipient || key.find("\\0adel:") != std::string::npos) return false;
  row.offset = record.location.offset;
  row.line = record.location.line;
  row.input = current().id;
  row.mailbox_enabled = mailbox && !has_target;
  current().recipients.push_back(row);
  return true;
}

void ViewBuilder::State::add_domain_object(Record& record) {
  PendingInput& input = current();
  const std::string_view domain = domain_of(key);
  if (!domain.empty() && domain.size() < key.size()) {
    auto facts = input.domains.find(domain);
    if (facts == input.domains.end()) facts = input.domains.emplace(std::string(domain), DomainFacts()).first;
    const std::string_view above = std::string_view(key).substr(0, key.size() - domain.size() - 1);
    const std::size_t comma = above.rfind(',');
    const std::string_view top = comma == std::string_view::npos ? above : above.substr(comma + 1);
    if (comma != std::string_view::npos) facts->second.two_levels = true;
    if (top == kSystemObjectsRdn) {
      (comma == std::string_view::npos ? facts->second.container : facts->second.child) = true;
      if (comma != std::string_view::npos && key.find("\\0adel:") == std::string::npos) {
        add_system_mailbox(record, std::string_view(key).substr(comma + 1));
      }
    }
  }
  if (!add_recipient(record)) ++input.other_objects;
}

// Inputs that give the same object with different content stand alone; the others form the view together.
// First member list = the view itself.
std::vector<std::vector<std::size_t>> ViewBuilder::State::partition(std::vector<Input>& reports) const {
  struct Seen {
    std::size_t input;
    const Entry* entry;
  };
  std::unordered_map<std::string_view, std::vector<Seen>> seen;
  std::vector<bool> alone(inputs.size(), false);
  std::vector<bool> told(inputs.size(), false);
  for (std::size_t i = 0; inputs.size() > 1 && i < inputs.size(); ++i) {
    for (const Entry& entry : inputs[i].entries) {
      auto& others = seen[entry.key];
      for (const Seen& other : others) {
        if (other.input == i || (alone[i] && alone[other.input])) continue;
        if (content_of(*other.entry) == content_of(entry)) continue;
        alone[i] = alone[other.input] = true;
        if (told[i]) continue;
        told[i] = true;
        reports[inputs[i].id].note(
            entry.location.line,
            fmt::format(
                "\"{}\" stands in \"{}\" with different content: both files are treated as directory views "
                "of their own (put "
                "each domain controller's files into a folder of its own, or use --view, to say otherwise)",
                entry.dn, reports[inputs[other.input].id].path));
      }
      others.push_back({i, &entry});
    }
  }
  std::vector<std::vector<std::size_t>> out(1);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (alone[i]) {
      out.push_back({i});
    } else {
      out.front().push_back(i);
    }
  }
  return out;
}

namespace {

// One entry per DN: identical copies and outdated ones are merged into the best record.
void merge_same_dn(std::vector<Entry>& entries, std::vector<Input>& reports) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.path, a.location.input, a.location.line) <
           std::tie(b.path, b.location.input, b.location.line);
  });
  std::vector<Entry> out;
  out.reserve(entries.size());
  for (Entry& entry : entries) {
    if (out.empty() || out.back().path != entry.path) {
      out.push_back(std::move(entry));
      continue;
    }
    Entry& kept = out.back();
    const bool same = content_of(kept) == content_of(entry);
    if (kept.location.input == entry.location.input) {
      const Entry& later = kept.location.line > entry.location.line ? kept : entry;
      const Entry& earlier = kept.location.line > entry.location.line ? entry : kept;
      reports[later.location.input].note(
          later.location.line,
          fmt::format("\"{}\" appears again (first on line {}){}", later.dn, earlier.location.line,
                      same ? "" : "; the record that was changed last, or else the fuller one, counts"));
    }
    if (better(entry, kept)) std::swap(kept, entry);
    if (same) kept.read_whole = kept.read_whole || entry.read_whole;
    merge_inputs(kept, entry);
  }
  entries = std::move(out);
}

}  // namespace

DirectoryView ViewBuilder::State::build(const std::vector<std::size_t>& members, std::string name_of_view,
                                        std::vector<Input>& reports) {
  DirectoryView view;
  view.name = std::move(name_of_view);
  view.arena_ = arena;
  view.interner = interner;
  for (const std::size_t member : members) {
    PendingInput& input = inputs[member];
    view.inputs.push_back(input.facts);
    view.hosts.insert(view.hosts.end(), input.hosts.begin(), input.hosts.end());
    view.buffers_.insert(view.buffers_.end(), input.buffers.begin(), input.buffers.end());
    view.recipients.insert(view.recipients.end(), input.recipients.begin(), input.recipients.end());
    view.system_mailboxes.insert(view.system_mailboxes.end(), input.system_mailboxes.begin(),
                                 input.system_mailboxes.end());
    view.other_objects += input.other_objects;
    view.carried_by_input_[input.id] |= input.carried_by_recipients;
    for (const auto& [domain, facts] : input.domains) {
      const bool seen_through = facts.two_levels || facts.searched || input.all_domains_searched;
      if (input.facts.complete && (facts.child || (facts.container && seen_through)))
        view.system_objects_read.push_back(domain);
    }
    for (Entry& entry : input.entries) view.entries_.push_back(std::move(entry));
    input = PendingInput();
  }
  std::sort(view.inputs.begin(), view.inputs.end(),
            [](const ViewInput& a, const ViewInput& b) { return a.id < b.id; });
  sort_host_names(view.hosts);
  merge_same_dn(view.entries_, reports);

  // One object under two names (it was renamed or moved between two exports): the record changed last names
  // it.
  std::unordered_map<base::Guid, std::size_t> by_guid;
  std::vector<std::pair<std::string, base::Guid>> other_names;
  std::vector<bool> drop(view.entries_.size(), false);
  for (std::size_t i = 0; i < view.entries_.size(); ++i) {
    if (!view.entries_[i].guid || view.entries_[i].guid->is_zero()) continue;
    const auto [at, fresh] = by_guid.emplace(*view.entries_[i].guid, i);
    if (fresh) continue;
    const bool second_wins = better(view.entries_[i], view.entries_[at->second]);
    const std::size_t loser = second_wins ? at->second : i;
    if (second_wins) at->second = i;
    drop[loser] = true;
    merge_inputs(view.entries_[at->second], view.entries_[loser]);
    other_names.emplace_back(view.entries_[loser].key, *view.entries_[i].guid);
  }
  std::size_t next = 0;
  std::erase_if(view.entries_, [&](const Entry&) { return drop[next++]; });

  for (std::size_t i = 0; i < view.entries_.size(); ++i) {
    const Entry& entry = view.entries_[i];
    const auto index = static_cast<std::uint32_t>(i);
    view.by_key_.emplace(entry.key, index);
    if (entry.guid && !entry.guid->is_zero()) view.by_guid_.emplace(*entry.guid, index);
    std::uint32_t bits = 0;
    for (const Attribute& attribute : entry.attributes) {
      if (!attribute.values.empty()) bits |= judged_bit(attribute.name);
    }
    for (const InputId id : entry.inputs) view.carried_by_input_[id] |= bits;
    view.note_reached(entry);
    view.carried_by_class_[base::ascii_lowered(entry.structural_class())] |= bits;
  }
  for (const auto& [key_of_other, guid] : other_names)
    view.by_other_name_.emplace(key_of_other, view.by_guid_.at(guid));
  return view;
}

ViewBuilder::ViewBuilder(std::string name) : state_(std::make_unique<State>()) {
  state_->view_name = std::move(name);
}
ViewBuilder::~ViewBuilder() = default;
ViewBuilder::ViewBuilder(ViewBuilder&&) noexcept = default;
ViewBuilder& ViewBuilder::operator=(ViewBuilder&&) noexcept = default;

void ViewBuilder::begin_input(InputId id, std::string own_name, base::BufferPtr buffer) {
  PendingInput input;
  input.id = input.facts.id = id;
  input.own_name = std::move(own_name);
  input.buffers.push_back(std::move(buffer));
  state_->inputs.push_back(std::move(input));
}

void ViewBuilder::from_global_catalog(bool yes) { state_->current().facts.global_catalog = yes; }

void ViewBuilder::domain_searched(std::string_view dn) {
  if (dn.empty()) state_->current().all_domains_searched = true;
  const auto key = dn_key(dn);
  if (!dn.empty() && key) state_->current().domains[*key].searched = true;
}

void ViewBuilder::keep_alive(base::BufferPtr buffer) {
  state_->current().buffers.push_back(std::move(buffer));
}

void ViewBuilder::from_server(std::string_view host) {
  if (!host.empty()) state_->current().hosts.emplace_back(host);
}

bool ViewBuilder::add(Record& record) {
  State& s = *state_;
  s.key.clear();
  if (record.dn.empty()) {
    const auto root = read_root_dse(record);
    if (root) from_server(root->host);
    return root.has_value();
  }
  if (!append_dn_key(record.dn, s.key)) return false;
  if (!in_configuration(s.key)) {
    s.add_domain_object(record);
  } else if (in_schema(s.key)) {
    ++s.current().other_objects;
  } else {
    s.add_entry(record);
  }
  return true;
}

void ViewBuilder::end_input(const Input& input, bool requested_all, std::vector<std::string> requested) {
  ViewInput& facts = state_->current().facts;
  facts.complete = !input.lost_records;
  facts.requested_all = requested_all;
  std::sort(requested.begin(), requested.end());
  requested.erase(std::unique(requested.begin(), requested.end()), requested.end());
  facts.requested = std::move(requested);
}

std::vector<DirectoryView> ViewBuilder::finish(std::vector<Input>& inputs) {
  std::vector<DirectoryView> views;
  for (PendingInput& input : state_->inputs) {
    for (Entry& entry : input.entries) entry.read_whole = entry.read_whole || input.facts.requested_all;
    merge_same_dn(input.entries, inputs);
  }
  const auto groups = state_->partition(inputs);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].empty()) continue;
    const std::string name = i == 0 ? state_->view_name : state_->inputs[groups[i].front()].own_name;
    views.push_back(state_->build(groups[i], name, inputs));
  }
  return views;
}

}  // namespace exaudit::facts
