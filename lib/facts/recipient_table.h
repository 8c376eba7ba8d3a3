// The recipients of one or more inputs, as small as they can be: 24 bytes for each, and 12 for each value
// that must be unique. Everything else is read again from the input when somebody needs it.
//
// Several threads may fill one table, each with a writer of its own. Row numbers, placement numbers and the
// order of blocks depend on how the threads were scheduled; nothing that a user sees may.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "facts/arena.h"
#include "facts/location.h"

namespace exaudit::facts {

struct Recipient {
  enum Flag : std::uint32_t {
    mailbox_enabled = 1,  // homeMDB, msExchMailboxGuid or msExchHomeServerName, and no targetAddress
    has_legacy_dn = 2,
    read_whole = 4,       // see Entry::read_whole
    damaged = 8,          // a line could not be understood: what is not here may have been on it
    unreadable_mdb = 16,  // the line is there, its value is not
    unreadable_mta = 32,  // (so for the following)
    unreadable_server = 64,
    unreadable_legacy_dn = 128,
  };

  std::uint64_t offset = 0;  // of its record in the input
  std::uint32_t line = 0;
  InputId input = kNoInput;
  std::uint32_t placement = 0;  // RecipientTable::placement
  std::uint32_t flags = 0;

  bool is(Flag flag) const { return (flags & flag) != 0; }
  Location location() const { return {input, line, 0, offset}; }
};

// Where a recipient lives, as its attributes say; "" = absent. There are hardly more of them than stores.
struct Placement {
  std::string_view home_mdb, home_mta, home_server;
};

// What must be unique, or tells that two records are one object.
enum class ValueKind : std::uint8_t { guid, name, legacy_dn, proxy_address };
inline constexpr std::size_t kValueKinds = 4;

class RecipientTable {
 public:
  static constexpr std::size_t kBlockRows = 1024;

  RecipientTable();
  RecipientTable(const RecipientTable&) = delete;
  RecipientTable& operator=(const RecipientTable&) = delete;

  std::uint64_t size() const { return rows_; }
  // f(row number, recipient), in no particular order.
  template <typename F>
  void each(F&& f) const {
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
      for (std::uint32_t i = 0; i < blocks_[block].used; ++i)
        f(static_cast<std::uint32_t>(block * kBlockRows + i), blocks_[block].rows[i]);
    }
  }
  const Recipient& row(std::uint32_t number) const {
    return blocks_[number / kBlockRows].rows[number % kBlockRows];
  }
  // Row numbers are below this one; not all of them are in use.
  std::uint64_t rows_end() const { return blocks_.size() * kBlockRows; }
  const std::vector<Placement>& placements() const { return placements_; }

  // Rows that share the hash of a value: nearly always the value as well. Objects of the configuration take
  // part with the numbers that add_object gave them.
  struct SharedHash {
    ValueKind kind;
    std::uint64_t hash = 0;  // hash_of
    std::vector<std::uint32_t> rows;
  };
  static std::uint64_t hash_of(std::uint64_t value_hash, ValueKind kind) {
    return (value_hash & ~std::uint64_t{3}) | static_cast<std::uint64_t>(kind);
  }
  const std::vector<SharedHash>& shared() const { return shared_; }
  // Looks for them, once the table is full. Sorted by kind and hash.
  void find_shared(unsigned threads);
  // How many values of a kind there are, each counted once; of all rows, or of those that `in` accepts.
  std::uint64_t distinct(ValueKind kind) const { return distinct_[static_cast<std::size_t>(kind)]; }
  std::uint64_t distinct(ValueKind kind, const std::function<bool(std::uint32_t)>& in) const;
  // f(hash, row) for the values of a kind in one of kPartitions parts, by hash. The same hash is in the same
  // part of every table.
  static constexpr std::size_t kPartitions = 256;
  void each_value(ValueKind kind, std::size_t partition,
                  const std::function<void(std::uint64_t, std::uint32_t)>& f) const;

  // Objects of the configuration have proxy addresses too.
  static constexpr std::uint32_t kObjectBit = 0x80000000U;
  std::uint32_t add_object(std::string key);
  const std::string& object_key(std::uint32_t number) const { return objects_[number & ~kObjectBit]; }

 private:
  friend class RecipientWriter;

  // Twelve bytes: the hash in two halves, so that no padding is needed.
  struct HashedValue {
    std::uint32_t low, high, row;
    std::uint64_t hash() const { return std::uint64_t{high} << 32 | low; }
  };
  static constexpr std::size_t kBlockValues = 256;
  struct RowBlock {
    std::unique_ptr<Recipient[]> rows;
    std::uint32_t used = 0;
  };
  struct ValueBlock {
    std::unique_ptr<HashedValue[]> values;
    std::uint32_t used = 0;
  };
  struct Found {
    std::vector<SharedHash> shared;
    std::array<std::uint64_t, kValueKinds> distinct{};
  };
  std::vector<HashedValue> sorted_partition(std::size_t partition) const;
  void look_into(std::size_t partition, Found& out) const;
  std::uint32_t intern(const Placement& placement, std::uint64_t hash, Placement& stored);

  std::mutex mutex_;
  std::vector<RowBlock> blocks_;
  std::array<std::vector<ValueBlock>, kPartitions> values_;
  std::vector<Placement> placements_;  // the first one is that of nothing
  std::unordered_multimap<std::uint64_t, std::uint32_t> placement_ids_;
  std::vector<std::string> objects_;
  std::vector<SharedHash> shared_;
  std::array<std::uint64_t, kValueKinds> distinct_{};
  Arena arena_;
  std::uint64_t rows_ = 0;
};

// Fills a table from one thread. What it wrote is in the table after flush() or its end.
class RecipientWriter {
 public:
  explicit RecipientWriter(RecipientTable& table);
  ~RecipientWriter() { flush(); }
  RecipientWriter(const RecipientWriter&) = delete;
  RecipientWriter& operator=(const RecipientWriter&) = delete;

  // Gives the number of the row.
  std::uint32_t add(const Recipient& recipient, const Placement& placement);
  // `hash` is that of the value as names compare (value_hash.h).
  void add_value(ValueKind kind, std::uint64_t hash, std::uint32_t row);
  // Rows written so far; rows [from, now) get `by` more lines. For readers that learn the line number late.
  std::uint64_t written() const { return written_; }
  void shift_lines(std::uint64_t from, std::uint64_t to, std::uint32_t by);
  void flush();

 private:
  struct Known {
    std::uint64_t hash = 0;
    Placement placement;
    std::uint32_t id = 0;
  };
  static constexpr std::size_t kKnown = 1024;

  Recipient& at(std::uint64_t number);
  std::uint32_t placement_id(const Placement& placement);

  RecipientTable& table_;
  std::vector<std::pair<std::uint32_t, Recipient*>> blocks_;  // number in the table, rows
  std::uint64_t written_ = 0;
  std::array<RecipientTable::ValueBlock, RecipientTable::kPartitions> open_;
  std::vector<Known> known_;
};

}  // namespace exaudit::facts
