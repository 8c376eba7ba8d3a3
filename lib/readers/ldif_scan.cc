#include "readers/ldif_scan.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "readers/ldif_record_scan.h"

namespace exaudit::readers::ldif {

namespace {

// Behind the first blank line that begins at or after `from`; the end when there is none.
std::size_t border_after(std::string_view text, std::size_t from) {
  const char* at = text.data() + from;
  const char* const end = text.data() + text.size();
  while (at < end) {
    const auto* found = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    if (found == nullptr) break;
    at = found + 1;
    if (at < end && *at == '\n') return static_cast<std::size_t>(at + 1 - text.data());
    if (at + 1 < end && *at == '\r' && at[1] == '\n') return static_cast<std::size_t>(at + 2 - text.data());
  }
  return text.size();
}

// Gives out one chunk after the other; where one ends, the next one begins.
class Chunks {
 public:
  struct Chunk {
    std::size_t begin = 0, end = 0;
    RecordScanner* scanner = nullptr;
    RecordScanner::Chunk found;
  };

  Chunks(std::string_view text, std::size_t size) : text_(text), size_(std::max<std::size_t>(1, size)) {}

  Chunk* next() {
    const std::lock_guard lock(mutex_);
    if (at_ >= text_.size() || stopped_) return nullptr;
    Chunk& chunk = chunks_.emplace_back();
    chunk.begin = at_;
    at_ = text_.size() - at_ <= size_ ? text_.size() : border_after(text_, at_ + size_ - 1);
    chunk.end = at_;
    return &chunk;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  bool stopped() const { return stopped_; }
  std::deque<Chunk>& all() { return chunks_; }

 private:
  std::string_view text_;
  std::size_t size_;
  std::mutex mutex_;
  std::size_t at_ = 0;
  bool stopped_ = false;
  std::deque<Chunk> chunks_;
};

void work(Chunks& chunks, RecordScanner& scanner, const LdifOptions& options) {
  while (Chunks::Chunk* chunk = chunks.next()) {
    chunk->scanner = &scanner;
    scanner.scan(chunk->begin, chunk->end, chunk->found);
    if (options.bytes_read != nullptr) *options.bytes_read += chunk->end - chunk->begin;
    if (options.stop && options.stop()) chunks.stop();
  }
}

}  // namespace

Scanned scan(std::string_view text, facts::InputId id, facts::ViewBuilder& builder,
             const LdifOptions& options) {
  Chunks chunks(text, options.chunk_bytes);
  std::deque<facts::RecipientWriter> writers;  // of the other threads
  std::deque<RecordScanner> scanners;
  scanners.emplace_back(text, id, builder.recipient_writer());
  const std::size_t useful = 1 + text.size() / std::max<std::size_t>(1, options.thread_bytes);
  for (std::size_t i = 1; i < std::min<std::size_t>(options.threads, useful); ++i) {
    writers.emplace_back(builder.recipients());
    scanners.emplace_back(text, id, writers.back());
  }
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < scanners.size(); ++i)
    threads.emplace_back([&, i] { work(chunks, scanners[i], options); });
  work(chunks, scanners.front(), options);
  for (std::thread& thread : threads) thread.join();

  Scanned out;
  out.stopped = chunks.stopped();
  std::uint32_t line = 0;
  for (Chunks::Chunk& chunk : chunks.all()) {
    RecordScanner::Chunk& found = chunk.found;
    chunk.scanner->writer().shift_lines(found.first_row, found.end_row, line);
    for (Leftover leftover : found.leftovers) {
      leftover.line += line;
      out.leftovers.push_back(leftover);
    }
    line += found.lines;
  }
  for (const RecordScanner& scanner : scanners) {
    builder.absorb(scanner.domain_objects());
    out.records += scanner.records();
  }
  return out;
}

}  // namespace exaudit::readers::ldif
