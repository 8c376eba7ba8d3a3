#include "readers/ldif_record_scan.h"

#include <cstring>

#include "base/text.h"
#include "facts/dn.h"
#include "facts/judged_attributes.h"
#include "facts/naming_context.h"
#include "facts/value_hash.h"
#include "readers/ldif_lines.h"

namespace exaudit::readers::ldif {

using facts::Recipient;

enum class RecordScanner::Name : std::uint8_t {
  other,
  dn,
  change_type,
  control,
  deleted,
  home_mdb,
  home_mta,
  home_server,
  legacy_dn,
  mailbox_guid,
  nickname,
  proxy,
  target,
  instance_type,
  when,
  usn,
  category,
  own_name
};

namespace {

constexpr std::array<bool, 256> kDescriptionChars = [] {
  std::array<bool, 256> out{};
  for (int c = 0; c < 256; ++c) out[static_cast<std::size_t>(c)] = is_description_char(static_cast<char>(c));
  return out;
}();

bool same(const char* text, std::string_view name) {
  return std::memcmp(text, name.data(), name.size()) == 0 || base::ascii_iequals({text, name.size()}, name);
}

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

// facts::judged_bit of a name in its own spelling.
constexpr std::uint32_t judged(std::string_view name) {
  for (std::size_t i = 0; i < facts::kJudgedAttributes.size(); ++i) {
    if (facts::kJudgedAttributes[i] == name) return std::uint32_t{1} << i;
  }
  return 0;
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
  parent.plain = facts::append_dn_key(text, parent.key) && !facts::in_configuration(parent.key) &&
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

RecordScanner::Name RecordScanner::name_of(const char* name, std::size_t size) {
  switch (size) {
    case 2:
      return same(name, "dn") ? Name::dn : Name::other;
    case 7:
      return same(name, "homeMDB")   ? Name::home_mdb
             : same(name, "homeMTA") ? Name::home_mta
             : same(name, "control") ? Name::control
                                     : Name::other;
    case 9:
      return same(name, "isDeleted") ? Name::deleted : Name::other;
    case 10:
      return same(name, "uSNCreated") || same(name, "uSNChanged") ? Name::usn
             : same(name, "changetype")                           ? Name::change_type
                                                                  : Name::other;
    case 11:
      return same(name, "whenCreated") || same(name, "whenChanged") ? Name::when : Name::other;
    case 12:
      return same(name, "mailNickname")   ? Name::nickname
             : same(name, "instanceType") ? Name::instance_type
                                          : Name::other;
    case 13:
      return same(name, "targetAddress") ? Name::target : Name::other;
    case 14:
      return same(name, "proxyAddresses")   ? Name::proxy
             : same(name, "objectCategory") ? Name::category
                                            : Name::other;
    case 16:
      return same(name, "legacyExchangeDN") ? Name::legacy_dn : Name::other;
    case 17:
      return same(name, "msExchMailboxGuid")   ? Name::mailbox_guid
             : same(name, "distinguishedName") ? Name::own_name
                                               : Name::other;
    case 20:
      return same(name, "msExchHomeServerName") ? Name::home_server : Name::other;
    default:
      return Name::other;
  }
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

bool RecordScanner::line(const char*& at, const char* end) {
  Item current;
  current.name = at;
  const std::uint32_t number = line_ + 1;
  const auto* found = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
  if (found == nullptr) return false;  // cut short
  ++line_;
  while (found + 1 < end && found[1] == ' ') {
    current.folded = true;
    found = static_cast<const char*>(std::memchr(found + 1, '\n', static_cast<std::size_t>(end - found - 1)));
    if (found == nullptr) return false;
    ++line_;
  }
  at = found + 1;
  current.end = found[-1] == '\r' ? found - 1 : found;
  if (*current.name == '#')
    return says_nothing({current.name, static_cast<std::size_t>(current.end - current.name)});
  if (!item(current) || ++draft_.lines > kMaxLinesPerRecord) return false;
  const Name name = name_of(current.name, current.name_size);
  if (name == Name::other) return true;
  if (name == Name::dn) {
    if (draft_.begun) return false;
    draft_.begun = true;
    draft_.offset = static_cast<std::uint64_t>(current.name - text_.data());
    draft_.line = number;
    return value_of(current, draft_.dn);
  }
  return take(name, current);
}

// Takes a line apart. False when it is none of the common forms.
bool RecordScanner::item(Item& item) {
  const char* at = item.name;
  while (at < item.end && kDescriptionChars[static_cast<unsigned char>(*at)]) ++at;
  if (at == item.name || at == item.end || *at != ':') return false;
  item.name_size = static_cast<std::uint32_t>(at - item.name);
  item.value = at + 1;
  if (item.end - item.name > static_cast<std::ptrdiff_t>(kMaxValueBytes)) return false;
  if (item.value < item.end && (*item.value == '<' || *item.value == '\n' || *item.value == '\r'))
    return false;
  if (!draft_.begun && item.name_size != 2) return false;  // a record begins with "dn"
  const auto* option = static_cast<const char*>(std::memchr(item.name, ';', item.name_size));
  return option == nullptr || name_of(item.name, static_cast<std::size_t>(option - item.name)) == Name::other;
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

// The first value counts that is not empty, as in facts::DomainObjects.
bool RecordScanner::take(Name name, const Item& item) {
  std::string_view value;
  switch (name) {
    case Name::instance_type:
      draft_.bookkeeping |= 1;
      return true;
    case Name::when:
      draft_.bookkeeping |= 2;
      return true;
    case Name::usn:
      draft_.bookkeeping |= 4;
      return true;
    case Name::category:
      draft_.bookkeeping |= 8;
      return true;
    case Name::own_name:
      draft_.bookkeeping |= 16;
      return true;
    case Name::control:
      return true;
    case Name::target:
      draft_.has_target = true;
      return true;
    case Name::mailbox_guid:
      draft_.carried |= judged("msExchMailboxGuid");
      draft_.is_recipient = draft_.mailbox = true;
      return true;
    case Name::nickname:
      draft_.carried |= judged("mailNickname");
      draft_.is_recipient = true;
      return true;
    default:
      break;
  }
  if (!value_of(item, value)) return false;
  const auto keep = [&value](std::string_view& into) {
    if (into.empty()) into = value;
  };
  switch (name) {
    case Name::change_type:
      return base::ascii_iequals(base::trim(value), "add");
    case Name::deleted:
      draft_.deleted = draft_.deleted || base::ascii_iequals(value, "TRUE");
      return true;
    case Name::home_mdb:
      draft_.carried |= judged("homeMDB");
      draft_.is_recipient = draft_.mailbox = true;
      keep(draft_.home_mdb);
      return true;
    case Name::home_mta:
      draft_.carried |= judged("homeMTA");
      keep(draft_.home_mta);
      return true;
    case Name::home_server:
      draft_.carried |= judged("msExchHomeServerName");
      draft_.is_recipient = draft_.mailbox = true;
      keep(draft_.home_server);
      return true;
    case Name::legacy_dn:
      draft_.carried |= judged("legacyExchangeDN");
      keep(draft_.legacy_dn);
      return true;
    case Name::proxy:
      draft_.carried |= judged("proxyAddresses");
      draft_.is_recipient = true;
      if (!value.empty()) draft_.proxies.push_back(value);
      return true;
    default:
      return false;
  }
}

// ASCII without anything that has a meaning, no blanks at the ends: its key is the text in lower case.
bool RecordScanner::plain_rdn(std::string_view rdn) {
  rdn_key_.clear();
  facts::append_folded(rdn, rdn_key_);
  bool named = false;
  for (std::size_t i = 0; i < rdn_key_.size(); ++i) {
    const char c = rdn_key_[i];
    if (c == '=' && !named) {
      named = true;
      if (i == 0 || i + 1 == rdn_key_.size() || rdn_key_[i + 1] == ' ' || rdn_key_[i + 1] == '#')
        return false;
    } else if (!named) {
      if ((c < 'a' || c > 'z') && c != '-' && (c < '0' || c > '9')) return false;
    } else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F || c == '\\' ||
               c == '"' || c == '+') {
      return false;
    }
  }
  return named && rdn_key_.back() != ' ';
}

// False when the place of the object means more than "somewhere in a domain".
bool RecordScanner::place(Parents::Parent*& parent, std::string_view& rdn_key) {
  const std::string_view dn = draft_.dn;
  const std::size_t comma = end_of_rdn(dn);
  if (comma == std::string_view::npos || dn.size() > facts::kMaxDnBytes || dn.front() == '<') return false;
  const std::string_view rdn = dn.substr(0, comma);
  if (!plain_rdn(rdn)) {
    if (rdn.find('"') != std::string_view::npos) return false;
    rdn_key_.clear();
    if (!facts::append_dn_key(rdn, rdn_key_) || facts::depth_of_key(rdn_key_) != 1 ||
        rdn_key_.find("\\0adel:") != std::string::npos)
      return false;
  }
  rdn_key = rdn_key_;
  if (rdn_key.starts_with("dc=") || rdn_key == "cn=configuration" || rdn_key == facts::kSystemObjectsRdn)
    return false;
  parent = &parents_.find(dn.substr(comma + 1));
  return parent->plain;
}

// Writes what the draft says. False when the careful reader has to look at it.
bool RecordScanner::finish() {
  Parents::Parent* parent = nullptr;
  std::string_view rdn_key;
  if (draft_.dn.empty() || !place(parent, rdn_key)) return false;
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
  writer_->add_value(ValueKind::name, facts::hash_dn(parent->key_hash, rdn_key), number);
  if (!draft_.legacy_dn.empty())
    writer_->add_value(ValueKind::legacy_dn, facts::hash_folded(draft_.legacy_dn, folded_), number);
  for (const std::string_view proxy : draft_.proxies)
    writer_->add_value(ValueKind::proxy_address, facts::hash_folded(proxy, folded_), number);
  return true;
}

}  // namespace exaudit::readers::ldif
