#include "facts/recipient_table.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <optional>
#include <thread>
#include <tuple>

#include "facts/value_hash.h"

namespace exaudit::facts {

RecipientTable::RecipientTable() : placements_(1) {}

std::uint32_t RecipientTable::add_object(std::string key) {
  objects_.push_back(std::move(key));
  return kObjectBit | static_cast<std::uint32_t>(objects_.size() - 1);
}

std::uint32_t RecipientTable::intern(const Placement& placement, std::uint64_t hash, Placement& stored) {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = placement_ids_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    stored = placements_[at->second];
    if (stored.home_mdb == placement.home_mdb && stored.home_mta == placement.home_mta &&
        stored.home_server == placement.home_server)
      return at->second;
  }
  stored = {arena_.keep(placement.home_mdb), arena_.keep(placement.home_mta),
            arena_.keep(placement.home_server)};
  const auto id = static_cast<std::uint32_t>(placements_.size());
  placements_.push_back(stored);
  placement_ids_.emplace(hash, id);
  return id;
}

// Sorting cannot be made slow by values that were chosen for their hashes.
std::vector<RecipientTable::HashedValue> RecipientTable::sorted_partition(std::size_t partition) const {
  std::vector<HashedValue> all;
  std::size_t count = 0;
  for (const ValueBlock& block : values_[partition]) count += block.used;
  all.reserve(count);
  for (const ValueBlock& block : values_[partition])
    all.insert(all.end(), block.values.get(), block.values.get() + block.used);
  std::sort(all.begin(), all.end(),
            [](const HashedValue& a, const HashedValue& b) { return a.hash() < b.hash(); });
  return all;
}

void RecipientTable::look_into(std::size_t partition, Found& out) const {
  const std::vector<HashedValue> all = sorted_partition(partition);
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    for (end = begin + 1; end < all.size() && all[end].hash() == all[begin].hash();) ++end;
    const std::size_t kind = all[begin].low & 3U;
    ++out.distinct[kind];
    if (end == begin + 1) continue;
    SharedHash shared{static_cast<ValueKind>(kind), all[begin].hash(), {}};
    for (std::size_t i = begin; i < end; ++i) shared.rows.push_back(all[i].row);
    std::sort(shared.rows.begin(), shared.rows.end());
    shared.rows.erase(std::unique(shared.rows.begin(), shared.rows.end()), shared.rows.end());
    // One recipient may carry one value twice, in two spellings.
    if (shared.rows.size() > 1) out.shared.push_back(std::move(shared));
  }
}

std::uint64_t RecipientTable::distinct(ValueKind kind, const std::function<bool(std::uint32_t)>& in) const {
  std::uint64_t count = 0;
  for (std::size_t partition = 0; partition < kPartitions; ++partition) {
    std::optional<std::uint64_t> last;
    each_value(kind, partition, [&](std::uint64_t hash, std::uint32_t row) {
      if (!in(row)) return;
      if (last != hash) ++count;
      last = hash;
    });
  }
  return count;
}

void RecipientTable::each_value(ValueKind kind, std::size_t partition,
                                const std::function<void(std::uint64_t, std::uint32_t)>& f) const {
  const std::vector<HashedValue> all = sorted_partition(partition);
  for (const HashedValue& value : all) {
    if ((value.low & 3U) == static_cast<std::uint32_t>(kind)) f(value.hash(), value.row);
  }
}

