// One thread's part of the fast way through LDIF (ldif_scan.h): the records of one chunk after the other.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/domain_objects.h"
#include "facts/recipient_table.h"
#include "readers/ldif_names.h"
#include "readers/ldif_scan.h"

namespace exaudit::readers::ldif {

// Tells where an object lies by the text of its parent's DN, of which there are few.
class Parents {
 public:
  struct Parent {
    std::uint64_t text_hash = 0;
    std::string text;            // as written
    std::string key;             // facts::dn_key
    std::uint64_t key_hash = 0;  // see facts::hash_dn
    bool plain = false;          // its children can be plain records
    bool noted = false;          // DomainObjects::note_place knows of its children
  };
  // Valid until the next call.
  Parent& find(std::string_view text);

 private:
  static constexpr std::size_t kKnown = 1024;
  std::vector<Parent> known_;
};

class RecordScanner {
 public:
  RecordScanner(std::string_view text, facts::InputId id, facts::RecipientWriter& writer)
      : text_(text), id_(id), writer_(&writer) {}

  struct Chunk {
    std::uint32_t lines = 0;
    std::uint64_t first_row = 0, end_row = 0;  // of this thread's writer; their lines count from the chunk's
    std::vector<Leftover> leftovers;           // (so for these)
  };
  // [begin, end) begins and ends between paragraphs.
  void scan(std::size_t begin, std::size_t end, Chunk& out);

  facts::RecipientWriter& writer() { return *writer_; }
  const facts::DomainObjects& domain_objects() const { return objects_; }
  std::uint64_t records() const { return records_; }

 private:
  // A logical line: "name: value".
  struct Item {
    const Names::Known* name = nullptr;
    const char* value = nullptr;  // after the colon
    const char* end = nullptr;    // of the text, before the line end
    bool folded = false;
  };
  // What the lines of one record say.
  struct Draft {
    std::string_view dn, home_mdb, home_mta, home_server, legacy_dn;
    std::vector<std::string_view> proxies;
    std::optional<base::Guid> guid;
    std::uint64_t offset = 0;
    std::uint32_t line = 0, lines = 0, carried = 0;
    unsigned bookkeeping = 0;
    bool begun = false, is_recipient = false, mailbox = false, has_target = false, deleted = false;
    void clear();
  };

  bool paragraph(const char*& at, const char* end);
  void skip_paragraph(const char*& at, const char* end);
  bool line(const char*& at, const char* end);
  bool comment(const char*& at, const char* end);
  bool to_line_end(const char*& at, const char* end, Item& item);
  bool take(const Item& item);
  bool take_recipient(const Item& item);
  bool take_guid(const Item& item);
  bool value_of(const Item& item, std::string_view& out);
  static bool is_empty(const Item& item);
  bool finish();
  Parents::Parent* place(std::uint64_t& name_hash);
  bool rdn_hash(std::string_view rdn, std::uint64_t seed, std::uint64_t& hash);

  std::string_view text_;
  facts::InputId id_;
  facts::RecipientWriter* writer_;
  facts::DomainObjects objects_;
  Parents parents_;
  Names names_;
  std::uint16_t before_ = 0;  // name of the line before, in the current record
  Draft draft_;
  std::uint32_t line_ = 0;  // lines of the chunk before the current one
  std::uint64_t records_ = 0;
  std::deque<std::string> decoded_;  // values of the current record that are not plain; they do not move
  std::size_t decoded_used_ = 0;
  std::string rdn_key_, folded_;
};

}  // namespace exaudit::readers::ldif
