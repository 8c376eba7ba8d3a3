// What one directory server (or one set of LDIF files) said.
//
// Configuration objects are kept whole as entries. Recipients, of which there may be a million, go into a
// compact table; other domain objects are only counted. Both ways into a view (LDIF, LDAP) use ViewBuilder,
// so both are audited by the same code.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/buffer.h"
#include "facts/arena.h"
#include "facts/domain_objects.h"
#include "facts/entry.h"
#include "facts/input.h"
#include "facts/location.h"
#include "facts/recipient_table.h"
#include "facts/record.h"

namespace exaudit::facts {

// Reads the record at `offset` of an input once more; `line` is that of its first line. False when there is
// none. `storage` holds what had to be decoded.
using ReadAgain = bool (*)(std::string_view text, const Location& at, Record& record, std::string& storage);

// What one input contributes to a view.
struct ViewInput {
  InputId id = kNoInput;
  bool complete = true;  // no record was lost and the search was not cut off: what it does not hold below
                         // what it holds does not exist
  bool requested_all = false;          // "# requesting: ALL" (or "*")
  std::vector<std::string> requested;  // lower-case names of "# requesting: a b c", sorted
  // Asking a global catalog for what it does not hold proves nothing (lib/README.md). Nothing when the input
  // does not say what it is from; then an attribute that no global catalog holds shows that it is from none.
  std::optional<bool> global_catalog;
  bool carries_non_gc_attribute = false;
  std::uint32_t carried_by_domain_objects = 0;  // bits of judged_attributes.h
  std::string_view text;                        // what `read_again` reads; the view keeps it alive
  ReadAgain read_again = nullptr;
};

// An object that was read again, with the text that its values point into.
struct EntryCopy {
  Arena arena;
  Entry entry;
};

class DirectoryView {
 public:
  std::string name;
  // The directory servers that its inputs say they come from: host names as written, fully qualified or not;
  // sorted by folded name, each once. Often none, hardly ever several.
  std::vector<std::string> hosts;
  std::vector<ViewInput> inputs;  // sorted by id
  std::vector<SystemMailbox> system_mailboxes;
  // Keys of the domains whose CN=Microsoft Exchange System Objects was read completely, by the rule of
  // container_read.
  std::vector<std::string> system_objects_read;
  std::vector<std::string> domains;  // keys of the domains of which it holds anything, sorted
  std::uint64_t other_objects = 0;   // domain and schema objects that are no recipients

  std::span<const Entry> entries() const { return entries_; }
  // By key or, for an object that moved between two exports, by its other name. Null when it is not in the
  // view.
  const Entry* find(std::string_view key) const;
  const Entry* find(const base::Guid& guid) const;
  // Everything below `key` (without itself), parents before children. Contiguous.
  std::span<const Entry> descendants(std::string_view key) const;
  // Direct children.
  std::vector<const Entry*> children(std::string_view key) const;

  // True when the container `key` was read completely, so that a child that is not in the view does not
  // exist: a complete input holds a child of it, or holds the container itself and an entry at least two
  // levels below the container's parent.
  bool container_read(std::string_view key) const;

  // The recipients of this view: f(row number, recipient), in no particular order, each object once.
  template <typename F>
  void each_recipient(F&& f) const {
    recipients_->each([&](std::uint32_t number, const Recipient& recipient) {
      if (has_recipient(number)) f(number, recipient);
    });
  }
  // Is the row of the table one of this view? Views that were read together share a table.
  bool has_recipient(std::uint32_t number) const {
    return !strangers_ || !std::binary_search(not_here_.begin(), not_here_.end(), number);
  }
  const RecipientTable& recipients() const { return *recipients_; }
  // How many values of this kind its recipients and objects have, each counted once.
  std::uint64_t distinct_values(ValueKind kind) const;
  // Reads the recipient's record again. Null when that is not possible.
  std::unique_ptr<EntryCopy> read(const Recipient& recipient) const;
  // Is an attribute that the row does not show known to be absent? `unreadable` is its flag.
  Observed observed(const Recipient& recipient, std::string_view attribute, Recipient::Flag unreadable) const;

  // Is the attribute there, known to be absent, or simply not looked at? See lib/README.md.
  Observed observed(const Entry& entry, std::string_view attribute) const;

 private:
  friend class ViewBuilder;
  static bool requested(const ViewInput& input, std::string_view attribute);
  bool in_complete_input(const Entry& entry) const;
  void note_reached(const Entry& entry);
  const ViewInput* view_input(InputId id) const;

  std::vector<Entry> entries_;  // sorted by path
  std::unordered_map<std::string_view, std::uint32_t> by_key_;
  std::unordered_map<std::string, std::uint32_t> by_other_name_;
  std::unordered_map<base::Guid, std::uint32_t> by_guid_;
  // Which of the attributes that rules judge by their absence are carried by some entry of an input, or of a
  // class (lower case): bits of kJudgedAttributes in directory_view.cc.
  std::unordered_map<InputId, std::uint32_t> carried_by_input_;
  std::unordered_map<std::string, std::uint32_t> carried_by_class_;
  // For each complete input the keys below which it holds something two or more levels down. Point into the
  // keys of entries.
  std::unordered_map<InputId, std::unordered_set<std::string_view>> reached_;
  std::vector<base::BufferPtr> buffers_;
  std::shared_ptr<Arena> arena_;
  std::shared_ptr<const RecipientTable> recipients_;
  // Rows of other views, and second records of one object, sorted.
  bool strangers_ = false;
  std::vector<std::uint32_t> not_here_;
};

// Feeds one view from the records of one or more inputs. Records may come in any order; the result does not
// depend on it.
class ViewBuilder {
 public:
  explicit ViewBuilder(std::string name);
  ~ViewBuilder();
  ViewBuilder(ViewBuilder&&) noexcept;
  ViewBuilder& operator=(ViewBuilder&&) noexcept;
  // `buffer` holds the bytes that plain values point into; it is kept alive by the view. A reader that
  // converts its input first replaces it with keep_alive. `own_name` names the view that this input becomes
  // when it contradicts another one.
  void begin_input(InputId id, std::string own_name, base::BufferPtr buffer);
  void keep_alive(base::BufferPtr buffer);
  // How records of this input are read once more. `text` lives as long as its buffers.
  void readable_again(std::string_view text, ReadAgain read);
  // For readers that see to plain domain objects themselves, in several threads: they write recipients into
  // the table (recipient_writer() is this thread's) and give the rest to absorb.
  RecipientTable& recipients();
  RecipientWriter& recipient_writer();
  void absorb(const DomainObjects& objects);
  void from_global_catalog(bool yes);
  // All recipients and system mailboxes of this domain were asked for, and came; "" = of every domain.
  void domain_searched(std::string_view dn);
  // The input comes from this directory server. What its root DSE says is found without being told.
  void from_server(std::string_view host);
  // A record without a DN is the server's root DSE (RFC 4512 section 5.1, MS-ADTS 3.1.1.3.2) when it has
  // attributes of one; it tells which server answered, and is no object. False when the record has no usable
  // DN; the caller reports it. Values that were needed and could not be decoded come back with `failed` set.
  bool add(Record& record);
  void end_input(const Input& input, bool requested_all, std::vector<std::string> requested);
  // The view of all inputs that do not contradict each other, and one more view for each input that gives an
  // object of another input with different content. Remarks about objects that appear twice go to `inputs`.
  std::vector<DirectoryView> finish(std::vector<Input>& inputs, unsigned threads = 1);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace exaudit::facts
