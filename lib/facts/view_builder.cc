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
#include "facts/domain_objects.h"
#include "facts/entry_choice.h"
#include "facts/entry_record.h"
#include "facts/host_name.h"
#include "facts/judged_attributes.h"
#include "facts/naming_context.h"
#include "facts/root_dse.h"
#include "facts/value_hash.h"

namespace exaudit::facts {

namespace {

struct PendingInput {
  InputId id = kNoInput;
  std::string own_name;
  std::vector<std::string> hosts;
  std::vector<base::BufferPtr> buffers;
  std::vector<Entry> entries;
  DomainObjects domain;
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
  std::shared_ptr<RecipientTable> recipients = std::make_shared<RecipientTable>();
  RecipientWriter writer{*recipients};
  std::vector<PendingInput> inputs;
  std::string key;      // scratch
  std::string storage;  // scratch

  PendingInput& current() { return inputs.back(); }

  void add_entry(Record& record);
  void add_object_values(const Entry& entry);
  std::vector<std::vector<std::size_t>> partition(std::vector<Input>& reports) const;
  DirectoryView build(const std::vector<std::size_t>& members, std::string name_of_view,
                      std::vector<Input>& reports);
  void choose_recipients(DirectoryView& view, const std::vector<RecipientTable::SharedHash>& shared) const;
};

void ViewBuilder::State::add_entry(Record& record) {
  Entry entry = entry_of(record, key, *arena);
  if (entry.has_non_gc_attribute) current().facts.carries_non_gc_attribute = true;
  add_object_values(entry);
  current().entries.push_back(std::move(entry));
}

// Public stores, System Attendants and connectors have addresses too, which must be nobody else's.
void ViewBuilder::State::add_object_values(const Entry& entry) {
  const Attribute* addresses = entry.find("proxyAddresses");
  if (addresses == nullptr || entry.deleted) return;
  const std::uint32_t number = recipients->add_object(entry.key);
  for (const Value& value : addresses->values)
    writer.add_value(ValueKind::proxy_address, hash_folded(value.bytes, storage), number);
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
  view.recipients_ = recipients;
  for (const std::size_t member : members) {
    PendingInput& input = inputs[member];
    input.facts.carried_by_domain_objects = input.domain.carried;
    view.inputs.push_back(input.facts);
    view.hosts.insert(view.hosts.end(), input.hosts.begin(), input.hosts.end());
    view.buffers_.insert(view.buffers_.end(), input.buffers.begin(), input.buffers.end());
    view.system_mailboxes.insert(view.system_mailboxes.end(), input.domain.system_mailboxes.begin(),
                                 input.domain.system_mailboxes.end());
    view.other_objects += input.domain.other_objects;
    view.carried_by_input_[input.id] |= input.domain.carried;
    for (const auto& [domain, facts] : input.domain.domains) {
      const bool seen_through = facts.two_levels || facts.searched || input.domain.all_domains_searched;
      if (input.facts.complete && (facts.child || (facts.container && seen_through)))
        view.system_objects_read.push_back(domain);
      view.domains.push_back(domain);
    }
    for (Entry& entry : input.entries) view.entries_.push_back(std::move(entry));
    input = PendingInput();
  }
  std::sort(view.inputs.begin(), view.inputs.end(),
            [](const ViewInput& a, const ViewInput& b) { return a.id < b.id; });
  sort_host_names(view.hosts);
  std::sort(view.domains.begin(), view.domains.end());
  view.domains.erase(std::unique(view.domains.begin(), view.domains.end()), view.domains.end());
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

// Rows that are none of this view: those of other views, and all but one of the records of one object, by its
// objectGUID, then by its name.
void ViewBuilder::State::choose_recipients(DirectoryView& view,
                                           const std::vector<RecipientTable::SharedHash>& shared) const {
  std::vector<std::uint32_t>& out = view.not_here_;
  if (view.inputs.size() < inputs.size()) {
    recipients->each([&](std::uint32_t number, const Recipient& recipient) {
      if (view.view_input(recipient.input) == nullptr) out.push_back(number);
    });
  }
  std::vector<bool> gone(shared.empty() ? 0 : recipients->rows_end());
  if (!gone.empty()) {
    for (const std::uint32_t number : out) gone[number] = true;
  }
  const auto candidate = [&](std::uint32_t number) {
    return (number & RecipientTable::kObjectBit) == 0 && !gone[number];
  };
  for (const auto& [kind, hash, rows] : shared) {
    if (kind != ValueKind::guid && kind != ValueKind::name) continue;
    if (std::count_if(rows.begin(), rows.end(), candidate) < 2) continue;
    // One, but for objects that only have the same hash.
    std::map<std::string, std::pair<std::uint32_t, std::unique_ptr<EntryCopy>>> best;
    for (const std::uint32_t number : rows) {
      if (!candidate(number)) continue;
      auto copy = view.read(recipients->row(number));
      if (!copy || (kind == ValueKind::guid && !copy->entry.guid)) continue;
      std::string identity = kind == ValueKind::guid ? copy->entry.guid->text() : copy->entry.key;
      const auto at = best.find(identity);
      if (at == best.end()) {
        best.emplace(std::move(identity), std::pair(number, std::move(copy)));
        continue;
      }
      const bool wins = better(copy->entry, at->second.second->entry);
      out.push_back(wins ? at->second.first : number);
      gone[out.back()] = true;
      if (wins) at->second = {number, std::move(copy)};
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  view.strangers_ = !out.empty();
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
  if (dn.empty()) state_->current().domain.all_domains_searched = true;
  const auto key = dn_key(dn);
  if (!dn.empty() && key) state_->current().domain.domains[*key].searched = true;
}

void ViewBuilder::keep_alive(base::BufferPtr buffer) {
  state_->current().buffers.push_back(std::move(buffer));
}

void ViewBuilder::readable_again(std::string_view text, ReadAgain read) {
  state_->current().facts.text = text;
  state_->current().facts.read_again = read;
}

RecipientTable& ViewBuilder::recipients() { return *state_->recipients; }
RecipientWriter& ViewBuilder::recipient_writer() { return state_->writer; }
void ViewBuilder::absorb(const DomainObjects& objects) { state_->current().domain.merge(objects); }

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
    s.current().domain.add(record, s.key, s.writer);
  } else if (in_schema(s.key)) {
    ++s.current().domain.other_objects;
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

std::vector<DirectoryView> ViewBuilder::finish(std::vector<Input>& inputs, unsigned threads) {
  std::vector<DirectoryView> views;
  state_->writer.flush();
  for (PendingInput& input : state_->inputs) {
    for (Entry& entry : input.entries) entry.read_whole = entry.read_whole || input.facts.requested_all;
    merge_same_dn(input.entries, inputs);
  }
  state_->recipients->find_shared(threads);
  const auto groups = state_->partition(inputs);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].empty()) continue;
    const std::string name = i == 0 ? state_->view_name : state_->inputs[groups[i].front()].own_name;
    views.push_back(state_->build(groups[i], name, inputs));
    state_->choose_recipients(views.back(), state_->recipients->shared());
  }
  return views;
}

}  // namespace exaudit::facts