void RecipientTable::find_shared(unsigned threads) {
  constexpr std::uint64_t kWorthAThread = 50'000;  // rows
  std::atomic<std::size_t> next = 0;
  std::vector<Found> found(
      rows_ < kWorthAThread ? 1 : std::max<std::size_t>(1, std::min<std::size_t>(threads, kPartitions)));
  const auto work = [&](Found& out) {
    for (std::size_t i = next++; i < kPartitions; i = next++) look_into(i, out);
  };
  std::vector<std::thread> helpers;
  for (std::size_t i = 1; i < found.size(); ++i) helpers.emplace_back(work, std::ref(found[i]));
  work(found.front());
  for (std::thread& helper : helpers) helper.join();
  shared_.clear();
  distinct_ = {};
  for (Found& part : found) {
    std::move(part.shared.begin(), part.shared.end(), std::back_inserter(shared_));
    for (std::size_t i = 0; i < kValueKinds; ++i) distinct_[i] += part.distinct[i];
  }
  std::sort(shared_.begin(), shared_.end(), [](const SharedHash& a, const SharedHash& b) {
    return std::tie(a.kind, a.hash) < std::tie(b.kind, b.hash);
  });
}

RecipientWriter::RecipientWriter(RecipientTable& table) : table_(table) {}

Recipient& RecipientWriter::at(std::uint64_t number) {
  return blocks_[number / RecipientTable::kBlockRows].second[number % RecipientTable::kBlockRows];
}

std::uint32_t RecipientWriter::placement_id(const Placement& placement) {
  if (placement.home_mdb.empty() && placement.home_mta.empty() && placement.home_server.empty()) return 0;
  const std::uint64_t hash =
      hash_bytes(placement.home_mdb, hash_bytes(placement.home_mta, hash_bytes(placement.home_server)));
  if (known_.empty()) known_.resize(kKnown);
  Known& known = known_[hash % kKnown];
  const bool same = known.id != 0 && known.hash == hash && known.placement.home_mdb == placement.home_mdb &&
                    known.placement.home_mta == placement.home_mta &&
                    known.placement.home_server == placement.home_server;
  if (!same) {
    known.id = table_.intern(placement, hash, known.placement);
    known.hash = hash;
  }
  return known.id;
}

std::uint32_t RecipientWriter::add(const Recipient& recipient, const Placement& placement) {
  const std::uint64_t place = written_ % RecipientTable::kBlockRows;
  if (place == 0) {
    const std::lock_guard lock(table_.mutex_);
    auto rows = std::make_unique_for_overwrite<Recipient[]>(RecipientTable::kBlockRows);
    blocks_.emplace_back(static_cast<std::uint32_t>(table_.blocks_.size()), rows.get());
    table_.blocks_.push_back({std::move(rows), 0});
  }
  Recipient& row = blocks_.back().second[place];
  row = recipient;
  row.placement = placement_id(placement);
  ++written_;
  return static_cast<std::uint32_t>(blocks_.back().first * RecipientTable::kBlockRows + place);
}

void RecipientWriter::add_value(ValueKind kind, std::uint64_t hash, std::uint32_t row) {
  const std::size_t partition = hash >> 56;
  RecipientTable::ValueBlock& block = open_[partition];
  if (!block.values || block.used == RecipientTable::kBlockValues) {
    auto fresh = std::make_unique_for_overwrite<RecipientTable::HashedValue[]>(RecipientTable::kBlockValues);
    if (block.values) {
      const std::lock_guard lock(table_.mutex_);
      table_.values_[partition].push_back(std::move(block));
    }
    block.values = std::move(fresh);
    block.used = 0;
  }
  block.values[block.used++] = {static_cast<std::uint32_t>(RecipientTable::hash_of(hash, kind)),
                                static_cast<std::uint32_t>(hash >> 32), row};
}

void RecipientWriter::shift_lines(std::uint64_t from, std::uint64_t to, std::uint32_t by) {
  for (std::uint64_t i = from; i < to; ++i) at(i).line += by;
}

void RecipientWriter::flush() {
  const std::lock_guard lock(table_.mutex_);
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (open_[i].values) table_.values_[i].push_back(std::move(open_[i]));
    open_[i] = {};
  }
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const std::uint64_t before = i * RecipientTable::kBlockRows;
    table_.blocks_[blocks_[i].first].used =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(RecipientTable::kBlockRows, written_ - before));
  }
  std::uint64_t rows = 0;
  for (const auto& block : table_.blocks_) rows += block.used;
  table_.rows_ = rows;
}

}  // namespace exaudit::facts
