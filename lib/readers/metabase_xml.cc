#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "readers/metabase_secrets.h"
#include "readers/readers.h"
#include "readers/xml_tokens.h"

namespace exaudit::readers {

namespace {

using facts::MetabaseKey;
using facts::MetabaseProperty;

constexpr std::size_t kMaxKeys = 1'000'000;         // a hosting server with 20 000 sites has some 200 000
constexpr std::size_t kMaxPropertiesPerKey = 4096;  // IIsSmtpServer has 132 in the schema
constexpr std::size_t kMaxPathBytes = 2048;         // the deepest event binding has about 200
constexpr std::size_t kMaxValueBytes = 1U << 20;    // MIME maps and relay lists have some 10 KB
constexpr std::size_t kMaxItems = 16384;            // of one multi-string
constexpr std::size_t kMaxValues = 8'000'000;  // properties and items of the whole file: bounds the memory

bool is_key_name(std::string_view name) {
  return base::ascii_istarts_with(name, "IIs");
}  // IIS_Global, IIS_ROOT too

bool is_custom(std::string_view name) { return base::ascii_iequals(name, "Custom"); }

bool is_collection(std::string_view name) { return base::ascii_iequals(name, "MBProperty"); }

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

std::optional<std::uint32_t> parse_id(std::string_view text) {
  std::uint64_t number = 0;
  if (!base::parse_uint(base::trim(text), number) || number > std::numeric_limits<std::uint32_t>::max())
    return {};
  return static_cast<std::uint32_t>(number);
}

std::string_view trim_lines(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// One item per line. Without a type a value of several lines is a multi-string: nothing else is written that
// way.
std::vector<std::string> split_value(std::string_view value, std::string_view type) {
  std::vector<std::string> items;
  const bool multi =
      base::ascii_iequals(type, "MULTISZ") || base::ascii_iequals(type, "MIMEMAP") || type.empty();
  if (!multi) return {std::string(trim_lines(value))};
  base::LineCursor lines(value);
  for (std::string_view line; lines.next(line);) {
    const std::string_view item = base::trim(line);
    if (!item.empty()) items.emplace_back(item);
    if (items.size() > kMaxItems) break;
  }
  if (items.empty() && type.empty()) items.emplace_back();
  return items;
}

class MetabaseReader {
 public:
  MetabaseReader(std::string_view text, const MetabaseSchema& schema, facts::InputId id, facts::Input& input)
      : tokens_(text), schema_(schema), id_(id), input_(input), root_(input) {
    for (const MetabaseSchema::Property& property : schema.properties)
      by_id_.emplace_back(property.id, &property);
    std::stable_sort(by_id_.begin(), by_id_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  facts::Metabase read();

 private:
  void read_token();
  void read_tag();
  void read_end_tag();
  void read_text();
  void read_damaged();
  void read_key();
  void read_custom();
  void begin_key(const XmlTag::Attribute& location);
  void end_key();
  void leave_key_unfinished();
  void distrust_key();
  void skip_key(std::string_view reason);
  void skip_custom();
  void add_property(MetabaseProperty property, const XmlTag::Attribute* value, bool secure);
  void take_value(MetabaseProperty& property, const XmlTag::Attribute* value);
  const MetabaseSchema::Property* described(const MetabaseProperty& property) const;
  void report_end();
  void report_duplicates();

  XmlTokens tokens_;
  const MetabaseSchema& schema_;
  facts::InputId id_;
  facts::Input& input_;
  XmlRoot root_;
  XmlToken token_;
  XmlTag tag_;
  std::vector<std::pair<std::uint32_t, const MetabaseSchema::Property*>> by_id_;
  std::vector<MetabaseKey> keys_;
  std::optional<MetabaseKey> key_;  // the open one
  std::size_t values_ = 0;
  std::size_t unfinished_ = 0;  // keys whose end tag may still come, because others began inside
  bool skipping_ = false;       // behind damage, until the next key
  bool collection_open_ = false;
  bool collection_closed_ = false;
  bool full_ = false;
};

facts::Metabase MetabaseReader::read() {
  while (!full_ && tokens_.next(token_)) read_token();
  report_end();
  report_duplicates();
  facts::Metabase metabase(std::move(keys_));
  metabase.input = id_;
  metabase.schema_loaded = !schema_.properties.empty();
  metabase.lost_records = input_.lost_records;
  input_.records = metabase.keys().size();
  return metabase;
}

void MetabaseReader::read_token() {
  switch (token_.kind) {
    case XmlToken::Kind::tag:
      read_tag();
      break;
    case XmlToken::Kind::end_tag:
      read_end_tag();
      break;
    case XmlToken::Kind::text:
      read_text();
      break;
    case XmlToken::Kind::damaged:
      read_damaged();
      break;
    case XmlToken::Kind::declaration:
      input_.note(token_.line, "document type declaration ignored; entities it declares are not expanded");
      if (token_.text.find("<IIs") != std::string_view::npos) {
        input_.skipped_record(token_.line,
                              "the document type declaration encloses key elements; they are not read");
      }
      break;
  }
}

void MetabaseReader::read_tag() {
  const bool key = is_key_name(token_.name);
  if (skipping_ && key && token_.starts_line) skipping_ = false;
  if (is_collection(token_.name)) {
    root_.begin(token_, false);
    skipping_ = false;
    collection_open_ = !token_.self_closing;
    collection_closed_ = token_.self_closing;
  } else if (skipping_) {
    return;
  } else if (is_custom(token_.name)) {
    read_custom();
  } else if (key || (root_.open() && tag_.parse(token_) && tag_.find("Location") != nullptr)) {
    root_.begin(token_, false);
    read_key();
  } else if (key_ || collection_open_) {
    input_.skipped_record(token_.line, "an element that is neither a key nor a property; skipped");
  } else {
    root_.begin(token_, true);
  }
}

void MetabaseReader::read_end_tag() {
  if (is_custom(token_.name)) return;
  if (is_key_name(token_.name) || (key_ && base::ascii_iequals(token_.name, key_->key_type))) {
    if (skipping_) {
      skipping_ = false;  // the end of the damaged one
    } else if (!key_ && unfinished_ > 0) {
      --unfinished_;
    } else if (!key_) {
      input_.skipped_record(token_.line, "the end of a key whose beginning is missing");
    } else {
      if (!base::ascii_iequals(token_.name, key_->key_type)) distrust_key();
      end_key();
    }
    return;
  }
  if (is_collection(token_.name)) {
    leave_key_unfinished();
    skipping_ = false;
    collection_open_ = false;
    collection_closed_ = true;
    return;
  }
  root_.end(token_);
  if (root_.closed()) leave_key_unfinished();
}

void MetabaseReader::read_text() {
  if (skipping_) return;
  if (root_.open()) {
    input_.skipped_record(token_.line, "text where only elements stand: something is damaged here");
  } else {
    input_.note(token_.line, "text outside of the root element ignored");
  }
}

void MetabaseReader::read_damaged() {
  if (is_key_name(token_.name)) {
    if (token_.end_tag) {
      input_.skipped_record(
          token_.line, fmt::format("{}: the end of a key is damaged, others may be missing", token_.damage));
      skipping_ = false;
      if (key_) end_key();
    } else if (!skipping_ || token_.starts_line) {
      leave_key_unfinished();
      skip_key(token_.damage);
    }
  } else if (skipping_) {
    return;
  } else if (is_custom(token_.name) && !token_.end_tag) {
    skip_custom();
  } else {
    input_.skipped_record(token_.line,
                          fmt::format("{} (line {}); skipped", token_.damage, token_.damage_line));
    skipping_ = !key_ && token_.name.empty();
  }
}

// Skips the rest of the element at hand, up to its end tag or the next line that begins with a key.
void MetabaseReader::skip_key(std::string_view reason) {
  input_.skipped_record(token_.line, fmt::format("{} (line {}); this key is skipped", reason,
                                                 std::max(token_.damage_line, token_.line)));
  skipping_ = !token_.self_closing;
}

void MetabaseReader::read_key() {
  leave_key_unfinished();
  if (!tag_.parse(token_)) return skip_key("the tag cannot be parsed");
  const XmlTag::Attribute* location = tag_.find("Location");
  if (location == nullptr) return skip_key("the key has no Location");
  if (!location->whole) return skip_key("its Location has a damaged character or an unknown entity");
  if (location->value.empty() || location->value.size() > kMaxPathBytes) {
    return skip_key("its Location is empty or too long");
  }
  if (keys_.size() == kMaxKeys) {
    input_.skipped_record(token_.line, fmt::format("more than {} keys; the rest is not read", kMaxKeys));
    full_ = true;
    return;
  }
  begin_key(*location);
}

void MetabaseReader::begin_key(const XmlTag::Attribute& location) {
  key_.emplace();
  key_->path = location.value;
  while (key_->path.size() > 1 && key_->path.back() == '/') key_->path.pop_back();
  key_->key_type = token_.name;
  key_->location.input = id_;
  key_->location.line = token_.line;
  key_->location.offset = token_.offset;
  for (const XmlTag::Attribute& attribute : tag_.attributes()) {
    if (&attribute == &location || base::ascii_istarts_with(attribute.name, "xmlns")) continue;
    MetabaseProperty property;
    property.name = attribute.name;
    property.line = attribute.line;
    add_property(std::move(property), &attribute, false);
  }
  if (token_.self_closing) end_key();
}

void MetabaseReader::end_key() {
  keys_.push_back(std::move(*key_));
  key_.reset();
}

// Keys are flat: what begins before the end of the open key shows that its end is missing.
void MetabaseReader::leave_key_unfinished() {
  if (!key_) return;
  input_.skipped_record(token_.line,
                        fmt::format("the end of the key of line {} is missing: keys are never nested, and "
                                    "others may be missing here",
                                    key_->location.line));
  ++unfinished_;
  end_key();
}

// Two keys have run into one: nobody can say which property was whose.
void MetabaseReader::distrust_key() {
  input_.skipped_record(token_.line,
                        fmt::format("the key of line {} ends like a key of another class: its values are not "
                                    "observed, and others may be missing here",
                                    key_->location.line));
  for (MetabaseProperty& property : key_->properties) {
    property.values.clear();
    property.readable = false;
  }
}

void MetabaseReader::read_custom() {
  if (!key_) {
    input_.skipped_record(token_.line, "a property outside of any key: the beginning of its key is missing");
    return;
  }
  if (!tag_.parse(token_)) return skip_custom();
  const auto text = [this](std::string_view name) {
    const XmlTag::Attribute* attribute = tag_.find(name);
    return attribute != nullptr && attribute->whole ? base::trim(attribute->value) : std::string_view();
  };
  MetabaseProperty property;
  property.line = token_.line;
  property.name = text("Name");
  property.id = parse_id(text("ID"));
  property.type = text("Type");
  if (property.name.empty() && !property.id) return skip_custom();
  const XmlTag::Attribute* attributes = tag_.find("Attributes");
  add_property(std::move(property), tag_.find("Value"),
               attributes != nullptr && says_secure(attributes->value));
}

// The value of a damaged <Custom> is not observed. Where not even its name can be told, no absence in this
// key proves anything.
void MetabaseReader::skip_custom() {
  const std::string_view reason = token_.damage.empty() ? "the tag cannot be parsed" : token_.damage;
  const std::uint32_t line = std::max(token_.line, token_.damage_line);
  const auto name = std::find_if(token_.attributes.begin(), token_.attributes.end(),
                                 [](const XmlAttribute& a) { return base::ascii_iequals(a.name, "Name"); });
  const bool named = name != token_.attributes.end() && is_plain_name(name->raw);
  if (!key_ || !named) {
    input_.skipped_record(
        token_.line,
        fmt::format("{} (line {}); this property is skipped, its name cannot be told", reason, line));
    return;
  }
  input_.skipped_value(token_.line,
                       fmt::format("{} (line {}); the value of {} is not observed", reason, line, name->raw));
  MetabaseProperty property;
  property.name = name->raw;
  property.line = token_.line;
  property.readable = false;
  add_property(std::move(property), nullptr, false);
}

const MetabaseSchema::Property* MetabaseReader::described(const MetabaseProperty& property) const {
  const MetabaseSchema::Property* found = property.name.empty() ? nullptr : schema_.find(property.name);
  if (found != nullptr || !property.id) return found;
  const auto it = std::partition_point(by_id_.begin(), by_id_.end(),
                                       [&](const auto& entry) { return entry.first < *property.id; });
  return it != by_id_.end() && it->first == *property.id ? it->second : nullptr;
}

// Completes the property from the schema, takes its value unless it is a secret, and adds it to the open key.
void MetabaseReader::add_property(MetabaseProperty property, const XmlTag::Attribute* value, bool secure) {
  if (const MetabaseSchema::Property* schema = described(property)) {
    if (property.name.empty()) property.name = schema->name;
    if (property.type.empty()) property.type = schema->type;
    if (!property.id) property.id = schema->id;
    secure = secure || schema->secure;
  }
  if (property.name.empty()) property.name = fmt::format("UnknownName_{}", *property.id);
  if (key_->properties.size() == kMaxPropertiesPerKey) {
    input_.skipped_record(property.line,
                          fmt::format("more than {} properties in one key; skipped", kMaxPropertiesPerKey));
    return;
  }
  if (property.readable) {
    property.redacted = secure || is_secret(property, key_->path, value == nullptr ? "" : value->value);
    if (!property.redacted) take_value(property, value);
  }
  values_ += 1 + property.values.size();
  key_->properties.push_back(std::move(property));
  if (values_ > kMaxValues) {
    input_.skipped_record(token_.line, fmt::format("more than {} values; the rest is not read", kMaxValues));
    full_ = true;
  }
}

void MetabaseReader::take_value(MetabaseProperty& property, const XmlTag::Attribute* value) {
  property.readable = false;
  if (value == nullptr) {
    input_.note(property.line, fmt::format("{} has no Value: its default is not known here", property.name));
  } else if (!value->whole) {
    input_.skipped_value(
        value->line, fmt::format("a damaged character or an unknown entity; the value of {} is not observed",
                                 property.name));
  } else if (value->value.size() > kMaxValueBytes) {
    input_.skipped_value(value->line, fmt::format("the value of {} is longer than {} bytes; not read",
                                                  property.name, kMaxValueBytes));
  } else {
    property.values = split_value(value->value, property.type);
    property.readable = property.values.size() <= kMaxItems;
    if (property.readable) return;
    property.values.clear();
    input_.skipped_value(value->line,
                         fmt::format("{} has more than {} items; not read", property.name, kMaxItems));
  }
}

void MetabaseReader::report_end() {
  if (key_) {
    if (!full_) {
      input_.skipped_record(
          tokens_.line(),
          fmt::format("the text ends inside the key of line {}: the rest is missing", key_->location.line));
    }
    end_key();
    return;
  }
  if (full_) return;
  if (keys_.empty()) {
    input_.skipped_record(tokens_.line(), "no key found");
  } else if (collection_open_ || (!root_.closed() && !collection_closed_)) {
    input_.skipped_record(tokens_.line(), "the end of the file is missing: other keys may be missing");
  } else if (!root_.closed()) {
    input_.skipped_value(tokens_.line(), "the end tag of the root element is missing");
  }
}

void MetabaseReader::report_duplicates() {
  struct Place {
    std::string path;
    std::uint32_t line;
  };
  std::vector<Place> places;
  places.reserve(keys_.size());
  for (const MetabaseKey& key : keys_) places.push_back({base::fold(key.path), key.location.line});
  std::stable_sort(places.begin(), places.end(),
                   [](const Place& a, const Place& b) { return a.path < b.path; });
  std::vector<std::pair<std::uint32_t, std::uint32_t>> repeated;  // line, line of the first one
  for (std::size_t i = 1, first = 0; i < places.size(); ++i) {
    if (places[i].path != places[first].path) {
      first = i;
    } else {
      repeated.emplace_back(places[i].line, places[first].line);
    }
  }
  std::sort(repeated.begin(), repeated.end());
  for (const auto& [line, first] : repeated) {
    input_.note(line,
                fmt::format("the key of line {} again: its values stand, other properties are added", first));
  }
}

}  // namespace

facts::Metabase read_metabase_xml(std::string_view bytes, const MetabaseSchema& schema, facts::InputId id,
                                  facts::Input& input) {
  const base::DecodedText decoded = decode_xml(bytes, input);
  return MetabaseReader(decoded.text, schema, id, input).read();
}

}  // namespace exaudit::readers
