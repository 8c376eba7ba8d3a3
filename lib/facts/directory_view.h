// What one directory server (or one set of LDIF files) said.
//
// Configuration objects are kept whole as entries. Recipients, of which there may be a million, go into a
// compact table; other domain objects are only counted. Both ways into a view (LDIF, LDAP) use ViewBuilder,
// so both are audited by the same code.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/buffer.h"
#include "facts/entry.h"
#include "facts/input.h"
#include "facts/location.h"
#include "facts/record.h"

namespace exaudit::facts {

// Text that outlives its source: blocks of memory that never move.
class Arena {
 public:
  std::string_view keep(std::string_view text);

 private:
  std::deque<std::unique_ptr<char[]>> blocks_;
  std::size_t left_ = 0;
  char* next_ = nullptr;
};

// Strings stored once; equal strings have equal ids. Id 0 is "" (absent).
class Interner {
 public:
  Interner() { intern({}); }
  std::uint32_t intern(std::string_view text);
  std::string_view text(std::uint32_t id) const { return texts_[id]; }
  std::size_t size() const { return texts_.size(); }

 private:
  Arena arena_;
  std::vector<std::string_view> texts_;
  std::unordered_map<std::string_view, std::uint32_t> ids_;
};

// One mail recipient in 40 bytes; everything else is read again by its location when it is needed.
struct Recipient {
  std::uint64_t offset = 0;  // of its record in the input
  std::uint32_t line = 0;
  InputId input = kNoInput;
  std::uint32_t home_server = 0;  // Interner ids of the values as written: msExchHomeServerName,
  std::uint32_t home_mdb = 0;     // homeMDB,
  std::uint32_t home_mta = 0;     // homeMTA
  bool mailbox_enabled = false;   // homeMDB, msExchMailboxGuid or msExchHomeServerName, and no targetAddress
};

// "SystemMailbox{GUID}" below CN=Microsoft Exchange System Objects of a domain.
struct SystemMailbox {
  base::Guid store;        // GUID in its cn
  std::string domain_key;  // key of the domain naming context
  Location location;
};

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
};

class DirectoryView {
 public:
  std::string name;
  // The directory servers that its inputs say they come from: host names as written, fully qualified or not;
  // sorted by folded name, each once. Often none, hardly ever several.
  std::vector<std::string> hosts;
  std::vector<ViewInput> inputs;  // sorted by id
  std::vector<Recipient> recipients;
  std::vector<SystemMailbox> system_mailboxes;
  // Keys of the domains whose CN=Microsoft Exchange System Objects was read completely, by the rule of
  // container_read.
  std::vector<std::string> system_objects_read;
  std::shared_ptr<Interner> interner;  // texts of the recipients; shared by views that were read together
  std::uint64_t other_objects = 0;     // domain and schema objects that are no recipients

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
  // Is the attribute there, known to be absent, or simply not looked at? See lib/README.md.
  Observed observed(const Entry& entry, std::string_view attribute) const;

 private:
  friend class ViewBuilder;
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
  std::vector<DirectoryView> finish(std::vector<Input>& inputs);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace exaudit::facts
