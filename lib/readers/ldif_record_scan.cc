#include "readers/ldif_record_scan.h"

#include <algorithm>
#include <cstring>

#include "base/line_end.h"
#include "base/text.h"
#include "facts/dn.h"
#include "facts/judged_attributes.h"
#include "facts/naming_context.h"
#include "facts/value_hash.h"
#include "readers/ldif_lines.h"

namespace exaudit::readers::ldif {

using facts::Recipient;
using Attribute = facts::RecipientAttribute;

namespace {

// Comments that the careful reader does nothing with. It compares what stands before the first colon.
bool says_nothing(std::string_view comment) {
  constexpr std::array<std::string_view, 7> kSay = {"requesting", "server",   "exaudit", "complete",
                                                    "incomplete", "searched", "global"};
  comment.remove_prefix(1);
  while (comment.starts_with(' ') || comment.starts_with('\t')) comment.remove_prefix(1);
  for (const std::string_view word : kSay) {
    if (base::ascii_istarts_with(comment, word)) return false;
  }
  // A folded comment may hide its name.
  return comment.substr(0, 64).find('\n') == std::string_view::npos;
}

// Where the first RDN ends; npos when it is the only one.
std::size_t end_of_rdn(std::string_view dn) {
  for (std::size_t at = dn.find(','); at != std::string_view::npos; at = dn.find(',', at + 1)) {
    std::size_t escapes = 0;
    while (escapes < at && dn[at - escapes - 1] == '\\') ++escapes;
    if (escapes % 2 == 0) return at;
  }
  return std::string_view::npos;
}

}  // namespace

// The key of a child is that of its own RDN, a comma, and the parent's; so it is put together from parts that
// need not be worked out for every child.
Parents::Parent& Parents::find(std::string_view text) {
  if (known_.empty()) known_.resize(kKnown);
  const std::uint64_t hash = facts::hash_bytes(text);
  Parent& parent = known_[hash % kKnown];
  if (parent.text_hash == hash && parent.text == text) return parent;
  parent.text_hash = hash;
  parent.text = text;
  parent.noted = false;
  parent.key.clear();
  parent.plain = facts::append_dn_key(text, parent.key) && !parent.key.empty() &&
                 !facts::in_configuration(parent.key) &&
                 facts::depth_of_key(parent.key) + 1 < facts::kMaxRdns &&
                 parent.key.find(facts::kSystemObjectsRdn) == std::string::npos &&
                 parent.key.find("\\0adel:") == std::string::npos;
  parent.key_hash = facts::hash_bytes(parent.key);
  return parent;
}

void RecordScanner::Draft::clear() {
  std::vector<std::string_view> kept = std::move(proxies);
  kept.clear();
  *this = Draft();
  proxies = std::move(kept);
}

void RecordScanner::scan(std::size_t begin, std::size_t end, Chunk& out) {
  line_ = 0;
  out.first_row = writer_->written();
  const char* at = text_.data() + begin;
  const char* const stop = text_.data() + end;
  bool after_leftover = false;  // nothing but blank lines since
  while (at < stop) {
    if (*at == '\n' || (*at == '\r' && at + 1 < stop && at[1] == '\n')) {
      at += *at == '\n' ? 1 : 2;
      ++line_;
      continue;
    }
    const char* const start = at;
    const std::uint32_t start_line = line_;
    draft_.clear();
    before_ = 0;
    decoded_used_ = 0;
    if (paragraph(at, stop) && finish()) {
      after_leftover = false;
      continue;
    }
    at = start;
    line_ = start_line;
    skip_paragraph(at, stop);
    const auto offset = static_cast<std::uint64_t>(start - text_.data());
    const auto past = static_cast<std::uint64_t>(at - text_.data());
    if (after_leftover) {
      out.leftovers.back().end = past;
    } else {
      out.leftovers.push_back({offset, past, start_line + 1});
    }
    after_leftover = true;
  }
  out.lines = line_;
  out.end_row = writer_->written();
}

// Moves behind the blank line that ends it.
void RecordScanner::skip_paragraph(const char*& at, const char* end) {
  while (at < end) {
    const auto* found = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    const bool blank = found == at || (found == at + 1 && *at == '\r');
    at = found == nullptr ? end : found + 1;
    ++line_;
    if (blank) return;
  }
}

// Reads the lines of a record into the draft. False when one of them is not plain.
bool RecordScanner::paragraph(const char*& at, const char* end) {
  while (at < end) {
    if (*at == '\n') {
      ++at;
      ++line_;
      break;
    }
    if (*at == '\r' && at + 1 < end && at[1] == '\n') {
      at += 2;
      ++line_;
      break;
    }
    if (!line(at, end)) return false;
  }
  return draft_.begun;
}

// Moves to the end of a logical line, and behind it. False when it is cut short.
bool RecordScanner::to_line_end(const char*& at, const char* end, Item& item) {
  const char* found = base::find_line_end(at, end);
  if (found == nullptr) return false;
  ++line_;
  while (found + 1 < end && found[1] == ' ') {
    item.folded = true;
    found = base::find_line_end(found + 1, end);
    if (found == nullptr) return false;
    ++line_;
  }
  at = found + 1;
  item.end = found[-1] == '\r' ? found - 1 : found;
  return true;
}

bool RecordScanner::comment(const char*& at, const char* end) {
  const char* const begin = at;
  Item text;
  return to_line_end(at, end, text) && says_nothing({begin, static_cast<std::size_t>(text.end - begin)});
}

bool RecordScanner::line(const char*& at, const char* end) {
  if (*at == '#') return comment(at, end);
  const char* const begin = at;
  const std::uint32_t number = line_ + 1;
  before_ = names_.find(at, end, before_);
  const Names::Known& known = names_.at(before_);
  Item item;
  item.name = &known;
  item.value = at += known.size;
  if (before_ == 0 || !to_line_end(at, end, item)) return false;
  if (item.value < item.end && (*item.value == '<' || *item.value == '\n' || *item.value == '\r'))
    return false;
  if (item.end - begin > static_cast<std::ptrdiff_t>(kMaxValueBytes) || ++draft_.lines > kMaxLinesPerRecord)
    return false;
  if (draft_.begun) return known.name == Name::other || take(item);
  draft_.begun = true;
  draft_.offset = static_cast<std::uint64_t>(begin - text_.data());
  draft_.line = number;
  return known.name == Name::dn && value_of(item, draft_.dn);  // a record begins with "dn"
}

// The bytes of a value; decoded ones live until the end of the record.
bool RecordScanner::value_of(const Item& item, std::string_view& out) {
  facts::RecordValue value;
  const char* at = item.value;
  if (at < item.end && *at == ':') {
    value.form = facts::RecordValue::Form::base64;
    ++at;
  }
  while (at < item.end && *at == ' ') ++at;
  if (at < item.end && (*at == '\n' || *at == '\r')) return false;  // folded before the value
  value.bytes = {at, static_cast<std::size_t>(item.end - at)};
  value.folded = item.folded;
  if (!item.folded && value.form == facts::RecordValue::Form::plain) {
    out = value.bytes;
    return true;
  }
  if (decoded_used_ == decoded_.size()) decoded_.emplace_back();
  std::string& storage = decoded_[decoded_used_++];
  return facts::decode_value(value, storage, out);
}

bool RecordScanner::take(const Item& item) {
  std::string_view value;
  switch (item.name->name) {
    case Name::other:
    case Name::control:
      return true;
    case Name::careful:
    case Name::dn:  // a blank line is missing
      return false;
    case Name::change_type:
      return value_of(item, value) && base::ascii_iequals(base::trim(value), "add");
    case Name::bookkeeping:
      if (!is_empty(item)) draft_.bookkeeping |= item.name->bookkeeping;
      return true;
    case Name::recipient:
      return is_empty(item) || take_recipient(item);
  }
  return false;
}

// "objectGUID:: " and 24 characters, nearly always.
bool RecordScanner::take_guid(const Item& item) {
  constexpr std::string_view kMark = ": ";
  const std::string_view text(item.value, static_cast<std::size_t>(item.end - item.value));
  if (!item.folded && text.starts_with(kMark)) {
    draft_.guid = base::Guid::from_base64(text.substr(kMark.size()));
    if (draft_.guid) return true;
  }
  std::string_view bytes;
  if (!value_of(item, bytes)) return false;
  draft_.guid = base::Guid::from_octets(bytes);
  if (!draft_.guid) draft_.guid = base::Guid::parse(bytes);
  return true;
}

// A name without a value.
bool RecordScanner::is_empty(const Item& item) {
  const char* at = item.value;
  if (at < item.end && *at == ':') ++at;
  while (at < item.end && *at == ' ') ++at;
  return at == item.end;
}

// The first value counts that is not empty, as in facts::DomainObjects.
bool RecordScanner::take_recipient(const Item& item) {
  const Attribute attribute = item.name->attribute;
  draft_.carried |= item.name->judged;
  draft_.mailbox = draft_.mailbox || facts::shows_mailbox(attribute);
  draft_.is_recipient = draft_.is_recipient || facts::shows_recipient(attribute);
  std::string_view value;
  const auto keep = [&](std::string_view& into) {
    if (!value_of(item, value)) return false;
    if (into.empty()) into = value;
    return true;
  };
  switch (attribute) {
    case Attribute::home_mdb:
      return keep(draft_.home_mdb);
    case Attribute::home_mta:
      return keep(draft_.home_mta);
    case Attribute::home_server:
      return keep(draft_.home_server);
    case Attribute::legacy_dn:
      return keep(draft_.legacy_dn);
    case Attribute::proxy:
      if (!value_of(item, value)) return false;
      if (!value.empty()) draft_.proxies.push_back(value);
      return true;
    case Attribute::deleted:
      if (!value_of(item, value)) return false;
      draft_.deleted = draft_.deleted || base::ascii_iequals(value, "TRUE");
      return true;
    case Attribute::target:
      draft_.has_target = true;
      return true;
    case Attribute::object_guid:
      return take_guid(item);
    case Attribute::mailbox_guid:
    case Attribute::nickname:
    case Attribute::none:
      return true;
  }
  return false;
}

namespace {

// Bytes that stand for themselves in a value of a DN.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> out{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) out[c] = c != '\\' && c != '"' && c != '+';
  return out;
}();

bool plain_value(std::string_view value) {
  if (value.empty() || value.front() == ' ' || value.front() == '#' || value.back() == ' ') return false;
  bool plain = true;
  for (const char c : value) plain = plain && kPlain[static_cast<unsigned char>(c)];
  return plain;
}

bool plain_type(std::string_view type) {
  return !type.empty() && std::all_of(type.begin(), type.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// RDNs of objects that are more than objects of a domain.
bool has_meaning(std::string_view rdn) {
  return base::ascii_istarts_with(rdn, "dc=") || base::ascii_iequals(rdn, "cn=configuration") ||
         base::ascii_iequals(rdn, facts::kSystemObjectsRdn);
}

}  // namespace

// The hash of the RDN as it stands in a key. An RDN of ASCII letters, without anything that has a meaning or
// blanks at the ends, is its own key, in lower case.
bool RecordScanner::rdn_hash(std::string_view rdn, std::uint64_t seed, std::uint64_t& hash) {
  const std::size_t equals = rdn.find('=');
  if (equals == std::string_view::npos) return false;
  if (plain_type(rdn.substr(0, equals)) && plain_value(rdn.substr(equals + 1))) {
    hash = facts::hash_folded(rdn, folded_, seed);
    return !has_meaning(rdn);
  }
  if (rdn.find('"') != std::string_view::npos) return false;
  rdn_key_.clear();
  if (!facts::append_dn_key(rdn, rdn_key_) || facts::depth_of_key(rdn_key_) != 1 ||
      rdn_key_.find("\\0adel:") != std::string::npos)
    return false;
  hash = facts::hash_bytes(rdn_key_, seed);
  return !has_meaning(rdn_key_);
}

// Null when the place of the object means more than "somewhere in a domain".
Parents::Parent* RecordScanner::place(std::uint64_t& name_hash) {
  const std::string_view dn = draft_.dn;
  const std::size_t comma = end_of_rdn(dn);
  if (comma == std::string_view::npos || dn.size() > facts::kMaxDnBytes || dn.front() == '<') return nullptr;
  Parents::Parent& parent = parents_.find(dn.substr(comma + 1));
  return parent.plain && rdn_hash(dn.substr(0, comma), parent.key_hash, name_hash) ? &parent : nullptr;
}

// Writes what the draft says. False when the careful reader has to look at it.
bool RecordScanner::finish() {
  std::uint64_t name_hash = 0;
  Parents::Parent* const parent = draft_.dn.empty() ? nullptr : place(name_hash);
  if (parent == nullptr) return false;
  if (!parent->noted) {
    objects_.note_place("cn=x," + parent->key);
    parent->noted = true;
  }
  ++records_;
  objects_.carried |= draft_.carried;
  if (!draft_.is_recipient || draft_.deleted) {
    ++objects_.other_objects;
    return true;
  }
  Recipient row;
  row.offset = draft_.offset;
  row.line = draft_.line;
  row.input = id_;
  if (draft_.mailbox && !draft_.has_target) row.flags |= Recipient::mailbox_enabled;
  if (!draft_.legacy_dn.empty()) row.flags |= Recipient::has_legacy_dn;
  if (facts::was_read_whole(draft_.bookkeeping)) row.flags |= Recipient::read_whole;
  const std::uint32_t number = writer_->add(row, {draft_.home_mdb, draft_.home_mta, draft_.home_server});
  using facts::ValueKind;
  writer_->add_value(ValueKind::name, name_hash, number);
  if (draft_.guid && !draft_.guid->is_zero())
    writer_->add_value(ValueKind::guid, facts::hash_guid(*draft_.guid), number);
  if (!draft_.legacy_dn.empty())
    writer_->add_value(ValueKind::legacy_dn, facts::hash_folded(draft_.legacy_dn, folded_), number);
  for (const std::string_view proxy : draft_.proxies)
    writer_->add_value(ValueKind::proxy_address, facts::hash_folded(proxy, folded_), number);
  return true;
}

}  // namespace exaudit::readers::ldif
